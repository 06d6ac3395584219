import { isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { goTypeName } from './go-type-names.ts';
import type { KnownParts } from './known-parts.ts';
import { SPECIAL_TYPES } from './special-types.ts';
import type { FieldType, TypeInfo, TypeTable } from './type-table.ts';

/** What Go's strict decoder says of an object. */
export interface DecodeReport {
  /** Paths of unknown fields, in the order of the document: `spec.template.spec.containers[0].foo`. */
  readonly unknownFields: readonly string[];
  /** Why the object cannot be decoded at all: the first value of a wrong type. */
  readonly problem: string | undefined;
}

/** How {@link goDecode} goes about it. */
export interface DecodeOptions {
  /** It is a whole object, with apiVersion and kind. */
  readonly isKind?: boolean;
  /** What need not be looked at again. */
  readonly known?: KnownParts;
}

const CLEAN: DecodeReport = { unknownFields: [], problem: undefined };

/** Walks an object as Go's decoder does. */
export function goDecode(
  table: TypeTable,
  { type, value }: { readonly type: TypeInfo; readonly value: JsonObject },
  options: DecodeOptions = {},
): DecodeReport {
  // the usual answer needs no account of where the decoder is
  if (new Fit(table).struct(type, value, options)) return CLEAN;
  const walk = new Walk(table);
  walk.struct(type, value, { path: '', fields: '', root: options.isKind ?? false });
  return walk;
}

/** Whether a value has nothing for the decoder to report. */
class Fit {
  readonly #table: TypeTable;

  constructor(table: TypeTable) {
    this.#table = table;
  }

  struct(type: TypeInfo, value: JsonObject, { isKind = false, known }: DecodeOptions = {}): boolean {
    for (const key of Object.keys(value)) {
      const field = type.byName.get(key);
      if (field === undefined || field.hidden) {
        if ((type.hasTypeMeta || isKind) && (key === 'apiVersion' || key === 'kind')) continue;
        return false;
      }
      const item = value[key] as JsonValue;
      if (item !== null && known?.has(key, item) !== true && !this.#value(field.type, item)) return false;
    }
    return true;
  }

  #value(type: FieldType, value: JsonValue): boolean {
    switch (type.kind) {
      case 'message':
        return this.#message(type.name, value);
      case 'list':
        if (!isArray(value)) return false;
        for (const item of value) if (item !== null && !this.#value(type.element, item)) return false;
        return true;
      case 'map':
        if (!isObject(value)) return false;
        for (const key of Object.keys(value)) {
          const item = value[key] as JsonValue;
          if (item !== null && !this.#value(type.element, item)) return false;
        }
        return true;
      case 'string':
        return typeof value === 'string';
      case 'bool':
        return typeof value === 'boolean';
      case 'int32':
        return typeof value === 'number' && (value | 0) === value;
      case 'int64':
        return Number.isSafeInteger(value);
      case 'double':
        return typeof value === 'number';
      case 'bytes':
        return typeof value === 'string' && base64Problem(value) === undefined;
    }
  }

  #message(name: string, value: JsonValue): boolean {
    const special = SPECIAL_TYPES.get(name);
    if (special !== undefined) return special.problem(value) === undefined;
    const type = this.#table.get(name);
    if (type.wrapper !== undefined) return this.#value({ kind: 'list', element: type.wrapper }, value);
    return isObject(value) && this.struct(type, value);
  }
}

/** Where the decoder is: the path as strict decoding writes it, the fields as type errors write them, the innermost struct. */
interface Place {
  readonly path: string;
  readonly fields: string;
  readonly struct?: string;
  /** The struct's OpenAPI name and the field, empty for an item of the field's list or map. */
  readonly owner?: string;
  readonly field?: string;
  readonly root?: boolean;
}

class Walk implements DecodeReport {
  readonly unknownFields: string[] = [];
  problem: string | undefined;
  readonly #table: TypeTable;

  constructor(table: TypeTable) {
    this.#table = table;
  }

  struct(type: TypeInfo, value: JsonObject, place: Place): void {
    const short = type.name.slice(type.name.lastIndexOf('.') + 1);
    for (const key of Object.keys(value)) {
      const field = type.byName.get(key);
      const path = place.path === '' ? key : `${place.path}.${key}`;
      if (field === undefined || field.hidden) {
        if (!((type.hasTypeMeta || place.root === true) && (key === 'apiVersion' || key === 'kind'))) this.unknownFields.push(path);
        continue;
      }
      const item = value[key] as JsonValue;
      if (item !== null)
        this.#value(field.type, item, {
          path,
          fields: `${place.fields}${place.fields === '' ? '' : '.'}${field.through}${key}`,
          struct: short,
          owner: type.name,
          field: key,
        });
    }
  }

  #value(type: FieldType, value: JsonValue, place: Place): void {
    switch (type.kind) {
      case 'message':
        return this.#message(type.name, value, place);
      case 'list':
        if (!isArray(value)) return this.#wrong(value, type, place);
        return value.forEach((item, i) => {
          if (item !== null) this.#value(type.element, item, { ...place, path: `${place.path}[${i}]`, field: '' });
        });
      case 'map':
        if (!isObject(value)) return this.#wrong(value, type, place);
        for (const key of Object.keys(value)) {
          const item = value[key] as JsonValue;
          if (item !== null) this.#value(type.element, item, { ...place, path: `${place.path}.${key}`, field: '' });
        }
        return;
      case 'string':
        return typeof value === 'string' ? undefined : this.#wrong(value, type, place);
      case 'bytes':
        if (typeof value !== 'string') return this.#wrong(value, type, place);
        this.problem ??= base64Problem(value);
        return;
      case 'bool':
        return typeof value === 'boolean' ? undefined : this.#wrong(value, type, place);
      default:
        return this.#number(type, value, place);
    }
  }

  #number(type: FieldType, value: JsonValue, place: Place): void {
    if (typeof value !== 'number' && typeof value !== 'bigint') return this.#wrong(value, type, place);
    if (type.kind === 'double') return;
    const limit = type.kind === 'int32' ? 2n ** 31n : 2n ** 63n;
    const whole = typeof value === 'bigint' || Number.isInteger(value);
    if (!whole || BigInt(value) >= limit || BigInt(value) < -limit) this.#report(place, `number ${String(value)}`, type.kind);
  }

  #message(name: string, value: JsonValue, place: Place): void {
    const special = SPECIAL_TYPES.get(name);
    if (special !== undefined) {
      const problem = special.problem(value);
      if (problem === undefined) return;
      const cannot = /^json: cannot unmarshal (.+) into Go value of type (.+)$/.exec(problem);
      if (cannot === null) this.problem ??= problem;
      else this.#report(place, cannot[1] as string, cannot[2] as string);
      return;
    }
    const type = this.#table.get(name);
    if (type.wrapper !== undefined) return this.#value({ kind: 'list', element: type.wrapper }, value, place);
    if (!isObject(value)) return this.#wrong(value, { kind: 'message', name }, place);
    this.struct(type, value, place);
  }

  #wrong(value: JsonValue, type: FieldType, place: Place): void {
    const kind = isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'number' : typeof value;
    this.#report(place, kind, goType(type));
  }

  #report(place: Place, value: string, type: string): void {
    const named = goTypeName(place.owner ?? '', place.field ?? '') ?? type;
    this.problem ??= `json: cannot unmarshal ${value} into Go struct field ${place.struct ?? ''}.${place.fields} of type ${named}`;
  }
}

function base64Problem(value: string): string | undefined {
  const text = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value;
  const whole = text.length % 4 === 0 && /^[^=]*={0,2}$/.test(text);
  const bad = /[^A-Za-z0-9+/=]/.exec(text)?.index ?? (whole ? -1 : text.length - (text.length % 4));
  return bad >= 0 ? `illegal base64 data at input byte ${bad}` : undefined;
}

/** A type as Go prints it. */
function goType(type: FieldType): string {
  switch (type.kind) {
    case 'message': {
      const [version = '', short = ''] = type.name.split('.').slice(-2);
      return `${version}.${short}`;
    }
    case 'list':
      return `[]${goType(type.element)}`;
    case 'map':
      return `map[string]${goType(type.element)}`;
    case 'double':
      return 'float64';
    case 'bytes':
      return '[]uint8';
    default:
      return type.kind;
  }
}
