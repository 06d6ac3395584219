import type { JsonObject, JsonValue } from '@flux-ts/base';
import {
  decodeManagedFields,
  encodeManagedFields,
  FieldSet,
  managerKey,
  readManagerKey,
  type FieldPath,
  type ManagedFields,
} from '@flux-ts/merge';

/** The version of the objects that `scale` shows. */
export const SCALE_VERSION = 'autoscaling/v1';

const REPLICAS: FieldPath = ['f:spec', 'f:replicas'];

/** Where the replicas of a kind are, by apiVersion; `undefined` for versions without a scale. */
export type ReplicasPaths = ReadonlyMap<string, FieldPath | undefined>;

function scaleKey(key: string): string {
  return managerKey({ ...readManagerKey(key), apiVersion: SCALE_VERSION });
}

/** Who owns the replicas of an object, as owners of a Scale. @throws ManagedFieldsError INVALID_ENTRY */
export function scaleOwners(parent: JsonValue | undefined, paths: ReplicasPaths): readonly JsonObject[] {
  const managed = decodeManagedFields(parent);
  const fields = new Map<string, { set: FieldSet; apiVersion: string; applied: boolean }>();
  const times = new Map<string, string>();
  for (const [key, owned] of managed.fields) {
    const path = paths.get(owned.apiVersion);
    if (path === undefined || !owned.set.has(path)) continue;
    fields.set(key, { set: FieldSet.of(REPLICAS), apiVersion: SCALE_VERSION, applied: owned.applied });
    const time = managed.times.get(key);
    if (time !== undefined) times.set(key, time);
  }
  return encodeManagedFields({ fields, times });
}

/**
 * The owners of an object after its Scale was written: who lost the replicas there loses them here. New owners have no time,
 * as upstream's have none.
 * @throws ManagedFieldsError INVALID_ENTRY
 */
export function parentOwners(
  parent: JsonValue | undefined,
  scale: JsonValue | undefined,
  { paths, apiVersion }: { readonly paths: ReplicasPaths; readonly apiVersion: string },
): readonly JsonObject[] {
  const before = decodeManagedFields(parent);
  const wanted = decodeManagedFields(scale).fields;
  const fields = new Map<string, { set: FieldSet; apiVersion: string; applied: boolean }>();
  const kept = new Set<string>();
  for (const [key, owned] of before.fields) {
    if (!paths.has(owned.apiVersion)) continue;
    const path = paths.get(owned.apiVersion);
    const owner = path !== undefined && owned.set.has(path);
    if (!owner || wanted.has(scaleKey(key))) fields.set(key, owned);
    else {
      const set = owned.set.difference(FieldSet.of(path));
      if (!set.isEmpty) fields.set(key, { ...owned, set });
    }
    if (owner) kept.add(scaleKey(key));
  }
  const path = paths.get(apiVersion);
  for (const [key, owned] of wanted) {
    if (kept.has(key) || path === undefined || !owned.set.has(REPLICAS)) continue;
    fields.set(managerKey({ ...readManagerKey(key), apiVersion }), { set: FieldSet.of(path), apiVersion, applied: owned.applied });
  }
  const managed: ManagedFields = { fields, times: before.times };
  return encodeManagedFields(managed);
}
