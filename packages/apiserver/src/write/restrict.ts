import { define, getArray, getObject, getPath, isObject, omit, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { ResourceType } from '../registry/resource.ts';
import { metadataOf } from './metadata.ts';

/** Kinds whose status endpoint also takes labels, annotations and finalizers. */
const OPEN_STATUS_METADATA = new Set(['/Pod', '/Node', '/PersistentVolume', '/PersistentVolumeClaim', '/Namespace', '/Service']);

/**
 * Keeps of a new object only what its endpoint may write: the main resource leaves the status alone,
 * `status` leaves everything else alone.
 */
export function restrict(next: JsonObject, old: JsonObject, type: ResourceType, subresource: string): JsonObject {
  if (subresource === 'status') return statusOnly(next, old, type);
  const partOf = PARTS[subresource];
  if (partOf !== undefined) return partOf(next, old);
  if (subresource !== '' || !type.hasStatus) return next;
  const without = omit(next, 'status');
  return old['status'] === undefined ? without : { ...without, status: old['status'] };
}

/** What other endpoints write. */
const PARTS: Readonly<Record<string, (next: JsonObject, old: JsonObject) => JsonObject>> = {
  ephemeralcontainers: (next, old) => withSpec(next, old, { ephemeralContainers: getPath(next, ['spec', 'ephemeralContainers']) }),
  resize: (next, old) => withSpec(next, old, { containers: resized(next, old) }),
  approval: (next, old) => withConditions(next, old),
};

function withSpec(next: JsonObject, old: JsonObject, fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const spec: Record<string, JsonValue> = { ...getObject(old, ['spec']) };
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) spec[key] = value;
  return { ...old, metadata: metadataWithOwners(next, old), spec };
}

/** The containers as they are, with the new resources of those that are named. */
function resized(next: JsonObject, old: JsonObject): JsonValue {
  const wanted = new Map((getArray(next, ['spec', 'containers']) ?? []).filter(isObject).map((c) => [c['name'], c]));
  return (getArray(old, ['spec', 'containers']) ?? []).filter(isObject).map((container) => {
    const resources = wanted.get(container['name'])?.['resources'];
    return resources === undefined ? container : { ...container, resources };
  });
}

function withConditions(next: JsonObject, old: JsonObject): JsonObject {
  const conditions = getPath(next, ['status', 'conditions']);
  const status: Record<string, JsonValue> = { ...getObject(old, ['status']) };
  if (conditions !== undefined) status['conditions'] = conditions;
  return { ...old, metadata: metadataWithOwners(next, old), status };
}

/** The metadata as it was, with the field owners of the new object. */
function metadataWithOwners(next: JsonObject, old: JsonObject): JsonObject {
  const metadata: Record<string, JsonValue> = { ...metadataOf(old) };
  delete metadata['managedFields'];
  const owners = metadataOf(next)['managedFields'];
  if (owners !== undefined) metadata['managedFields'] = owners;
  return metadata;
}

function statusOnly(next: JsonObject, old: JsonObject, type: ResourceType): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const key of Object.keys(old)) if (key !== 'status' && key !== 'metadata') define(out, key, old[key] as JsonValue);
  const before = metadataOf(old);
  const given = metadataOf(next);
  const open = OPEN_STATUS_METADATA.has(`${type.group}/${type.kind}`);
  const metadata: Record<string, JsonValue> = open ? { ...before, ...pick(given, ['labels', 'annotations', 'finalizers']) } : { ...before };
  delete metadata['managedFields'];
  if (given['managedFields'] !== undefined) metadata['managedFields'] = given['managedFields'];
  out['metadata'] = metadata;
  if (next['status'] !== undefined) out['status'] = next['status'];
  return out;
}

function pick(object: JsonObject, keys: readonly string[]): Record<string, JsonValue> {
  const out: Record<string, JsonValue> = {};
  for (const key of keys) if (object[key] !== undefined) out[key] = object[key];
  return out;
}
