import { deepEqual, getObject, getPath, getString, type JsonObject, type JsonValue } from '@flux-ts/base';
import { isTerminating, labelsOf, nameOf, namespaceOf, uidOf } from '@flux-ts/kube';
import { isReady } from '../conditions.ts';
import { KIND, NODE_NAME, SIMULATOR } from '../kinds.ts';
import { controlledBy, isFinished, objectsAt } from '../read.ts';
import { create, remove, replace, type World } from '../world.ts';

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const SERVICE = 'kubernetes.io/service-name';
const HEADLESS = 'service.kubernetes.io/headless';
const LARGEST = 100;

/** Tells whether a Service chooses a Pod. */
export function selects(service: JsonObject, pod: JsonObject): boolean {
  const selector = Object.entries(getObject(service, ['spec', 'selector']) ?? {});
  const labels = labelsOf(pod);
  return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
}

/** Keeps the EndpointSlices of a Service with a selector, and the Endpoints that older clients read. */
export async function keepEndpoints(world: World, service: JsonObject): Promise<void> {
  const [pair] = Object.entries(getObject(service, ['spec', 'selector']) ?? {});
  if (pair === undefined || getString(service, ['spec', 'type']) === 'ExternalName') return;
  const pods = world.cache
    .labelled(KIND.pod, namespaceOf(service), [pair[0], String(pair[1])])
    .filter((pod) => selects(service, pod) && getString(pod, ['status', 'podIP']) !== undefined && !isFinished(pod));
  await keepSlices(world, service, pods);
  await keepLegacy(world, service, pods);
}

function owned(service: JsonObject): Readonly<Record<string, string>> {
  return { ...labelsOf(service), ...(getString(service, ['spec', 'clusterIP']) === 'None' ? { [HEADLESS]: '' } : {}) };
}

function isServed(service: JsonObject, pod: JsonObject): boolean {
  return isReady(pod) || getPath(service, ['spec', 'publishNotReadyAddresses']) === true;
}

async function keepSlices(world: World, service: JsonObject, pods: readonly JsonObject[]): Promise<void> {
  const known = world.cache
    .labelled(KIND.endpointSlice, namespaceOf(service), [SERVICE, nameOf(service)])
    .filter((slice) => labelsOf(slice)[MANAGED_BY] === SIMULATOR && !isTerminating(slice));
  const count = Math.max(1, Math.ceil(pods.length / LARGEST));
  for (let i = 0; i < count; i++) {
    const body: JsonObject = {
      addressType: getString(service, ['spec', 'ipFamilies', 0]) ?? 'IPv4',
      endpoints: pods.slice(i * LARGEST, (i + 1) * LARGEST).map((pod) => endpoint(service, pod)),
      ports: objectsAt(service, ['spec', 'ports']).map((port) => slicePort(port, pods[0])),
    };
    const labels = { ...owned(service), [MANAGED_BY]: SIMULATOR, [SERVICE]: nameOf(service) };
    const old = known[i];
    if (old === undefined) await create(world, newSlice(service, { labels, body }));
    else if (!isSame(old, { labels, body })) {
      const metadata = { ...getObject(old, ['metadata']), labels };
      await replace(world, { ...KIND.endpointSlice, metadata, ...body });
    }
  }
  for (const slice of known.slice(count)) await remove(world, slice);
}

interface Slice {
  readonly labels: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

function newSlice(service: JsonObject, { labels, body }: Slice): JsonObject {
  const metadata: JsonObject = {
    generateName: `${nameOf(service)}-`,
    namespace: namespaceOf(service),
    labels,
    ownerReferences: [controlledBy(service)],
  };
  return { ...KIND.endpointSlice, metadata, ...body };
}

function isSame(old: JsonObject, { labels, body }: Slice): boolean {
  const { addressType, endpoints, ports } = body;
  return deepEqual(
    { labels: labelsOf(old), endpoints: old['endpoints'] ?? [], ports: old['ports'] ?? [], addressType: old['addressType'] ?? '' },
    {
      labels,
      endpoints: endpoints ?? [],
      ports: ports ?? [],
      addressType: addressType ?? '',
    },
  );
}

function endpoint(service: JsonObject, pod: JsonObject): JsonObject {
  const serving = isReady(pod);
  const terminating = isTerminating(pod);
  const hostname = getString(pod, ['spec', 'hostname']);
  const named = hostname !== undefined && getString(pod, ['spec', 'subdomain']) === nameOf(service);
  return {
    addresses: [getString(pod, ['status', 'podIP']) as string],
    conditions: { ready: isServed(service, pod) && !terminating, serving, terminating },
    ...(named ? { hostname } : {}),
    nodeName: NODE_NAME,
    targetRef: reference(pod),
  };
}

function reference(pod: JsonObject): JsonObject {
  return { kind: 'Pod', name: nameOf(pod), namespace: namespaceOf(pod), uid: uidOf(pod) };
}

function portNumber(port: JsonObject, pod: JsonObject | undefined): JsonValue {
  const target = port['targetPort'] ?? port['port'] ?? 0;
  if (typeof target !== 'string') return target;
  const named = objectsAt(pod, ['spec', 'containers'])
    .flatMap((c) => objectsAt(c, ['ports']))
    .find((p) => p['name'] === target);
  return named?.['containerPort'] ?? port['port'] ?? 0;
}

function slicePort(port: JsonObject, pod: JsonObject | undefined): JsonObject {
  const appProtocol = port['appProtocol'];
  return {
    name: port['name'] ?? '',
    port: portNumber(port, pod),
    protocol: port['protocol'] ?? 'TCP',
    ...(appProtocol === undefined ? {} : { appProtocol }),
  };
}

const LEGACY_LABEL = { 'endpoints.kubernetes.io/managed-by': SIMULATOR };

async function keepLegacy(world: World, service: JsonObject, pods: readonly JsonObject[]): Promise<void> {
  const living = pods.filter((pod) => !isTerminating(pod));
  const addresses = (list: readonly JsonObject[]): readonly JsonObject[] =>
    list.map((pod) => ({ ip: getString(pod, ['status', 'podIP']) as string, nodeName: NODE_NAME, targetRef: reference(pod) }));
  const [ready, unready] = [living.filter((pod) => isServed(service, pod)), living.filter((pod) => !isServed(service, pod))];
  const ports = objectsAt(service, ['spec', 'ports']).map((port) => {
    const name = getString(port, ['name']) ?? '';
    return { ...(name === '' ? {} : { name }), port: portNumber(port, living[0]), protocol: port['protocol'] ?? 'TCP' };
  });
  const subset: JsonObject = {
    ...(ready.length > 0 ? { addresses: addresses(ready) } : {}),
    ...(unready.length > 0 ? { notReadyAddresses: addresses(unready) } : {}),
    ...(ports.length > 0 ? { ports } : {}),
  };
  const subsets = living.length > 0 ? [subset] : [];
  const key = { namespace: namespaceOf(service), name: nameOf(service) };
  const labels = { ...owned(service), ...LEGACY_LABEL };
  const old = world.cache.get(KIND.endpoints, key);
  if (old === undefined)
    await create(world, { ...KIND.endpoints, metadata: { ...key, labels }, ...(subsets.length > 0 ? { subsets } : {}) });
  else if (!deepEqual(old['subsets'] ?? [], subsets) || !deepEqual(labelsOf(old), labels))
    await replace(world, {
      ...KIND.endpoints,
      metadata: { ...getObject(old, ['metadata']), labels },
      ...(subsets.length > 0 ? { subsets } : {}),
    });
}

/** Takes the Endpoints of a Service that is gone away: nothing owns them. */
export async function dropEndpoints(world: World, service: JsonObject): Promise<void> {
  const key = { namespace: namespaceOf(service), name: nameOf(service) };
  if (world.cache.get(KIND.service, key) !== undefined) return;
  const known = world.cache.get(KIND.endpoints, key);
  if (known !== undefined && labelsOf(known)['endpoints.kubernetes.io/managed-by'] === SIMULATOR) await remove(world, known);
}
