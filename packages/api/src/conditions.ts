import { getArray, isObject, type JsonObject } from '@flux-ts/base';
import type { Condition } from './types.generated.ts';

/** The conditions of an object; none where it has no status. Entries without type or status are left out. */
export function conditionsOf(object: JsonObject): readonly Condition[] {
  const conditions = getArray(object, ['status', 'conditions']) ?? [];
  return conditions.filter(
    (c) => isObject(c) && typeof c['type'] === 'string' && typeof c['status'] === 'string',
  ) as unknown as readonly Condition[];
}

/** Gives one condition of an object, or `undefined` where it has not got it. */
export function getCondition(object: JsonObject, type: string): Condition | undefined {
  return conditionsOf(object).find((condition) => condition.type === type);
}

/** Tells whether a condition is there and True. */
export function isTrue(object: JsonObject, type: string): boolean {
  return getCondition(object, type)?.status === 'True';
}
