import {
  didYouMean,
  goJsonNumber,
  goJsonString,
  type Diagnostic,
  type JsonObject,
  type JsonValue,
  isArray,
  isObject,
  own,
} from '@flux-ts/base';
import { KustomizeError } from './errors.ts';

// Reads JSON the way Go's encoding/json fills a struct with unknown fields disallowed, with its messages.

/** The shape of a field. */
export type GoType =
  | { readonly kind: 'bool' | 'any' }
  /** A struct of some package whose fields are not looked at. */
  | { readonly kind: 'object'; readonly name: string }
  /** `name` is the Go type where it is another one of that kind. */
  | { readonly kind: 'string' | 'int'; readonly name?: string }
  | { readonly kind: 'slice' | 'map'; readonly of: GoType }
  | {
      readonly kind: 'struct';
      readonly name: string;
      readonly fields: Readonly<Record<string, GoType>>;
      /** The embedded structs that fields come from, joined by dots: they stand in messages. */
      readonly embedded: Readonly<Record<string, string>>;
    };

/** Text. */
export const text: GoType = { kind: 'string' };
/** true or false. */
export const flag: GoType = { kind: 'bool' };
/** Text of a named type. */
export function textType(name: string): GoType {
  return { kind: 'string', name };
}
/** A whole number. */
export const int: GoType = { kind: 'int' };
/** A whole number of 64 bits. */
export const int64: GoType = { kind: 'int', name: 'int64' };
/** Anything. */
export const any: GoType = { kind: 'any' };
/** A list. */
export function slice(of: GoType): GoType {
  return { kind: 'slice', of };
}
/** A mapping with free keys. */
export function map(of: GoType): GoType {
  return { kind: 'map', of };
}
/** A struct: its Go name (it stands in messages) and its fields by JSON name. */
export function struct(name: string, fields: Readonly<Record<string, GoType>>, embedded: Readonly<Record<string, string>> = {}): GoType {
  return { kind: 'struct', name, fields, embedded };
}

/** A struct that is taken as it is. */
export function structValue(name: string): GoType {
  return { kind: 'object', name };
}

/** Says that fields come from an embedded struct. */
export function from(name: string, fields: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(fields).map((field) => [field, name]));
}

/** How strictly a document is read. */
export interface GoReadOptions {
  /** Whether unknown fields are an error. */
  readonly strict: boolean;
  /** Whether numbers and booleans become text where text is wanted, as Go's YAML reader makes them when it knows the struct. */
  readonly coerce?: boolean;
  /** Finds where a path stands in the text. */
  readonly place?: (
    path: readonly (string | number)[],
  ) => { readonly file?: string; readonly line: number; readonly column: number } | undefined;
}

interface Reading extends GoReadOptions {
  readonly owner: string;
  readonly path: readonly (string | number)[];
  readonly dotted: string;
}

/** Reads a document into a struct's shape; nulls are dropped, as Go leaves the field alone. @throws KustomizeError with Go's message */
export function readGo(value: JsonValue, type: GoType, options: GoReadOptions): JsonValue {
  return read(value, type, { ...options, owner: '', path: [], dotted: '' }) ?? null;
}

/** {@link readGo} with the words that Go's YAML reader puts before an error. @throws KustomizeError */
export function readGoYaml(value: JsonValue, type: GoType, options: GoReadOptions): JsonValue {
  try {
    return readGo(value, type, options);
  } catch (error) {
    if (!(error instanceof KustomizeError)) throw error;
    const { code, diagnostics, message } = error;
    throw new KustomizeError({ code, diagnostics, message: `error unmarshaling JSON: while decoding JSON: ${message}`, cause: error });
  }
}

function read(value: JsonValue, type: GoType, at: Reading): JsonValue | undefined {
  if (value === null) return undefined;
  switch (type.kind) {
    case 'any':
      return value;
    case 'object':
      return isObject(value) ? value : mismatch(value, type, at);
    case 'string':
      if (typeof value === 'string') return value;
      return at.coerce === true && typeof value !== 'object'
        ? typeof value === 'number'
          ? goJsonNumber(value)
          : String(value)
        : mismatch(value, type, at);
    case 'bool':
      return typeof value === 'boolean' ? value : mismatch(value, type, at);
    case 'int':
      if (typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))) return value;
      return mismatch(value, type, at);
    case 'slice':
      if (!isArray(value)) return mismatch(value, type, at);
      return value.map((item, i) => read(item, type.of, { ...at, path: [...at.path, i] }) ?? zero(type.of));
    case 'map': {
      if (!isObject(value)) return mismatch(value, type, at);
      const out: Record<string, JsonValue> = {};
      for (const [key, item] of Object.entries(value)) out[key] = read(item, type.of, { ...at, path: [...at.path, key] }) ?? zero(type.of);
      return out;
    }
    case 'struct':
      return readStruct(value, type, at);
  }
}

function readStruct(value: JsonValue, type: GoType & { readonly kind: 'struct' }, at: Reading): JsonObject {
  if (!isObject(value)) return mismatch(value, type, at);
  const out: Record<string, JsonValue> = {};
  // Go sees the keys in the order of the JSON text, which its YAML reader has sorted
  for (const key of Object.keys(value).sort()) {
    const name = Object.hasOwn(type.fields, key) ? key : Object.keys(type.fields).find((f) => f.toLowerCase() === key.toLowerCase());
    if (name === undefined) {
      if (at.strict) throw unknownField(key, type, at);
      continue;
    }
    const dotted = [at.dotted, own(type.embedded, name) ?? '', name].filter((part) => part !== '').join('.');
    const item = read(value[key] as JsonValue, type.fields[name] as GoType, {
      ...at,
      owner: type.name,
      path: [...at.path, key],
      dotted,
    });
    if (item !== undefined) out[name] = item;
  }
  return out;
}

function zero(type: GoType): JsonValue {
  switch (type.kind) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int':
      return 0;
    case 'struct':
    case 'object':
      return {};
    default:
      return null;
  }
}

function goName(type: GoType): string {
  switch (type.kind) {
    case 'string':
    case 'int':
      return type.name ?? type.kind;
    case 'bool':
      return 'bool';
    case 'any':
      return 'interface {}';
    case 'slice':
      return `[]${goName(type.of)}`;
    case 'map':
      return `map[string]${goName(type.of)}`;
    case 'object':
      return type.name;
    case 'struct':
      return `types.${type.name}`;
  }
}

function jsonName(value: JsonValue): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  return isArray(value) ? 'array' : 'object';
}

function mismatch(value: JsonValue, type: GoType, at: Reading): never {
  const where = at.owner === '' ? 'value' : `struct field ${at.owner}.${at.dotted}`;
  const what = type.kind === 'int' && typeof value === 'number' ? `number ${goJsonNumber(value)}` : jsonName(value);
  throw problem(`json: cannot unmarshal ${what} into Go ${where} of type ${goName(type)}`, 'KUSTOMIZATION_TYPE', at);
}

function unknownField(key: string, type: GoType & { readonly kind: 'struct' }, at: Reading): KustomizeError {
  const near = didYouMean(key, Object.keys(type.fields));
  return problem(
    `json: unknown field ${goJsonString(key, false)}`,
    'KUSTOMIZATION_UNKNOWN_FIELD',
    { ...at, path: [...at.path, key] },
    near,
  );
}

function problem(message: string, code: string, at: Reading, near?: string): KustomizeError {
  const place = at.place?.(at.path) ?? { line: 1, column: 1 };
  const diagnostic: Diagnostic = {
    ...place,
    severity: 'error',
    code,
    message,
    ...(near === undefined ? {} : { hint: `did you mean "${near}"?` }),
  };
  return new KustomizeError({ code: 'KUSTOMIZE_CONFIG', message, diagnostics: [diagnostic] });
}
