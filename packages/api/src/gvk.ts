import { getString, isObject, type JsonObject } from '@flux-ts/base';

/** Group, version and kind; the core group is empty. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A reference to an object; without a namespace it is cluster-wide. */
export interface ObjectRef {
  readonly group: string;
  readonly version?: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** Splits an `apiVersion`: "apps/v1" into group and version, "v1" into the core group and version. */
export function parseApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const at = apiVersion.indexOf('/');
  return at < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, at), version: apiVersion.slice(at + 1) };
}

/** Joins group and version to an `apiVersion`. */
export function formatApiVersion({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Gives group, version and kind of an object; empty where it says none. */
export function gvkOf(object: JsonObject): GroupVersionKind {
  return { ...parseApiVersion(getString(object, ['apiVersion']) ?? ''), kind: getString(object, ['kind']) ?? '' };
}

/** A key for group, version and kind: "apps/v1/Deployment", "/v1/Pod". */
export function gvkKey({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`;
}

/** Gives the reference to an object. */
export function refOf(object: JsonObject): ObjectRef {
  const { group, version, kind } = gvkOf(object);
  const metadata = object['metadata'];
  const namespace = isObject(metadata) ? getString(metadata, ['namespace']) : undefined;
  const name = isObject(metadata) ? (getString(metadata, ['name']) ?? '') : '';
  return { group, version, kind, ...(namespace === undefined || namespace === '' ? {} : { namespace }), name };
}

/** Prints a reference as Flux does: "Kind/namespace/name", or "Kind/name". */
export function formatRef(ref: ObjectRef): string {
  return ref.namespace === undefined || ref.namespace === '' ? `${ref.kind}/${ref.name}` : `${ref.kind}/${ref.namespace}/${ref.name}`;
}

/** A key for a reference whatever its version: "group/Kind/namespace/name". */
export function refKey(ref: ObjectRef): string {
  return `${ref.group}/${ref.kind}/${ref.namespace ?? ''}/${ref.name}`;
}
