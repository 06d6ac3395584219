import { define, formatTime, getObject, isObject, type Clock, type JsonObject, type JsonValue, type Random } from '@flux-ts/base';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const MAX_GENERATED_BASE = 58;

/** The metadata of an object, or an empty one. */
export function metadataOf(object: JsonObject): JsonObject {
  return getObject(object, ['metadata']) ?? {};
}

/** A string of the metadata, or empty. */
export function metaString(object: JsonObject, field: string): string {
  const value = metadataOf(object)[field];
  return typeof value === 'string' ? value : '';
}

/** The finalizers of an object. */
export function finalizersOf(object: JsonObject): readonly string[] {
  const value = metadataOf(object)['finalizers'];
  return Array.isArray(value) ? (value as string[]) : [];
}

/** Copies an object with fields of its metadata set; `undefined` takes a field away. */
export function withMetadata(object: JsonObject, fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const metadata: Record<string, JsonValue> = {};
  const old = metadataOf(object);
  for (const key of Object.keys(old)) if (!(key in fields)) define(metadata, key, old[key] as JsonValue);
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) define(metadata, key, value);
  return { ...object, metadata };
}

/** What the server itself fills in when an object is made. Fields that only the server may set are taken away first. */
export function newMetadata(
  object: JsonObject,
  init: { readonly namespace: string; readonly generation: boolean; readonly clock: Clock; readonly random: Random },
): JsonObject {
  const name = metaString(object, 'name');
  const base = metaString(object, 'generateName');
  return withMetadata(object, {
    name: name === '' && base !== '' ? generateName(base, init.random) : name === '' ? undefined : name,
    namespace: init.namespace === '' ? undefined : init.namespace,
    uid: init.random.uuid(),
    resourceVersion: undefined,
    generation: init.generation ? 1 : undefined,
    creationTimestamp: formatTime(init.clock.now()),
    deletionTimestamp: undefined,
    deletionGracePeriodSeconds: undefined,
    selfLink: undefined,
  });
}

/** A generated name: the base and five characters that make no words. */
export function generateName(base: string, random: Random): string {
  let suffix = '';
  for (let i = 0; i < 5; i++) suffix += ALPHABET[Math.floor(random.next() * ALPHABET.length)] as string;
  return base.slice(0, MAX_GENERATED_BASE) + suffix;
}

/**
 * The metadata of an update: what only the server sets is taken from the stored object, and so is what identifies it where the
 * request says nothing of it. What is left and differs is refused by the checks.
 */
export function keptMetadata(next: JsonObject, old: JsonObject): JsonObject {
  const before = metadataOf(old);
  const given = metadataOf(next);
  return withMetadata(next, {
    name: before['name'],
    namespace: before['namespace'],
    uid: given['uid'] ?? before['uid'],
    resourceVersion: before['resourceVersion'],
    generation: before['generation'],
    creationTimestamp: before['creationTimestamp'],
    deletionTimestamp: before['deletionTimestamp'] ?? given['deletionTimestamp'],
    deletionGracePeriodSeconds: given['deletionGracePeriodSeconds'] ?? before['deletionGracePeriodSeconds'],
    selfLink: undefined,
  });
}

/** Whether two objects differ in anything but metadata (and status, where that is a subresource). */
export function specChanged(
  next: JsonObject,
  old: JsonObject,
  ignoreStatus: boolean,
  equal: (a: JsonValue | undefined, b: JsonValue | undefined) => boolean,
): boolean {
  const keys = new Set([...Object.keys(next), ...Object.keys(old)]);
  for (const key of keys) {
    if (key === 'metadata' || key === 'apiVersion' || key === 'kind' || (key === 'status' && ignoreStatus)) continue;
    if (!equal(next[key], old[key])) return true;
  }
  return false;
}

/** Labels of an object: never undefined, strings only. */
export function labelsOf(object: JsonObject): Readonly<Record<string, string>> {
  const labels = metadataOf(object)['labels'];
  return isObject(labels) ? (labels as Readonly<Record<string, string>>) : {};
}
