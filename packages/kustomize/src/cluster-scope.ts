import { CLUSTER_SCOPED, NAMESPACED } from './cluster-scope.generated.ts';

const words = (lines: readonly string[]): ReadonlySet<string> => new Set(lines.flatMap((line) => line.split(' ')));
const CLUSTER = words(CLUSTER_SCOPED);
const NAMESPACE = words(NAMESPACED);

/** Tells whether a kind is known to be cluster-scoped, by the API of Kubernetes 1.21.2 as kustomize embeds it. */
export function isClusterScopedKind(apiVersion: string, kind: string): boolean {
  return CLUSTER.has(`${apiVersion}/${kind}`);
}

/** Tells whether a kind is one of the API of Kubernetes 1.21.2. */
export function isKnownKind(apiVersion: string, kind: string): boolean {
  const key = `${apiVersion}/${kind}`;
  return CLUSTER.has(key) || NAMESPACE.has(key);
}
