import { isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { FieldSet } from './field-set.ts';
import { fieldElement, fieldName, type PathElement } from './path-element.ts';
import { formOf, type ListType, type MapType, type TypeSchema } from './type-schema.ts';
import { itemElement } from './walk.ts';

/**
 * The set of everything a value says: leaf fields, list items, keys of maps; named fields of structs only by what lies below.
 * The value must fit its type ({@link validateTyped}).
 */
export function toFieldSet(type: TypeSchema, value: JsonValue): FieldSet {
  const out = fieldsOf(type, value);
  return out === WHOLE ? FieldSet.empty : out;
}

/** Stands for a value that is owned as a whole: its own element is the member. */
const WHOLE = Symbol('whole');

function fieldsOf(type: TypeSchema, value: JsonValue): FieldSet | typeof WHOLE {
  switch (formOf(type, value)) {
    case 'map': {
      const map = type.map as MapType;
      if (map.atomic) return WHOLE;
      return isObject(value) ? fieldsOfMap(map, value) : FieldSet.empty;
    }
    case 'list': {
      const list = type.list as ListType;
      if (list.atomic) return WHOLE;
      return isArray(value) ? fieldsOfList(list, value) : FieldSet.empty;
    }
    default:
      return WHOLE;
  }
}

function fieldsOfMap(map: MapType, value: JsonObject): FieldSet {
  let members: Set<PathElement> | undefined;
  let children: Map<PathElement, FieldSet> | undefined;
  for (const key of Object.keys(value)) {
    const item = value[key] as JsonValue;
    const type = map.typeOf(key);
    if (type === undefined) continue;
    const below = fieldsOf(type, item);
    const element = fieldElement(key);
    if (below !== WHOLE && !below.isEmpty) (children ??= new Map()).set(element, below);
    const emptied = item === null || (isObject(item) && Object.keys(item).length === 0);
    if (below === WHOLE || emptied || !map.isField(key)) (members ??= new Set()).add(element);
  }
  return FieldSet.from(members, children);
}

function fieldsOfList(list: ListType, value: readonly JsonValue[]): FieldSet {
  const items = new Map<PathElement, JsonValue>();
  let duplicates: Set<PathElement> | undefined;
  for (const item of value) {
    const found = itemElement(list, item);
    if ('problem' in found) continue;
    if (items.has(found.element)) (duplicates ??= new Set()).add(found.element);
    else items.set(found.element, item);
  }
  const members = new Set<PathElement>();
  let children: Map<PathElement, FieldSet> | undefined;
  for (const [element, item] of items) {
    members.add(element);
    if (duplicates?.has(element) === true) continue; // nobody can tell their fields apart
    const below = fieldsOf(list.element, item);
    if (below !== WHOLE && !below.isEmpty) (children ??= new Map()).set(element, below);
  }
  return FieldSet.from(members, children);
}

/** Adds the named fields that have something below them as members, as pruning needs it. */
export function withNamedFields(type: TypeSchema | undefined, set: FieldSet): FieldSet {
  if (set.children.size === 0) return set;
  const members = new Set(set.members);
  const children = new Map<PathElement, FieldSet>();
  for (const [element, child] of set.children) {
    const name = fieldName(element);
    const map = type?.map;
    if (name !== undefined && map?.isField(name) === true) members.add(element);
    const below = name !== undefined ? map?.typeOf(name) : type?.list?.element;
    children.set(element, withNamedFields(below, child));
  }
  return FieldSet.from(members, children);
}
