import type { NameReference, TransformerConfig } from './config-types.ts';
import { compileSpec, type FieldSpec } from './field-spec.ts';

// The places where names, labels, images and the like stand in well-known kinds, written as rules and spread out
// once. A rule is `[group][/version][/Kind] path`, `+` before the path says that a missing field is made.

function spec(kind: string, path: string): FieldSpec {
  const [group = '', version = '', name = ''] = kind.split('|');
  return compileSpec({ group, version, kind: name, path: path.replace(/^\+/, ''), create: path.startsWith('+') });
}

function kindOnly(kind: string): string {
  return kind.includes('|') ? kind : `||${kind}`;
}

/** Where each kind keeps its pod template. */
const POD_SPECS: Readonly<Record<string, string>> = {
  Pod: 'spec',
  PodTemplate: 'template/spec',
  Deployment: 'spec/template/spec',
  ReplicaSet: 'spec/template/spec',
  ReplicationController: 'spec/template/spec',
  DaemonSet: 'spec/template/spec',
  StatefulSet: 'spec/template/spec',
  Job: 'spec/template/spec',
  CronJob: 'spec/jobTemplate/spec/template/spec',
};

function inPods(kinds: readonly string[], paths: readonly string[], version = ''): FieldSpec[] {
  return kinds.flatMap((kind) =>
    paths.map((path) => spec(`|${kind === 'Pod' ? version : ''}|${kind}`, `${POD_SPECS[kind] as string}/${path}`)),
  );
}

const DATA_KINDS = ['Pod', 'PodTemplate', 'Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job', 'CronJob'] as const;
const RUN_KINDS = ['Pod', 'StatefulSet', 'Deployment', 'ReplicationController', 'CronJob', 'Job', 'DaemonSet'] as const;
const VAR_KINDS = ['CronJob', 'DaemonSet', 'Deployment', 'Job', 'Pod', 'ReplicaSet', 'StatefulSet'] as const;

function inContainers(path: string): string[] {
  return [`containers/${path}`, `initContainers/${path}`];
}

function at(path: string, ...kinds: readonly string[]): FieldSpec[] {
  return kinds.map((kind) => spec(kindOnly(kind), path));
}

const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';

function referrers(target: string, fields: readonly FieldSpec[]): NameReference {
  const { group, version, kind } = spec(kindOnly(target), '');
  return { group, version, kind, referrers: fields };
}

const NAME_REFERENCES: readonly NameReference[] = [
  ...['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map((kind) =>
    referrers(kind, at('spec/scaleTargetRef/name', 'HorizontalPodAutoscaler')),
  ),
  referrers('|v1|ConfigMap', [
    ...inPods(
      DATA_KINDS,
      [
        'volumes/configMap/name',
        ...inContainers('env/valueFrom/configMapKeyRef/name'),
        ...inContainers('envFrom/configMapRef/name'),
        'volumes/projected/sources/configMap/name',
      ],
      'v1',
    ),
    ...at('spec/configSource/configMap', 'Node'),
    ...at('rules/resourceNames', 'Role', 'ClusterRole'),
    ...at('metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap', 'Ingress'),
  ]),
  referrers('|v1|Secret', [
    ...inPods(
      DATA_KINDS,
      [
        'volumes/secret/secretName',
        ...inContainers('env/valueFrom/secretKeyRef/name'),
        ...inContainers('envFrom/secretRef/name'),
        'imagePullSecrets/name',
        'volumes/projected/sources/secret/name',
      ],
      'v1',
    ),
    ...at('spec/tls/secretName', 'Ingress'),
    ...[
      'ingress.kubernetes.io\\/auth-secret',
      'nginx.ingress.kubernetes.io\\/auth-secret',
      'nginx.ingress.kubernetes.io\\/auth-tls-secret',
    ].flatMap((name) => at(`metadata/annotations/${name}`, 'Ingress')),
    ...at('imagePullSecrets/name', 'ServiceAccount'),
    ...['secretName', 'adminSecretName', 'userSecretName', 'secretRef'].flatMap((name) => at(`parameters/${name}`, 'StorageClass')),
    ...at('rules/resourceNames', 'Role', 'ClusterRole'),
    ...at('spec/template/spec/containers/env/valueFrom/secretKeyRef/name', 'serving.knative.dev|v1|Service'),
    ...at('spec/azureFile/secretName', 'PersistentVolume'),
  ]),
  referrers('|v1|Service', [
    ...at('spec/serviceName', 'apps||StatefulSet'),
    ...[
      'spec/rules/http/paths/backend/serviceName',
      'spec/backend/serviceName',
      'spec/rules/http/paths/backend/service/name',
      'spec/defaultBackend/service/name',
    ].flatMap((path) => at(path, 'Ingress')),
    ...at('spec/service/name', 'apiregistration.k8s.io||APIService'),
    ...at('webhooks/clientConfig/service', `${ADMISSION}||ValidatingWebhookConfiguration`, `${ADMISSION}||MutatingWebhookConfiguration`),
  ]),
  referrers(`${RBAC}||Role`, at('roleRef/name', `${RBAC}||RoleBinding`)),
  referrers(`${RBAC}||ClusterRole`, at('roleRef/name', `${RBAC}||RoleBinding`, `${RBAC}||ClusterRoleBinding`)),
  referrers('|v1|ServiceAccount', [
    ...at('subjects', `${RBAC}||RoleBinding`, `${RBAC}||ClusterRoleBinding`),
    ...inPods(RUN_KINDS, ['serviceAccountName']),
  ]),
  referrers('|v1|PersistentVolumeClaim', inPods(RUN_KINDS, ['volumes/persistentVolumeClaim/claimName'])),
  referrers('|v1|PersistentVolume', [...at('spec/volumeName', 'PersistentVolumeClaim'), ...at('rules/resourceNames', 'ClusterRole')]),
  referrers('storage.k8s.io|v1|StorageClass', [
    ...at('spec/storageClassName', 'PersistentVolume', 'PersistentVolumeClaim'),
    ...at('spec/volumeClaimTemplates/spec/storageClassName', 'StatefulSet'),
  ]),
  referrers('scheduling.k8s.io|v1|PriorityClass', inPods(RUN_KINDS, ['priorityClassName'])),
  referrers('networking.k8s.io/v1|v1|IngressClass', at('spec/ingressClassName', 'Ingress')),
  referrers(`${ADMISSION}||ValidatingAdmissionPolicy`, at('spec/policyName', `${ADMISSION}||ValidatingAdmissionPolicyBinding`)),
];

/** Labels of objects and of the templates inside them. */
const TEMPLATE_LABELS: readonly FieldSpec[] = [
  ...at('+metadata/labels', '||'),
  ...at('+spec/template/metadata/labels', '|v1|ReplicationController', 'Deployment', 'ReplicaSet', 'DaemonSet', 'apps||StatefulSet'),
  ...at('+spec/volumeClaimTemplates[]/metadata/labels', 'apps||StatefulSet'),
  ...at('+spec/template/metadata/labels', 'batch||Job'),
  ...at('+spec/jobTemplate/metadata/labels', 'batch||CronJob'),
  ...at('+spec/jobTemplate/spec/template/metadata/labels', 'batch||CronJob'),
];

function spreading(kind: string): FieldSpec[] {
  const terms = ['podAffinity', 'podAntiAffinity'].flatMap((side) => [
    `affinity/${side}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels`,
    `affinity/${side}/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels`,
  ]);
  return [...terms, 'topologySpreadConstraints/labelSelector/matchLabels'].map((path) => spec(kind, `spec/template/spec/${path}`));
}

const COMMON_LABELS: readonly FieldSpec[] = [
  ...at('+spec/selector', '|v1|Service', '|v1|ReplicationController'),
  ...at('+spec/selector/matchLabels', 'Deployment'),
  ...spreading('apps||Deployment'),
  ...at('+spec/selector/matchLabels', 'ReplicaSet', 'DaemonSet', 'apps||StatefulSet'),
  ...spreading('apps||StatefulSet'),
  ...at('spec/selector/matchLabels', 'batch||Job'),
  ...at('spec/jobTemplate/spec/selector/matchLabels', 'batch||CronJob'),
  ...at('spec/selector/matchLabels', 'policy||PodDisruptionBudget'),
  ...['spec/podSelector/matchLabels', 'spec/ingress/from/podSelector/matchLabels', 'spec/egress/to/podSelector/matchLabels'].flatMap(
    (path) => at(path, 'networking.k8s.io||NetworkPolicy'),
  ),
  ...TEMPLATE_LABELS,
];

const VAR_PATHS = ['args', 'command', 'env/value', 'volumeMounts/mountPath'].flatMap(inContainers);

function varReferences(): FieldSpec[] {
  const nfs: Readonly<Record<string, string>> = {
    CronJob: 'spec/jobTemplate/spec/template/volumes/nfs/server',
    StatefulSet: 'spec/volumeClaimTemplates/spec/nfs/server',
  };
  return [
    ...inPods(VAR_KINDS, VAR_PATHS),
    ...VAR_KINDS.map((kind) => spec(kindOnly(kind), nfs[kind] ?? `${POD_SPECS[kind] as string}/volumes/nfs/server`)),
    ...at('spec/template/metadata/annotations', 'Deployment'),
    ...['spec/rules/host', 'spec/tls/hosts', 'spec/tls/secretName'].flatMap((path) => at(path, 'Ingress')),
    ...['spec/ports/port', 'spec/ports/targetPort'].flatMap((path) => at(path, 'Service')),
    ...at('spec/nfs/server', 'PersistentVolume'),
    ...at('metadata/labels', '||'),
    ...at('metadata/annotations', '||'),
  ];
}

function images(): FieldSpec[] {
  return ['spec', 'spec/template/spec'].flatMap((base) =>
    ['containers[]/image', 'initContainers[]/image', 'volumes[]/image/reference'].map((path) => spec('||', `+${base}/${path}`)),
  );
}

/** The places that kustomize knows without being told. */
export const DEFAULT_PLACES: TransformerConfig = {
  namePrefix: at('metadata/name', '||'),
  nameSuffix: at('metadata/name', '||'),
  namespace: [
    ...at('+metadata/name', 'Namespace'),
    ...at('+spec/service/namespace', 'apiregistration.k8s.io||APIService'),
    ...at('spec/conversion/webhook/clientConfig/service/namespace', 'apiextensions.k8s.io||CustomResourceDefinition'),
  ],
  commonLabels: COMMON_LABELS,
  labels: [],
  templateLabels: TEMPLATE_LABELS,
  commonAnnotations: [
    ...at('+metadata/annotations', '||'),
    ...at(
      '+spec/template/metadata/annotations',
      '|v1|ReplicationController',
      'Deployment',
      'ReplicaSet',
      'DaemonSet',
      'StatefulSet',
      'batch||Job',
    ),
    ...at('+spec/jobTemplate/metadata/annotations', 'batch||CronJob'),
    ...at('+spec/jobTemplate/spec/template/metadata/annotations', 'batch||CronJob'),
  ],
  nameReference: NAME_REFERENCES,
  varReference: varReferences(),
  images: images(),
  replicas: at('+spec/replicas', 'Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'),
};
