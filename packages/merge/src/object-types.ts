import { getString, type JsonObject, type JsonValue } from '@flux-ts/base';
import { FieldSet } from './field-set.ts';
import type { TypeSchema } from './type-schema.ts';
import type { Converter, Managers, VersionedSet } from './updater.ts';

/** What is known about the versions of one kind. */
export interface ObjectTypes {
  /** The type of objects of a version; undefined where the version is not served (any more). */
  type(apiVersion: string): TypeSchema | undefined;
  /** Changes an object's version. Default: `apiVersion` is rewritten. */
  convert?(object: JsonObject, apiVersion: string): JsonObject;
  /** An object of a version in which nothing is set, as its Go type prints. Default: only apiVersion, kind and empty metadata. */
  empty?(apiVersion: string): JsonObject;
}

/** What every write has in common. */
export interface WriteInput {
  /** The field manager's name; an empty one becomes `unknown`. */
  readonly manager: string;
  /** The subresource that is written, undefined or empty for the object itself. */
  readonly subresource?: string;
  /** The time of the write, RFC 3339 in whole seconds. */
  readonly time: string;
  readonly types: ObjectTypes;
  /** Fields that this endpoint does not write (status on the object itself, everything else on /status): nobody gets to own them by it. */
  readonly resetFields?: FieldSet;
}

const META = ['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields', 'resourceVersion'];
const STRIPPED = FieldSet.of(['f:apiVersion'], ['f:kind'], ['f:metadata'], ...META.map((name) => ['f:metadata', `f:${name}`]));

/** Takes the fields that say which object it is out of what a manager owns. */
export function stripMetadata(managers: Managers, manager: string): Map<string, VersionedSet> {
  const out = new Map(managers);
  const owned = out.get(manager);
  if (owned === undefined) return out;
  const set = owned.set.difference(STRIPPED);
  if (set.isEmpty) out.delete(manager);
  else out.set(manager, { ...owned, set });
  return out;
}

/** The converter between a kind's versions. */
export function converterFor(types: ObjectTypes): Converter {
  return {
    convert: (object, apiVersion) => {
      if (getString(object.value, ['apiVersion']) === apiVersion) return object;
      const type = types.type(apiVersion);
      if (type === undefined) return undefined;
      const value = (object.value ?? {}) as JsonObject;
      const converted: JsonValue = types.convert === undefined ? { ...value, apiVersion } : types.convert(value, apiVersion);
      return { type, value: converted };
    },
  };
}

/** What stands for the live object before an object exists. */
export function emptyObject(object: JsonObject, types: ObjectTypes): JsonObject {
  const apiVersion = getString(object, ['apiVersion']) ?? '';
  return types.empty?.(apiVersion) ?? { apiVersion, kind: object['kind'] ?? '', metadata: {} };
}
