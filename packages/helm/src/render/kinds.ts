const INSTALL: readonly string[] = [
  'PriorityClass',
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'SecretList',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleList',
  'ClusterRoleBinding',
  'ClusterRoleBindingList',
  'Role',
  'RoleList',
  'RoleBinding',
  'RoleBindingList',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
];
const WEBHOOKS: readonly string[] = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

/** The order in which Helm 4 installs kinds; Helm 3's order lacks the two webhook configurations at the end. */
export const installOrder: readonly string[] = [...INSTALL, ...WEBHOOKS];

/** Helm 3's order of installation. */
export const installOrder3: readonly string[] = INSTALL;

/** The order in which Helm 4 removes kinds. */
export const uninstallOrder: readonly string[] = [...installOrder].reverse();

/** Sorts by a kind order, stable; unknown kinds come last, by name. @returns a new array */
export function sortByKind<T>(items: readonly T[], kindOf: (item: T) => string, order: readonly string[] = installOrder): T[] {
  const rank = new Map(order.map((kind, i) => [kind, i]));
  return [...items].sort((a, b) => {
    const [x, y] = [kindOf(a), kindOf(b)];
    const [i, j] = [rank.get(x), rank.get(y)];
    if (i === undefined && j === undefined) return x < y ? -1 : x > y ? 1 : 0;
    return (i ?? order.length) - (j ?? order.length);
  });
}
