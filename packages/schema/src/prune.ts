import { compareBytes, define, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { SchemaNode } from './node.ts';

/** What pruning gives: the value without unknown fields (the same one if there were none) and their paths, sorted. */
export interface PruneResult {
  readonly value: JsonValue;
  readonly pruned: readonly string[];
}

const META_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);

type Descend = (value: JsonValue, path: string) => JsonValue | undefined;

/** Copies an object only where a child changed; `undefined` from the callback takes the key away. */
function mapObject(object: JsonObject, change: (key: string, value: JsonValue) => JsonValue | undefined): JsonObject {
  let copy: Record<string, JsonValue> | undefined;
  const keys = Object.keys(object);
  for (const [i, key] of keys.entries()) {
    const value = object[key] as JsonValue;
    const next = change(key, value);
    if (copy === undefined && next !== value) {
      copy = {};
      for (const earlier of keys.slice(0, i)) define(copy, earlier, object[earlier] as JsonValue);
    }
    if (copy !== undefined && next !== undefined) define(copy, key, next);
  }
  return copy ?? object;
}

function mapArray(array: readonly JsonValue[], change: (value: JsonValue, index: number) => JsonValue): readonly JsonValue[] {
  let copy: JsonValue[] | undefined;
  for (const [i, value] of array.entries()) {
    const next = change(value, i);
    if (copy === undefined && next !== value) copy = array.slice(0, i);
    copy?.push(next);
  }
  return copy ?? array;
}

/**
 * Takes away the fields that a schema does not know. Fields of `metadata` are never looked at where the
 * object is a resource, at the root (`resourceRoot`) or embedded.
 * @see apiextensions-apiserver v0.36 pkg/apiserver/schema/pruning
 */
export function prune(root: JsonValue, schema: SchemaNode | undefined, resourceRoot: boolean): PruneResult {
  const pruned: string[] = [];
  const child = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

  const pruneObject = (object: JsonObject, node: SchemaNode | undefined, path: string, embedded: boolean): JsonObject =>
    mapObject(object, (key, value) => {
      if (embedded && META_FIELDS.has(key)) return value;
      const property = node?.property(key);
      if (property !== undefined) return walk(value, property, child(path, key));
      if (node?.allowsAdditional === true) return walk(value, node.additional, child(path, key));
      if (!META_FIELDS.has(key) || path !== '') pruned.push(child(path, key));
      return undefined;
    });

  const walk = (value: JsonValue, node: SchemaNode | undefined, path: string, isRoot = false): JsonValue => {
    const embedded = (isRoot && resourceRoot) || node?.embeddedResource === true;
    if (node?.preserveUnknownFields === true) return keep(value, node, path, embedded);
    if (isObject(value)) return pruneObject(value, node, path, embedded);
    if (isArray(value)) return mapArray(value, (item, i) => walk(item, node?.items, `${path}[${i}]`));
    return value;
  };

  // below preserve-unknown-fields, what is declared is pruned all the same
  const keep = (value: JsonValue, node: SchemaNode | undefined, path: string, embedded: boolean): JsonValue => {
    if (node === undefined) return value;
    if (isArray(value)) return mapArray(value, (item, i) => keep(item, node.items, `${path}[${i}]`, node.items?.embeddedResource === true));
    if (!isObject(value)) return value;
    const descend: (key: string) => Descend | undefined = (key) => {
      const property = node.property(key);
      if (property !== undefined) return (v, p) => walk(v, property, p);
      return node.allowsAdditional ? (v, p) => walk(v, node.additional, p) : undefined;
    };
    return mapObject(value, (key, v) => (embedded && META_FIELDS.has(key) ? v : (descend(key)?.(v, child(path, key)) ?? v)));
  };

  const value = walk(root, schema, '', true);
  return { value, pruned: pruned.sort(compareBytes) };
}
