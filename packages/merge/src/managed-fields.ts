import {
  compareBytes,
  FluxError,
  goJsonString,
  isArray,
  isObject,
  Lru,
  parseTime,
  omit,
  setPath,
  type JsonObject,
  type JsonValue,
} from '@flux-ts/base';
import { FieldSet } from './field-set.ts';
import type { VersionedSet } from './updater.ts';

/**
 * Why managed fields cannot be tracked: `BAD_REQUEST` the request asks for something impossible (400), `INVALID_TYPE` an object
 * does not fit its schema (500), `INVALID_ENTRY` an entry cannot be read.
 */
export class ManagedFieldsError extends FluxError<'BAD_REQUEST' | 'INVALID_TYPE' | 'INVALID_ENTRY'> {}

/** Who a manager is, apart from what it owns. */
export interface ManagerIdentity {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  /** Only of updaters: an applier is the same one at every version. */
  readonly apiVersion: string;
  readonly subresource: string;
}

/** All managers of one object: what they own and when they last changed it. The keys are {@link managerKey}s. */
export interface ManagedFields {
  readonly fields: ReadonlyMap<string, VersionedSet>;
  readonly times: ReadonlyMap<string, string>;
}

/** The one text that stands for a manager. */
export function managerKey(identity: {
  readonly manager?: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
}): string {
  const { manager = '', subresource = '' } = identity;
  const parts = [
    ...(manager === '' ? [] : [`"manager":${goJsonString(manager)}`]),
    `"operation":"${identity.operation}"`,
    ...(identity.operation === 'Update' ? [`"apiVersion":${goJsonString(identity.apiVersion)}`] : []),
    ...(subresource === '' ? [] : [`"subresource":${goJsonString(subresource)}`]),
  ];
  return `{${parts.join(',')}}`;
}

/** Reads a {@link managerKey}. */
export function readManagerKey(key: string): ManagerIdentity {
  let identity = IDENTITIES.get(key);
  if (identity === undefined) {
    const read = JSON.parse(key) as Partial<ManagerIdentity>;
    const { manager = '', operation = 'Apply', apiVersion = '', subresource = '' } = read;
    identity = { manager, operation, apiVersion, subresource };
    IDENTITIES.set(key, identity);
  }
  return identity;
}

// a few managers write most objects
const IDENTITIES = new Lru<string, ManagerIdentity>(500);
// Objects of one shape have the same FieldsV1, text by text: they share one object, which is read once. Bounded, by content.
const SHARED = new Lru<string, JsonObject>(8 * 1024 * 1024);
const SIGNED = new Lru<string, JsonObject>(8 * 1024 * 1024);
// what a FieldsV1 object says never changes, and neither does the object
const DECODED = new Lru<JsonObject, FieldSet>(4_000);
const ENCODED = new WeakMap<FieldSet, JsonObject>();

function decodeFields(fields: JsonValue | undefined): FieldSet {
  if (!isObject(fields)) return FieldSet.empty;
  let set = DECODED.get(fields);
  if (set === undefined) {
    set = FieldSet.fromJson(fields);
    DECODED.set(fields, set);
    if (!set.isEmpty && !ENCODED.has(set)) ENCODED.set(set, fields);
  }
  return set;
}

function encodeFields(set: FieldSet): JsonObject {
  const known = ENCODED.get(set);
  if (known !== undefined) return known;
  // a set made the same way from another object of the same shape is known by its text, without sorting and printing it
  const signature = set.signature();
  const same = SIGNED.get(signature);
  if (same !== undefined) return same;
  const made = set.toJson();
  const key = JSON.stringify(made);
  let fields = SHARED.get(key);
  if (fields === undefined) {
    fields = made;
    SHARED.set(key, fields, key.length);
    DECODED.set(fields, set);
  }
  ENCODED.set(set, fields);
  SIGNED.set(signature, fields, signature.length);
  return fields;
}

const text = (entry: JsonObject, key: string): string => (typeof entry[key] === 'string' ? entry[key] : '');

/** Reads `metadata.managedFields`. @throws ManagedFieldsError INVALID_ENTRY */
export function decodeManagedFields(entries: JsonValue | undefined): ManagedFields {
  const fields = new Map<string, VersionedSet>();
  const times = new Map<string, string>();
  const refuse = (message: string): never => {
    throw new ManagedFieldsError({ code: 'INVALID_ENTRY', message });
  };
  if (!isArray(entries)) return { fields, times };
  entries.forEach((item, index) => {
    const entry = isObject(item) ? item : {};
    const operation = text(entry, 'operation');
    if (operation !== 'Apply' && operation !== 'Update') return refuse('operation must be `Apply` or `Update`');
    const apiVersion = text(entry, 'apiVersion');
    if (apiVersion === '') refuse('apiVersion must not be empty');
    const type = text(entry, 'fieldsType');
    if (type === '') refuse(`missing fieldsType in managed fields entry ${index}`);
    if (type !== 'FieldsV1') refuse(`invalid fieldsType ${JSON.stringify(type)} in managed fields entry ${index}`);
    const key = managerKey({ manager: text(entry, 'manager'), operation, apiVersion, subresource: text(entry, 'subresource') });
    try {
      fields.set(key, { set: decodeFields(entry['fieldsV1']), apiVersion, applied: operation === 'Apply' });
    } catch (error) {
      throw new ManagedFieldsError({ code: 'INVALID_ENTRY', message: `error decoding set: ${(error as Error).message}`, cause: error });
    }
    const time = entry['time'];
    if (typeof time === 'string') times.set(key, time);
    else times.delete(key);
  });
  return { fields, times };
}

interface Encoded {
  readonly entry: JsonObject;
  readonly order: readonly [string, number, string, string, string];
}

/** Writes `metadata.managedFields`, sorted by operation, second, manager, version and subresource. */
export function encodeManagedFields(managed: ManagedFields): readonly JsonObject[] {
  const encoded: Encoded[] = [];
  for (const [key, owned] of managed.fields) {
    const identity = readManagerKey(key);
    const operation = owned.applied ? 'Apply' : identity.operation;
    const time = managed.times.get(key);
    const entry: Record<string, JsonValue> = {};
    if (identity.manager !== '') entry['manager'] = identity.manager;
    entry['operation'] = operation;
    entry['apiVersion'] = owned.apiVersion;
    if (time !== undefined) entry['time'] = time;
    entry['fieldsType'] = 'FieldsV1';
    entry['fieldsV1'] = encodeFields(owned.set);
    if (identity.subresource !== '') entry['subresource'] = identity.subresource;
    const second = time === undefined ? 0 : Math.floor((parseTime(time) ?? 0) / 1000);
    encoded.push({ entry, order: [operation, second, identity.manager, owned.apiVersion, identity.subresource] });
  }
  if (encoded.length > 1) encoded.sort(compareEncoded);
  return encoded.map(({ entry }) => entry);
}

function compareEncoded(a: Encoded, b: Encoded): number {
  for (let i = 0; i < a.order.length; i++) {
    const x = a.order[i] as string | number;
    const y = b.order[i] as string | number;
    const order = typeof x === 'number' ? x - (y as number) : compareBytes(x, y as string);
    if (order !== 0) return order;
  }
  return 0;
}

/** The object's `metadata.managedFields`, undefined where there is none. */
export function managedFieldsOf(object: JsonObject | undefined): JsonValue | undefined {
  const metadata = object?.['metadata'];
  return isObject(metadata) ? (metadata['managedFields'] ?? undefined) : undefined;
}

/** The object without `metadata.managedFields`. */
export function withoutManagedFields(object: JsonObject): JsonObject {
  const metadata = object['metadata'];
  if (!isObject(metadata) || !Object.hasOwn(metadata, 'managedFields')) return object;
  return { ...object, metadata: omit(metadata, 'managedFields') };
}

/** The object with these managed fields; without any the field goes. */
export function withManagedFields(object: JsonObject, managed: ManagedFields): JsonObject {
  const bare = withoutManagedFields(object);
  return managed.fields.size === 0 ? bare : (setPath(bare, ['metadata', 'managedFields'], encodeManagedFields(managed)) as JsonObject);
}

/** Something wrong with an entry, in the words of the API server's validation of object metadata. */
export interface ManagedFieldsProblem {
  readonly path: string;
  readonly type: 'FieldValueInvalid' | 'FieldValueTooLong';
  readonly value: JsonValue;
  readonly message: string;
}

/** Checks the entries as metadata validation does. @param path where the list is */
export function validateManagedFields(entries: JsonValue | undefined, path = 'metadata.managedFields'): ManagedFieldsProblem[] {
  const out: ManagedFieldsProblem[] = [];
  if (!isArray(entries)) return out;
  entries.forEach((item, index) => {
    const entry = isObject(item) ? item : {};
    const invalid = (field: string, message: string): void => {
      out.push({ path: `${path}[${index}].${field}`, type: 'FieldValueInvalid', value: text(entry, field), message });
    };
    const operation = text(entry, 'operation');
    if (operation !== 'Apply' && operation !== 'Update') invalid('operation', 'must be `Apply` or `Update`');
    const type = text(entry, 'fieldsType');
    if (type !== '' && type !== 'FieldsV1') invalid('fieldsType', 'must be `FieldsV1`');
    out.push(...validateFieldManager(text(entry, 'manager'), `${path}[${index}].manager`));
    if (text(entry, 'subresource').length > 256) {
      out.push({
        path: `${path}[${index}].subresource`,
        type: 'FieldValueTooLong',
        value: text(entry, 'subresource'),
        message: 'may not be more than 256 bytes',
      });
    }
  });
  return out;
}

/** Checks a field manager's name. */
export function validateFieldManager(manager: string, path: string): ManagedFieldsProblem[] {
  const out: ManagedFieldsProblem[] = [];
  if (Buffer.byteLength(manager) > 128) out.push({ path, type: 'FieldValueTooLong', value: '', message: 'may not be more than 128 bytes' });
  if (/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(manager)) {
    out.push({ path, type: 'FieldValueInvalid', value: manager, message: 'should only contain printable characters' });
  }
  return out;
}
