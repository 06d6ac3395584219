import type { ReleaseRecord } from '@flux-ts/helm';
import { specObject, specText } from '../../shared/spec.ts';
import { actionFlag, timeoutOf, type ActionName, type ReleaseRun } from '../run.ts';
import { ReleaseStorage } from '../storage.ts';
import type { ActionContext, ActionOptions } from './context.ts';
import type { CrdPolicy } from './crds.ts';

/** The context of an action of a run. @param written is called with every record that the action writes */
export function actionContext(
  run: ReleaseRun,
  action: ActionName | undefined,
  written: (record: ReleaseRecord) => void = () => undefined,
): ActionContext {
  const { client, cell, target, context, object } = run;
  return {
    client,
    clock: cell.clock,
    storage: new ReleaseStorage({ client, clock: cell.clock, namespace: target.storageNamespace, onWrite: written }),
    target,
    timeoutMs: timeoutOf(object, action),
    signal: context.signal,
    log: [],
    reader: run.reader,
  };
}

/** How an action writes and waits. @param previous whose way of applying an upgrade keeps, unless told otherwise */
export function actionOptions(run: ReleaseRun, action: 'install' | 'upgrade' | 'rollback', previous?: ReleaseRecord): ActionOptions {
  const { object } = run;
  return {
    disableWait: actionFlag(object, action, 'disableWait'),
    disableWaitForJobs: actionFlag(object, action, 'disableWaitForJobs'),
    disableHooks: actionFlag(object, action, 'disableHooks'),
    disableTakeOwnership: actionFlag(object, action, 'disableTakeOwnership'),
    cleanupOnFail: actionFlag(object, action, 'cleanupOnFail'),
    force: actionFlag(object, action, 'force'),
    serverSideApply: appliesOnServer(run, action, previous),
  };
}

function appliesOnServer(run: ReleaseRun, action: 'install' | 'upgrade' | 'rollback', previous: ReleaseRecord | undefined): boolean {
  if (action === 'install') return specObject(run.object, 'install')?.['serverSideApply'] !== false;
  const mode = specText(run.object, action, 'serverSideApply') ?? 'auto';
  if (mode !== 'auto') return mode === 'enabled';
  return previous === undefined || previous.apply_method === 'ssa';
}

/** What an action does with the chart's crds folder. */
export function crdPolicy(run: ReleaseRun, action: 'install' | 'upgrade'): CrdPolicy {
  if (action === 'install' && actionFlag(run.object, 'install', 'skipCRDs')) return 'Skip';
  const policy = specText(run.object, action, 'crds');
  return policy === 'Skip' || policy === 'CreateReplace' ? policy : 'Create';
}

/** spec.maxHistory; 0 keeps everything. */
export function maxHistory(run: ReleaseRun): number {
  const value = (run.object['spec'] as { readonly maxHistory?: unknown } | undefined)?.maxHistory;
  return typeof value === 'number' ? value : 5;
}
