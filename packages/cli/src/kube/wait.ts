import { RealClock, formatDuration, getArray, getPath, getString, isObject, type JsonObject } from '@flux-ts/base';
import { computeStatus, generationOf, type KubeClient, type ObjectKey, type TypeRef } from '@flux-ts/kube';

const POLL_MS = 300;

/** Asks again and again until there is an answer. @throws Error `timeout waiting for ...` after the time */
export async function pollUntil<T>(
  ask: () => Promise<T | undefined>,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal; readonly what: string; readonly pollMs?: number },
): Promise<T> {
  const clock = new RealClock();
  const end = clock.now() + options.timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (clock.now() >= end)
      throw new Error(`timeout waiting for ${options.what} after ${formatDuration(options.timeoutMs)}: context deadline exceeded`);
    await clock.sleep(options.pollMs ?? POLL_MS, options.signal);
  }
}

/** How an object stands after its latest generation was looked at; undefined while it is under way. */
export function outcomeOf(object: JsonObject): { readonly ready: boolean; readonly message: string } | undefined {
  const conditions = (getArray(object, ['status', 'conditions']) ?? []).filter(isObject);
  const ready = conditions.find((c) => c['type'] === 'Ready');
  const status = computeStatus(object, { nowMs: new RealClock().now() });
  if (status.status === 'Current' && ready?.['status'] !== 'False') return { ready: true, message: String(ready?.['message'] ?? '') };
  if (status.status === 'Failed') return { ready: false, message: status.message };
  if (
    ready === undefined ||
    conditions.some((c) => c['type'] === 'Reconciling' && c['status'] === 'True' && c['reason'] !== 'ProgressingWithRetry')
  )
    return undefined;
  const observed = getPath(ready, ['observedGeneration']);
  if (ready['status'] === 'False' && (typeof observed !== 'number' || observed === generationOf(object)))
    return { ready: false, message: String(ready['message'] ?? '') };
  return undefined;
}

/** Waits until a reconciliation that was asked for has been handled and has ended. */
export function waitHandled(
  client: KubeClient,
  target: { readonly type: TypeRef; readonly key: ObjectKey; readonly requestedAt: string },
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<{ readonly object: JsonObject; readonly ready: boolean; readonly message: string }> {
  return pollUntil(
    async () => {
      const object = await client.get(target.type, target.key, { signal: options.signal });
      if (getString(object, ['status', 'lastHandledReconcileAt']) !== target.requestedAt) return undefined;
      const outcome = outcomeOf(object);
      return outcome === undefined ? undefined : { object, ...outcome };
    },
    { ...options, what: `${target.type.kind} reconciliation` },
  );
}

/** Waits until an object's latest generation is ready. @throws Error with the object's own message where it is not */
export function waitReady(
  client: KubeClient,
  target: { readonly type: TypeRef; readonly key: ObjectKey },
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<JsonObject> {
  return pollUntil(
    async () => {
      const object = await client.get(target.type, target.key, { signal: options.signal });
      const outcome = outcomeOf(object);
      if (outcome === undefined) return undefined;
      if (!outcome.ready) throw new Error(outcome.message);
      return object;
    },
    { ...options, what: `${target.type.kind} to become ready` },
  );
}
