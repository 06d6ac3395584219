import { errorMessage } from '@flux-ts/base';
import type { ReleaseRecord } from '@flux-ts/helm';
import { actionContext, actionOptions, maxHistory } from '../actions/context-of.ts';
import { performRollback } from '../actions/release.ts';
import { chartNameOf, fullName, latest, previous } from '../history.ts';
import { HelmFailure } from '../outcome.ts';
import { countAnyFailure, remediationOf } from '../remediation.ts';
import { tell, type ReleaseRun } from '../run.ts';
import { summarize } from '../summary.ts';
import { factsOf, observe, withLog } from './observe.ts';

/** Puts the previous good release back. */
export async function rollbackAction(run: ReleaseRun): Promise<void> {
  const { draft, object } = run;
  const current = latest(draft);
  const to = previous(draft, remediationOf(object, draft, 'upgrade').ignoreTestFailures);
  if (to === undefined || current === undefined)
    throw new HelmFailure({ step: 'rollback-target', message: 'missing target release for rollback: required to rollback' });
  const written = new Map<number, ReleaseRecord>();
  const context = actionContext(run, 'rollback', (record) => written.set(record.version, record));
  const history = await context.storage.history(run.target.name, context.signal);
  const record = history.find((r) => r.version === to.version);
  if (record === undefined)
    throw new HelmFailure({ step: 'rollback-target', message: 'missing target release for rollback: cannot remediate failed release' });
  const title = `Helm rollback to previous release ${fullName(to)} with chart ${chartNameOf(to)}`;
  try {
    await performRollback(context, { to: record, history, options: actionOptions(run, 'rollback', record), maxHistory: maxHistory(run) });
    if (written.size > 0) observe(run, written);
    draft.mark('Remediated', 'True', 'RollbackSucceeded', `${title} succeeded`);
    tell(run, {
      severity: 'info',
      reason: 'RollbackSucceeded',
      message: `${title} succeeded`,
      facts: { ...factsOf(to), token: run.configDigest },
    });
  } catch (error) {
    context.signal.throwIfAborted();
    if (written.size > 0) observe(run, written);
    const message = `${title} failed: ${errorMessage(error).trim()}`;
    countAnyFailure(draft);
    draft.mark('Remediated', 'False', 'RollbackFailed', message);
    tell(run, {
      severity: 'error',
      reason: 'RollbackFailed',
      message: withLog(message, context),
      facts: { ...factsOf(to), token: run.configDigest },
    });
    summarize(object, draft);
    if (written.size === 0) throw new HelmFailure({ step: 'action', message: errorMessage(error), cause: error });
    return;
  }
  summarize(object, draft);
}
