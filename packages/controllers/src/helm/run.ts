import { digest, digestHex, goJson, type JsonObject, type JsonValue, type Lru } from '@flux-ts/base';
import { nameOf, namespaceOf, specOf, type KubeClient, type StatusReader } from '@flux-ts/kube';
import type { Chart } from '@flux-ts/helm';
import type { ReleaseRenderer } from '@flux-ts/render';
import type { HttpClient, ReconcileContext, RuntimeDeps, StatusDraft } from '@flux-ts/runtime';
import type { ControllerOptions } from '../options.ts';
import type { ArtifactFiles } from '../shared/artifact-files.ts';
import { eventMetadata, type CellDeps } from '../shared/deps.ts';
import type { RemoteClients } from '../shared/target-client.ts';
import { specDuration, specText } from '../shared/spec.ts';

/** What the helm controller needs. */
export interface HelmDeps extends RuntimeDeps {
  readonly http: HttpClient;
  /** Renders releases, best beside the event loop; default: in this thread. Whoever gives it closes it. */
  readonly renderer?: ReleaseRenderer;
}

/** The deps of the steps. */
export interface HelmCell extends Omit<HelmDeps, 'informers' | 'events'>, CellDeps {
  readonly files: ArtifactFiles;
  readonly renderer: ReleaseRenderer;
  /** Charts by the digest of their artifact: unpacked once, and known again by the renderer. */
  readonly charts: Lru<string, Chart>;
  readonly remotes: RemoteClients;
}

/** One run over one HelmRelease. */
export interface HelmRun {
  readonly cell: HelmCell;
  readonly options: ControllerOptions;
  readonly draft: StatusDraft;
  readonly object: JsonObject;
  readonly context: ReconcileContext;
}

/** A run that has everything an action needs. */
export interface ReleaseRun extends HelmRun {
  /** The client of the release's target. */
  readonly client: KubeClient;
  readonly chart: Chart;
  readonly values: JsonObject;
  readonly configDigest: string;
  /** The digest of an OCI artifact that the chart came from. */
  readonly ociDigest: string | undefined;
  readonly target: ReleaseTarget;
  /** The status of kinds with rules of their own. */
  readonly reader: StatusReader | undefined;
}

/** Where a release lives. */
export interface ReleaseTarget {
  readonly name: string;
  readonly namespace: string;
  readonly storageNamespace: string;
}

/** Who owns what this controller applies. */
export const FIELD_MANAGER = 'helm-controller';
/** The group of HelmRelease. */
export const GROUP = 'helm.toolkit.fluxcd.io';

const MAX_NAME = 53;

/** Shortens a release name as Flux does: 40 characters, a dash, 12 hex digits of its sha256. */
export function shortenName(name: string): string {
  return name.length <= MAX_NAME ? name : `${name.slice(0, 40)}-${digestHex(name).slice(0, 12)}`;
}

/** The name and namespaces of an object's release. */
export function targetOf(object: JsonObject): ReleaseTarget {
  const own = namespaceOf(object);
  const targetNamespace = specText(object, 'targetNamespace');
  const composed = targetNamespace === undefined ? nameOf(object) : `${targetNamespace}-${nameOf(object)}`;
  return {
    name: shortenName(specText(object, 'releaseName') ?? composed),
    namespace: targetNamespace ?? own,
    storageNamespace: specText(object, 'storageNamespace') ?? own,
  };
}

/** spec.interval. */
export function intervalOf(object: JsonObject): number {
  return specDuration(object, 'interval') ?? 300_000;
}

/** The actions that have a timeout of their own. */
export type ActionName = 'install' | 'upgrade' | 'test' | 'rollback' | 'uninstall';

/** The timeout of an action: its own, else that of the object, else 5 min. */
export function timeoutOf(object: JsonObject, action?: ActionName): number {
  const own = action === undefined ? undefined : specDuration(object, action, 'timeout');
  return own ?? specDuration(object, 'timeout') ?? 300_000;
}

/** A switch in a part of the spec, e.g. `install.disableWait`. */
export function actionFlag(object: JsonObject, action: ActionName, name: string): boolean {
  const part = specOf(object)[action];
  return typeof part === 'object' && part !== null && (part as JsonObject)[name] === true;
}

/** The digest of a part of the spec as Flux writes it into the status: Go's JSON and a newline. */
export function partDigest(value: JsonValue | undefined): string | undefined {
  return value === undefined ? undefined : digest(`${goJson(value)}\n`);
}

/** Records an event with the facts of a release. */
export function tell(
  run: HelmRun,
  event: {
    readonly severity: 'trace' | 'info' | 'error';
    readonly reason: string;
    readonly message: string;
    readonly facts?: Readonly<Record<string, string | undefined>>;
  },
): void {
  run.cell.events.record({
    object: run.draft.object,
    severity: event.severity,
    reason: event.reason,
    message: event.message,
    metadata: eventMetadata(run.object, event.facts ?? {}),
  });
}
