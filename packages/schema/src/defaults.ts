import { define, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { SchemaNode } from './node.ts';

function isForbiddenNull(value: JsonValue | undefined, node: SchemaNode | undefined): boolean {
  return value === null && node !== undefined && !node.nullable;
}

function defaultObject(object: JsonObject, node: SchemaNode): JsonObject {
  let copy: Record<string, JsonValue> | undefined;
  const set = (key: string, value: JsonValue): void => {
    copy ??= { ...object };
    define(copy, key, value);
  };
  for (const name of node.propertyNames) {
    const property = node.property(name) as SchemaNode;
    const fallback = property.default;
    if (fallback !== undefined && (!Object.hasOwn(object, name) || isForbiddenNull(object[name], property))) set(name, fallback);
  }
  for (const [key, value] of Object.entries(copy ?? object)) {
    const property = node.property(key);
    const child = property ?? node.additional;
    if (child === undefined) continue;
    const start = property === undefined && isForbiddenNull(value, child) ? (child.default ?? null) : value;
    const next = applyDefaults(start, child);
    if (next !== value) set(key, next);
  }
  return copy ?? object;
}

/**
 * Fills in the defaults of a schema; a null where null is not allowed counts as absent.
 * @returns the same value where nothing was filled in
 * @see apiextensions-apiserver v0.36 pkg/apiserver/schema/defaulting
 */
export function applyDefaults(value: JsonValue, node: SchemaNode | undefined): JsonValue {
  if (node === undefined) return value;
  if (isObject(value)) return defaultObject(value, node);
  if (!isArray(value)) return value;
  let copy: JsonValue[] | undefined;
  for (const [i, item] of value.entries()) {
    const next = applyDefaults(isForbiddenNull(item, node.items) ? (node.items?.default ?? null) : item, node.items);
    if (next === item) continue;
    copy ??= [...value];
    copy[i] = next;
  }
  return copy ?? value;
}

/** Takes away nulls of fields that are not nullable and have no default: a write of null there means "not given". */
export function pruneNulls(value: JsonValue, node: SchemaNode | undefined): JsonValue {
  if (isArray(value)) {
    const next = value.map((item) => pruneNulls(item, node?.items));
    return next.every((item, i) => item === value[i]) ? value : next;
  }
  if (!isObject(value)) return value;
  const copy: Record<string, JsonValue> = {};
  let changed = false;
  for (const [key, item] of Object.entries(value)) {
    const child = node?.field(key);
    if (item === null && child !== undefined && !child.nullable && child.default === undefined) {
      changed = true;
      continue;
    }
    const next = pruneNulls(item, child);
    changed ||= next !== item;
    define(copy, key, next);
  }
  return changed ? copy : value;
}
