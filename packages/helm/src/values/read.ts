import { define, errorMessage, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { parseYamlFloats } from '@flux-ts/yaml';
import { valuesError } from '../errors.ts';
import type { HelmMajor } from './coalesce.ts';

/** Splits a stream as Helm's reader does: at lines that begin with `---`. */
function documents(text: string): string[] {
  if (!text.startsWith('---') && !text.includes('\n---')) return [text];
  const out: string[] = [];
  let current: string[] = [];
  for (const line of text.split(/(?<=\n)/)) {
    if (line.startsWith('---') && /^---\s*(#.*)?$/.test(line.trimEnd())) {
      if (current.some((l) => l.trim() !== '')) out.push(current.join(''));
      current = [];
    } else current.push(line);
  }
  out.push(current.join(''));
  return out;
}

/**
 * Reads a values file: one or more YAML documents, later ones over earlier ones; Helm 3 takes the first one and never looks at
 * the others. Nothing in it is the empty object.
 * @throws ValuesError VALUES_YAML with Helm's text
 */
export function readValues(data: Uint8Array | string, helmVersion: HelmMajor = 4): JsonObject {
  const text = typeof data === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8');
  if (helmVersion === 3) return readDocument(text, '');
  const read = documents(text).map((document) => readDocument(document, 'cannot unmarshal yaml document: '));
  return read.length === 1 ? (read[0] as JsonObject) : read.reduce(mergeValues, {});
}

function readDocument(text: string, prefix: string): JsonObject {
  let value: JsonValue;
  try {
    value = parseYamlFloats(text);
  } catch (error) {
    throw valuesError('VALUES_YAML', `${prefix}${errorMessage(error)}`, error);
  }
  if (value === null) return {};
  if (!isObject(value)) {
    const kind = isArray(value) ? 'array' : typeof value === 'string' ? 'string' : typeof value === 'boolean' ? 'bool' : 'number';
    throw valuesError(
      'VALUES_YAML',
      `${prefix}error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`,
    );
  }
  return value;
}

/**
 * Lays values over others, as `-f a -f b` and Flux's valuesFrom do: objects merge, everything else is replaced, null stays
 * null (coalescing with the chart's defaults takes it out later). Nothing is changed; untouched parts are shared.
 */
export function mergeValues(base: JsonObject, over: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = { ...base };
  for (const key of Object.keys(over)) {
    const value = over[key] as JsonValue;
    const below = Object.hasOwn(base, key) ? base[key] : undefined;
    define(out, key, isObject(value) && isObject(below) ? mergeValues(below, value) : value);
  }
  return out;
}
