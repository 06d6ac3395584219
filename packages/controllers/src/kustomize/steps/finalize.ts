import { errorMessage } from '@flux-ts/base';
import { ApplyManager, formatChanges, subjectOf } from '@flux-ts/kube';
import type { ReconcileResult } from '@flux-ts/runtime';
import { FINALIZER } from '../../shared/deps.ts';
import { specFlag, specText } from '../../shared/spec.ts';
import { canReachTarget, targetClient } from '../../shared/target-client.ts';
import { tell, timeoutOf, type KustomizeRun } from '../run.ts';
import { FIELD_MANAGER } from './apply.ts';
import { deleteOptions, objectsOf, readInventory } from './inventory.ts';

function shouldDelete(run: KustomizeRun): boolean {
  if (specFlag(run.object, 'suspend') || readInventory(run.draft.status).length === 0) return false;
  const policy = specText(run.object, 'deletionPolicy') ?? 'MirrorPrune';
  if (policy === 'MirrorPrune') return specFlag(run.object, 'prune');
  return policy === 'Delete' || policy === 'WaitForTermination';
}

async function deleteObjects(run: KustomizeRun): Promise<void> {
  const { cell, context, object } = run;
  const objects = objectsOf(readInventory(run.draft.status));
  if (!(await canReachTarget(run))) {
    const message = `unable to prune objects: \n${objects.map(subjectOf).join('\n')}`;
    context.log.error(message, { error: 'skiping pruning, failed to find account to impersonate' });
    tell(run, { severity: 'error', message });
    return;
  }
  const manager = new ApplyManager({ client: await targetClient(run), clock: cell.clock, fieldManager: FIELD_MANAGER });
  let changes;
  try {
    changes = await manager.deleteAll(objects, { propagation: 'Background', signal: context.signal, ...deleteOptions(object) });
  } catch (error) {
    tell(run, { severity: 'error', message: 'pruning for deleted resource failed' });
    throw error;
  }
  if (changes.length === 0) return;
  tell(run, { severity: 'info', message: formatChanges(changes) });
  if (specText(object, 'deletionPolicy') !== 'WaitForTermination') return;
  const gone = new Set(changes.filter((c) => c.action === 'deleted').map((c) => c.subject));
  try {
    await manager.waitForTermination(
      objects.filter((o) => gone.has(subjectOf(o))),
      { timeoutMs: timeoutOf(object), intervalMs: 2000, signal: context.signal },
    );
  } catch (error) {
    context.signal.throwIfAborted();
    context.log.error('failed to wait for resources termination', { error: errorMessage(error) });
    tell(run, { severity: 'error', message: 'failed to wait for resources termination' });
  }
}

/** Deletes what a Kustomization has applied, by its deletion policy, and lets it go. */
export async function finalize(run: KustomizeRun): Promise<ReconcileResult> {
  if (shouldDelete(run)) await deleteObjects(run);
  run.draft.finalizer(FINALIZER, false);
  await run.draft.patch(run.context.signal);
  return {};
}
