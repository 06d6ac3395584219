import { deepEqual, define, isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { conflictMessage, PatchError } from './patch-error.ts';

/** Applies a merge patch of RFC 7386: null takes away, objects are merged, everything else replaces. */
export function applyMergePatch(document: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isObject(patch)) return patch;
  const out: Record<string, JsonValue> = {};
  const base = isObject(document) ? document : {};
  for (const key of Object.keys(base)) if (own(patch, key) !== null) define(out, key, base[key] as JsonValue);
  for (const key of Object.keys(patch)) {
    const value = patch[key] as JsonValue;
    if (value !== null) define(out, key, applyMergePatch(own(base, key), value));
  }
  return out;
}

/** The merge patch that makes one document from the other. */
export function createMergePatch(from: JsonObject, to: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const key of Object.keys(to)) {
    const after = to[key] as JsonValue;
    const before = own(from, key);
    if (isObject(before) && isObject(after)) {
      const below = createMergePatch(before, after);
      if (Object.keys(below).length > 0) define(out, key, below);
    } else if (before === undefined || !deepEqual(before, after)) {
      define(out, key, after);
    }
  }
  for (const key of Object.keys(from)) if (!Object.hasOwn(to, key)) define(out, key, null);
  return out;
}

/**
 * The merge patch for a live object: what the new configuration adds or changes against the live object, and what it no longer
 * has of the old one.
 * @throws PatchError PATCH_CONFLICT where both say something about one field
 */
export function createThreeWayJsonMergePatch(original: JsonObject, modified: JsonObject, current: JsonObject): JsonObject {
  const changes = filterNulls(createMergePatch(current, modified), false);
  const deletions = filterNulls(createMergePatch(original, modified), true);
  if (conflicts(changes, deletions)) {
    throw new PatchError('PATCH_CONFLICT', conflictMessage(changes, deletions));
  }
  return mergePatches(deletions, changes) as JsonObject;
}

/** Keeps only a patch's deletions (`keep`), or everything but them; objects that become empty by it go. */
export function filterNulls(patch: JsonObject, keep: boolean): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const key of Object.keys(patch)) {
    const value = patch[key] as JsonValue;
    if (value === null) {
      if (keep) define(out, key, null);
    } else if (isObject(value) && Object.keys(value).length > 0) {
      const below = filterNulls(value, keep);
      if (Object.keys(below).length > 0) define(out, key, below);
    } else if (!keep) {
      define(out, key, value); // an empty object that was set is a value
    }
  }
  return out;
}

function mergePatches(first: JsonValue | undefined, second: JsonValue): JsonValue {
  if (!isObject(first) || !isObject(second)) return second;
  const out: Record<string, JsonValue> = { ...first };
  for (const key of Object.keys(second)) define(out, key, mergePatches(own(first, key), second[key] as JsonValue));
  return out;
}

/** Tells whether two patches say different things about one field. */
export function conflicts(a: JsonValue, b: JsonValue): boolean {
  if (isObject(a)) {
    if (!isObject(b)) return true;
    return Object.keys(a).some((key) => Object.hasOwn(b, key) && conflicts(a[key] as JsonValue, b[key] as JsonValue));
  }
  if (isArray(a)) {
    if (!isArray(b) || a.length !== b.length) return true;
    return a.some((item, i) => conflicts(item, b[i] as JsonValue));
  }
  return !deepEqual(a, b);
}
