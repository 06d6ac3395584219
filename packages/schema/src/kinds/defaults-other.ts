import type { Draft } from './draft.ts';

const RBAC = 'io.k8s.api.rbac.v1';
const NETWORKING = 'io.k8s.api.networking.v1';
const STORAGE = 'io.k8s.api.storage.v1';
const ADMISSION = 'io.k8s.api.admissionregistration';
const FLOW = 'io.k8s.api.flowcontrol.v1';
const CRD = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';
const RBAC_GROUP = 'rbac.authorization.k8s.io';

const admissionVersions = (entries: readonly [string, (draft: Draft) => void][]): [string, (draft: Draft) => void][] =>
  ['v1', 'v1beta1', 'v1alpha1'].flatMap((version) =>
    entries.map(([name, fill]): [string, (draft: Draft) => void] => [`${ADMISSION}.${version}.${name}`, fill]),
  );

/** The defaults of all other groups, by type. */
export const OTHER_DEFAULTS: readonly [string, (draft: Draft) => void][] = [
  [`${RBAC}.ClusterRoleBinding`, (o) => o.fillZero(['roleRef', 'apiGroup'], RBAC_GROUP)],
  [`${RBAC}.RoleBinding`, (o) => o.fillZero(['roleRef', 'apiGroup'], RBAC_GROUP)],
  [
    `${RBAC}.Subject`,
    (o): void => {
      if (o.text('kind') === 'User' || o.text('kind') === 'Group') o.fillZero(['apiGroup'], RBAC_GROUP);
    },
  ],
  [`${NETWORKING}.NetworkPolicyPort`, (o) => o.fill(['protocol'], 'TCP')],
  [
    `${NETWORKING}.NetworkPolicy`,
    (o): void => {
      if (o.list('spec', 'policyTypes').length === 0)
        o.set(['spec', 'policyTypes'], o.list('spec', 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
    },
  ],
  [
    `${NETWORKING}.IngressClass`,
    (o): void => {
      if (o.get('spec', 'parameters') !== undefined) o.fill(['spec', 'parameters', 'scope'], 'Cluster');
    },
  ],
  [
    `${STORAGE}.StorageClass`,
    (o): void => {
      o.fill(['reclaimPolicy'], 'Delete');
      o.fill(['volumeBindingMode'], 'Immediate');
    },
  ],
  [`${STORAGE}.CSIDriver`, csiDriver],
  ['io.k8s.api.scheduling.v1.PriorityClass', (o) => o.fill(['preemptionPolicy'], 'PreemptLowerPriority')],
  [
    'io.k8s.api.discovery.v1.EndpointPort',
    (o): void => {
      o.fill(['name'], '');
      o.fill(['protocol'], 'TCP');
    },
  ],
  ...admissionVersions([
    ['ValidatingWebhook', webhook],
    [
      'MutatingWebhook',
      (o): void => {
        webhook(o);
        o.fill(['reinvocationPolicy'], 'Never');
      },
    ],
    ['RuleWithOperations', (o): void => o.fill(['scope'], '*')],
    ['NamedRuleWithOperations', (o): void => o.fill(['scope'], '*')],
    ['ServiceReference', (o): void => o.fill(['port'], 443)],
    ['ValidatingAdmissionPolicySpec', (o): void => o.fill(['failurePolicy'], 'Fail')],
    ['MutatingAdmissionPolicySpec', (o): void => o.fill(['failurePolicy'], 'Fail')],
    ['MatchResources', matchResources],
  ]),
  [`${CRD}.CustomResourceDefinition`, customResourceDefinition],
  [`${CRD}.ServiceReference`, (o) => o.fill(['port'], 443)],
  ['io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.ServiceReference', (o) => o.fill(['port'], 443)],
  ['io.k8s.api.authentication.v1.TokenRequestSpec', (o) => o.fill(['expirationSeconds'], 3600)],
  [`${FLOW}.FlowSchemaSpec`, (o) => o.fillZero(['matchingPrecedence'], 1000)],
  [
    `${FLOW}.LimitedPriorityLevelConfiguration`,
    (o): void => {
      o.fill(['nominalConcurrencyShares'], 30);
      o.fill(['lendablePercent'], 0);
    },
  ],
  [
    `${FLOW}.ExemptPriorityLevelConfiguration`,
    (o): void => {
      o.fill(['nominalConcurrencyShares'], 0);
      o.fill(['lendablePercent'], 0);
    },
  ],
  [
    `${FLOW}.QueuingConfiguration`,
    (o): void => {
      o.fillZero(['handSize'], 8);
      o.fillZero(['queues'], 64);
      o.fillZero(['queueLengthLimit'], 50);
    },
  ],
];

function csiDriver(o: Draft): void {
  o.fill(['spec', 'attachRequired'], true);
  o.fill(['spec', 'podInfoOnMount'], false);
  o.fill(['spec', 'storageCapacity'], false);
  o.fill(['spec', 'fsGroupPolicy'], 'ReadWriteOnceWithFSType');
  if (o.list('spec', 'volumeLifecycleModes').length === 0) o.set(['spec', 'volumeLifecycleModes'], ['Persistent']);
  o.fill(['spec', 'requiresRepublish'], false);
  o.fill(['spec', 'seLinuxMount'], false);
}

function webhook(o: Draft): void {
  o.fill(['failurePolicy'], 'Fail');
  o.fill(['timeoutSeconds'], 10);
  matchResources(o);
}

function matchResources(o: Draft): void {
  o.fill(['matchPolicy'], 'Equivalent');
  o.fill(['namespaceSelector'], {});
  o.fill(['objectSelector'], {});
}

function customResourceDefinition(o: Draft): void {
  const kind = o.text('spec', 'names', 'kind');
  if (kind !== '') {
    o.fillZero(['spec', 'names', 'singular'], kind.toLowerCase());
    o.fillZero(['spec', 'names', 'listKind'], `${kind}List`);
  }
  o.fill(['spec', 'conversion'], { strategy: 'None' });
}
