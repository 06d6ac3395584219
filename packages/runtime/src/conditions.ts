import { compareBytes, formatTime, getArray, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';

/** metav1.Condition. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration?: number;
}

const WEIGHTS: Readonly<Record<string, number>> = { Stalled: 0, Reconciling: 1, Ready: 2 };

function compareConditions(a: Condition, b: Condition): number {
  const [wa, wb] = [WEIGHTS[a.type] ?? 3, WEIGHTS[b.type] ?? 3];
  return wa === wb ? compareBytes(a.type, b.type) : wa - wb;
}

/** The conditions in an object's status. */
export function readConditions(object: JsonObject): readonly Condition[] {
  return (getArray(object, ['status', 'conditions']) ?? []).filter(isObject).map((c) => {
    const status = getString(c, ['status']);
    const observed = c['observedGeneration'];
    return {
      type: getString(c, ['type']) ?? '',
      status: status === 'True' || status === 'False' ? status : 'Unknown',
      reason: getString(c, ['reason']) ?? '',
      message: getString(c, ['message']) ?? '',
      lastTransitionTime: getString(c, ['lastTransitionTime']) ?? '',
      ...(typeof observed === 'number' ? { observedGeneration: observed } : {}),
    };
  });
}

/** A condition as JSON. */
export function conditionJson(c: Condition): JsonObject {
  const out: Record<string, JsonValue> = { lastTransitionTime: c.lastTransitionTime, message: c.message };
  if (c.observedGeneration !== undefined) out['observedGeneration'] = c.observedGeneration;
  out['reason'] = c.reason;
  out['status'] = c.status;
  out['type'] = c.type;
  return out;
}

/** Finds a condition. */
export function getCondition(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((c) => c.type === type);
}

/** Tells whether the Ready condition of an object is True. */
export function isReady(object: JsonObject): boolean {
  return getCondition(readConditions(object), 'Ready')?.status === 'True';
}

/**
 * Sets a condition: its time moves only when status, reason or message change. The result is in Flux's order
 * (Stalled, Reconciling, Ready, then by type).
 */
export function setCondition(
  conditions: readonly Condition[],
  next: Omit<Condition, 'lastTransitionTime'>,
  nowMs: number,
): readonly Condition[] {
  const old = getCondition(conditions, next.type);
  const same = old !== undefined && old.status === next.status && old.reason === next.reason && old.message === next.message;
  const condition: Condition = { ...next, lastTransitionTime: same ? old.lastTransitionTime : formatTime(nowMs) };
  return [...conditions.filter((c) => c.type !== next.type), condition].sort(compareConditions);
}

/** Takes a condition away. */
export function removeCondition(conditions: readonly Condition[], type: string): readonly Condition[] {
  return conditions.filter((c) => c.type !== type);
}
