import { formatDuration, getObject, getPath, getString, type JsonObject } from '@flux-ts/base';
import type { Failure } from '../rules/failures.ts';
import { timeOf, type World } from '../world.ts';
import { podText, restartsOf, waiting, type ContainerStanding } from './containers.ts';

const FIRST_BACKOFF_MS = 10_000;
const LAST_BACKOFF_MS = 300_000;
const SOON_MS = 1000;

/** How a container ended. */
export interface Ending {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
}

/** The ending that a failure stands for. */
export function endingOf(fail: Failure): Ending {
  return fail === 'OOMKilled' ? { exitCode: 137, reason: 'OOMKilled' } : { exitCode: 1, reason: 'Error' };
}

/** The state of a container that has ended. */
export function terminated(world: World, old: JsonObject | undefined, ending: Ending): JsonObject {
  const now = timeOf(world);
  const { exitCode, reason, message } = ending;
  const startedAt = getString(old, ['state', 'running', 'startedAt']) ?? now;
  return { terminated: { exitCode, reason, ...(message === undefined ? {} : { message }), startedAt, finishedAt: now } };
}

/** How long a container waits before it is started again: at once the first time, then 10 s, 20 s, 40 s ... 5 min. */
export function backoffMs(restarts: number): number {
  return restarts <= 0 ? SOON_MS : Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (restarts - 1));
}

/** The text of a container that waits for its next start. */
export function backoffState(pod: JsonObject, container: JsonObject, restarts: number): JsonObject {
  const pause = formatDuration(backoffMs(restarts));
  return waiting('CrashLoopBackOff', `back-off ${pause} restarting failed container=${String(container['name'])} pod=${podText(pod)}`);
}

/** A container's next standing, and how long it lasts. */
export interface NextStanding {
  readonly standing: ContainerStanding;
  readonly inMs?: number;
}

/**
 * A container that ends as soon as it is started, again and again: `Error`, then `CrashLoopBackOff` with growing pauses.
 * @param old its status so far
 */
export function crashOn(
  world: World,
  at: { readonly pod: JsonObject; readonly container: JsonObject; readonly old: JsonObject | undefined },
  ending: Ending,
): NextStanding {
  const { pod, container, old } = at;
  const restarts = restartsOf(old);
  const name = String(container['name']);
  const ended = terminated(world, old, ending);
  const keep = (standing: ContainerStanding, count: number): NextStanding => {
    const inMs = world.pace.left(pod, { lane: `crash ${name}`, step: String(count), delayMs: backoffMs(count) });
    return { standing, inMs };
  };
  if (!hasCrashed(old)) return keep({ state: ended, ready: false, restarts, ...lastOf(old) }, restarts);
  const left = world.pace.left(pod, { lane: `crash ${name}`, step: String(restarts), delayMs: backoffMs(restarts) });
  if (left > 0) return { standing: { state: getObject(old, ['state']) ?? {}, ready: false, restarts, ...lastOf(old) }, inMs: left };
  world.say(pod, {
    type: 'Warning',
    reason: 'BackOff',
    message: `Back-off restarting failed container ${name} in pod ${podText(pod)}`,
    fieldPath: `spec.containers{${name}}`,
  });
  return keep({ state: backoffState(pod, container, restarts + 1), ready: false, restarts: restarts + 1, lastState: ended }, restarts + 1);
}

/** The last state of a container, for the status that follows. */
export function lastOf(old: JsonObject | undefined): { lastState?: JsonObject } {
  const last = getObject(old, ['lastState']);
  return last === undefined || Object.keys(last).length === 0 ? {} : { lastState: last };
}

/** Tells whether a container has ended and is to be started again. */
export function hasCrashed(status: JsonObject | undefined): boolean {
  return getPath(status, ['state', 'terminated']) !== undefined || getString(status, ['state', 'waiting', 'reason']) === 'CrashLoopBackOff';
}
