import { getArray, getPath, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { nameOf, typeOf, uidOf } from '@flux-ts/kube';

/** A number at a path, or the default. */
export function numberAt(object: JsonValue | undefined, path: readonly (string | number)[], otherwise: number): number {
  const value = getPath(object, path);
  return typeof value === 'number' ? value : otherwise;
}

/** The elements of an array at a path that are objects. */
export function objectsAt(object: JsonValue | undefined, path: readonly (string | number)[]): readonly JsonObject[] {
  return (getArray(object, path) ?? []).filter(isObject);
}

/** The texts of an array at a path. */
export function textsAt(object: JsonValue | undefined, path: readonly (string | number)[]): readonly string[] {
  return (getArray(object, path) ?? []).filter((item): item is string => typeof item === 'string');
}

/** The owner reference that makes `owner` the managing controller of another object. */
export function controlledBy(owner: JsonObject): JsonObject {
  return { ...typeOf(owner), name: nameOf(owner), uid: uidOf(owner), controller: true, blockOwnerDeletion: true };
}

/** The owner reference of the managing controller, if there is one. */
export function controllerOf(object: JsonObject): JsonObject | undefined {
  const owners = getArray(object, ['metadata', 'ownerReferences']);
  return owners === undefined ? undefined : owners.filter(isObject).find((reference) => reference['controller'] === true);
}

/** The phase of a Pod, claim or volume; a Pod without one is Pending. */
export function phaseOf(object: JsonObject): string {
  return getString(object, ['status', 'phase']) ?? 'Pending';
}

/** Tells whether a Pod has come to its end. */
export function isFinished(pod: JsonObject): boolean {
  const phase = phaseOf(pod);
  return phase === 'Succeeded' || phase === 'Failed';
}

/** Reads an absolute number or a percentage of `total`. */
export function scaled(value: JsonValue | undefined, total: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(String(value ?? ''))?.[1];
  if (percent === undefined) return 0;
  const exact = (Number(percent) * total) / 100;
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

/** A field with a count that is left out where it is 0, as Go's omitempty does. */
export function counted(name: string, count: number): JsonObject {
  return count > 0 ? { [name]: count } : {};
}
