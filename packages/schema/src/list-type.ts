import { canonicalJson, define, isArray, isObject, own, sortedKeys, type JsonValue } from '@flux-ts/base';
import { duplicate, fieldPath, invalid, type FieldError } from './field-error.ts';
import type { SchemaNode } from './node.ts';

/** A key that tells two values of JSON apart exactly as Go's comparison of scalars and canonical texts does. */
function identity(value: JsonValue): string {
  return isArray(value) || isObject(value)
    ? canonicalJson(value)
    : `${value === null ? 'null' : typeof value === 'string' ? 's' : typeof value === 'boolean' ? 'b' : 'n'}:${String(value)}`;
}

/** The indexes at which a key appears for the second time. */
function repeats(keys: readonly string[]): number[] {
  const seen = new Map<string, number>();
  const out: number[] = [];
  for (const [i, key] of keys.entries()) {
    const times = seen.get(key) ?? 0;
    if (times === 1) out.push(i);
    seen.set(key, times + 1);
  }
  return out;
}

function mapKey(item: JsonValue, names: readonly string[]): JsonValue {
  const key: Record<string, JsonValue> = {};
  if (isObject(item)) {
    for (const name of names) {
      const value = own(item, name);
      if (value !== undefined) define(key, name, value);
    }
  }
  return key;
}

function checkArray(path: string, node: SchemaNode, array: readonly JsonValue[]): FieldError[] {
  const errors: FieldError[] = [];
  if (node.listType === 'set') {
    for (const i of repeats(array.map(identity))) errors.push(duplicate(fieldPath.index(path, i), array[i]));
  } else if (node.listType === 'map') {
    const wrong = array.findIndex((item) => item !== null && !isObject(item));
    if (wrong >= 0) errors.push(invalid(fieldPath.index(path, wrong), array[wrong], 'must be an object for an array of list-type map'));
    else {
      const keys = array.map((item) => mapKey(item, node.listMapKeys));
      for (const i of repeats(keys.map(identity))) errors.push(duplicate(fieldPath.index(path, i), keys[i]));
    }
  }
  const items = node.items;
  if (items !== undefined)
    for (const [i, item] of array.entries()) errors.push(...validateListTypes(item, items, fieldPath.index(path, i)));
  return errors;
}

/**
 * Checks that lists of type `set` hold no value twice and lists of type `map` no key twice.
 * @see apiextensions-apiserver v0.36 pkg/apiserver/schema/listtype
 */
export function validateListTypes(value: JsonValue, node: SchemaNode | undefined, path = ''): FieldError[] {
  if (node === undefined) return [];
  if (isArray(value)) return checkArray(path, node, value);
  if (!isObject(value)) return [];
  const errors: FieldError[] = [];
  for (const key of sortedKeys(value)) {
    const item = value[key] as JsonValue;
    if (node.additional !== undefined) errors.push(...validateListTypes(item, node.additional, fieldPath.key(path, key)));
    const property = node.property(key);
    if (property !== undefined) errors.push(...validateListTypes(item, property, fieldPath.child(path, key)));
  }
  return errors;
}
