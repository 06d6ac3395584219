import { getArray, getPath, getString, isObject, type JsonObject, type PathStep } from '@flux-ts/base';

/** What kstatus says of an object. */
export type KStatus = 'InProgress' | 'Failed' | 'Current' | 'Terminating' | 'NotFound' | 'Unknown';

/** A standard condition that kstatus derives: `Reconciling` or `Stalled`. */
export interface KCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** The status of an object, with a sentence why and the standard conditions that follow from it. */
export interface StatusResult {
  readonly status: KStatus;
  readonly message: string;
  readonly conditions: readonly KCondition[];
}

/** All is as the spec wants it. */
export function current(message: string): StatusResult {
  return { status: 'Current', message, conditions: [] };
}

/** Work is under way. */
export function inProgress(reason: string, message: string): StatusResult {
  return { status: 'InProgress', message, conditions: [{ type: 'Reconciling', status: 'True', reason, message }] };
}

/** It has failed and will not go on by itself. */
export function failed(reason: string, message: string): StatusResult {
  return { status: 'Failed', message, conditions: [{ type: 'Stalled', status: 'True', reason, message }] };
}

/** The conditions in an object's status, as they stand. */
export function conditionsOf(object: JsonObject): readonly KCondition[] {
  return (getArray(object, ['status', 'conditions']) ?? []).filter(isObject).map((c) => ({
    type: getString(c, ['type']) ?? '',
    status: getString(c, ['status']) ?? '',
    reason: getString(c, ['reason']) ?? '',
    message: getString(c, ['message']) ?? '',
  }));
}

/** The number at a path, or what is given for none. */
export function numberAt(object: JsonObject, path: readonly PathStep[], otherwise: number): number {
  const value = getPath(object, path);
  return typeof value === 'number' ? value : otherwise;
}
