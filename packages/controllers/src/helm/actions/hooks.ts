import { errorMessage, getString, isObject, type JsonObject } from '@flux-ts/base';
import { deletesHook, hooksFor, type Hook, type HookEvent, type HookExecution, type ReleaseRecord } from '@flux-ts/helm';
import { conditionsOf, isNotFound, keyOf, nameOf, pauseFor, typeOf } from '@flux-ts/kube';
import { parseYaml } from '@flux-ts/yaml';
import { FIELD_MANAGER } from '../run.ts';
import { ActionError, nowText, type ActionContext } from './context.ts';
import { placed, waitForDeletion } from './objects.ts';

const LAST_PAUSE_MS = 2000;

/** Called with the end of every hook, so that the record can tell. */
export type OnHookRun = (hook: Hook, run: HookExecution) => void;

function objectOf(hook: Hook): JsonObject {
  const value = parseYaml(hook.manifest);
  if (!isObject(value)) throw new ActionError({ code: 'ACTION_HOOK', message: `unable to build kubernetes object for hook ${hook.path}` });
  return value;
}

async function removeHook(context: ActionContext, object: JsonObject): Promise<void> {
  try {
    await context.client.delete(typeOf(object), keyOf(object), { propagation: 'Background', signal: context.signal });
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  await waitForDeletion(context, [object]);
}

/** How a Job or a Pod stands; other kinds are done as soon as they exist. */
function hookState(object: JsonObject): 'running' | 'done' | { readonly failed: string } {
  const { kind } = typeOf(object);
  if (kind === 'Job') {
    for (const c of conditionsOf(object)) {
      if (c.status === 'True' && c.type === 'Complete') return 'done';
      if (c.status === 'True' && c.type === 'Failed') return { failed: `job ${nameOf(object)} failed: ${c.reason}` };
    }
    return 'running';
  }
  if (kind === 'Pod') {
    const phase = getString(object, ['status', 'phase']);
    if (phase === 'Succeeded') return 'done';
    return phase === 'Failed' ? { failed: `pod ${nameOf(object)} failed` } : 'running';
  }
  return 'done';
}

async function waitForHook(context: ActionContext, object: JsonObject): Promise<void> {
  const startedMs = context.clock.now();
  const deadlineMs = startedMs + context.timeoutMs;
  for (;;) {
    context.signal.throwIfAborted();
    const live = await context.client.find(typeOf(object), keyOf(object), { signal: context.signal });
    const state = live === undefined ? 'running' : hookState(live);
    if (state === 'done') return;
    if (typeof state === 'object') throw new ActionError({ code: 'ACTION_HOOK', message: state.failed });
    const left = deadlineMs - context.clock.now();
    if (left <= 0)
      throw new ActionError({
        code: 'ACTION_TIMEOUT',
        message: `timed out waiting for the condition: ${typeOf(object).kind} ${nameOf(object)}`,
      });
    await context.clock.sleep(Math.min(pauseFor(context.clock.now() - startedMs, LAST_PAUSE_MS), left), context.signal);
  }
}

async function runHook(context: ActionContext, hook: Hook, onRun: OnHookRun): Promise<JsonObject> {
  const object = await placed(context, objectOf(hook));
  if (deletesHook(hook, 'before-hook-creation')) await removeHook(context, object);
  const started_at = nowText(context.clock);
  const end = (phase: 'Succeeded' | 'Failed'): void => onRun(hook, { started_at, completed_at: nowText(context.clock), phase });
  try {
    await context.client.apply(object, { fieldManager: FIELD_MANAGER, force: true, signal: context.signal });
    await waitForHook(context, object);
  } catch (error) {
    context.signal.throwIfAborted();
    end('Failed');
    context.log.push(`warning: hook ${hook.path} failed: ${errorMessage(error)}`);
    if (deletesHook(hook, 'hook-failed')) await removeHook(context, object);
    throw error;
  }
  end('Succeeded');
  return object;
}

/**
 * Runs the hooks of an event one after the other, by weight and name, and removes them as their policies say.
 * @throws ActionError with upstream's words: "failed pre-install: ..."
 */
export async function runHooks(
  context: ActionContext,
  record: ReleaseRecord,
  input: {
    readonly event: HookEvent;
    readonly hooks: readonly Hook[];
    readonly onRun?: OnHookRun;
    readonly choose?: (hook: Hook) => boolean;
  },
): Promise<void> {
  const chosen = hooksFor(input.hooks, input.event).filter((h) => input.choose?.(h) ?? true);
  const done: { readonly hook: Hook; readonly object: JsonObject }[] = [];
  const onRun: OnHookRun = input.onRun ?? ((): void => undefined);
  try {
    for (const hook of chosen) done.push({ hook, object: await runHook(context, hook, onRun) });
  } catch (error) {
    context.signal.throwIfAborted();
    throw new ActionError({ code: 'ACTION_HOOK', message: `failed ${input.event}: ${errorMessage(error)}`, cause: error });
  } finally {
    if (!context.signal.aborted)
      for (const { hook, object } of done.reverse()) if (deletesHook(hook, 'hook-succeeded')) await removeHook(context, object);
  }
  context.log.push(`${chosen.length} ${input.event} hooks of ${record.name} completed`);
}

/** A record that tells how one of its hooks ended. */
export function withHookRun(record: ReleaseRecord, name: string, run: HookExecution): ReleaseRecord {
  return { ...record, hooks: (record.hooks ?? []).map((h) => (h.name === name ? { ...h, last_run: run } : h)) };
}
