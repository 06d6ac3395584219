import { compareBytes, parseTime } from '@flux-ts/base';
import { managerKey, type ManagedFields } from './managed-fields.ts';
import type { VersionedSet } from './updater.ts';

/** The most updaters that an object tracks. */
const MAX_UPDATERS = 10;

/** Where there are too many updaters, the oldest of each version are merged into one that is called `ancient-changes`. */
export function capUpdaters(managed: ManagedFields): ManagedFields {
  if (managed.fields.size <= MAX_UPDATERS) return managed;
  const updaters = [...managed.fields].filter(([, owned]) => !owned.applied).map(([key]) => key);
  if (updaters.length <= MAX_UPDATERS) return managed;
  const second = (key: string): number => {
    const time = managed.times.get(key);
    return time === undefined ? 0 : Math.floor((parseTime(time) ?? 0) / 1000);
  };
  updaters.sort((a, b) => second(a) - second(b) || compareBytes(a, b));
  const fields = new Map(managed.fields);
  const times = new Map(managed.times);
  const firstOf = new Map<string, string>();
  let count = updaters.length;
  for (const key of updaters) {
    if (count <= MAX_UPDATERS) break;
    const owned = fields.get(key) as VersionedSet;
    const first = firstOf.get(owned.apiVersion);
    if (first === undefined) {
      firstOf.set(owned.apiVersion, key);
      continue;
    }
    const bucket = managerKey({ manager: 'ancient-changes', operation: 'Update', apiVersion: owned.apiVersion });
    if (!fields.has(bucket)) {
      fields.set(bucket, fields.get(first) as VersionedSet);
      fields.delete(first);
    }
    fields.set(bucket, { ...owned, set: owned.set.union((fields.get(bucket) as VersionedSet).set) });
    fields.delete(key);
    count--;
    const time = managed.times.get(key);
    if (time === undefined) times.delete(bucket);
    else times.set(bucket, time);
  }
  return { fields, times };
}
