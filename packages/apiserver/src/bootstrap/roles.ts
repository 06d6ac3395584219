import type { JsonObject } from '@flux-ts/base';

const GROUP = 'rbac.authorization.k8s.io';
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' };
const ANNOTATIONS = { 'rbac.authorization.kubernetes.io/autoupdate': 'true' };

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

function resources(apiGroups: readonly string[], names: string, verbs: readonly string[]): JsonObject {
  return { verbs, apiGroups, resources: names.split(' ') };
}

function paths(urls: string): JsonObject {
  return { verbs: ['get'], nonResourceURLs: urls.split(' ') };
}

const CORE_VIEW =
  'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status';
const CORE_INFO =
  'bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status';
const APPS =
  'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status';
const NETWORK = 'ingresses ingresses/status networkpolicies';

const VIEW = [
  resources([''], CORE_VIEW, READ),
  resources([''], CORE_INFO, READ),
  resources([''], 'namespaces', READ),
  resources(['discovery.k8s.io'], 'endpointslices', READ),
  resources(['apps'], APPS, READ),
  resources(['autoscaling'], 'horizontalpodautoscalers horizontalpodautoscalers/status', READ),
  resources(['batch'], 'cronjobs cronjobs/status jobs jobs/status', READ),
  resources(['policy'], 'poddisruptionbudgets poddisruptionbudgets/status', READ),
  resources(['networking.k8s.io'], NETWORK, READ),
];

const EDIT = [
  resources([''], 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy', READ),
  resources([''], 'serviceaccounts', ['impersonate']),
  resources([''], 'pods pods/attach pods/exec pods/portforward pods/proxy', WRITE),
  resources([''], 'pods/eviction', ['create']),
  resources(
    [''],
    'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
    WRITE,
  ),
  resources([''], 'serviceaccounts/token', ['create']),
  resources(
    ['apps'],
    'daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
    WRITE,
  ),
  resources(['autoscaling'], 'horizontalpodautoscalers', WRITE),
  resources(['batch'], 'cronjobs jobs', WRITE),
  resources(['policy'], 'poddisruptionbudgets', WRITE),
  resources(['networking.k8s.io'], 'ingresses networkpolicies', WRITE),
  resources(['coordination.k8s.io'], 'leases', [...READ, ...WRITE]),
];

const ADMIN = [
  resources(['authorization.k8s.io'], 'localsubjectaccessreviews', ['create']),
  resources([GROUP], 'rolebindings roles', [...READ, ...WRITE]),
];

function clusterRole(
  name: string,
  rules: readonly JsonObject[],
  options: { readonly into?: string; readonly from?: readonly string[] } = {},
): JsonObject {
  const prefix = 'rbac.authorization.k8s.io/aggregate-to-';
  const labels = {
    ...LABELS,
    ...(options.into === undefined ? {} : { [prefix + options.into]: 'true' }),
    ...(options.from === undefined ? {} : own(name, prefix)),
  };
  const aggregation =
    options.from === undefined
      ? {}
      : { aggregationRule: { clusterRoleSelectors: options.from.map((n) => ({ matchLabels: { [prefix + n]: 'true' } })) } };
  return { apiVersion: `${GROUP}/v1`, kind: 'ClusterRole', metadata: { name, labels, annotations: ANNOTATIONS }, ...aggregation, rules };
}

/** edit is part of admin, view is part of edit. */
function own(name: string, prefix: string): Record<string, string> {
  return name === 'edit' ? { [`${prefix}admin`]: 'true' } : name === 'view' ? { [`${prefix}edit`]: 'true' } : {};
}

function bind(name: string, role: string, groups: readonly string[]): JsonObject {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name, labels: LABELS, annotations: ANNOTATIONS },
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name: role },
    subjects: groups.map((group) => ({ kind: 'Group', apiGroup: GROUP, name: group })),
  };
}

/** The roles and bindings that a cluster starts with. */
export const DEFAULT_RBAC: readonly JsonObject[] = [
  clusterRole('cluster-admin', [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ]),
  clusterRole('system:discovery', [paths('/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/')]),
  clusterRole('system:basic-user', [
    resources(['authorization.k8s.io'], 'selfsubjectaccessreviews selfsubjectrulesreviews', ['create']),
    resources(['authentication.k8s.io'], 'selfsubjectreviews', ['create']),
  ]),
  clusterRole('system:public-info-viewer', [paths('/healthz /livez /readyz /version /version/')]),
  clusterRole('system:service-account-issuer-discovery', [
    paths('/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/'),
  ]),
  clusterRole('system:auth-delegator', [
    resources(['authentication.k8s.io'], 'tokenreviews', ['create']),
    resources(['authorization.k8s.io'], 'subjectaccessreviews', ['create']),
  ]),
  clusterRole('admin', [], { from: ['admin'] }),
  clusterRole('edit', [], { from: ['edit'] }),
  clusterRole('view', [], { from: ['view'] }),
  clusterRole('system:aggregate-to-admin', ADMIN, { into: 'admin' }),
  clusterRole('system:aggregate-to-edit', EDIT, { into: 'edit' }),
  clusterRole('system:aggregate-to-view', VIEW, { into: 'view' }),
  bind('cluster-admin', 'cluster-admin', ['system:masters']),
  bind('system:discovery', 'system:discovery', ['system:authenticated']),
  bind('system:basic-user', 'system:basic-user', ['system:authenticated']),
  bind('system:public-info-viewer', 'system:public-info-viewer', ['system:authenticated', 'system:unauthenticated']),
  bind('system:service-account-issuer-discovery', 'system:service-account-issuer-discovery', ['system:serviceaccounts']),
  {
    apiVersion: `${GROUP}/v1`,
    kind: 'Role',
    metadata: { name: 'extension-apiserver-authentication-reader', namespace: 'kube-system', labels: LABELS, annotations: ANNOTATIONS },
    rules: [{ verbs: READ, apiGroups: [''], resources: ['configmaps'], resourceNames: ['extension-apiserver-authentication'] }],
  },
];
