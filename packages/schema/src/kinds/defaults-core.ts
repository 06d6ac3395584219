import { isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { addQuantities, compareQuantities, formatQuantity, parseQuantity, QuantityError } from '../quantity.ts';
import type { Draft } from './draft.ts';

const CORE = 'io.k8s.api.core.v1';
const FILE_MODE = 420; // 0644

/** The defaults of core/v1, by type. */
export const CORE_DEFAULTS: readonly [string, (draft: Draft) => void][] = [
  [`${CORE}.Pod`, pod],
  [`${CORE}.PodSpec`, podSpec],
  [`${CORE}.Container`, container],
  [`${CORE}.EphemeralContainer`, container],
  [`${CORE}.Volume`, volume],
  [`${CORE}.Probe`, probe],
  [`${CORE}.Service`, service],
  [`${CORE}.LimitRangeItem`, limitRangeItem],
  [`${CORE}.Namespace`, namespace],
  [`${CORE}.NodeStatus`, nodeStatus],
  [`${CORE}.ReplicationController`, replicationController],
  [`${CORE}.SecretVolumeSource`, (o) => o.fill(['defaultMode'], FILE_MODE)],
  [`${CORE}.ConfigMapVolumeSource`, (o) => o.fill(['defaultMode'], FILE_MODE)],
  [`${CORE}.DownwardAPIVolumeSource`, (o) => o.fill(['defaultMode'], FILE_MODE)],
  [`${CORE}.ProjectedVolumeSource`, (o) => o.fill(['defaultMode'], FILE_MODE)],
  [`${CORE}.ServiceAccountTokenProjection`, (o) => o.fill(['expirationSeconds'], 3600)],
  [`${CORE}.HostPathVolumeSource`, (o) => o.fill(['type'], '')],
  [`${CORE}.ObjectFieldSelector`, (o) => o.fillZero(['apiVersion'], 'v1')],
  [`${CORE}.GRPCAction`, (o) => o.fill(['service'], '')],
  [`${CORE}.Secret`, (o) => o.fillZero(['type'], 'Opaque')],
  [`${CORE}.NamespaceStatus`, (o) => o.fillZero(['phase'], 'Active')],
  [`${CORE}.PersistentVolumeClaimSpec`, (o) => o.fill(['volumeMode'], 'Filesystem')],
  [`${CORE}.PersistentVolumeClaim`, (o) => o.fillZero(['status', 'phase'], 'Pending')],
  [`${CORE}.Endpoints`, (o) => o.each(['subsets'], (subset) => subset.each(['ports'], (port) => port.fillZero(['protocol'], 'TCP')))],
  [
    `${CORE}.HTTPGetAction`,
    (o): void => {
      o.fillZero(['path'], '/');
      o.fillZero(['scheme'], 'HTTP');
    },
  ],
  [
    `${CORE}.PersistentVolume`,
    (o): void => {
      o.fillZero(['status', 'phase'], 'Pending');
      o.fillZero(['spec', 'persistentVolumeReclaimPolicy'], 'Retain');
      o.fill(['spec', 'volumeMode'], 'Filesystem');
    },
  ],
];

/** `Always` for an image whose tag is `latest` or missing; a digest is as good as a tag. */
function pullPolicy(image: string): string {
  const match =
    /^(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::([\w][\w.-]{0,127}))?(@[A-Za-z0-9+._-]+:[0-9a-fA-F]{32,})?$/.exec(
      image,
    );
  if (match === null) return 'IfNotPresent';
  const [, tag, digest] = match;
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent';
}

function container(o: Draft): void {
  if (o.text('imagePullPolicy') === '') o.set(['imagePullPolicy'], pullPolicy(o.text('image')));
  o.fillZero(['terminationMessagePath'], '/dev/termination-log');
  o.fillZero(['terminationMessagePolicy'], 'File');
}

function volume(o: Draft): void {
  const sources = Object.keys(o.value).filter((key) => key !== 'name' && o.get(key) !== undefined);
  if (sources.length === 0) o.set(['emptyDir'], {});
  if (o.object('image') !== undefined && o.text('image', 'pullPolicy') === '')
    o.set(['image', 'pullPolicy'], pullPolicy(o.text('image', 'reference')));
}

function probe(o: Draft): void {
  o.fillZero(['timeoutSeconds'], 1);
  o.fillZero(['periodSeconds'], 10);
  o.fillZero(['successThreshold'], 1);
  o.fillZero(['failureThreshold'], 3);
}

function podSpec(o: Draft): void {
  // the old name of the field always says the same as the new one
  const account = o.text('serviceAccountName') === '' ? o.text('serviceAccount') : o.text('serviceAccountName');
  if (account !== '' && (o.text('serviceAccountName') !== account || o.text('serviceAccount') !== account)) {
    o.set(['serviceAccountName'], account);
    o.set(['serviceAccount'], account);
  }
  o.fillZero(['dnsPolicy'], 'ClusterFirst');
  o.fillZero(['restartPolicy'], 'Always');
  o.fill(['securityContext'], {});
  o.fill(['terminationGracePeriodSeconds'], 30);
  o.fillZero(['schedulerName'], 'default-scheduler');
}

function pod(o: Draft): void {
  for (const containers of ['containers', 'initContainers']) {
    o.each(['spec', containers], (item) => {
      for (const [resource, limit] of Object.entries(item.object('resources', 'limits') ?? {}))
        item.fill(['resources', 'requests', resource], limit as JsonValue);
      if (o.get('spec', 'hostNetwork') === true) {
        item.each(['ports'], (port) => port.fillZero(['hostPort'], port.get('containerPort') ?? 0));
      }
    });
  }
  podResources(o);
  o.fill(['spec', 'enableServiceLinks'], true);
}

/** Requests of the whole pod: what its containers ask for, else its limits. */
function podResources(o: Draft): void {
  const limits = o.object('spec', 'resources', 'limits') ?? {};
  if (Object.keys(limits).length === 0) return;
  for (const resource of new Set(['cpu', 'memory', ...Object.keys(limits)])) {
    if (resource !== 'cpu' && resource !== 'memory' && !resource.startsWith('hugepages-')) continue;
    const request = resource.startsWith('hugepages-') ? undefined : containerRequests(o, resource);
    const value = request ?? limits[resource];
    if (value !== undefined) o.fill(['spec', 'resources', 'requests', resource], value);
  }
}

/** What a pod's containers ask for together: all that run at once, or the largest one of those that run before. */
function containerRequests(o: Draft, resource: string): string | undefined {
  const requestOf = (item: JsonValue): string | undefined => {
    const resources = isObject(item) ? item['resources'] : undefined;
    const requests = isObject(resources) ? resources['requests'] : undefined;
    const value = isObject(requests) ? requests[resource] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const isSidecar = (item: JsonValue): boolean => isObject(item) && item['restartPolicy'] === 'Always';
  try {
    let running: ReturnType<typeof parseQuantity> | undefined;
    let before: ReturnType<typeof parseQuantity> | undefined;
    const add = (text: string): void => {
      running = running === undefined ? parseQuantity(text) : addQuantities(running, parseQuantity(text));
    };
    for (const item of o.list('spec', 'initContainers')) {
      const text = requestOf(item);
      if (text === undefined) continue;
      if (isSidecar(item)) {
        add(text);
        continue;
      }
      const alone = running === undefined ? parseQuantity(text) : addQuantities(parseQuantity(text), running);
      if (before === undefined || compareQuantities(alone, before) > 0) before = alone;
    }
    for (const item of o.list('spec', 'containers')) {
      const text = requestOf(item);
      if (text !== undefined) add(text);
    }
    const most = running !== undefined && (before === undefined || compareQuantities(running, before) >= 0) ? running : before;
    return most === undefined ? undefined : formatQuantity(most);
  } catch (error) {
    if (error instanceof QuantityError) return undefined;
    throw error;
  }
}

function service(o: Draft): void {
  o.fillZero(['spec', 'sessionAffinity'], 'None');
  if (o.text('spec', 'sessionAffinity') === 'None' && o.get('spec', 'sessionAffinityConfig') !== undefined)
    o.set(['spec', 'sessionAffinityConfig'], null);
  if (
    o.text('spec', 'sessionAffinity') === 'ClientIP' &&
    o.get('spec', 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds') === undefined
  ) {
    o.set(['spec', 'sessionAffinityConfig'], { clientIP: { timeoutSeconds: 10800 } });
  }
  o.fillZero(['spec', 'type'], 'ClusterIP');
  o.each(['spec', 'ports'], (port) => {
    port.fillZero(['protocol'], 'TCP');
    port.fillZero(['targetPort'], port.get('port') ?? 0);
  });
  const type = o.text('spec', 'type');
  const external = type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && o.list('spec', 'externalIPs').length > 0);
  if (external) o.fillZero(['spec', 'externalTrafficPolicy'], 'Cluster');
  if (type === 'NodePort' || type === 'LoadBalancer' || type === 'ClusterIP') o.fill(['spec', 'internalTrafficPolicy'], 'Cluster');
  if (type !== 'LoadBalancer') return;
  o.fill(['spec', 'allocateLoadBalancerNodePorts'], true);
  o.each(['status', 'loadBalancer', 'ingress'], (ingress) => {
    if (ingress.text('ip') !== '') ingress.fill(['ipMode'], 'VIP');
  });
}

function limitRangeItem(o: Draft): void {
  if (o.text('type') !== 'Container') return;
  const fillFrom = (target: string, source: string): void => {
    for (const [resource, value] of Object.entries(o.object(source) ?? {})) o.fill([target, resource], value as JsonValue);
  };
  fillFrom('default', 'max');
  fillFrom('defaultRequest', 'default');
  fillFrom('defaultRequest', 'min');
}

function namespace(o: Draft): void {
  const name = o.text('metadata', 'name');
  if (name !== '' && o.text('metadata', 'labels', 'kubernetes.io/metadata.name') !== name)
    o.set(['metadata', 'labels', 'kubernetes.io/metadata.name'], name);
}

function nodeStatus(o: Draft): void {
  const capacity = o.get('capacity');
  if (capacity !== undefined) o.fill(['allocatable'], capacity);
}

function replicationController(o: Draft): void {
  o.fill(['spec', 'replicas'], 1);
  const labels: JsonObject | undefined = o.object('spec', 'template', 'metadata', 'labels');
  if (labels === undefined) return;
  if (Object.keys(o.object('spec', 'selector') ?? {}).length === 0) o.set(['spec', 'selector'], labels);
  if (Object.keys(o.object('metadata', 'labels') ?? {}).length === 0) o.set(['metadata', 'labels'], labels);
}
