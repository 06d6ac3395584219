import { errorMessage } from '@flux-ts/base';
import { hooksOfRelease, withStatus, type ReleaseRecord } from '@flux-ts/helm';
import { ActionError, nowText, type ActionContext } from './context.ts';
import { runHooks } from './hooks.ts';
import { deleteObjects, waitForDeletion } from './objects.ts';
import { manifestObjects } from './release.ts';

/** How a release is taken away. */
export interface UninstallOptions {
  readonly keepHistory: boolean;
  readonly disableHooks: boolean;
  readonly disableWait: boolean;
  readonly propagation: 'Background' | 'Foreground' | 'Orphan';
}

/**
 * Takes a release away: hooks, objects, waiting, hooks, and its records unless they are kept.
 * @returns the last record, uninstalled @throws ActionError ACTION_NO_RELEASE where there is none
 */
export async function performUninstall(context: ActionContext, options: UninstallOptions): Promise<ReleaseRecord> {
  const { storage, target, signal, clock } = context;
  const history = await storage.history(target.name, signal);
  const newest = history[0];
  if (newest === undefined)
    throw new ActionError({ code: 'ACTION_NO_RELEASE', message: `uninstall: Release not loaded: ${target.name}: release: not found` });
  if (newest.info.status === 'uninstalled') {
    if (options.keepHistory)
      throw new ActionError({ code: 'ACTION_FAILED', message: `the release named "${target.name}" is already deleted` });
    for (const record of history) await storage.remove(record, signal);
    return newest;
  }
  const hooks = hooksOfRelease(newest);
  if (!options.disableHooks) await runHooks(context, newest, { event: 'pre-delete', hooks });
  let record = withStatus(
    { ...newest, info: { ...newest.info, deleted: nowText(clock) } },
    'uninstalling',
    'Deletion in progress (or silently failed)',
  );
  await storage.update(record, signal);
  try {
    const deleted = await deleteObjects(context, manifestObjects(newest.manifest), options.propagation);
    if (!options.disableWait && options.propagation !== 'Orphan') await waitForDeletion(context, deleted);
    if (!options.disableHooks) await runHooks(context, newest, { event: 'post-delete', hooks });
  } catch (error) {
    signal.throwIfAborted();
    throw new ActionError({
      code: 'ACTION_FAILED',
      message: `failed to delete release: ${target.name}: ${errorMessage(error)}`,
      cause: error,
    });
  }
  record = withStatus(record, 'uninstalled', 'Uninstallation complete');
  await storage.update(record, signal);
  if (!options.keepHistory) for (const old of history) await storage.remove(old, signal);
  return record;
}
