import { deepEqual, isArray, isObject, omit, type JsonObject, type JsonValue } from '@flux-ts/base';
import { managedFieldsOf, withoutManagedFields } from './managed-fields.ts';

/** Tells whether two objects differ in nothing but the times of their managed fields. */
export function isEqualIgnoringManagedFieldsTimes(a: JsonObject, b: JsonObject): boolean {
  return deepEqual(withoutManagedFields(a), withoutManagedFields(b)) && sameEntries(managedFieldsOf(a), managedFieldsOf(b));
}

/** Gives the live object itself where a write changes nothing but times, so that it needs no write; else the next one. */
export function keepTimesIfUnchanged(live: JsonObject, next: JsonObject): JsonObject {
  return isEqualIgnoringManagedFieldsTimes(live, next) ? live : next;
}

function sameEntries(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) return true;
  if (!isArray(a) || !isArray(b) || a.length !== b.length) return (isArray(a) ? a.length : 0) === 0 && (isArray(b) ? b.length : 0) === 0;
  const others = sorted(b);
  return sorted(a).every((entry, i) => deepEqual(entry, others[i]));
}

/** Entries are sorted by time, so other times may be another order: compare them by who they are. */
function sorted(entries: readonly JsonValue[]): readonly JsonValue[] {
  const key = (entry: JsonValue): string =>
    isObject(entry) ? [entry['operation'], entry['manager'], entry['apiVersion'], entry['subresource']].map(String).join('\n') : '';
  return entries
    .map((entry) => (isObject(entry) ? omit(entry, 'time') : entry))
    .sort((x, y) => (key(x) < key(y) ? -1 : key(x) > key(y) ? 1 : 0));
}
