import { errorMessage, isAbort } from '@flux-ts/base';
import { configDigest, type Chart } from '@flux-ts/helm';
import { isTerminating, parseKey, specOf, type StatusReader } from '@flux-ts/kube';
import { jittered, StatusDraft, TerminalError, type ReconcileContext, type ReconcileResult } from '@flux-ts/runtime';
import type { ControllerOptions } from '../options.ts';
import { FINALIZER, recordRequest, TYPES } from '../shared/deps.ts';
import { healthReader } from '../shared/health-exprs.ts';
import { specFlag, specList } from '../shared/spec.ts';
import { canReachTarget, targetClient } from '../shared/target-client.ts';
import { reconcileRelease } from './atomic.ts';
import { latest, writeHistory } from './history.ts';
import { failureOf, markFailure, type HelmFailure } from './outcome.ts';
import { uninstallAction } from './perform/uninstall.ts';
import { clearFailures } from './remediation.ts';
import { intervalOf, targetOf, tell, type HelmCell, type HelmRun, type ReleaseRun } from './run.ts';
import { reconcileChartTemplate } from './steps/chart-template.ts';
import { withPreservedValues } from './steps/preserved-values.ts';
import { checkDependencies } from './steps/dependencies.ts';
import { findSource, loadSourceChart } from './steps/source.ts';
import { noteAttempt, observeParts, storedTarget, targetChanged } from './steps/target.ts';
import { readValues } from './steps/values.ts';

/** Reconciles one HelmRelease: the order of its steps. @see fluxcd/helm-controller internal/controller */
export async function reconcileHelmRelease(
  cell: HelmCell,
  options: ControllerOptions,
  request: { readonly key: string; readonly context: ReconcileContext },
): Promise<ReconcileResult> {
  const { context } = request;
  const object = await cell.client.find(TYPES.HelmRelease, parseKey(request.key), { signal: context.signal });
  if (object === undefined) return {};
  const draft = new StatusDraft({ client: cell.client, clock: cell.clock, fieldManager: 'helm-controller', object });
  const run: HelmRun = { cell, options, draft, object, context };
  if (isTerminating(object)) return finalize(run);
  if (!draft.finalizers.includes(FINALIZER)) {
    draft.finalizer(FINALIZER, true);
    await draft.patch(context.signal);
  }
  if (specFlag(object, 'suspend')) {
    context.log.info('reconciliation is suspended for this object');
    return {};
  }
  try {
    await reconcileChartTemplate(run);
    const again = await reconcileObject(run);
    if (!again) draft.observe();
    recordRequest(draft);
    await draft.patch(context.signal);
    return again ? { requeue: true } : { requeueAfterMs: nextRun(run) };
  } catch (error) {
    if (context.signal.aborted || isAbort(error, context.signal)) throw error;
    return conclude(run, failureOf('action', error));
  }
}

function nextRun(run: HelmRun): number {
  return jittered(intervalOf(run.object), run.cell.random, run.options.intervalJitterPercentage ?? 5);
}

/** Writes and tells a failure, and says when to come back. */
async function conclude(run: HelmRun, failure: HelmFailure): Promise<ReconcileResult> {
  const { rule } = failure;
  markFailure(run.draft, failure);
  if (rule.event !== 'none') {
    tell(run, { severity: rule.event, reason: rule.reason ?? 'Failed', message: failure.eventMessage });
  }
  recordRequest(run.draft);
  await run.draft.patch(run.context.signal);
  if (rule.end === 'dependency') return { requeueAfterMs: run.options.requeueDependencyMs ?? 30_000 };
  if (rule.end === 'interval') {
    run.context.log.info(failure.message);
    return { requeueAfterMs: failure.retryAfterMs ?? nextRun(run) };
  }
  if (rule.end === 'requeue') return { requeue: true };
  throw rule.end === 'terminal' ? new TerminalError(failure) : failure;
}

/** Gathers what a release needs and makes it. @returns whether the object must come back at once */
async function reconcileObject(run: HelmRun): Promise<boolean> {
  const { draft, object, context } = run;
  draft.markReconciling('Progressing', 'Fulfilling prerequisites');
  await draft.patch(context.signal);
  const reader = await readExpressions(run);
  await checkDependencies(run);
  const { source, artifact } = await findSource(run);
  const values = await readValues(run);
  const { chart, ociDigest } = await loadSourceChart(run, source, artifact);
  clearStale(run);
  const release = await releaseRun(run, { chart, values, ociDigest, reader });
  const changed = targetChanged(release);
  if (changed !== undefined) {
    context.log.info(`release target configuration changed (${changed}): running uninstall for current release`);
    await uninstallAction({ ...release, target: storedTarget(draft, release.target) }, 'removal');
    forget(run);
    return true;
  }
  const settled = await withPreservedValues(release);
  noteAttempt(settled);
  await reconcileRelease(settled);
  observeParts(settled);
  if (specOf(object)['suspend'] === undefined) draft.unmark('Reconciling');
  return false;
}

async function readExpressions(run: HelmRun): Promise<StatusReader | undefined> {
  try {
    return await healthReader(specList(run.object, 'healthCheckExprs'));
  } catch (error) {
    throw failureOf('cel', error);
  }
}

/** Prerequisites are there again: what an earlier run said of them no longer holds. */
function clearStale(run: HelmRun): void {
  const stale = [
    'DependencyNotReady',
    'AccessDenied',
    'ArtifactFailed',
    'SourceNotReady',
    'ValuesError',
    'RESTClientError',
    'FactoryError',
  ];
  const ready = run.draft.condition('Ready');
  if (ready !== undefined && stale.includes(ready.reason)) run.draft.mark('Ready', 'Unknown', 'Progressing', 'reconciliation in progress');
}

async function releaseRun(run: HelmRun, parts: Pick<ReleaseRun, 'chart' | 'values' | 'ociDigest' | 'reader'>): Promise<ReleaseRun> {
  const { object } = run;
  const client = await targetClient(run).catch((error: unknown) => {
    throw failureOf('client', error);
  });
  return { ...run, ...parts, client, configDigest: configDigest(parts.values), target: targetOf(object) };
}

function forget(run: HelmRun): void {
  writeHistory(run.draft, []);
  clearFailures(run.draft);
  run.draft.set('storageNamespace', undefined);
}

const NO_CHART: Chart = {
  metadata: { name: '', version: '', apiVersion: 'v2' },
  values: {},
  templates: [],
  files: [],
  raw: [],
  subcharts: [],
};

/** Uninstalls the release of a HelmRelease that is being deleted, and lets it go. */
async function finalize(run: HelmRun): Promise<ReconcileResult> {
  const { draft, object, context } = run;
  if (latest(draft) !== undefined && !specFlag(object, 'suspend')) {
    const reachable = await canReachTarget(run);
    if (reachable) {
      const release = await releaseRun(run, { chart: NO_CHART, values: {}, ociDigest: undefined, reader: undefined });
      try {
        await uninstallAction({ ...release, target: storedTarget(draft, release.target) }, 'removal');
      } catch (error) {
        if (!context.signal.aborted) await draft.patch(context.signal);
        throw error;
      }
      context.log.info('uninstalled Helm release for deleted resource');
    } else {
      context.log.error('skipping Helm uninstall: the account or kubeconfig is gone', { error: errorMessage('not found') });
    }
    forget(run);
  }
  await reconcileChartTemplate(run);
  draft.finalizer(FINALIZER, false);
  await draft.patch(context.signal);
  return {};
}
