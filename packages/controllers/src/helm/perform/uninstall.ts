import { errorMessage } from '@flux-ts/base';
import type { ReleaseRecord } from '@flux-ts/helm';
import { specText } from '../../shared/spec.ts';
import { actionContext } from '../actions/context-of.ts';
import { ActionError } from '../actions/context.ts';
import { performUninstall, type UninstallOptions } from '../actions/uninstall.ts';
import { chartNameOf, fullName, latest } from '../history.ts';
import { HelmFailure } from '../outcome.ts';
import { countAnyFailure } from '../remediation.ts';
import { actionFlag, tell, type ReleaseRun } from '../run.ts';
import { summarize } from '../summary.ts';
import { factsOf, observe, withLog } from './observe.ts';

/** How a HelmRelease wants to be uninstalled. */
export function uninstallOptions(run: Pick<ReleaseRun, 'object'>): UninstallOptions {
  const { object } = run;
  const propagation = specText(object, 'uninstall', 'deletionPropagation') ?? 'background';
  return {
    keepHistory: actionFlag(object, 'uninstall', 'keepHistory'),
    disableHooks: actionFlag(object, 'uninstall', 'disableHooks'),
    disableWait: actionFlag(object, 'uninstall', 'disableWait'),
    propagation: propagation === 'foreground' ? 'Foreground' : propagation === 'orphan' ? 'Orphan' : 'Background',
  };
}

/** Uninstalls: as a remediation of a failed install, or because the release has to go. */
export async function uninstallAction(run: ReleaseRun, why: 'remediation' | 'removal'): Promise<void> {
  const { draft, object } = run;
  const current = latest(draft);
  if (current === undefined) throw new HelmFailure({ step: 'action', message: 'no latest release: required to uninstall' });
  const written = new Map<number, ReleaseRecord>();
  const target = { ...run.target, name: current.name, namespace: current.namespace };
  const context = actionContext({ ...run, target }, 'uninstall', (record) => written.set(record.version, record));
  const condition = why === 'remediation' ? 'Remediated' : 'Released';
  const title = why === 'remediation' ? 'Helm uninstall remediation for release' : 'Helm uninstall';
  const subject = `${fullName(current)} with chart ${chartNameOf(current)}`;
  try {
    await performUninstall(context, uninstallOptions(run));
    if (written.size > 0) observe(run, written);
    const message = why === 'remediation' ? `${title} ${subject} succeeded` : `${title} succeeded for release ${subject}`;
    draft.mark(condition, why === 'remediation' ? 'True' : 'False', 'UninstallSucceeded', message);
    tell(run, { severity: 'info', reason: 'UninstallSucceeded', message, facts: factsOf(current) });
  } catch (error) {
    context.signal.throwIfAborted();
    if (why === 'removal' && error instanceof ActionError && error.code === 'ACTION_NO_RELEASE') {
      draft.mark('Released', 'False', 'UninstallSucceeded', `Release ${fullName(current)} was not found, assuming it is uninstalled`);
      return;
    }
    if (written.size > 0) observe(run, written);
    const detail = errorMessage(error).trim();
    const message = why === 'remediation' ? `${title} ${subject} failed: ${detail}` : `${title} failed for release ${subject}: ${detail}`;
    countAnyFailure(draft);
    draft.mark(condition, 'False', 'UninstallFailed', message);
    tell(run, { severity: 'error', reason: 'UninstallFailed', message: withLog(message, context), facts: factsOf(current) });
    summarize(object, draft);
    if (why === 'removal' || written.size === 0) throw new HelmFailure({ step: 'action', message: detail, cause: error });
    return;
  }
  summarize(object, draft);
}
