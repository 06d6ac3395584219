import { errorMessage, isAbort, type JsonObject } from '@flux-ts/base';
import { generationOf, isTerminating, keyOf, parseKey, type TypeRef } from '@flux-ts/kube';
import {
  anyOf,
  artifactJson,
  artifactOf,
  createController,
  generationChanged,
  jittered,
  reconcileRequested,
  requestedAt,
  StatusDraft,
  type Artifact,
  type ArtifactOwner,
  type ArtifactStore,
  type Controller,
  type HttpClient,
  type ReconcileContext,
  type ReconcileResult,
  type RuntimeDeps,
  type ServiceResolver,
  type WatchSpec,
} from '@flux-ts/runtime';
import type { ControllerOptions } from '../options.ts';
import { eventMetadata, FINALIZER, recordRequest, type CellDeps } from '../shared/deps.ts';
import { specDuration, specFlag } from '../shared/spec.ts';
import { concludeFailure, concludeSuccess, SourceFailure, type StepOutcome } from './outcome.ts';

/** What the source controller needs. */
export interface SourceDeps extends RuntimeDeps {
  readonly store: ArtifactStore;
  readonly http: HttpClient;
  /** Mirrors and cluster names, for git and registries too. */
  readonly resolve?: ServiceResolver | undefined;
  /** A folder for working copies; each run cleans up its own. */
  readonly workDir: string;
}

/** The deps of a source kind's steps. */
export type SourceCell = SourceDeps & CellDeps;

/** One run over one object. */
export interface SourceRun {
  readonly cell: SourceCell;
  readonly options: ControllerOptions;
  readonly draft: StatusDraft;
  readonly object: JsonObject;
  readonly owner: ArtifactOwner;
  readonly signal: AbortSignal;
  /** What steps leave for the event at the end. */
  readonly facts: Map<string, string>;
  /** The stored artifact, undefined where there is none. */
  artifact(): Artifact | undefined;
  setArtifact(artifact: Artifact): void;
  /** Says that a new artifact is on its way, and writes it. */
  building(message: string, outdated?: string): Promise<void>;
  trace(reason: string, message: string): void;
}

/** A kind of source. */
export interface SourceKind {
  readonly type: TypeRef;
  readonly watches?: (cell: SourceCell) => readonly WatchSpec[];
  /** Kinds (or objects) without reconciliation are handled here; undefined goes on. */
  readonly before?: (run: SourceRun) => Promise<ReconcileResult | undefined>;
  /** Fetches and stores. Answers with the event to tell for a new artifact. */
  readonly reconcile: (run: SourceRun) => Promise<StepOutcome>;
  /** The event of a new artifact, after success. */
  readonly notify: (run: SourceRun) => { readonly reason: string; readonly message: string };
  readonly failConditions: readonly string[];
}

/** Makes the controller of a source kind. */
export function createSourceKindController(kind: SourceKind, cell: SourceCell, options: ControllerOptions): Controller {
  const informer = cell.informers.informer(kind.type, { labelSelector: options.watchLabelSelector });
  return createController({
    name: kind.type.kind.toLowerCase(),
    kind: kind.type.kind,
    clock: cell.clock,
    random: cell.random,
    log: cell.log,
    metrics: cell.metrics,
    concurrent: options.concurrent ?? 2,
    ...(options.minRetryDelayMs === undefined ? {} : { minRetryDelayMs: options.minRetryDelayMs }),
    ...(options.maxRetryDelayMs === undefined ? {} : { maxRetryDelayMs: options.maxRetryDelayMs }),
    watches: [{ informer, predicate: anyOf(generationChanged, reconcileRequested) }, ...(kind.watches?.(cell) ?? [])],
    reconcile: (key, context) => reconcileKey(kind, { cell, options, key, context }),
  });
}

async function reconcileKey(
  kind: SourceKind,
  input: { readonly cell: SourceCell; readonly options: ControllerOptions; readonly key: string; readonly context: ReconcileContext },
): Promise<ReconcileResult> {
  const { cell, options, context } = input;
  const object = await cell.client.find(kind.type, parseKey(input.key), { signal: context.signal });
  if (object === undefined) return {};
  const draft = new StatusDraft({ client: cell.client, clock: cell.clock, fieldManager: 'source-controller', object });
  const run = createRun(kind, { cell, options, draft, object, signal: context.signal });
  const early = await kind.before?.(run);
  if (early !== undefined) return early;
  if (isTerminating(object)) return finalize(run);
  if (!draft.finalizers.includes(FINALIZER)) {
    draft.finalizer(FINALIZER, true);
    await draft.patch(context.signal); // the reconciliation goes on with the patched object
  }
  if (specFlag(object, 'suspend')) {
    context.log.info('reconciliation is suspended for this object');
    return {};
  }
  return reconcileObject(kind, run);
}

async function reconcileObject(kind: SourceKind, run: SourceRun): Promise<ReconcileResult> {
  const { cell, draft, object } = run;
  const intervalMs = jittered(specDuration(object, 'interval') ?? 60_000, cell.random, run.options.intervalJitterPercentage ?? 5);
  const before = { digest: artifactOf(object)?.digest, failed: kind.failConditions.some((c) => draft.is(c, 'True')) };
  await beginProgress(run);
  let next: () => ReconcileResult;
  try {
    await checkStorage(run);
    const outcome = await kind.reconcile(run);
    if (outcome === 'requeue') {
      recordRequest(draft);
      await draft.patch(run.signal);
      return { requeue: true };
    }
    concludeSuccess(draft);
    next = () => ({ requeueAfterMs: intervalMs });
  } catch (error) {
    if (run.signal.aborted || isAbort(error, run.signal)) throw error;
    next = concludeFailure(draft, error, { events: cell.events, intervalMs });
  }
  recordRequest(draft);
  await draft.patch(run.signal);
  notify(kind, run, before);
  return next();
}

function notify(kind: SourceKind, run: SourceRun, before: { readonly digest: string | undefined; readonly failed: boolean }): void {
  const artifact = run.artifact();
  if (artifact === undefined || !run.draft.is('Ready', 'True')) return;
  const isNew = artifact.digest !== before.digest;
  if (!isNew && !before.failed) return;
  const { reason, message } = kind.notify(run);
  run.cell.events.record({
    object: run.draft.object,
    severity: 'info',
    reason: isNew ? reason : 'Succeeded',
    message,
    metadata: eventMetadata(run.object, { revision: artifact.revision, digest: artifact.digest }),
  });
}

/** Shows that work has begun, and writes it where the object has changed or a reconciliation was asked for. */
async function beginProgress(run: SourceRun): Promise<void> {
  const { draft, object } = run;
  const observed = draft.get('observedGeneration');
  const generation = generationOf(object);
  const fresh = observed !== generation;
  const seen = typeof observed === 'number' ? observed : 0;
  const message = fresh ? `processing object: new generation ${seen} -> ${generation}` : 'reconciliation in progress';
  const ready = draft.condition('Ready');
  draft.markReconciling('Progressing', message);
  if (ready === undefined || ready.status === 'Unknown') draft.mark('Ready', 'Unknown', 'Progressing', message);
  const asked = requestedAt(object);
  if (fresh || (asked !== undefined && asked !== draft.text('lastHandledReconcileAt'))) await draft.patch(run.signal);
}

/** Collects old artifacts and makes sure that the current one is there and whole. */
async function checkStorage(run: SourceRun): Promise<void> {
  const { cell, draft, owner } = run;
  draft.unmark('StorageOperationFailed');
  const removed = await cell.store.collect(owner, run.artifact());
  if (removed.length > 0) run.trace('GarbageCollectionSucceeded', `garbage collected ${removed.length} artifacts`);
  const artifact = run.artifact();
  let missing = false;
  if (artifact !== undefined) {
    missing = !(await cell.store.exists(artifact));
    if (!missing) {
      try {
        await cell.store.verify(artifact);
      } catch (error) {
        cell.events.record({
          object: run.object,
          severity: 'error',
          reason: 'ArtifactVerificationFailed',
          message: `failed to verify integrity of artifact: ${errorMessage(error)}`,
        });
        await cell.store.remove(artifact);
        missing = true;
      }
    }
    if (missing) draft.set('artifact', undefined);
    else run.setArtifact(cell.store.withUrl(artifact));
  }
  if (run.artifact() === undefined) {
    draft.unmark('ArtifactInStorage');
    await run.building(missing ? ': disappeared from storage' : '');
  }
}

async function finalize(run: SourceRun): Promise<ReconcileResult> {
  await run.cell.store.removeAll(run.owner);
  run.draft.finalizer(FINALIZER, false);
  await run.draft.patch(run.signal);
  return {};
}

function createRun(kind: SourceKind, input: Pick<SourceRun, 'cell' | 'options' | 'draft' | 'object' | 'signal'>): SourceRun {
  const { cell, draft, object, signal } = input;
  const key = keyOf(object);
  return {
    ...input,
    facts: new Map(),
    owner: { kind: kind.type.kind, namespace: key.namespace ?? '', name: key.name },
    artifact: () => artifactOf(draft.preview),
    setArtifact: (artifact) => draft.set('artifact', artifactJson(artifact)),
    async building(message, outdated) {
      const text = `building artifact${message}`;
      if (outdated !== undefined && artifactOf(draft.preview) !== undefined)
        draft.mark('ArtifactOutdated', 'True', outdated, message.replace(/^: /, ''));
      draft.markReconciling('Progressing', text);
      draft.mark('Ready', 'Unknown', 'Progressing', text);
      await draft.patch(signal);
    },
    trace: (reason, message) => cell.events.record({ object, severity: 'trace', reason, message }),
  };
}

/** Wraps whatever a storage operation throws. */
export function storageFailure(reason: string, prefix: string, error: unknown): SourceFailure {
  return new SourceFailure({ condition: 'StorageOperationFailed', reason, message: `${prefix}: ${errorMessage(error)}`, cause: error });
}

/** Wraps whatever a fetch throws. */
export function fetchFailure(reason: string, prefix: string, error: unknown): SourceFailure {
  return new SourceFailure({ condition: 'FetchFailed', reason, message: `${prefix}: ${errorMessage(error)}`, cause: error });
}
