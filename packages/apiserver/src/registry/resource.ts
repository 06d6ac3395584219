import type { JsonObject } from '@flux-ts/base';
import type { ObjectTypes, TypeSchema } from '@flux-ts/merge';
import type { StrategicTypes } from '@flux-ts/schema';
import type { FieldError } from '@flux-ts/schema';

/** A body as it was understood: unknown fields dropped and named, canonical, defaults filled in. */
export interface Decoded {
  readonly object: JsonObject;
  /** The paths of dropped fields. */
  readonly unknown: readonly string[];
}

/** How objects of one kind in one version are read, finished and shown. */
export interface VersionCodec {
  readonly apiVersion: string;
  readonly kind: string;
  /** @throws ApiError BadRequest where the types are wrong */
  decode(body: JsonObject): Decoded;
  /** Canonical form and defaults again, after something was changed. */
  finish(object: JsonObject): JsonObject;
  /** What the kind's rules say. @param old the stored object in this version, on updates */
  validate(object: JsonObject, old?: JsonObject): readonly FieldError[];
  /** A stored object (in the storage version) as this version shows it. The same object gives the same view. */
  view(stored: JsonObject): JsonObject;
  /** An object of this version as it is stored. */
  store(object: JsonObject): JsonObject;
  readonly mergeType: TypeSchema;
  /** An object in which nothing is set, as its Go type prints: what a create is compared with. */
  readonly empty: JsonObject;
  /** Absent for custom resources: they know no strategic merge patch. */
  readonly strategic: StrategicTypes | undefined;
}

/** A subresource as discovery shows it. */
export interface Subresource {
  readonly name: string;
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly verbs: readonly string[];
}

/** Where a custom resource's scale is found. */
export interface ScalePaths {
  readonly specReplicas: readonly string[];
  readonly statusReplicas: readonly string[];
  readonly labelSelector: readonly string[] | undefined;
}

/** A column that a CRD adds to tables. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
  readonly jsonPath: string;
}

/** One served version of a resource. */
export interface ResourceVersion {
  readonly version: string;
  readonly verbs: readonly string[];
  readonly subresources: ReadonlyMap<string, Subresource>;
  readonly codec: VersionCodec;
  /** A text for the Warning header on every request. */
  readonly deprecation: string | undefined;
  readonly scale?: ScalePaths;
  /** Absent for built-in kinds. */
  readonly columns?: readonly PrinterColumn[];
  /** Field selectors of a CRD beyond metadata.name and metadata.namespace. */
  readonly selectableFields?: readonly string[];
}

/** A resource in all its versions. */
export interface ResourceType {
  readonly group: string;
  /** The plural. */
  readonly resource: string;
  readonly kind: string;
  readonly listKind: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** The table of the store. Two resources may share one (events). */
  readonly table: string;
  readonly storageVersion: string;
  /** Served versions, the preferred one first. */
  readonly versions: ReadonlyMap<string, ResourceVersion>;
  /** The served versions' types, for field ownership. */
  readonly types: ObjectTypes;
  /** The status is a subresource: the main resource cannot write it. */
  readonly hasStatus: boolean;
  /** From a CRD. */
  readonly custom: boolean;
}

/** A resource in the version of a request. */
export interface Target {
  readonly type: ResourceType;
  readonly version: ResourceVersion;
}

/** Prints group and version as `apiVersion`. */
export function apiVersionOf(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}
