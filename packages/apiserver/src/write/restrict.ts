import { define, omit, type JsonObject, type JsonValue } from '@flux-ts/base';
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
  if (subresource !== '' || !type.hasStatus) return next;
  const without = omit(next, 'status');
  return old['status'] === undefined ? without : { ...without, status: old['status'] };
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
