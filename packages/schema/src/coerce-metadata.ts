import { compareBytes, define, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { fieldPath, invalid, type FieldError } from './field-error.ts';
import type { SchemaNode } from './node.ts';

type FieldKind = 'string' | 'integer' | 'boolean' | 'strings' | 'map' | 'time' | 'owners' | 'managed';

const FIELDS: Readonly<Record<string, FieldKind>> = {
  name: 'string',
  generateName: 'string',
  namespace: 'string',
  selfLink: 'string',
  uid: 'string',
  resourceVersion: 'string',
  generation: 'integer',
  creationTimestamp: 'time',
  deletionTimestamp: 'time',
  deletionGracePeriodSeconds: 'integer',
  labels: 'map',
  annotations: 'map',
  ownerReferences: 'owners',
  finalizers: 'strings',
  managedFields: 'managed',
};

const OWNER: Readonly<Record<string, FieldKind>> = {
  apiVersion: 'string',
  kind: 'string',
  name: 'string',
  uid: 'string',
  controller: 'boolean',
  blockOwnerDeletion: 'boolean',
};
const MANAGED: Readonly<Record<string, FieldKind>> = {
  manager: 'string',
  operation: 'string',
  apiVersion: 'string',
  time: 'time',
  fieldsType: 'string',
  fieldsV1: 'managed',
  subresource: 'string',
};
const GO_TYPES: Readonly<Record<FieldKind, string>> = {
  string: 'string',
  integer: 'int64',
  boolean: 'bool',
  strings: '[]string',
  map: 'map[string]string',
  time: 'v1.Time',
  owners: '[]v1.OwnerReference',
  managed: '[]v1.ManagedFieldsEntry',
};

/** How {@link coerceMetadata} treats what does not fit. */
export interface CoerceOptions {
  /** Drop fields of a wrong type instead of refusing the object. */
  readonly dropInvalid?: boolean;
  /** The object itself is a resource, whatever its schema says. */
  readonly resourceRoot?: boolean;
}

/** The object with its metadata in order, the unknown metadata fields that went, and the first error. */
export interface CoerceResult {
  readonly value: JsonValue;
  readonly unknown: readonly string[];
  readonly error?: FieldError;
}

function goKind(value: JsonValue): string {
  if (isArray(value)) return 'array';
  return typeof value === 'bigint' ? 'number' : typeof value === 'boolean' ? 'bool' : typeof value;
}

/** Metadata as Go's decoder keeps it. */
export interface Cleaned {
  readonly value: JsonValue;
  readonly unknown: readonly string[];
  readonly problem?: string;
}

/** Reads one value as a field of ObjectMeta: what Go's decoder keeps of it, or why it refuses. */
function clean(value: JsonValue, kind: FieldKind, path: string): Cleaned {
  const wrong = (got: JsonValue, type: string, at: string): Cleaned => ({
    value,
    unknown: [],
    problem: `json: cannot unmarshal ${goKind(got)} into Go struct field ObjectMeta.${at} of type ${type}`,
  });
  if (value === null) return { value, unknown: [] };
  const fits =
    kind === 'integer'
      ? typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value))
      : typeof value === kind || (kind === 'time' && typeof value === 'string');
  if (kind === 'string' || kind === 'integer' || kind === 'boolean' || kind === 'time')
    return fits ? { value, unknown: [] } : wrong(value, GO_TYPES[kind], path);
  if (kind === 'map') {
    if (!isObject(value)) return wrong(value, GO_TYPES.map, path);
    const bad = Object.values(value).find((item) => item !== null && typeof item !== 'string');
    return bad === undefined ? { value, unknown: [] } : wrong(bad, 'string', path);
  }
  if (kind === 'managed' && isObject(value)) return { value, unknown: [] };
  if (!isArray(value)) return wrong(value, GO_TYPES[kind], path);
  if (kind === 'strings') {
    const bad = value.find((item) => item !== null && typeof item !== 'string');
    return bad === undefined ? { value, unknown: [] } : wrong(bad, 'string', path);
  }
  const unknown: string[] = [];
  const items: JsonValue[] = [];
  for (const [i, item] of value.entries()) {
    const cleaned = cleanObject(item, kind === 'owners' ? OWNER : MANAGED, `${path}[${i}]`, path);
    if (cleaned.problem !== undefined) return cleaned;
    unknown.push(...cleaned.unknown);
    items.push(cleaned.value);
  }
  return { value: items, unknown };
}

function cleanObject(value: JsonValue, fields: Readonly<Record<string, FieldKind>>, path: string, errorPath = path): Cleaned {
  if (value === null) return { value: {}, unknown: [] };
  if (!isObject(value))
    return { value, unknown: [], problem: `json: cannot unmarshal ${goKind(value)} into Go value of type v1.ObjectMeta` };
  const out: Record<string, JsonValue> = {};
  const unknown: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    const kind = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const at = path === '' ? key : `${path}.${key}`;
    if (kind === undefined) {
      unknown.push(at);
      continue;
    }
    const cleaned = clean(item, kind, errorPath === '' ? key : `${errorPath}.${key}`);
    if (cleaned.problem !== undefined) return cleaned;
    unknown.push(...cleaned.unknown);
    // the struct that Go reads it into prints no zero values
    if (!isZero(cleaned.value)) define(out, key, cleaned.value);
  }
  return { value: out, unknown };
}

function isZero(value: JsonValue): boolean {
  if (value === null || value === '' || value === 0 || value === false) return true;
  return isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

/** Reads the metadata field by field and leaves out what does not fit. */
function cleanLeniently(value: JsonValue): Cleaned | undefined {
  if (!isObject(value)) return undefined;
  const out: Record<string, JsonValue> = {};
  const unknown: string[] = [];
  for (const [key, item] of Object.entries(value)) {
    const cleaned = cleanObject({ [key]: item }, FIELDS, '');
    unknown.push(...cleaned.unknown);
    if (cleaned.problem === undefined && isObject(cleaned.value) && Object.hasOwn(cleaned.value, key))
      define(out, key, cleaned.value[key] as JsonValue);
  }
  return { value: out, unknown };
}

/**
 * Brings `apiVersion`, `kind` and `metadata` of embedded resources into order: unknown fields of metadata go,
 * fields of a wrong type are an error (or go, with `dropInvalid`).
 * @see apiextensions-apiserver v0.36 pkg/apiserver/schema/objectmeta
 */
export function coerceMetadata(root: JsonValue, schema: SchemaNode | undefined, options: CoerceOptions = {}): CoerceResult {
  const unknown: string[] = [];
  const state: { error?: FieldError } = {};

  const metadata = (value: JsonValue, path: string): JsonValue => {
    const at = fieldPath.child(path, 'metadata');
    let cleaned: Cleaned | undefined = cleanObject(value, FIELDS, '');
    if (cleaned.problem !== undefined) {
      if (options.dropInvalid !== true) {
        state.error ??= invalid(at, value, cleaned.problem);
        return value;
      }
      cleaned = cleanLeniently(value);
      if (cleaned === undefined) return value;
    }
    unknown.push(...cleaned.unknown.map((field) => `${at}.${field}`));
    return cleaned.value;
  };

  const object = (value: JsonObject, node: SchemaNode | undefined, path: string, embedded: boolean): JsonObject => {
    const out: Record<string, JsonValue> = {};
    for (const [key, item] of Object.entries(value)) {
      let next = item;
      if (embedded && (key === 'apiVersion' || key === 'kind') && typeof item !== 'string') {
        if (options.dropInvalid === true) continue;
        state.error ??= invalid(fieldPath.child(path, key), item, 'must be a string');
      }
      if (embedded && key === 'metadata') next = metadata(item, path);
      const property = node?.property(key);
      const child = property ?? node?.additional;
      define(out, key, walk(next, child, property === undefined ? fieldPath.key(path, key) : fieldPath.child(path, key)));
    }
    return out;
  };

  const walk = (value: JsonValue, node: SchemaNode | undefined, path: string, isRoot = false): JsonValue => {
    const embedded = node?.embeddedResource === true || (isRoot && options.resourceRoot === true);
    if (node === undefined && !embedded) return value;
    if (isArray(value)) return value.map((item, i) => walk(item, node?.items, fieldPath.index(path, i)));
    return isObject(value) ? object(value, node, path, embedded) : value;
  };

  const value = walk(root, schema, '', true);
  return { value, unknown: unknown.sort(compareBytes), ...(state.error === undefined ? {} : { error: state.error }) };
}

/** Reads a value as ObjectMeta: what Go's decoder keeps of it, the fields that it does not know, or why it refuses. */
export function decodeMetadata(value: JsonValue): Cleaned {
  return cleanObject(value, FIELDS, '');
}
