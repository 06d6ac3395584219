import { errorMessage, formatDuration, isAbort } from '@flux-ts/base';
import { isTerminating, parseKey, type StatusReader } from '@flux-ts/kube';
import type { KustomizationRender } from '@flux-ts/render';
import { hasRevision, jittered, StatusDraft, TerminalError, type ReconcileContext, type ReconcileResult } from '@flux-ts/runtime';
import type { ControllerOptions } from '../options.ts';
import { FINALIZER, recordRequest, TYPES } from '../shared/deps.ts';
import { healthReader } from '../shared/health-exprs.ts';
import { specFlag, specList } from '../shared/spec.ts';
import { targetClient } from '../shared/target-client.ts';
import { concludeStatus, failureOf, KustomizeFailure, markFailure } from './outcome.ts';
import { intervalOf, progress, retryIntervalOf, tell, type KustomizeCell, type KustomizeRun, type RunSource } from './run.ts';
import { applyManager, applyObjects } from './steps/apply.ts';
import { buildObjects, fetchSource } from './steps/build.ts';
import { checkDependencies } from './steps/dependencies.ts';
import { finalize } from './steps/finalize.ts';
import { checkHealth } from './steps/health.ts';
import { recordHistory } from './steps/history.ts';
import { inventoryOf, pruneStale, readInventory, writeInventory } from './steps/inventory.ts';
import { findSource } from './steps/source.ts';

/** Reconciles one Kustomization: the order of its steps. @see fluxcd/kustomize-controller internal/controller */
export async function reconcileKustomization(
  cell: KustomizeCell,
  options: ControllerOptions,
  request: { readonly key: string; readonly context: ReconcileContext },
): Promise<ReconcileResult> {
  const { context } = request;
  const object = await cell.client.find(TYPES.Kustomization, parseKey(request.key), { signal: context.signal });
  if (object === undefined) return {};
  const draft = new StatusDraft({ client: cell.client, clock: cell.clock, fieldManager: 'gotk-kustomize-controller', object });
  const run: KustomizeRun = { cell, options, draft, object, context, startedMs: cell.clock.now() };
  if (isTerminating(object)) return finalize(run);
  if (!draft.finalizers.includes(FINALIZER)) {
    draft.finalizer(FINALIZER, true);
    await draft.patch(context.signal);
  }
  if (specFlag(object, 'suspend')) {
    context.log.info('Reconciliation is suspended for this object');
    return {};
  }
  let source: RunSource | undefined;
  let result: ReconcileResult;
  try {
    const reader = await compileHealth(run);
    source = await findSource(run);
    await checkDependencies(run, source);
    await reconcileRevision(run, source, reader);
    result = { requeueAfterMs: jittered(intervalOf(object), cell.random, options.intervalJitterPercentage ?? 5) };
  } catch (error) {
    if (context.signal.aborted || isAbort(error, context.signal)) throw error;
    result = await conclude(run, failureOf('apply', error), source);
    return result;
  }
  await finish(run);
  const message = `Reconciliation finished in ${formatDuration(cell.clock.now() - run.startedMs)}, next run in ${formatDuration(intervalOf(object))}`;
  context.log.info(message, { revision: source.revision });
  tell(run, { severity: 'info', message, source, facts: { commit_status: 'update' } });
  return result;
}

async function compileHealth(run: KustomizeRun): Promise<StatusReader | undefined> {
  try {
    return await healthReader(specList(run.object, 'healthCheckExprs'));
  } catch (error) {
    throw failureOf('cel', error);
  }
}

async function finish(run: KustomizeRun): Promise<void> {
  recordRequest(run.draft);
  concludeStatus(run.draft);
  await run.draft.patch(run.context.signal);
}

/** Writes and tells a failure, and says when to come back. */
async function conclude(run: KustomizeRun, failure: KustomizeFailure, source: RunSource | undefined): Promise<ReconcileResult> {
  const { rule } = failure;
  markFailure(run.draft, failure);
  if (rule.event !== 'none') tell(run, { severity: rule.event, message: failure.eventMessage, source });
  await finish(run);
  const retryMs = retryIntervalOf(run.object);
  if (rule.end === 'retry') {
    const message = `Reconciliation failed after ${formatDuration(run.cell.clock.now() - run.startedMs)}, next try in ${formatDuration(retryMs)}`;
    run.context.log.error(message, { error: errorMessage(failure), revision: source?.revision });
    return { requeueAfterMs: retryMs };
  }
  if (rule.end === 'wait') {
    run.context.log.info(failure.eventMessage);
    return { requeueAfterMs: run.options.requeueDependencyMs ?? 30_000 };
  }
  if (failure.step === 'health-canceled') return { requeue: true };
  throw rule.end === 'stall' ? new TerminalError(failure) : failure;
}

async function reconcileRevision(run: KustomizeRun, source: RunSource, reader: StatusReader | undefined): Promise<void> {
  const { draft, context } = run;
  draft.mark('Ready', 'Unknown', 'Progressing', 'Reconciliation in progress');
  await progress(run, 'Fetching manifests', source.revision);
  const before = readInventory(draft.status);
  const tree = await fetchSource(run, source);
  draft.set('lastAttemptedRevision', source.revision);
  await progress(run, 'Building manifests', source.revision);
  const client = await targetClient(run).catch((error: unknown) => {
    throw failureOf('client', error, 'failed to build kube client: ');
  });
  const render = await buildObjects(run, tree);
  await progress(run, 'Detecting drift', source.revision);
  const manager = applyManager(run, client);
  try {
    await applyAndCheck(run, { source, render, manager, before, reader });
  } catch (error) {
    if (context.signal.aborted) throw error;
    const failure = failureOf('apply', error);
    if (failure.rule.history) recordHistory(run, { digest: render.digest, status: failure.rule.reason, source });
    throw failure;
  }
  draft.set('lastAppliedRevision', source.revision);
  draft.set('lastAppliedOriginRevision', source.originRevision);
  draft.mark('Ready', 'True', 'ReconciliationSucceeded', `Applied revision: ${source.revision}`);
  recordHistory(run, { digest: render.digest, status: 'ReconciliationSucceeded', source });
}

interface ApplyInput {
  readonly source: RunSource;
  readonly render: KustomizationRender;
  readonly manager: ReturnType<typeof applyManager>;
  readonly before: ReturnType<typeof readInventory>;
  readonly reader: StatusReader | undefined;
}

async function applyAndCheck(run: KustomizeRun, input: ApplyInput): Promise<void> {
  const { source, render, manager, before, reader } = input;
  const applied = await applyObjects(run, { manager, rendered: render.objects, source });
  const now = inventoryOf(applied.entries);
  writeInventory(run, now);
  await pruneStale(run, { manager, before, now, source });
  await checkHealth(run, {
    manager,
    entries: applied.entries,
    objects: render.objects.map((r) => r.object),
    reader,
    source,
    isNewRevision: !hasRevision(source.artifact, run.draft.text('lastAppliedRevision')),
    drifted: applied.changed,
  });
}
