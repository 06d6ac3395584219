/**
 * JSON values as they travel through every engine. `bigint` stands only for integers beyond 2^53 - 1;
 * objects are plain objects; nothing is ever changed in place.
 */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

/** A JSON object: a plain object whose keys are its own enumerable properties. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** One step of a path into a JSON value: an object key or an array index. */
export type PathStep = string | number;

/** Tells whether a value is a JSON object (not null, not an array, not a class instance with its own prototype chain). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Tells whether a value is a JSON array. */
export function isArray(value: unknown): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Gives an object's own property, or `undefined`; never one of the prototype's (`__proto__`, `constructor`). */
export function own(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Sets a key on an object under construction, `__proto__` included. The only place that writes into a JSON object. */
export function define(target: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

/** Gives the value at a path, or `undefined` where any step is missing. */
export function getPath(value: JsonValue | undefined, path: readonly PathStep[]): JsonValue | undefined {
  let at: JsonValue | undefined = value;
  for (const step of path) {
    if (isArray(at)) at = typeof step === 'number' ? at[step] : undefined;
    else if (isObject(at)) at = own(at, String(step));
    else return undefined;
    if (at === undefined) return undefined;
  }
  return at;
}

/** Gives the string at a path, or `undefined` where there is none or it is not a string. */
export function getString(value: JsonValue | undefined, path: readonly PathStep[]): string | undefined {
  const at = getPath(value, path);
  return typeof at === 'string' ? at : undefined;
}

/** Gives the object at a path, or `undefined` where there is none or it is not an object. */
export function getObject(value: JsonValue | undefined, path: readonly PathStep[]): JsonObject | undefined {
  const at = getPath(value, path);
  return isObject(at) ? at : undefined;
}

/** Gives the array at a path, or `undefined` where there is none or it is not an array. */
export function getArray(value: JsonValue | undefined, path: readonly PathStep[]): readonly JsonValue[] | undefined {
  const at = getPath(value, path);
  return isArray(at) ? at : undefined;
}

/** Copies an object without one key; gives the same object where the key is absent. */
export function omit(object: JsonObject, key: string): JsonObject {
  if (!Object.hasOwn(object, key)) return object;
  const copy: Record<string, JsonValue> = {};
  for (const k of Object.keys(object)) if (k !== key) define(copy, k, object[k] as JsonValue);
  return copy;
}

/**
 * Copies a value along a path and sets the end of it; missing objects on the way are made.
 * An array step must be an index inside the array or its length (append).
 * @throws TypeError where the path runs into a scalar.
 */
export function setPath(root: JsonValue | undefined, path: readonly PathStep[], value: JsonValue): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (isArray(root)) {
    if (typeof step !== 'number' || step < 0 || step > root.length)
      throw new TypeError(`no index ${String(step)} in an array of ${root.length}`);
    const copy = [...root];
    copy[step] = setPath(root[step], rest, value);
    return copy;
  }
  if (root !== undefined && root !== null && !isObject(root)) throw new TypeError(`cannot set ${String(step)} in a scalar`);
  const copy: Record<string, JsonValue> = { ...root };
  define(copy, String(step), setPath(root === undefined || root === null ? undefined : own(root, String(step)), rest, value));
  return copy;
}

/** Copies a value along a path and takes the end of it away; gives the same value where the path does not exist. */
export function removePath(root: JsonValue, path: readonly PathStep[]): JsonValue {
  const [step, ...rest] = path;
  if (step === undefined) return root;
  if (isArray(root)) {
    if (typeof step !== 'number' || root[step] === undefined) return root;
    if (rest.length === 0) return root.filter((_, i) => i !== step);
    const inner = removePath(root[step], rest);
    return inner === root[step] ? root : root.map((item, i) => (i === step ? inner : item));
  }
  if (!isObject(root)) return root;
  const key = String(step);
  const child = own(root, key);
  if (child === undefined) return root;
  if (rest.length === 0) return omit(root, key);
  const inner = removePath(child, rest);
  if (inner === child) return root;
  const copy: Record<string, JsonValue> = { ...root };
  define(copy, key, inner);
  return copy;
}

/** Tells whether two values are equal as JSON: keys in any order, 1 and 1n the same. */
export function deepEqual(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    const numeric = (typeof a === 'bigint' && typeof b === 'number') || (typeof a === 'number' && typeof b === 'bigint');
    return numeric && Number.isInteger(Number(a)) && BigInt(a as number) === BigInt(b as number);
  }
  if (isArray(a)) {
    if (!isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!deepEqual(a[i], b[i])) return false;
    return true;
  }
  if (isArray(b)) return false;
  const left = a as JsonObject;
  const right = b as JsonObject;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  for (const key of keys) if (!Object.hasOwn(right, key) || !deepEqual(left[key], right[key])) return false;
  return true;
}

/** Compares two strings by their UTF-8 bytes, as Go's `sort.Strings` does. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // surrogates (code points beyond the BMP) sort after every other unit in UTF-8
    if (x >= 0xd800 && x <= 0xdfff) x += 0x10000;
    if (y >= 0xd800 && y <= 0xdfff) y += 0x10000;
    return x < y ? -1 : 1;
  }
  return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

/** Gives an object's keys in the byte order of UTF-8, the order in which Go prints maps. */
export function sortedKeys(object: JsonObject): string[] {
  return Object.keys(object).sort(compareBytes);
}
