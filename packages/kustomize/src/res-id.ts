import { isClusterScopedKind } from './cluster-scope.ts';
import { fieldOf, isEmpty, rawText, textOf, type KObject, type KValue } from './value.ts';

/** Group, version and kind. Empty where unknown or, in selectors, where any will do. */
export interface Gvk {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** What kustomize tells resources apart by. */
export interface ResId extends Gvk {
  readonly name: string;
  readonly namespace: string;
}

/** Where cluster-scoped kinds are said to live. */
export const NO_NAMESPACE = '_non_namespaceable_';

/** Splits an apiVersion at its first slash. */
export function splitApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) };
}

/** Joins group and version. */
export function apiVersionOf(gvk: Gvk): string {
  return gvk.group === '' ? gvk.version : `${gvk.group}/${gvk.version}`;
}

/** Gives the text of a string field of `metadata`; empty where it is missing or empty. */
export function metaText(object: KObject, field: string): string {
  const metadata = fieldOf(object, 'metadata');
  const value = fieldOf(metadata as KValue, field);
  return isEmpty(value) ? '' : rawText(value);
}

/** Group, version and kind of an object. */
export function gvkOf(object: KObject): Gvk {
  return { ...splitApiVersion(textOf(fieldOf(object, 'apiVersion')) ?? ''), kind: textOf(fieldOf(object, 'kind')) ?? '' };
}

/** The identity of an object. */
export function resIdOf(object: KObject): ResId {
  return { ...gvkOf(object), name: metaText(object, 'name'), namespace: metaText(object, 'namespace') };
}

/** Prints `Kind.version.group`, as kustomize's messages do. */
export function gvkText(gvk: Gvk): string {
  return `${gvk.kind || '[noKind]'}.${gvk.version || '[noVer]'}.${gvk.group || '[noGrp]'}`;
}

/** Prints `Kind.version.group/name.namespace`, as kustomize's messages do. */
export function idText(id: ResId): string {
  return `${gvkText(id)}/${id.name || '[noName]'}.${id.namespace || '[noNs]'}`;
}

/** Tells whether a kind is known to be cluster-scoped. */
export function isClusterScoped(gvk: Gvk): boolean {
  return isClusterScopedKind(apiVersionOf(gvk), gvk.kind);
}

/** The namespace that counts when identities are compared: none for cluster-scoped kinds, `default` for none. */
export function effectiveNamespace(id: ResId): string {
  if (isClusterScoped(id)) return NO_NAMESPACE;
  return id.namespace === '' ? 'default' : id.namespace;
}

/** One string that is equal exactly where two identities are equal. */
export function idKey(id: ResId): string {
  return `${id.group}|${id.version}|${id.kind}|${id.name}|${effectiveNamespace(id)}`;
}

/** Tells whether group, version and kind are equal. */
export function gvkEquals(a: Gvk, b: Gvk): boolean {
  return a.group === b.group && a.version === b.version && a.kind === b.kind;
}

/** Tells whether two identities are equal, namespaces compared as they take effect. */
export function idEquals(a: ResId, b: ResId): boolean {
  return a.name === b.name && gvkEquals(a, b) && effectiveNamespace(a) === effectiveNamespace(b);
}

/** Tells whether a kind is what a selector asks for; empty parts of the selector match anything. */
export function gvkSelected(gvk: Gvk, selector: Gvk): boolean {
  return (
    (selector.group === '' || selector.group === gvk.group) &&
    (selector.version === '' || selector.version === gvk.version) &&
    (selector.kind === '' || selector.kind === gvk.kind)
  );
}

/** Tells whether an identity is what a selector asks for, literally (no patterns). */
export function idSelected(id: ResId, selector: ResId): boolean {
  return (
    (selector.name === '' || selector.name === id.name) &&
    (selector.namespace === '' || effectiveNamespace(selector) === effectiveNamespace(id)) &&
    gvkSelected(id, selector)
  );
}

const FIRST = [
  'Namespace', 'ResourceQuota', 'StorageClass', 'CustomResourceDefinition', 'ServiceAccount', 'PodSecurityPolicy', 'Role', 'ClusterRole',
  'RoleBinding', 'ClusterRoleBinding', 'ConfigMap', 'Secret', 'Endpoints', 'Service', 'LimitRange', 'PriorityClass', 'PersistentVolume',
  'PersistentVolumeClaim', 'Deployment', 'StatefulSet', 'CronJob', 'PodDisruptionBudget',
] as const; // prettier-ignore
const LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'] as const;

/** The kinds that come first in the legacy order, in order. */
export const ORDER_FIRST: readonly string[] = FIRST;
/** The kinds that come last in the legacy order, in order. */
export const ORDER_LAST: readonly string[] = LAST;

/** Ranks kinds: negative for the first ones, positive for the last ones, 0 for the rest. */
export function kindRanks(first: readonly string[], last: readonly string[]): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  first.forEach((kind, i) => ranks.set(kind, i - first.length));
  last.forEach((kind, i) => ranks.set(kind, i + 1));
  return ranks;
}

/** The text by which kinds of one rank are sorted. */
export function gvkSortText(gvk: Gvk): string {
  return `${gvk.group || '~G'}_${gvk.version || '~V'}_${gvk.kind || '~K'}`;
}

const DEFAULT_RANKS = kindRanks(FIRST, LAST);

/** Compares kinds in the order in which kustomize sorts its field specs. */
export function compareGvk(a: Gvk, b: Gvk): number {
  const rank = (DEFAULT_RANKS.get(a.kind) ?? 0) - (DEFAULT_RANKS.get(b.kind) ?? 0);
  if (rank !== 0) return rank;
  const x = gvkSortText(a);
  const y = gvkSortText(b);
  return x < y ? -1 : x > y ? 1 : 0;
}
