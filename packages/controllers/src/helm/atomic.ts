import { formatDuration } from '@flux-ts/base';
import { annotationsOf } from '@flux-ts/kube';
import { gateEnabled } from '../options.ts';
import { actionContext } from './actions/context-of.ts';
import { describeDrift, driftMode } from './drift.ts';
import { chartNameOf, fullName, latest, previous, truncate, writeHistory } from './history.ts';
import { failureOf, HelmFailure } from './outcome.ts';
import { releaseAction } from './perform/release.ts';
import { correctAction, unlockAction } from './perform/repair.ts';
import { rollbackAction } from './perform/rollback.ts';
import { testAction } from './perform/test.ts';
import { uninstallAction } from './perform/uninstall.ts';
import { activeRemediation, isExhausted, remediationOf, retryIntervalOf, testsIgnored } from './remediation.ts';
import { tell, timeoutOf, type ReleaseRun } from './run.ts';
import { determineState, verifyRecord, type ReleaseState } from './state.ts';
import { summarize } from './summary.ts';

type StepType = 'release' | 'test' | 'remediate' | 'unlock' | 'correct';

interface Step {
  readonly name: string;
  readonly type: StepType;
  readonly timeoutMs: number;
  readonly run: () => Promise<void>;
}

function step(run: ReleaseRun, name: 'install' | 'upgrade' | 'test' | 'rollback' | 'uninstall'): Step {
  const timeoutMs = timeoutOf(run.object, name);
  if (name === 'install' || name === 'upgrade') return { name, type: 'release', timeoutMs, run: () => releaseAction(run, name) };
  if (name === 'test') return { name, type: 'test', timeoutMs, run: () => testAction(run) };
  if (name === 'rollback') return { name, type: 'remediate', timeoutMs, run: () => rollbackAction(run) };
  return { name, type: 'remediate', timeoutMs, run: () => uninstallAction(run, 'remediation') };
}

/** Whether a release is asked for by annotation: forceAt equal to requestedAt, both new. */
function forceRequested(run: ReleaseRun): boolean {
  const annotations = annotationsOf(run.object);
  const force = annotations['reconcile.fluxcd.io/forceAt'];
  const requested = annotations['reconcile.fluxcd.io/requestedAt'];
  const handled = run.draft.text('lastHandledForceAt');
  run.draft.set('lastHandledForceAt', force ?? handled);
  return force !== undefined && force === requested && force !== handled && requested !== run.draft.text('lastHandledReconcileAt');
}

function retriesExceeded(run: ReleaseRun, what: string): HelmFailure {
  const remediation = activeRemediation(run.object, run.draft);
  const action = run.draft.text('lastAttemptedReleaseAction') ?? 'release';
  const message = `Failed to ${action} after ${remediation?.failures ?? 0} attempt(s)`;
  return new HelmFailure({ step: 'retries', message, eventMessage: `exceeded maximum retries: ${what}` });
}

function noteRemediated(run: ReleaseRun): void {
  const snapshot = latest(run.draft);
  if (!run.draft.is('Remediated', 'True') || snapshot === undefined) return;
  run.draft.unmark('Remediated');
  run.draft.mark(
    'Released',
    'True',
    'UpgradeSucceeded',
    `Helm upgrade succeeded for release ${fullName(snapshot)} with chart ${chartNameOf(snapshot)}`,
  );
}

async function stepForFailed(run: ReleaseRun, force: boolean): Promise<Step> {
  const { draft, object } = run;
  const remediation = activeRemediation(object, draft);
  if (retryIntervalOf(object, draft, gateEnabled(run.options, 'DefaultToRetryOnFailure')) !== undefined) return step(run, 'upgrade');
  if (remediation === undefined || remediation.failures <= 0 || force) return step(run, 'upgrade');
  if (isExhausted(remediation) && !remediation.remediateLastFailure) throw retriesExceeded(run, 'cannot remediate failed release');
  truncate(draft, remediation.ignoreTestFailures);
  if (remediation.strategy === 'uninstall') return step(run, 'uninstall');
  const to = previous(draft, remediation.ignoreTestFailures);
  const context = actionContext(run, 'rollback');
  const record =
    to === undefined ? undefined : (await context.storage.history(run.target.name, context.signal)).find((r) => r.version === to.version);
  if (to === undefined || record === undefined) {
    const message = 'missing target release for rollback: cannot remediate failed release';
    throw new HelmFailure({ step: 'rollback-target', message: `Failed to perform remediation: ${message}` });
  }
  if (verifyRecord(to, record) !== undefined) return step(run, 'upgrade'); // the target is not what it was: only a new release helps
  return step(run, 'rollback');
}

/** The next step for a state; undefined where nothing is left to do. @throws HelmFailure where nothing more may be tried */
async function nextStep(run: ReleaseRun, state: ReleaseState): Promise<Step | undefined> {
  const { draft, object } = run;
  const force = forceRequested(run);
  run.context.log.info(state.reason, { state: state.kind });
  switch (state.kind) {
    case 'InSync':
      truncate(draft, testsIgnored(object));
      draft.set('lastAppliedRevision', undefined);
      if (force) return step(run, 'upgrade');
      noteRemediated(run);
      if (driftMode(object) !== 'disabled')
        draft.mark('Drifted', 'False', 'NoDriftDetected', `No drift detected for release ${releaseName(run)}`);
      else draft.unmark('Drifted');
      return undefined;
    case 'Locked':
      return {
        name: 'unlock',
        type: 'unlock',
        timeoutMs: timeoutOf(object),
        run: () => (state.record === undefined ? Promise.resolve() : unlockAction(run, state.record)),
      };
    case 'Absent':
      if (isExhausted(remediationOf(object, draft, 'install')) && !force) throw retriesExceeded(run, 'cannot install release');
      return step(run, 'install');
    case 'Unmanaged':
      writeHistory(draft, []);
      return step(run, 'upgrade');
    case 'OutOfSync':
      if (isExhausted(remediationOf(object, draft, 'upgrade')) && !force) throw retriesExceeded(run, 'cannot upgrade release');
      return step(run, 'upgrade');
    case 'Drifted': {
      const message = `Cluster state of release ${releaseName(run)} has drifted from the desired state:\n${describeDrift(state.drifts)}`;
      tell(run, { severity: 'error', reason: 'DriftDetected', message });
      draft.mark('Drifted', 'True', 'DriftDetected', message);
      if (driftMode(object) !== 'enabled') return undefined;
      return { name: 'correct-cluster-drift', type: 'correct', timeoutMs: timeoutOf(object), run: () => correctAction(run, state.drifts) };
    }
    case 'Untested':
      noteRemediated(run);
      return step(run, 'test');
    case 'Failed':
      return stepForFailed(run, force);
  }
}

function releaseName(run: ReleaseRun): string {
  const snapshot = latest(run.draft);
  return snapshot === undefined ? `${run.target.namespace}/${run.target.name}` : fullName(snapshot);
}

/** After an action that may not be followed by another in this run: try again later, or give up. */
function stopOrRetry(run: ReleaseRun): void {
  const { draft, object } = run;
  const retryMs = retryIntervalOf(object, draft, gateEnabled(run.options, 'DefaultToRetryOnFailure'));
  const remediation = activeRemediation(object, draft);
  const message = draft.condition('Ready')?.message ?? '';
  if (retryMs !== undefined && draft.is('Ready', 'False')) {
    draft.markReconciling('ProgressingWithRetry', message);
    throw new HelmFailure({ step: 'retry-later', message: `retrying in ${formatDuration(retryMs)}`, retryAfterMs: retryMs });
  }
  if (remediation === undefined || !isExhausted(remediation)) {
    draft.markReconciling('ProgressingWithRetry', message);
    throw new HelmFailure({ step: 'must-requeue', message: 'must requeue' });
  }
}

/**
 * Brings a release to its desired state: looks how it stands, does the next action, looks again. Each type of action is
 * done at most once a run, and a remediation ends it.
 * @throws HelmFailure
 * @see fluxcd/helm-controller internal/reconcile/atomic_release.go
 */
export async function reconcileRelease(run: ReleaseRun): Promise<void> {
  const { draft, context, object } = run;
  const done = new Set<StepType>();
  for (;;) {
    context.signal.throwIfAborted();
    const state = await determineState(run, actionContext(run, undefined)).catch((error: unknown) => {
      throw failureOf('state', error, 'Could not determine release state: ');
    });
    const next = await nextStep(run, state);
    if (next === undefined) {
      draft.unmark('Reconciling');
      summarize(object, draft);
      return;
    }
    if (done.has(next.type)) {
      stopOrRetry(run);
      draft.unmark('Reconciling');
      return;
    }
    const message = `Running '${next.name}' action with timeout of ${formatDuration(next.timeoutMs)}`;
    draft.markReconciling('Progressing', message);
    if (next.type === 'release') draft.mark('Ready', 'Unknown', 'Progressing', message);
    await draft.patch(context.signal);
    context.log.info(message);
    await runStep(run, next);
    if (next.type === 'remediate') {
      stopOrRetry(run);
      throw retriesExceeded(run, 'remediated');
    }
    done.add(next.type);
    await draft.patch(context.signal);
  }
}

async function runStep(run: ReleaseRun, next: Step): Promise<void> {
  try {
    await next.run();
  } catch (error) {
    run.context.signal.throwIfAborted();
    const failure = failureOf('action', error);
    if (run.draft.is('Ready', 'True')) run.draft.mark('Ready', 'False', 'ReconcileError', failure.message);
    throw failure;
  }
}
