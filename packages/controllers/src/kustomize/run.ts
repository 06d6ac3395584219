import { formatDuration, type JsonObject, type Lru } from '@flux-ts/base';
import type { BuildCache } from '@flux-ts/kustomize';
import type { Kinds } from '@flux-ts/schema';
import type { Artifact, HttpClient, ReconcileContext, RuntimeDeps, ServiceResolver, StatusDraft } from '@flux-ts/runtime';
import type { ControllerOptions } from '../options.ts';
import type { ArtifactFiles } from '../shared/artifact-files.ts';
import { eventMetadata, type CellDeps } from '../shared/deps.ts';
import type { RemoteClients } from '../shared/target-client.ts';
import { specDuration } from '../shared/spec.ts';

/** What the kustomize controller needs. */
export interface KustomizeDeps extends RuntimeDeps {
  readonly http: HttpClient;
  /** Mirrors and cluster names, for the repositories of remote bases. */
  readonly resolve?: ServiceResolver | undefined;
  /** A folder for remote bases while they are built; without it they are refused. */
  readonly workDir?: string | undefined;
}

/** The deps of the steps. */
export interface KustomizeCell extends Omit<KustomizeDeps, 'informers' | 'events'>, CellDeps {
  readonly files: ArtifactFiles;
  /** The built-in kinds, read once. */
  kinds(): Promise<Kinds>;
  /** Parsed files and finished folders of earlier builds. */
  readonly builds: BuildCache;
  readonly remotes: RemoteClients;
  /** Applies that are known to change nothing. */
  readonly applied: Lru<string, true>;
}

/** One run over one Kustomization. */
export interface KustomizeRun {
  readonly cell: KustomizeCell;
  readonly options: ControllerOptions;
  readonly draft: StatusDraft;
  readonly object: JsonObject;
  readonly context: ReconcileContext;
  readonly startedMs: number;
}

/** The source of a run, with its artifact. */
export interface RunSource {
  readonly object: JsonObject;
  readonly artifact: Artifact;
  readonly revision: string;
  readonly originRevision: string | undefined;
}

const MIN_TIMEOUT_MS = 30_000;

/** spec.interval. */
export function intervalOf(object: JsonObject): number {
  return specDuration(object, 'interval') ?? 600_000;
}

/** spec.retryInterval, or the interval. */
export function retryIntervalOf(object: JsonObject): number {
  return specDuration(object, 'retryInterval') ?? intervalOf(object);
}

/** spec.timeout, or 30 s less than the interval, at least 30 s. */
export function timeoutOf(object: JsonObject): number {
  return Math.max(specDuration(object, 'timeout') ?? intervalOf(object) - 30_000, MIN_TIMEOUT_MS);
}

/** Writes down how far the run has come. */
export async function progress(run: KustomizeRun, doing: string, revision: string): Promise<void> {
  const message = `${doing} for revision ${revision} with a timeout of ${formatDuration(timeoutOf(run.object))}`;
  run.draft.markReconciling('Progressing', message);
  await run.draft.patch(run.context.signal);
}

/** Records an event; its reason is that of the Ready condition at the time. */
export function tell(
  run: KustomizeRun,
  event: {
    readonly severity: 'info' | 'error';
    readonly message: string;
    readonly source?: RunSource | undefined;
    readonly facts?: Readonly<Record<string, string>>;
  },
): void {
  const { draft, cell, object } = run;
  cell.events.record({
    object: draft.object,
    severity: event.severity,
    reason: draft.condition('Ready')?.reason ?? event.severity,
    message: event.message,
    metadata: eventMetadata(object, {
      revision: event.source?.revision ?? '',
      originRevision: event.source?.originRevision ?? '',
      ...event.facts,
    }),
  });
}
