import { deepEqual, getObject, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';

const MASK = '***';
const BEFORE = '*** (before)';
const AFTER = '*** (after)';

/** Masks the data of a Secret and of its next version, so that a diff shows which keys change and never a value. */
export function maskSecretData(
  before: JsonObject | undefined,
  after: JsonObject | undefined,
): { readonly before: JsonObject | undefined; readonly after: JsonObject | undefined } {
  return {
    before: before === undefined ? undefined : masked(before, after, BEFORE),
    after: after === undefined ? undefined : masked(after, before, AFTER),
  };
}

function masked(object: JsonObject, other: JsonObject | undefined, changed: string): JsonObject {
  const out: Record<string, JsonValue> = { ...object };
  for (const field of ['data', 'stringData']) {
    const data = getObject(object, [field]);
    if (data === undefined) continue;
    const otherData = getObject(other, [field]);
    out[field] = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, maskOf(key, value, otherData, changed)]));
  }
  return out;
}

function maskOf(key: string, value: JsonValue, other: JsonObject | undefined, changed: string): string {
  if (!isObject(other) || !Object.hasOwn(other, key)) return MASK;
  return deepEqual(value, other[key]) ? MASK : changed;
}
