import { define, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { KnownParts } from './known-parts.ts';
import { SPECIAL_TYPES } from './special-types.ts';
import type { FieldInfo, FieldType, TypeInfo, TypeTable } from './type-table.ts';

/** How {@link canonicalise} goes about it. */
export interface CanonicalOptions {
  /** Keep fields that only the wire format knows. Default false. */
  readonly hidden?: boolean;
  /** The value is a whole object, so that it has apiVersion and kind. Default: as the type says. */
  readonly root?: boolean;
  /** What need not be looked at again. */
  readonly known?: KnownParts;
}

const TYPE_META = ['kind', 'apiVersion'] as const;

function isText(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && value !== '';
}

/**
 * What a round trip through the Go type prints: unknown fields are gone, empty ones too unless Go prints them, structs that Go
 * always prints are there, quantities and times have their one form. A value that is in this form already comes back as it is.
 */
export function canonicalise(table: TypeTable, type: TypeInfo, value: JsonObject, options: CanonicalOptions = {}): JsonObject {
  return new Canonical(table, options.hidden ?? false).struct(type, value, options.root ?? false, options.known);
}

class Canonical {
  readonly #table: TypeTable;
  readonly #hidden: boolean;

  constructor(table: TypeTable, hidden: boolean) {
    this.#table = table;
    this.#hidden = hidden;
  }

  /** @param known root fields whose values are in canonical form already */
  struct(type: TypeInfo, value: JsonObject, root = false, known?: KnownParts): JsonObject {
    let count = 0;
    if (type.hasTypeMeta || root) for (const name of TYPE_META) if (!type.byName.has(name) && isText(value[name])) count++;
    // most objects are in this form: nothing is copied before the first difference
    let out: Record<string, JsonValue> | undefined;
    const { fields } = type;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as FieldInfo;
      if (field.hidden && !this.#hidden) continue;
      const before = value[field.name]; // no field is called as anything of Object.prototype
      if (before === undefined && this.#hidden && field.number === 0) continue; // the message does not have it
      const next = known?.has(field.name, before) === true ? before : this.#field(field, before ?? undefined);
      if (out === undefined && next !== before) out = this.#upTo(type, value, { end: i, root });
      if (next === undefined) continue;
      count++;
      if (out !== undefined) out[field.name] = next;
    }
    if (out !== undefined) return out;
    return count === Object.keys(value).length ? value : this.#upTo(type, value, { end: fields.length, root });
  }

  /** A copy of the fields before one, none of which differs. */
  #upTo(type: TypeInfo, value: JsonObject, { end, root }: { readonly end: number; readonly root: boolean }): Record<string, JsonValue> {
    const out: Record<string, JsonValue> = {};
    if (type.hasTypeMeta || root)
      for (const name of TYPE_META) if (!type.byName.has(name) && isText(value[name])) out[name] = value[name] as string;
    for (let i = 0; i < end; i++) {
      const field = type.fields[i] as FieldInfo;
      const item = field.hidden && !this.#hidden ? undefined : value[field.name];
      if (item !== undefined) out[field.name] = item;
    }
    return out;
  }

  /** What is printed for a field; undefined: nothing. */
  #field(field: FieldInfo, value: JsonValue | undefined): JsonValue | undefined {
    if (field.pointer) {
      if (value === undefined) return field.omitEmpty ? undefined : null;
      return this.value(field.type, value);
    }
    const { kind } = field.type;
    if (value === undefined) {
      if (kind === 'message') {
        // a list that stands for itself is a slice; a struct is never empty, but may be zero
        if (field.omitEmpty && this.#isList(field.type)) return undefined;
        const zero = this.#zeroStruct(field.type.name);
        return field.omitZero && (zero === null || isObject(zero)) ? undefined : zero;
      }
      if (field.omitEmpty) return undefined;
      return kind === 'string' ? '' : kind === 'bool' ? false : kind === 'list' || kind === 'map' || kind === 'bytes' ? null : 0;
    }
    const next = this.value(field.type, value);
    if (field.omitEmpty && isEmpty(kind, next)) return undefined;
    return next;
  }

  #zeroStruct(name: string): JsonValue {
    const special = SPECIAL_TYPES.get(name);
    if (special !== undefined) return special.zero;
    const type = this.#table.get(name);
    return type.wrapper === undefined ? this.struct(type, {}) : null;
  }

  #isList(type: FieldType): boolean {
    return type.kind === 'message' && !SPECIAL_TYPES.has(type.name) && this.#table.get(type.name).wrapper !== undefined;
  }

  value(type: FieldType, value: JsonValue): JsonValue {
    switch (type.kind) {
      case 'message':
        return this.#message(type.name, value);
      case 'list':
        return isArray(value) ? this.#list(type.element, value) : value;
      case 'map':
        return isObject(value) ? this.#map(type.element, value) : value;
      case 'bytes':
        return typeof value === 'string' && /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value;
      default:
        return value;
    }
  }

  #message(name: string, value: JsonValue): JsonValue {
    const special = SPECIAL_TYPES.get(name);
    if (special !== undefined) return value === null ? special.zero : special.canonical(value, (schema) => this.#schema(name, schema));
    const type = this.#table.get(name);
    if (type.wrapper !== undefined) return isArray(value) ? this.#list(type.wrapper, value) : value;
    return isObject(value) ? this.struct(type, value) : value === null ? this.struct(type, {}) : value;
  }

  /** A schema inside one of the unions of custom resource definitions. */
  #schema(union: string, value: JsonValue): JsonValue {
    return isObject(value) ? this.struct(this.#table.get(union.replace(/Or\w+$/, '')), value) : value;
  }

  #list(element: FieldType, items: readonly JsonValue[]): readonly JsonValue[] {
    let out: JsonValue[] | undefined;
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as JsonValue;
      const next = item === null ? this.#zero(element) : this.value(element, item);
      if (out !== undefined) out.push(next);
      else if (next !== item) out = [...items.slice(0, i), next];
    }
    return out ?? items;
  }

  #map(element: FieldType, items: JsonObject): JsonObject {
    if (element.kind === 'string' && allStrings(items)) return items;
    let changed = false;
    const out: Record<string, JsonValue> = {};
    for (const key of Object.keys(items)) {
      const item = items[key] as JsonValue;
      const next = item === null ? this.#zero(element) : this.value(element, item);
      if (next !== item) changed = true;
      define(out, key, next);
    }
    return changed ? out : items;
  }

  /** What a null inside a list or map becomes. */
  #zero(type: FieldType): JsonValue {
    switch (type.kind) {
      case 'message':
        return this.#zeroStruct(type.name);
      case 'string':
        return '';
      case 'bool':
        return false;
      case 'list':
      case 'map':
      case 'bytes':
        return null;
      default:
        return 0;
    }
  }
}

function allStrings(items: JsonObject): boolean {
  for (const key in items) if (typeof items[key] !== 'string') return false;
  return true;
}

function isEmpty(kind: FieldType['kind'], value: JsonValue): boolean {
  switch (kind) {
    case 'message':
      return isArray(value) && value.length === 0;
    case 'list':
      return isArray(value) && value.length === 0;
    case 'map':
      return isObject(value) && Object.keys(value).length === 0;
    default:
      return value === '' || value === false || value === 0;
  }
}
