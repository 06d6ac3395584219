import { getPath, getString, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { applyConflicts, type ApplyConflict } from './conflicts.ts';
import { allowedByLastApplied, refreshLastApplied } from './last-applied.ts';
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
import { trackUpdate } from './update-object.ts';
import { validateTyped } from './typed-validate.ts';
import { ConflictError, Updater, type FieldConflict, type VersionedSet } from './updater.ts';
import { TypedError } from './walk.ts';

/** What a server-side apply needs. */
export interface ApplyInput extends WriteInput {
  /** The stored object; undefined where the apply creates it. */
  readonly live: JsonObject | undefined;
  /** What the manager wants, as it was sent. */
  readonly config: JsonObject;
  /** Take fields over from other managers. Default false. */
  readonly force?: boolean;
}

/** How an apply ended. `changed` is false where the merged object equals the live one. */
export type ApplyOutcome =
  | { readonly kind: 'applied'; readonly object: JsonObject; readonly changed: boolean }
  | { readonly kind: 'conflict'; readonly conflicts: readonly ApplyConflict[]; readonly message: string };

/** The manager that gets the fields of an object which nobody has tracked before its first apply. */
const BEFORE_FIRST_APPLY = 'before-first-apply';

/**
 * Applies a configuration to a live object as the API server does before defaulting: merge, ownership, conflicts, removal of
 * what the manager applied before and does not any more. The result carries the new `metadata.managedFields`.
 * @throws ManagedFieldsError BAD_REQUEST · INVALID_TYPE, with upstream's text
 */
export function applyObject(input: ApplyInput): ApplyOutcome {
  const apiVersion = getString(input.config, ['apiVersion']) ?? '';
  const type = input.types.type(apiVersion);
  const expected = input.live === undefined ? apiVersion : (getString(input.live, ['apiVersion']) ?? apiVersion);
  if (type === undefined || apiVersion !== expected) {
    throw badRequest(`Incorrect version specified in apply patch. Specified patch version: ${apiVersion}, expected: ${expected}`);
  }
  if (getPath(input.config, ['metadata', 'managedFields']) !== undefined && managedFieldsOf(input.config) !== undefined) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const stored = input.live ?? emptyObject(input.config, input.types);
  const managed = decode(stored);
  const live = withoutManagedFields(stored);
  checkTyped(() => validateTyped(type, input.config), `failed to create typed patch object (${describe(input.config)})`);
  checkTyped(() => validateTyped(type, live, { allowDuplicates: true }), `failed to create typed live object (${describe(live)})`);
  const tracked = managed.fields.size > 0 || input.live === undefined ? managed : trackAll(live, input);
  return run(input, { live, apiVersion, managed: tracked });
}

interface Prepared {
  readonly live: JsonObject;
  readonly apiVersion: string;
  readonly managed: ManagedFields;
}

function run(input: ApplyInput, { live, apiVersion, managed }: Prepared): ApplyOutcome {
  const { types, config } = input;
  const type = types.type(apiVersion);
  if (type === undefined) throw badRequest(`no type for ${apiVersion}`);
  const updater = new Updater({ converter: converterFor(types), ignored: () => input.resetFields });
  const manager = input.manager === '' ? 'unknown' : input.manager;
  const key = managerKey({
    manager,
    operation: 'Apply',
    apiVersion,
    ...(input.subresource === undefined ? {} : { subresource: input.subresource }),
  });
  const attempt = (force: boolean): { object: JsonObject; changed: boolean } => {
    const result = updater.apply({
      live: { type, value: live },
      config: { type, value: config },
      apiVersion,
      managers: managed.fields,
      manager: key,
      force,
    });
    const fields = stripMetadata(result.managers, key);
    // the same set again: its encoded form is known
    const before = managed.fields.get(key);
    const after = fields.get(key);
    if (before !== undefined && after !== undefined && before.apiVersion === after.apiVersion && before.set.equals(after.set))
      fields.set(key, before);
    const times = new Map(managed.times);
    if (result.object !== undefined) times.set(key, input.time);
    const merged = result.object === undefined ? live : ((result.object.value ?? {}) as JsonObject);
    const refreshed = manager === 'kubectl' ? refreshLastApplied(merged, config) : merged;
    return { object: withManagedFields(refreshed, { fields, times }), changed: result.object !== undefined };
  };
  try {
    return { kind: 'applied', ...attempt(input.force ?? false) };
  } catch (error) {
    if (!(error instanceof ConflictError)) throw asManagedFieldsError(error);
    let conflicts: readonly FieldConflict[] = error.conflicts;
    if (manager === 'kubectl') {
      // what kubectl applied from the client's side before may be taken over without asking
      const allowed = allowedByLastApplied(live, type, apiVersion);
      if (allowed !== undefined) conflicts = conflicts.filter(({ path }) => !allowed.has(path));
      if (conflicts.length === 0) return { kind: 'applied', ...attempt(true) };
    }
    return { kind: 'conflict', ...applyConflicts(conflicts) };
  }
}

/** Before the first apply everything belongs to a manager of its own, so that the apply can conflict with it. */
function trackAll(live: JsonObject, input: ApplyInput): ManagedFields {
  const empty = emptyObject(live, input.types);
  const { force: _force, config: _config, ...write } = input;
  return trackUpdate(
    { ...write, manager: BEFORE_FIRST_APPLY, live: empty, next: live },
    { fields: new Map<string, VersionedSet>(), times: new Map() },
  );
}

function decode(object: JsonObject): ManagedFields {
  try {
    return decodeManagedFields(managedFieldsOf(object));
  } catch (error) {
    if (error instanceof ManagedFieldsError) {
      throw new ManagedFieldsError({ code: 'INVALID_ENTRY', message: `failed to decode managed fields: ${error.message}`, cause: error });
    }
    throw error;
  }
}

function checkTyped(check: () => void, prefix: string): void {
  try {
    check();
  } catch (error) {
    if (error instanceof TypedError)
      throw new ManagedFieldsError({ code: 'INVALID_TYPE', message: `${prefix}: ${error.message}`, cause: error });
    throw error;
  }
}

function asManagedFieldsError(error: unknown): unknown {
  return error instanceof TypedError ? new ManagedFieldsError({ code: 'INVALID_TYPE', message: error.message, cause: error }) : error;
}

function badRequest(message: string): ManagedFieldsError {
  return new ManagedFieldsError({ code: 'BAD_REQUEST', message });
}

/** `namespace/name; apps/v1, Kind=Deployment` */
function describe(object: JsonObject): string {
  const metadata: JsonValue | undefined = own(object, 'metadata');
  const part = (key: string): string => (isObject(metadata) ? (getString(metadata, [key]) ?? '') : '');
  const apiVersion = getString(object, ['apiVersion']) ?? '';
  const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`; // the core group has an empty name
  return `${part('namespace')}/${part('name')}; ${version}, Kind=${getString(object, ['kind']) ?? ''}`;
}
