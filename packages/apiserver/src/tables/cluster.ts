import { getObject, getPath, isObject, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { column, type KindTable } from './columns.ts';
import { age, condition, count, items, NONE, size, since, text, UNSET } from './text.ts';

function name(object: JsonObject): string {
  return text(object, ['metadata', 'name']);
}

/** Name and the time of creation: what kinds without columns of their own show. */
export const createdAtTable: KindTable = {
  columns: [column('Name'), column('Created At', { type: 'date' })],
  cells: (o) => [name(o), text(o, ['metadata', 'creationTimestamp'])],
};

function nameAndAge(...more: readonly (readonly [string, (o: JsonObject) => JsonValue])[]): KindTable {
  return {
    columns: [column('Name'), ...more.map(([title]) => column(title)), column('Age')],
    cells: (o, now) => [name(o), ...more.map(([, cell]) => cell(o)), age(o, now)],
  };
}

const node: KindTable = {
  columns: [
    ...['Name', 'Status', 'Roles', 'Age', 'Version'].map((n) => column(n)),
    ...['Internal-IP', 'External-IP', 'OS-Image', 'Kernel-Version', 'Container-Runtime'].map((n) => column(n, { wide: true })),
  ],
  cells(o, now) {
    const ready = condition(o, 'Ready');
    const status = [ready === undefined ? 'Unknown' : text(ready, ['status']) === 'True' ? 'Ready' : 'NotReady'];
    if (getPath(o, ['spec', 'unschedulable']) === true) status.push('SchedulingDisabled');
    const labels = getObject(o, ['metadata', 'labels']) ?? {};
    const prefix = 'node-role.kubernetes.io/';
    const roles = sortedKeys(labels)
      .map((k) => (k.startsWith(prefix) ? k.slice(prefix.length) : k === 'kubernetes.io/role' ? String(labels[k]) : ''))
      .filter((r) => r !== '');
    const address = (type: string): string =>
      text(
        items(o, ['status', 'addresses']).find((a) => a['type'] === type),
        ['address'],
        NONE,
      );
    const info = (field: string): string => text(o, ['status', 'nodeInfo', field], '<unknown>');
    return [
      name(o),
      status.join(','),
      roles.length === 0 ? NONE : roles.join(','),
      age(o, now),
      text(o, ['status', 'nodeInfo', 'kubeletVersion']),
      address('InternalIP'),
      address('ExternalIP'),
      info('osImage'),
      info('kernelVersion'),
      info('containerRuntimeVersion'),
    ];
  },
};

const event: KindTable = {
  columns: [
    column('Last Seen'),
    column('Type'),
    column('Reason'),
    column('Object'),
    column('Subobject', { wide: true }),
    column('Source', { wide: true }),
    column('Message'),
    column('First Seen', { wide: true }),
    column('Count', { wide: true }),
    column('Name', { wide: true }),
  ],
  cells(o, now) {
    const first = text(o, ['firstTimestamp']) === '' ? since(getPath(o, ['eventTime']), now) : since(getPath(o, ['firstTimestamp']), now);
    const series = getObject(o, ['series']);
    const last =
      series !== undefined
        ? since(series['lastObservedTime'], now)
        : text(o, ['lastTimestamp']) === ''
          ? first
          : since(getPath(o, ['lastTimestamp']), now);
    const kind = text(o, ['involvedObject', 'kind']).toLowerCase();
    const about = text(o, ['involvedObject', 'name']);
    return [
      last,
      text(o, ['type']),
      text(o, ['reason']),
      about === '' ? kind : `${kind}/${about}`,
      text(o, ['involvedObject', 'fieldPath']),
      eventSource(o),
      text(o, ['message']).trim(),
      first,
      series === undefined ? count(o, ['count']) || 1 : count(series, ['count']),
      name(o),
    ];
  },
};

function eventSource(o: JsonObject): string {
  const component = text(o, ['source', 'component'], text(o, ['reportingComponent']));
  const instance = text(o, ['source', 'host'], text(o, ['reportingInstance']));
  return instance === '' || instance === '-' ? component : `${component}, ${instance}`;
}

const quota: KindTable = {
  columns: ['Name', 'Request', 'Limit', 'Age'].map((n) => column(n)),
  cells(o, now) {
    const hard = getObject(o, ['status', 'hard']) ?? getObject(o, ['spec', 'hard']) ?? {};
    const shown = (limits: boolean): string =>
      sortedKeys(hard)
        .filter((k) => k.startsWith('limits') === limits)
        .map((k) => `${k}: ${text(o, ['status', 'used', k], '0')}/${String(hard[k])}`)
        .join(', ');
    return [name(o), shown(false), shown(true), age(o, now)];
  },
};

function bindingTable(): KindTable {
  const subjects = (o: JsonObject, kind: string): string =>
    items(o, ['subjects'])
      .filter((s) => s['kind'] === kind)
      .map((s) => (kind === 'ServiceAccount' ? `${text(s, ['namespace'])}/${text(s, ['name'])}` : text(s, ['name'])))
      .join(', ');
  return {
    columns: [
      column('Name'),
      column('Role'),
      column('Age'),
      ...['Users', 'Groups', 'ServiceAccounts'].map((n) => column(n, { wide: true })),
    ],
    cells: (o, now) => [
      name(o),
      `${text(o, ['roleRef', 'kind'])}/${text(o, ['roleRef', 'name'])}`,
      age(o, now),
      subjects(o, 'User'),
      subjects(o, 'Group'),
      subjects(o, 'ServiceAccount'),
    ],
  };
}

const budget: KindTable = {
  columns: ['Name', 'Min Available', 'Max Unavailable', 'Allowed Disruptions', 'Age'].map((n) => column(n)),
  cells: (o, now) => [
    name(o),
    text(o, ['spec', 'minAvailable'], 'N/A'),
    text(o, ['spec', 'maxUnavailable'], 'N/A'),
    count(o, ['status', 'disruptionsAllowed']),
    age(o, now),
  ],
};

const autoscaler: KindTable = {
  columns: ['Name', 'Reference', 'Targets', 'MinPods', 'MaxPods', 'Replicas', 'Age'].map((n) => column(n)),
  cells: (o, now) => [
    name(o),
    `${text(o, ['spec', 'scaleTargetRef', 'kind'])}/${text(o, ['spec', 'scaleTargetRef', 'name'])}`,
    hpaTargets(o),
    text(o, ['spec', 'minReplicas'], UNSET),
    count(o, ['spec', 'maxReplicas']),
    count(o, ['status', 'currentReplicas']),
    age(o, now),
  ],
};

function hpaTargets(o: JsonObject): string {
  const metrics = items(o, ['spec', 'metrics']);
  if (metrics.length === 0) return NONE;
  const shown = metrics.slice(0, 2).map((metric, i) => {
    const source = metric['type'] === 'Resource' ? getObject(metric, ['resource']) : undefined;
    const now = getObject(o, ['status', 'currentMetrics', i, 'resource', 'current']);
    const current =
      text(now, ['averageUtilization']) === '' ? text(now, ['averageValue'], '<unknown>') : `${text(now, ['averageUtilization'])}%`;
    const target = getObject(source, ['target']);
    const wanted =
      text(target, ['averageUtilization']) === '' ? text(target, ['averageValue'], '<auto>') : `${text(target, ['averageUtilization'])}%`;
    return source === undefined ? '<unknown>' : `${text(source, ['name'])}: ${current}/${wanted}`;
  });
  const more = metrics.length - shown.length;
  return more > 0 ? `${shown.join(', ')} + ${more} more...` : shown.join(', ');
}

const signing: KindTable = {
  columns: ['Name', 'Age', 'SignerName', 'Requestor', 'RequestedDuration', 'Condition'].map((n) => column(n)),
  cells(o, now) {
    const types = new Set(items(o, ['status', 'conditions']).map((c) => text(c, ['type'])));
    const base = types.has('Denied') ? 'Denied' : types.has('Approved') ? 'Approved' : 'Pending';
    const shown = [base, ...(types.has('Failed') ? ['Failed'] : []), ...(text(o, ['status', 'certificate']) === '' ? [] : ['Issued'])].join(
      ',',
    );
    return [name(o), age(o, now), text(o, ['spec', 'signerName'], NONE), text(o, ['spec', 'username']), NONE, shown];
  },
};

const priorityClass: KindTable = {
  columns: [column('Name'), column('Value'), column('Global-Default'), column('Age'), column('PreemptionPolicy')],
  cells: (o, now) => [name(o), count(o, ['value']), o['globalDefault'] === true, age(o, now), text(o, ['preemptionPolicy'])],
};

const apiService: KindTable = nameAndAge(
  [
    'Service',
    (o) =>
      isObject(getPath(o, ['spec', 'service']))
        ? `${text(o, ['spec', 'service', 'namespace'])}/${text(o, ['spec', 'service', 'name'])}`
        : 'Local',
  ],
  ['Available', (o) => text(condition(o, 'Available'), ['status'], 'Unknown')],
);

/** Kinds of storage, policy and administration by `group/Kind`. */
export const CLUSTER_TABLES: Readonly<Record<string, KindTable>> = {
  '/ConfigMap': nameAndAge(['Data', (o) => size(o, ['data']) + size(o, ['binaryData'])]),
  '/Secret': nameAndAge(['Type', (o) => text(o, ['type'])], ['Data', (o) => size(o, ['data'])]),
  '/ServiceAccount': nameAndAge(['Secrets', (o) => size(o, ['secrets'])]),
  '/Namespace': nameAndAge(['Status', (o) => text(o, ['status', 'phase'])]),
  '/Node': node,
  '/Event': event,
  'events.k8s.io/Event': event,
  '/ResourceQuota': quota,
  'storage.k8s.io/CSIDriver': nameAndAge(['AttachRequired', (o) => getPath(o, ['spec', 'attachRequired']) !== false]),
  'storage.k8s.io/CSINode': nameAndAge(['Drivers', (o) => size(o, ['spec', 'drivers'])]),
  'coordination.k8s.io/Lease': nameAndAge(['Holder', (o) => text(o, ['spec', 'holderIdentity'])]),
  'autoscaling/HorizontalPodAutoscaler': autoscaler,
  'policy/PodDisruptionBudget': budget,
  'rbac.authorization.k8s.io/RoleBinding': bindingTable(),
  'rbac.authorization.k8s.io/ClusterRoleBinding': bindingTable(),
  'scheduling.k8s.io/PriorityClass': priorityClass,
  'node.k8s.io/RuntimeClass': nameAndAge(['Handler', (o) => text(o, ['handler'])]),
  'certificates.k8s.io/CertificateSigningRequest': signing,
  'apiregistration.k8s.io/APIService': apiService,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': nameAndAge(['Webhooks', (o) => size(o, ['webhooks'])]),
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': nameAndAge(['Webhooks', (o) => size(o, ['webhooks'])]),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': nameAndAge(
    ['Validations', (o) => size(o, ['spec', 'validations'])],
    [
      'ParamKind',
      (o) =>
        text(o, ['spec', 'paramKind', 'kind']) === ''
          ? UNSET
          : `${text(o, ['spec', 'paramKind', 'apiVersion'])}/${text(o, ['spec', 'paramKind', 'kind'])}`,
    ],
  ),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': nameAndAge(
    ['PolicyName', (o) => text(o, ['spec', 'policyName'])],
    ['ParamRef', (o) => text(o, ['spec', 'paramRef', 'name'], UNSET)],
  ),
};
