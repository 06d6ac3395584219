import { define, isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { FieldSet } from './field-set.ts';
import { fieldElement, type PathElement } from './path-element.ts';
import { formOf, type ListType, type MapType, type TypeSchema } from './type-schema.ts';
import { itemElement } from './walk.ts';

/** Takes the set's fields out of a value. @returns null where nothing is left */
export function removeFields(type: TypeSchema, value: JsonValue, set: FieldSet): JsonValue {
  return set.isEmpty ? value : (remove(type, value, set) ?? null);
}

/**
 * Keeps only the set's fields of a value. `withKeys`: the key fields of every list item that is kept are kept too.
 * @returns null where nothing is left
 */
export function extractFields(type: TypeSchema, value: JsonValue, set: FieldSet, options: { readonly withKeys?: boolean } = {}): JsonValue {
  return extract(type, value, options.withKeys === true ? withKeys(type, value, set) : set) ?? null;
}

function remove(type: TypeSchema, value: JsonValue, set: FieldSet): JsonValue | undefined {
  switch (formOf(type, value)) {
    case 'map': {
      const map = type.map as MapType;
      return map.atomic || !isObject(value) ? undefined : removeFromMap(map, value, set);
    }
    case 'list': {
      const list = type.list as ListType;
      return list.atomic || !isArray(value) ? undefined : removeFromList(list, value, set);
    }
    default:
      return value;
  }
}

function removeFromMap(map: MapType, value: JsonObject, set: FieldSet): JsonValue | undefined {
  const out: Record<string, JsonValue> = {};
  let count = 0;
  for (const key of Object.keys(value)) {
    const element = fieldElement(key);
    if (set.members.has(element)) continue;
    const below = set.children.get(element);
    const type = map.typeOf(key);
    const item = value[key] as JsonValue;
    define(out, key, below === undefined || type === undefined ? item : (remove(type, item, below) ?? null));
    count++;
  }
  return count > 0 ? out : undefined;
}

function removeFromList(list: ListType, value: readonly JsonValue[], set: FieldSet): JsonValue | undefined {
  const out: JsonValue[] = [];
  for (const item of value) {
    const found = itemElement(list, item);
    if ('element' in found) {
      if (set.members.has(found.element)) continue;
      const below = set.children.get(found.element);
      if (below !== undefined) {
        out.push(remove(list.element, item, below) ?? null);
        continue;
      }
    }
    out.push(item);
  }
  return out.length > 0 ? out : undefined;
}

function extract(type: TypeSchema, value: JsonValue, set: FieldSet): JsonValue | undefined {
  switch (formOf(type, value)) {
    case 'map': {
      const map = type.map as MapType;
      if (!isObject(value)) return undefined;
      return map.atomic || Object.keys(value).length === 0 ? value : extractFromMap(map, value, set);
    }
    case 'list': {
      const list = type.list as ListType;
      if (!isArray(value)) return undefined;
      return list.atomic || value.length === 0 ? value : extractFromList(list, value, set);
    }
    default:
      return value;
  }
}

function extractFromMap(map: MapType, value: JsonObject, set: FieldSet): JsonValue | undefined {
  const out: Record<string, JsonValue> = {};
  let count = 0;
  for (const key of Object.keys(value)) {
    const element = fieldElement(key);
    const below = set.children.get(element);
    const type = map.typeOf(key);
    if (type === undefined || (below === undefined && !set.members.has(element))) continue;
    // a member is looked up with the set it is a member of: below it nothing else was asked for
    define(out, key, extract(type, value[key] as JsonValue, set.members.has(element) ? set : (below as FieldSet)) ?? null);
    count++;
  }
  return count > 0 ? out : undefined;
}

function extractFromList(list: ListType, value: readonly JsonValue[], set: FieldSet): JsonValue | undefined {
  const out: JsonValue[] = [];
  for (const item of value) {
    const found = itemElement(list, item);
    if ('problem' in found) continue;
    const below = set.children.get(found.element);
    if (below !== undefined) out.push(extract(list.element, item, below) ?? null);
    else if (set.members.has(found.element)) out.push(item);
  }
  return out.length > 0 ? out : undefined;
}

/** Adds the key fields of the list items that the set reaches. */
function withKeys(type: TypeSchema | undefined, value: JsonValue | undefined, set: FieldSet): FieldSet {
  if (set.children.size === 0 || type === undefined) return set;
  const children = new Map<PathElement, FieldSet>();
  const list = type.list;
  if (isArray(value) && list !== undefined && !list.atomic) {
    const items = new Map<PathElement, JsonValue>();
    for (const item of value) {
      const found = itemElement(list, item);
      if ('element' in found) items.set(found.element, item);
    }
    const keys = FieldSet.of(...list.keys.map((key) => [fieldElement(key)]));
    for (const [element, child] of set.children) {
      const item = items.get(element);
      const below = withKeys(list.element, item, child);
      children.set(element, item === undefined || !reaches(child, item) ? below : below.union(keys));
    }
  } else {
    for (const [element, child] of set.children) {
      const name = element.slice(2);
      children.set(element, withKeys(type.map?.typeOf(name), isObject(value) ? own(value, name) : undefined, child));
    }
  }
  return FieldSet.from(set.members, children);
}

/** Tells whether the set has a field of this item. */
function reaches(set: FieldSet, item: JsonValue): boolean {
  if (!isObject(item)) return false;
  return [...set.members, ...set.children.keys()].some((element) => Object.hasOwn(item, element.slice(2)));
}
