import { parseTime, type JsonObject } from '@flux-ts/base';
import { objectsAt } from './read.ts';

/** What a condition says. */
export interface ConditionText {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason?: string;
  readonly message?: string;
}

/** A condition of an object's status. */
export function conditionOf(object: JsonObject | undefined, type: string): JsonObject | undefined {
  return objectsAt(object, ['status', 'conditions']).find((c) => c['type'] === type);
}

/** Tells whether a condition of an object is True. */
export function isTrue(object: JsonObject | undefined, type: string): boolean {
  return conditionOf(object, type)?.['status'] === 'True';
}

/** A condition of a workload, with the times of the one that it replaces where nothing else changed. */
export function condition(before: JsonObject, next: ConditionText, time: string): JsonObject {
  const old = conditionOf(before, next.type);
  const same = old !== undefined && old['status'] === next.status;
  const text = {
    ...(next.reason === undefined ? {} : { reason: next.reason }),
    ...(next.message === undefined ? {} : { message: next.message }),
  };
  const changed = !same || old['reason'] !== next.reason || old['message'] !== next.message;
  const lastTransitionTime = same ? (old['lastTransitionTime'] ?? time) : time;
  const lastUpdateTime = changed ? time : (old['lastUpdateTime'] ?? time);
  return { type: next.type, status: next.status, ...text, lastTransitionTime, lastUpdateTime };
}

/** A condition without `lastUpdateTime`, as Pods, Jobs and claims have it. */
export function plainCondition(before: JsonObject, next: ConditionText, time: string): JsonObject {
  const { lastUpdateTime: _, ...rest } = condition(before, next, time);
  return rest;
}

/** Tells whether a Pod is ready, by its condition. */
export function isReady(pod: JsonObject): boolean {
  return isTrue(pod, 'Ready');
}

/**
 * Tells how long a Pod still has to stay ready until it counts as available.
 * @returns milliseconds, 0 where it is available, undefined where it is not ready
 */
export function availableIn(pod: JsonObject, minReadySeconds: number, nowMs: number): number | undefined {
  const ready = conditionOf(pod, 'Ready');
  if (ready?.['status'] !== 'True') return undefined;
  if (minReadySeconds <= 0) return 0;
  const since = parseTime(String(ready['lastTransitionTime'])) ?? nowMs;
  return Math.max(0, since + minReadySeconds * 1000 - nowMs);
}
