import { getString, isArray, isObject, type JsonObject } from '@flux-ts/base';
import { capUpdaters } from './cap-updaters.ts';
import {
  decodeManagedFields,
  managedFieldsOf,
  ManagedFieldsError,
  managerKey,
  withManagedFields,
  withoutManagedFields,
  type ManagedFields,
} from './managed-fields.ts';
import { converterFor, emptyObject, stripMetadata, type WriteInput } from './object-types.ts';
import { validateTyped } from './typed-validate.ts';
import { Updater } from './updater.ts';
import { TypedError } from './walk.ts';

/** What a create, a replace or a patch needs. */
export interface UpdateInput extends WriteInput {
  /** The stored object; undefined on create. */
  readonly live: JsonObject | undefined;
  /** The object that will be stored, defaulted and in canonical form. */
  readonly next: JsonObject;
}

const NOBODY: ManagedFields = { fields: new Map(), times: new Map() };
const SELF = 'current-operation';

/**
 * Moves ownership along with a write that is no apply: what the write changed belongs to its manager. Managed fields that came
 * with the object count, `[]` or `[{}]` forgets everybody, ones that cannot be read are ignored. Objects that nobody tracks
 * are not tracked. Never throws: what cannot be tracked loses its managed fields.
 */
export function updateObject(input: UpdateInput): JsonObject {
  const next = withoutManagedFields(input.next);
  const managed = startFrom(input);
  const bare = input.live === undefined ? emptyObject(input.next, input.types) : withoutManagedFields(input.live);
  if (managed.fields.size === 0 && input.live !== undefined && (getString(input.live, ['metadata', 'uid']) ?? '') !== '') return next;
  try {
    return withManagedFields(next, trackUpdate({ ...input, live: bare, next }, managed));
  } catch (error) {
    if (error instanceof TypedError || error instanceof ManagedFieldsError) return next;
    throw error;
  }
}

/** The managers that count before the write. */
function startFrom(input: UpdateInput): ManagedFields {
  const live = input.live === undefined ? undefined : managedFieldsOf(input.live);
  const sent = input.subresource === undefined || input.subresource === '' ? managedFieldsOf(input.next) : undefined;
  if (isArray(sent) && (sent.length === 0 || (sent.length === 1 && isObject(sent[0]) && Object.keys(sent[0]).length === 0))) return NOBODY;
  for (const entries of [sent, live]) {
    try {
      const managed = decodeManagedFields(entries);
      if (managed.fields.size > 0) return managed;
    } catch (error) {
      if (!(error instanceof ManagedFieldsError)) throw error;
    }
  }
  return NOBODY;
}

/**
 * Ownership after an update of objects without managed fields.
 * @throws TypedError where the objects cannot be compared
 */
export function trackUpdate(input: UpdateInput & { readonly live: JsonObject }, managed: ManagedFields): ManagedFields {
  const apiVersion = getString(input.next, ['apiVersion']) ?? '';
  const type = input.types.type(apiVersion);
  if (type === undefined) return managed;
  validateTyped(type, input.next, { allowDuplicates: true });
  validateTyped(type, input.live, { allowDuplicates: true });
  const updater = new Updater({ converter: converterFor(input.types), ignored: () => input.resetFields });
  const updated = updater.update(
    { type, value: input.live },
    { type, value: input.next },
    { apiVersion, managers: managed.fields, manager: SELF },
  );
  const fields = stripMetadata(updated, SELF);
  const times = new Map(managed.times);
  const own = fields.get(SELF);
  if (own !== undefined) {
    const manager = input.manager === '' ? 'unknown' : input.manager;
    const key = managerKey({
      manager,
      operation: 'Update',
      apiVersion,
      ...(input.subresource === undefined ? {} : { subresource: input.subresource }),
    });
    const before = fields.get(key);
    fields.delete(SELF);
    fields.set(key, before === undefined ? own : { ...own, set: own.set.union(before.set) });
    times.set(key, input.time);
  }
  return capUpdaters({ fields, times });
}
