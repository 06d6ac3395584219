import { getArray, getObject, isObject, type JsonObject } from '@flux-ts/base';
import { escapeName } from './escape.ts';
import { isEmbedded, withResourceFields } from './schema-types.ts';

/** How large a value of a schema may be, and what is in it. */
export interface SizeNode {
  /** The most characters, items or entries. */
  readonly most: number;
  /** The fewest bytes that it takes in a request. */
  readonly bytes: number;
  /** Of objects: their fields, by escaped names. */
  readonly fields?: ReadonlyMap<string, SizeNode>;
  /** Of lists and maps: their items. */
  readonly item?: SizeNode;
  /** Of maps: their keys. */
  readonly key?: SizeNode;
}

const REQUEST_BYTES = 3 * 1024 * 1024;
/** Without the quotation marks or brackets around it. */
const LONGEST = REQUEST_BYTES - 2;
const NUMBER: SizeNode = { most: 0, bytes: 1 };
const BOOLEAN: SizeNode = { most: 0, bytes: 4 };
// upstream gives keys no size of their own
const KEY: SizeNode = { most: 0, bytes: 2 };

/** Sizes of the formats that bound a string: the most characters, the fewest bytes. */
const FORMATS: Readonly<Record<string, SizeNode>> = {
  duration: { most: 32, bytes: 3 },
  date: { most: 12, bytes: 12 },
  'date-time': { most: 32, bytes: 21 },
};

function limit(schema: JsonObject, keyword: string): number | undefined {
  const value = schema[keyword];
  return typeof value === 'number' || typeof value === 'bigint' ? Math.max(0, Number(value)) : undefined;
}

function text(schema: JsonObject): SizeNode {
  const format = typeof schema['format'] === 'string' ? FORMATS[schema['format']] : undefined;
  if (format !== undefined) return format;
  const longest = limit(schema, 'maxLength');
  if (schema['format'] === 'byte') return { most: longest ?? LONGEST, bytes: 2 };
  // characters are limited, bytes are counted: four for each
  if (longest !== undefined) return { most: longest * 4, bytes: 2 };
  const values = getArray(schema, ['enum']) ?? [];
  if (values.length === 0) return { most: LONGEST, bytes: 2 };
  return { most: Math.max(0, ...values.map((value) => (typeof value === 'string' ? Buffer.byteLength(value) : 0))), bytes: 2 };
}

function list(schema: JsonObject): SizeNode | undefined {
  const items = schema['items'];
  const item = isObject(items) ? schemaSizes(items, isEmbedded(items)) : undefined;
  if (item === undefined) return undefined;
  return { most: limit(schema, 'maxItems') ?? Math.floor(LONGEST / (item.bytes + 1)), bytes: 2, item };
}

function map(schema: JsonObject, additional: JsonObject): SizeNode | undefined {
  const item = schemaSizes(additional, isEmbedded(additional));
  if (item === undefined) return undefined;
  return { most: limit(schema, 'maxProperties') ?? Math.floor(LONGEST / (item.bytes + 6)), bytes: 2, item, key: KEY };
}

function object(schema: JsonObject): SizeNode {
  const required = new Set(getArray(schema, ['required']) ?? []);
  const fields = new Map<string, SizeNode>();
  let bytes = 2;
  for (const [name, child] of Object.entries(getObject(schema, ['properties']) ?? {})) {
    const node = isObject(child) ? schemaSizes(child, isEmbedded(child)) : undefined;
    if (node === undefined || !isObject(child)) continue;
    const escaped = escapeName(name);
    if (escaped !== undefined) fields.set(escaped, node);
    if (escaped === `__${name}__`) fields.set(name, node);
    if (required.has(name) && (child['default'] ?? undefined) === undefined) bytes += Buffer.byteLength(name) + node.bytes + 4;
  }
  return { most: 0, bytes, fields };
}

/**
 * How large the values of a schema may be, by its limits, or by what fits into a request.
 * @returns `undefined` for schemas that rules do not see
 * @see apiserver v0.36 pkg/cel/common/schemas.go
 */
export function schemaSizes(schema: JsonObject, resourceRoot: boolean): SizeNode | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) {
    const longest = limit(schema, 'maxLength');
    return { most: longest === undefined ? LONGEST : longest * 4, bytes: 1 };
  }
  const whole = resourceRoot ? withResourceFields(schema) : schema;
  switch (whole['type']) {
    case 'array':
      return list(whole);
    case 'object':
      return isObject(whole['additionalProperties']) ? map(whole, whole['additionalProperties']) : object(whole);
    case 'string':
      return text(whole);
    case 'boolean':
      return BOOLEAN;
    case 'number':
    case 'integer':
      return NUMBER;
    default:
      return undefined;
  }
}

/** How large what a path leads to may be; `undefined` where the schema says nothing. The path's first step is the variable. */
export function sizeAt(root: SizeNode, path: readonly string[]): number | undefined {
  if (path.length === 0) return undefined;
  let node: SizeNode | undefined = root;
  for (const step of path.slice(1)) {
    if (step === '@items' || step === '@values') node = node.item;
    else node = step === '@keys' ? node.key : node.fields?.get(step);
    if (node === undefined) return undefined;
  }
  return node.most;
}

/** How often a value of so many bytes fits into a request. */
export function timesInRequest(bytes: number): number {
  return Math.floor(REQUEST_BYTES / (bytes + 1));
}
