import { errorMessage, isObject, type JsonObject } from '@flux-ts/base';
import { hooksOfRelease, newRelease, withStatus, type HookEvent, type ReleaseRecord, type Rendered } from '@flux-ts/helm';
import { parseYamlDocuments } from '@flux-ts/yaml';
import { nowText, type ActionContext, type ActionOptions } from './context.ts';
import { runHooks, withHookRun } from './hooks.ts';
import { applyObjects, deleteObjects, prepareObjects, removedObjects, waitForObjects } from './objects.ts';

/** The objects of a stored manifest. */
export function manifestObjects(manifest: string): readonly JsonObject[] {
  return parseYamlDocuments(manifest)
    .map((d) => d.value)
    .filter(isObject);
}

/** A render that becomes a release. */
export interface ReleaseAction {
  readonly rendered: Rendered;
  readonly revision: number;
  readonly options: ActionOptions;
  readonly maxHistory: number;
  /** The release that is replaced. */
  readonly previous: ReleaseRecord | undefined;
  /** All records of the release. */
  readonly history: readonly ReleaseRecord[];
}

/** Runs the hooks of an event and notes in the record how they ended. */
async function hooks(
  context: ActionContext,
  record: ReleaseRecord,
  input: { readonly event: HookEvent; readonly disabled: boolean },
): Promise<ReleaseRecord> {
  if (input.disabled) return record;
  let noted = record;
  try {
    await runHooks(context, record, {
      event: input.event,
      hooks: hooksOfRelease(record),
      onRun: (hook, run) => {
        noted = withHookRun(noted, hook.name, run);
      },
    });
  } catch (error) {
    throw new HookedError(noted, error);
  }
  return noted;
}

/** An error with the record as it stood. */
class HookedError extends Error {
  readonly record: ReleaseRecord;

  constructor(record: ReleaseRecord, cause: unknown) {
    super(errorMessage(cause), { cause });
    this.record = record;
  }
}

/**
 * Makes a render the new revision of a release: hooks, objects, removals, waiting, hooks, with the record written before
 * and after. A failure is recorded and thrown.
 */
export async function performRelease(context: ActionContext, action: ReleaseAction): Promise<ReleaseRecord> {
  const { storage, target, signal, clock } = context;
  const { rendered, options, previous } = action;
  const isInstall = previous === undefined;
  const now = nowText(clock);
  await storage.prune(target.name, action.maxHistory > 0 ? action.maxHistory - 1 : 0, signal);
  let record = newRelease(rendered, {
    name: target.name,
    namespace: target.namespace,
    revision: action.revision,
    status: isInstall ? 'pending-install' : 'pending-upgrade',
    description: isInstall ? 'Initial install underway' : 'Preparing upgrade',
    nowText: now,
    applyMethod: options.serverSideApply ? 'ssa' : 'csa',
    ...(previous?.info.first_deployed === undefined ? {} : { firstDeployedText: previous.info.first_deployed }),
  });
  const desired = await prepareObjects(
    context,
    rendered.objects().map((o) => o.object),
  );
  await storage.create(record, signal);
  let created: readonly JsonObject[] = [];
  try {
    record = await hooks(context, record, { event: isInstall ? 'pre-install' : 'pre-upgrade', disabled: options.disableHooks });
    created = await applyObjects(context, desired, options);
    if (previous !== undefined) await deleteObjects(context, removedObjects(manifestObjects(previous.manifest), desired, target.namespace));
    await waitForObjects(context, desired, options);
    record = await hooks(context, record, { event: isInstall ? 'post-install' : 'post-upgrade', disabled: options.disableHooks });
  } catch (error) {
    signal.throwIfAborted();
    const at = error instanceof HookedError ? error.record : record;
    const verb = isInstall ? 'Release' : 'Upgrade';
    await storage.update(withStatus(at, 'failed', `${verb} "${target.name}" failed: ${errorMessage(error)}`), signal);
    if (options.cleanupOnFail && created.length > 0) await deleteObjects(context, created);
    throw error instanceof HookedError ? error.cause : error;
  }
  await supersede(context, action.history, record.version);
  const done = withStatus(record, 'deployed', isInstall ? 'Install complete' : 'Upgrade complete');
  await storage.update(done, signal);
  return done;
}

/** Marks deployed records of other revisions as superseded. */
export async function supersede(context: ActionContext, history: readonly ReleaseRecord[], revision: number): Promise<void> {
  for (const record of history) {
    if (record.version !== revision && record.info.status === 'deployed') {
      await context.storage.update(withStatus(record, 'superseded', record.info.description ?? ''), context.signal);
    }
  }
}

/** Puts an old revision back as a new one. @returns the new record */
export async function performRollback(
  context: ActionContext,
  action: {
    readonly to: ReleaseRecord;
    readonly history: readonly ReleaseRecord[];
    readonly options: ActionOptions;
    readonly maxHistory: number;
  },
): Promise<ReleaseRecord> {
  const { storage, target, signal, clock } = context;
  const { to, options, history } = action;
  const newest = history[0] ?? to;
  await storage.prune(target.name, action.maxHistory > 0 ? action.maxHistory - 1 : 0, signal);
  let record: ReleaseRecord = {
    ...to,
    version: newest.version + 1,
    info: {
      ...to.info,
      ...(newest.info.first_deployed === undefined ? {} : { first_deployed: newest.info.first_deployed }),
      last_deployed: nowText(clock),
      status: 'pending-rollback',
      description: `Rollback to ${to.version}`,
      rollback_revision: to.version,
    },
  };
  await storage.create(record, signal);
  try {
    record = await hooks(context, record, { event: 'pre-rollback', disabled: options.disableHooks });
    const desired = await prepareObjects(context, manifestObjects(to.manifest));
    await applyObjects(context, desired, options);
    await deleteObjects(context, removedObjects(manifestObjects(newest.manifest), desired, target.namespace));
    await waitForObjects(context, desired, options);
    record = await hooks(context, record, { event: 'post-rollback', disabled: options.disableHooks });
  } catch (error) {
    signal.throwIfAborted();
    const at = error instanceof HookedError ? error.record : record;
    const message = `Rollback "${target.name}" failed: ${errorMessage(error)}`;
    await storage.update(withStatus(newest, 'superseded', newest.info.description ?? ''), signal);
    await storage.update(withStatus(at, 'failed', message), signal);
    throw error instanceof HookedError ? error.cause : error;
  }
  await supersede(context, history, record.version);
  const done = withStatus(record, 'deployed', `Rollback to ${to.version}`);
  await storage.update(done, signal);
  return done;
}
