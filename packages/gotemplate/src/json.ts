import { define, goJson, goJsonString, isArray, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { GoError } from './errors.ts';
import { formatFloat } from './floats.ts';
import { checkJson } from './json-error.ts';
import { GoBytes, GoComplex, GoInt, GoNamedInt, GoNamedMap, goTypeOf, isMap, isNilSlice, typeName } from './values.ts';
import { GO_TYPE, GoObject, isPlain, type GoValue, type MaybeValue, type TemplateMap } from './model.ts';

function unsupported(value: MaybeValue): never {
  if (typeof value === 'number') throw new GoError(`json: unsupported value: ${formatFloat(value, 'g', -1)}`);
  throw new GoError(`json: unsupported type: ${typeName(value)}`);
}

function listValue(list: readonly MaybeValue[]): JsonValue {
  let out: JsonValue[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const before = list[i];
    const after = toJsonValue(before);
    if (after !== before && out === undefined) out = list.slice(0, i) as JsonValue[];
    out?.push(after);
  }
  return out ?? (list as unknown as JsonValue);
}

function mapValue(map: TemplateMap): JsonValue {
  const keys = Object.keys(map);
  let out: Record<string, JsonValue> | undefined;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const before = map[key];
    const after = toJsonValue(before);
    if (after !== before && out === undefined) {
      out = {};
      for (const done of keys.slice(0, i)) define(out, done, map[done] as JsonValue);
    }
    if (out !== undefined) define(out, key, after);
  }
  return out ?? (map as unknown as JsonValue);
}

function objectValue(value: GoObject): JsonValue {
  const own = value.json();
  if (own !== undefined) return own;
  const type = goTypeOf(value);
  if (type?.kind === 'func') return unsupported(value);
  if (type?.kind === 'slice') return listValue(value.entries().map(([, item]) => item));
  const out: Record<string, JsonValue> = {};
  for (const [key, item] of value.entries()) define(out, key, toJsonValue(item));
  return out;
}

/**
 * What encoding/json sees of a value: integers of any type as numbers (bigint beyond 2^53), []byte as base64, structs by their fields.
 * Gives the same object back where nothing in it has to change.
 * @throws GoError for NaN, infinities, complex numbers and functions
 */
export function toJsonValue(value: MaybeValue): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : unsupported(value);
    case 'undefined':
      return null;
    default:
      break;
  }
  if (value === null) return null;
  if (Array.isArray(value)) return isNilSlice(value) ? null : listValue(value);
  if (isPlain(value) || (value as GoValue)[GO_TYPE] === undefined || isMap(value)) return mapValue(value as TemplateMap);
  if (value instanceof GoInt) return value.value;
  if (value instanceof GoNamedMap) return mapValue(value.map);
  if (value instanceof GoBytes) return Buffer.from(value.bytes).toString('base64');
  if (value instanceof GoNamedInt) return value.json() ?? value.value;
  if (value instanceof GoComplex || !(value instanceof GoObject)) return unsupported(value);
  return objectValue(value);
}

function pretty(value: JsonValue, indent: string): string {
  if (typeof value !== 'object' || value === null) return goJson(value);
  const deeper = `${indent}  `;
  if (isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((item) => deeper + pretty(item, deeper)).join(',\n')}\n${indent}]`;
  }
  const object = value as JsonObject;
  const keys = sortedKeys(object);
  if (keys.length === 0) return '{}';
  return `{\n${keys.map((key) => `${deeper}${goJsonString(key)}: ${pretty(object[key] as JsonValue, deeper)}`).join(',\n')}\n${indent}}`;
}

/** Go's `json.MarshalIndent(value, "", "  ")`. @throws GoError as {@link toJsonValue} */
export function prettyJson(value: MaybeValue): string {
  return pretty(toJsonValue(value), '');
}

/** Go's `json.Marshal`: keys sorted; `<`, `>` and `&` escaped unless told otherwise. @throws GoError as {@link toJsonValue} */
export function compactJson(value: MaybeValue, escapeHtml = true): string {
  return goJson(toJsonValue(value), { escapeHtml });
}

/** Tells whether a number of the text is too large for a float64: then JSON.parse has made it infinite. */
function overflows(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(overflows);
}

const STRAY = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Replaces what is no character (half pairs, stray bytes) by U+FFFD, as encoding/json does. */
function repaired(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.replace(STRAY, '\ufffd');
  if (isArray(value)) return value.map(repaired);
  if (typeof value !== 'object' || value === null) return value;
  const out: Record<string, JsonValue> = {};
  for (const [key, item] of Object.entries(value)) define(out, key.replace(STRAY, '\ufffd'), repaired(item));
  return out;
}

/** Reads JSON as `json.Unmarshal` into an interface does: all numbers are float64. @throws GoError with encoding/json's text */
export function parseGoJson(text: string): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    checkJson(text);
    throw error;
  }
  if (/[eE]\+?\d{3}|\d{309}/.test(text) && overflows(value)) {
    const number = /-?\d+(?:\.\d+)?[eE]\+?\d{3,}|-?\d{309,}/.exec(text)?.[0] ?? '';
    throw new GoError(`json: cannot unmarshal number ${number} into Go value of type float64`);
  }
  return /\\u[dD][89a-fA-F]|[\ud800-\udfff]/.test(text) ? repaired(value) : value;
}
