import type { JsonObject } from '@flux-ts/base';

/** How Flux's components are installed. */
export interface InstallOptions {
  readonly namespace: string;
  readonly version: string;
  readonly registry: string;
  readonly components: readonly string[];
  readonly clusterDomain: string;
  readonly logLevel: string;
  readonly networkPolicy: boolean;
  readonly watchAllNamespaces: boolean;
  readonly imagePullSecret?: string;
}

/** The components that are installed where none are named. */
export const DEFAULT_COMPONENTS: readonly string[] = [
  'source-controller',
  'kustomize-controller',
  'helm-controller',
  'notification-controller',
];
/** The components that `--components-extra` may name. */
export const EXTRA_COMPONENTS: readonly string[] = ['image-reflector-controller', 'image-automation-controller', 'source-watcher'];

const STORES_ARTIFACTS = new Set(['source-controller', 'source-watcher']);

function labels(options: InstallOptions, component?: string): JsonObject {
  return {
    ...(component === undefined ? {} : { 'app.kubernetes.io/component': component }),
    'app.kubernetes.io/instance': options.namespace,
    'app.kubernetes.io/part-of': 'flux',
    'app.kubernetes.io/version': options.version,
  };
}

function metadata(
  options: InstallOptions,
  name: string,
  more: { readonly component?: string; readonly cluster?: boolean; readonly labels?: JsonObject } = {},
): JsonObject {
  return {
    labels: { ...labels(options, more.component), ...more.labels },
    name,
    ...(more.cluster === true ? {} : { namespace: options.namespace }),
  };
}

/** The namespace of Flux, with the pod security level that its components keep to. */
export function namespaceManifest(options: InstallOptions): JsonObject {
  const security: JsonObject = { 'pod-security.kubernetes.io/warn': 'restricted', 'pod-security.kubernetes.io/warn-version': 'latest' };
  return { apiVersion: 'v1', kind: 'Namespace', metadata: metadata(options, options.namespace, { cluster: true, labels: security }) };
}

/** The network policies: all egress, scraping from everywhere, webhooks for notification-controller. */
export function networkPolicies(options: InstallOptions): readonly JsonObject[] {
  if (!options.networkPolicy) return [];
  const policy = (name: string, spec: JsonObject): JsonObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: metadata(options, name),
    spec,
  });
  return [
    policy('allow-egress', {
      egress: [{}],
      ingress: [{ from: [{ podSelector: {} }] }],
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
    }),
    policy('allow-scraping', {
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 8080, protocol: 'TCP' }] }],
      podSelector: {},
      policyTypes: ['Ingress'],
    }),
    policy('allow-webhooks', {
      ingress: [{ from: [{ namespaceSelector: {} }] }],
      podSelector: { matchLabels: { app: 'notification-controller' } },
      policyTypes: ['Ingress'],
    }),
  ];
}

const FLUX_GROUPS = [
  'source.toolkit.fluxcd.io',
  'kustomize.toolkit.fluxcd.io',
  'helm.toolkit.fluxcd.io',
  'notification.toolkit.fluxcd.io',
  'image.toolkit.fluxcd.io',
  'source.extensions.fluxcd.io',
];

/** Roles and bindings: what controllers may do with Flux's kinds, and the reconcilers' right to apply anything. */
export function accessManifests(options: InstallOptions): readonly JsonObject[] {
  const suffix = options.namespace;
  const rbac = 'rbac.authorization.k8s.io/v1';
  const role = (name: string, rules: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
    apiVersion: rbac,
    kind: 'ClusterRole',
    metadata: metadata(options, name, { cluster: true, labels: more }),
    rules,
  });
  const account = (name: string): JsonObject => ({ kind: 'ServiceAccount', name, namespace: options.namespace });
  const binding = (name: string, roleName: string, accounts: readonly string[]): JsonObject => ({
    apiVersion: rbac,
    kind: 'ClusterRoleBinding',
    metadata: metadata(options, name, { cluster: true }),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
    subjects: accounts.map(account),
  });
  const read = ['get', 'list', 'watch'];
  const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
  return [
    role(`crd-controller-${suffix}`, [
      ...FLUX_GROUPS.map((group): JsonObject => ({ apiGroups: [group], resources: ['*'], verbs: ['*'] })),
      { apiGroups: [''], resources: ['namespaces', 'secrets', 'configmaps', 'serviceaccounts'], verbs: read },
      { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
      { apiGroups: [''], resources: ['configmaps'], verbs: [...read, 'create', 'update', 'patch', 'delete'] },
      { apiGroups: [''], resources: ['configmaps/status'], verbs: ['get', 'update', 'patch'] },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...read, 'create', 'update', 'patch', 'delete'] },
      { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
      { nonResourceURLs: ['/livez/ping'], verbs: ['head'] },
    ]),
    role(`flux-edit-${suffix}`, [{ apiGroups: FLUX_GROUPS, resources: ['*'], verbs: write }], {
      'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
      'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
    }),
    role(`flux-view-${suffix}`, [{ apiGroups: FLUX_GROUPS, resources: ['*'], verbs: read }], {
      'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
      'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
      'rbac.authorization.k8s.io/aggregate-to-view': 'true',
    }),
    binding(`cluster-reconciler-${suffix}`, 'cluster-admin', ['kustomize-controller', 'helm-controller']),
    binding(`crd-controller-${suffix}`, `crd-controller-${suffix}`, options.components),
  ];
}

/** One component: ServiceAccount, Services where others call it, Deployment. */
export function componentManifests(options: InstallOptions, component: string): readonly JsonObject[] {
  const service = (name: string, targetPort: string): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(options, name, { component, labels: { 'control-plane': 'controller' } }),
    spec: { ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort }], selector: { app: component }, type: 'ClusterIP' },
  });
  const services = STORES_ARTIFACTS.has(component)
    ? [service(component, 'http')]
    : component === 'notification-controller'
      ? [service(component, 'http'), service('webhook-receiver', 'http-webhook')]
      : [];
  const pull: JsonObject = options.imagePullSecret === undefined ? {} : { imagePullSecrets: [{ name: options.imagePullSecret }] };
  const account: JsonObject = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata(options, component, { component }), ...pull };
  return [account, ...services, deployment(options, component)];
}

function deployment(options: InstallOptions, component: string): JsonObject {
  const stores = STORES_ARTIFACTS.has(component);
  const ports: JsonObject[] = [
    ...(stores ? [{ containerPort: 9090, name: 'http', protocol: 'TCP' }] : []),
    ...(component === 'notification-controller'
      ? [
          { containerPort: 9090, name: 'http', protocol: 'TCP' },
          { containerPort: 9292, name: 'http-webhook', protocol: 'TCP' },
        ]
      : []),
    { containerPort: 8080, name: 'http-prom', protocol: 'TCP' },
    { containerPort: 9440, name: 'healthz', protocol: 'TCP' },
  ];
  const probe = (path: string): JsonObject => ({ httpGet: { path, port: 'healthz' } });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(options, component, { component, labels: { 'control-plane': 'controller' } }),
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: component } },
      ...(stores ? { strategy: { type: 'Recreate' } } : {}),
      template: {
        metadata: {
          annotations: { 'prometheus.io/port': '8080', 'prometheus.io/scrape': 'true' },
          labels: { ...labels(options, component), app: component },
        },
        spec: {
          containers: [
            {
              args: argumentsOf(options, component),
              env: [{ name: 'RUNTIME_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
              image: `${options.registry}/${component}:${options.version}`,
              imagePullPolicy: 'IfNotPresent',
              livenessProbe: probe('/healthz'),
              name: 'manager',
              ports,
              readinessProbe:
                stores || component === 'notification-controller'
                  ? { httpGet: { path: '/', port: stores ? 'http' : 'healthz' } }
                  : probe('/readyz'),
              resources: { limits: { cpu: '1000m', memory: '1Gi' }, requests: { cpu: '100m', memory: '64Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                readOnlyRootFilesystem: true,
                runAsNonRoot: true,
                seccompProfile: { type: 'RuntimeDefault' },
              },
              volumeMounts: [...(stores ? [{ mountPath: '/data', name: 'data' }] : []), { mountPath: '/tmp', name: 'temp' }],
            },
          ],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          priorityClassName: 'system-cluster-critical',
          securityContext: { fsGroup: 1337 },
          serviceAccountName: component,
          terminationGracePeriodSeconds: component === 'helm-controller' ? 600 : 60,
          volumes: [...(stores ? [{ emptyDir: {}, name: 'data' }] : []), { emptyDir: {}, name: 'temp' }],
        },
      },
    },
  };
}

function argumentsOf(options: InstallOptions, component: string): readonly string[] {
  const events =
    options.components.includes('notification-controller') && component !== 'notification-controller' && component !== 'source-watcher';
  const notification = `http://notification-controller.${options.namespace}.svc.${options.clusterDomain}./`;
  return [
    ...(events ? [`--events-addr=${notification}`] : []),
    `--watch-all-namespaces=${options.watchAllNamespaces}`,
    `--log-level=${options.logLevel}`,
    '--log-encoding=json',
    '--enable-leader-election',
    ...(STORES_ARTIFACTS.has(component)
      ? ['--storage-path=/data', `--storage-adv-addr=${component}.$(RUNTIME_NAMESPACE).svc.${options.clusterDomain}.`]
      : []),
  ];
}
