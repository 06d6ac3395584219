import { isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { SPECIAL_TYPES } from './special-types.ts';
import type { FieldInfo, FieldType, TypeInfo, TypeTable } from './type-table.ts';

/** How {@link canonicalise} goes about it. */
export interface CanonicalOptions {
  /** Keep fields that only the wire format knows. Default false. */
  readonly hidden?: boolean;
  /** The value is a whole object, so that it has apiVersion and kind. Default: as the type says. */
  readonly root?: boolean;
}

/**
 * What a round trip through the Go type prints: unknown fields are gone, empty ones too unless Go prints them, structs that Go
 * always prints are there, quantities and times have their one form. A value that is in this form already comes back as it is.
 */
export function canonicalise(table: TypeTable, type: TypeInfo, value: JsonObject, options: CanonicalOptions = {}): JsonObject {
  return new Canonical(table, options.hidden ?? false).struct(type, value, options.root ?? false);
}

class Canonical {
  readonly #table: TypeTable;
  readonly #hidden: boolean;

  constructor(table: TypeTable, hidden: boolean) {
    this.#table = table;
    this.#hidden = hidden;
  }

  struct(type: TypeInfo, value: JsonObject, root = false): JsonObject {
    const out: Record<string, JsonValue> = {};
    let count = 0;
    let changed = false;
    const put = (name: string, next: JsonValue, before: JsonValue | undefined): void => {
      out[name] = next;
      count++;
      if (next !== before) changed = true;
    };
    if (type.hasTypeMeta || root) {
      for (const name of ['kind', 'apiVersion']) {
        if (type.byName.has(name)) continue;
        const text = own(value, name);
        if (typeof text === 'string' && text !== '') put(name, text, text);
      }
    }
    for (const field of type.fields) {
      if (field.hidden && !this.#hidden) continue;
      const before = own(value, field.name);
      if (this.#hidden && field.number === 0 && before === undefined) continue; // the message does not have it
      const next = this.#field(field, before ?? undefined);
      if (next !== undefined) put(field.name, next, before);
    }
    return changed || count !== Object.keys(value).length ? out : value;
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
    let changed = false;
    const out = items.map((item) => {
      const next = item === null ? this.#zero(element) : this.value(element, item);
      if (next !== item) changed = true;
      return next;
    });
    return changed ? out : items;
  }

  #map(element: FieldType, items: JsonObject): JsonObject {
    let changed = false;
    const out = Object.fromEntries(
      Object.entries(items).map(([key, item]) => {
        const next = item === null ? this.#zero(element) : this.value(element, item as JsonValue);
        if (next !== item) changed = true;
        return [key, next];
      }),
    );
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
