import { errorMessage } from '@flux-ts/base';
import { withStatus, type ReleaseRecord } from '@flux-ts/helm';
import { actionContext } from '../actions/context-of.ts';
import { correctDrift, type Drift } from '../drift.ts';
import { chartNameOf, fullName, latest, readHistory, recordSnapshot, snapshotOf, targets } from '../history.ts';
import { HelmFailure } from '../outcome.ts';
import { tell, type ReleaseRun } from '../run.ts';
import { summarize } from '../summary.ts';
import { factsOf } from './observe.ts';

/** Ends a pending state that nobody works on any more. */
export async function unlockAction(run: ReleaseRun, record: ReleaseRecord): Promise<void> {
  const { draft, object } = run;
  const context = actionContext(run, undefined);
  const status = record.info.status ?? 'unknown';
  const failed = withStatus(record, 'failed', `Release unlocked from stale '${status}' state`);
  await context.storage.update(failed, context.signal);
  const known = readHistory(draft).find((s) => targets(s, record));
  const snapshot = snapshotOf(failed, { ociDigest: known?.ociDigest });
  if (known !== undefined) recordSnapshot(draft, snapshot);
  const message = `Unlocked Helm release ${fullName(snapshot)} with chart ${chartNameOf(snapshot)} in ${status} state`;
  draft.mark('Released', 'False', 'PendingRelease', message);
  tell(run, { severity: 'info', reason: 'PendingRelease', message, facts: factsOf(snapshot) });
  summarize(object, draft);
}

/** Puts drifted objects back. */
export async function correctAction(run: ReleaseRun, drifts: readonly Drift[]): Promise<void> {
  const { draft } = run;
  const context = actionContext(run, undefined);
  const snapshot = latest(draft);
  const name = snapshot === undefined ? run.target.name : fullName(snapshot);
  const problems: string[] = [];
  for (const drift of drifts) {
    try {
      await correctDrift(context, drift);
    } catch (error) {
      context.signal.throwIfAborted();
      problems.push(errorMessage(error));
    }
  }
  if (problems.length > 0) {
    tell(run, {
      severity: 'error',
      reason: 'DriftCorrectionFailed',
      message: `Failed to correct cluster state of release ${name}:\n${problems.join('\n')}`,
    });
    throw new HelmFailure({ step: 'action', message: problems.join('; ') });
  }
  tell(run, { severity: 'info', reason: 'DriftCorrected', message: `Cluster state of release ${name} has been corrected` });
}
