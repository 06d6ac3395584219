import type { JsonObject } from '@flux-ts/base';
import { FieldSet, type ObjectTypes, type TypeSchema } from '@flux-ts/merge';
import { apiVersionOf, type ResourceType, type ResourceVersion, type VersionCodec } from '../registry/resource.ts';

/** The types that tracking of field owners needs: one for each served version. */
export function objectTypes(group: string, versions: ReadonlyMap<string, ResourceVersion>): ObjectTypes {
  const codecOf = (apiVersion: string): VersionCodec | undefined => {
    for (const served of versions.values()) if (apiVersionOf(group, served.version) === apiVersion) return served.codec;
    return undefined;
  };
  return {
    type: (apiVersion): TypeSchema | undefined => codecOf(apiVersion)?.mergeType,
    empty: (apiVersion): JsonObject => codecOf(apiVersion)?.empty ?? { apiVersion },
  };
}

const STATUS = FieldSet.of(['f:status']);
const ALL_BUT_STATUS = FieldSet.of(['f:spec'], ['f:data']);

/** The fields that an endpoint never owns: the status on the main resource, the rest on `status`. */
export function resetFieldsOf(type: ResourceType, subresource: string): { readonly resetFields?: FieldSet } {
  if (!type.hasStatus) return {};
  if (subresource === '') return { resetFields: STATUS };
  return subresource === 'status' ? { resetFields: ALL_BUT_STATUS } : {};
}
