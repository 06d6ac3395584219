import { formatTime, getObject, getString, type JsonObject, type JsonValue } from '@flux-ts/base';
import { annotationsOf, generationOf, isTerminating, keyOf, labelsOf, nameOf, namespaceOf, typeOf, uidOf } from '@flux-ts/kube';
import { labelSelectorFrom } from '@flux-ts/schema';
import {
  failureOf,
  isReady,
  KIND,
  NODE_NAME,
  numberAt,
  objectsAt,
  plainCondition,
  scaled,
  SIMULATOR,
  tolerant,
  writeStatus,
  type Again,
  type World,
} from './world.ts';

/** Gives a Service its endpoints and, for the LoadBalancer type, an address of the documentation range. */
export async function reconcileService(world: World, service: JsonObject): Promise<Again> {
  if (isTerminating(service)) return undefined;
  await writeSlice(world, service);
  if (getString(service, ['spec', 'type']) !== 'LoadBalancer' || failureOf(service) === 'LBPending') return undefined;
  if (objectsAt(service, ['status', 'loadBalancer', 'ingress']).length > 0) return undefined;
  const last =
    uidOf(service)
      .split('')
      .reduce((sum, ch) => (sum * 31 + ch.charCodeAt(0)) % 250, 7) + 1;
  await writeStatus(world, service, { loadBalancer: { ingress: [{ ip: `203.0.113.${last}`, ipMode: 'VIP' }] } });
  world.say(service, { type: 'Normal', reason: 'EnsuredLoadBalancer', message: 'Ensured load balancer (simulated)' });
  return undefined;
}

/** The Services of a namespace that choose a Pod. */
export function selects(service: JsonObject, pod: JsonObject): boolean {
  const selector = getObject(service, ['spec', 'selector']);
  const labels = labelsOf(pod);
  return (
    selector !== undefined && Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value)
  );
}

async function writeSlice(world: World, service: JsonObject): Promise<void> {
  if (getObject(service, ['spec', 'selector']) === undefined) return;
  const { items } = await world.client.list(KIND.pod, { namespace: namespaceOf(service) });
  const pods = items.filter(
    (pod) =>
      selects(service, pod) &&
      getString(pod, ['status', 'podIP']) !== undefined &&
      !['Succeeded', 'Failed'].includes(getString(pod, ['status', 'phase']) ?? ''),
  );
  const ports = objectsAt(service, ['spec', 'ports']).map((port): JsonObject => ({
    name: port['name'] ?? '',
    protocol: port['protocol'] ?? 'TCP',
    port: portNumber(port, pods[0]),
  }));
  const endpoints = pods.map((pod): JsonObject => {
    const ready = isReady(pod);
    return {
      addresses: [getString(pod, ['status', 'podIP']) as string],
      conditions: { ready, serving: ready, terminating: false },
      nodeName: NODE_NAME,
      targetRef: { kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod), uid: uidOf(pod) },
    };
  });
  const slice: JsonObject = {
    ...KIND.endpointSlice,
    metadata: {
      name: `${nameOf(service)}-sim`,
      namespace: namespaceOf(service),
      labels: { 'kubernetes.io/service-name': nameOf(service), 'endpointslice.kubernetes.io/managed-by': SIMULATOR },
      ownerReferences: [{ ...typeOf(service), name: nameOf(service), uid: uidOf(service), controller: true, blockOwnerDeletion: true }],
    },
    addressType: 'IPv4',
    endpoints,
    ports,
  };
  await tolerant(world.client.apply(slice, { fieldManager: SIMULATOR, force: true }));
}

function portNumber(port: JsonObject, pod: JsonObject | undefined): JsonValue {
  const target = port['targetPort'] ?? port['port'] ?? 0;
  if (typeof target !== 'string') return target;
  const named = objectsAt(pod, ['spec', 'containers'])
    .flatMap((c) => objectsAt(c, ['ports']))
    .find((p) => p['name'] === target);
  return named?.['containerPort'] ?? port['port'] ?? 0;
}

/** Gives an Ingress the address of its class's controller, where that class exists. */
export async function reconcileIngress(world: World, ingress: JsonObject): Promise<Again> {
  if (isTerminating(ingress) || objectsAt(ingress, ['status', 'loadBalancer', 'ingress']).length > 0) return undefined;
  const name = getString(ingress, ['spec', 'ingressClassName']) ?? annotationsOf(ingress)['kubernetes.io/ingress.class'];
  if (name === undefined) return undefined;
  if ((await world.client.find({ apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' }, { name })) === undefined)
    return { againInMs: 10_000 };
  await writeStatus(world, ingress, { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } });
  return undefined;
}

/** Counts the Pods that a disruption budget covers. */
export async function reconcileBudget(world: World, budget: JsonObject): Promise<Again> {
  if (isTerminating(budget)) return undefined;
  const { items } = await world.client.list(KIND.pod, { namespace: namespaceOf(budget) });
  const chosen = getObject(budget, ['spec', 'selector']);
  const selector = chosen === undefined ? undefined : labelSelectorFrom(chosen);
  const pods = items.filter((pod) => selector?.matches(labelsOf(pod)) === true && !isTerminating(pod));
  const healthy = pods.filter(isReady).length;
  const { minAvailable, maxUnavailable } = (budget['spec'] ?? {}) as { minAvailable?: JsonValue; maxUnavailable?: JsonValue };
  const desired =
    minAvailable === undefined ? pods.length - scaled(maxUnavailable ?? 1, pods.length, 'up') : scaled(minAvailable, pods.length, 'up');
  const allowed = Math.max(0, healthy - Math.max(0, desired));
  const now = formatTime(world.clock.now());
  const told = plainCondition(
    budget,
    {
      type: 'DisruptionAllowed',
      status: allowed > 0 ? 'True' : 'False',
      reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    },
    now,
  );
  await writeStatus(world, budget, {
    observedGeneration: generationOf(budget),
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: Math.max(0, desired),
    expectedPods: pods.length,
    conditions: [{ ...told, observedGeneration: generationOf(budget) }],
  });
  return undefined;
}

/** Says of an autoscaler what is true without metrics: it is able to scale, and knows no metrics. */
export async function reconcileAutoscaler(world: World, autoscaler: JsonObject): Promise<Again> {
  if (isTerminating(autoscaler)) return undefined;
  const target = getObject(autoscaler, ['spec', 'scaleTargetRef']) ?? {};
  const type = { apiVersion: getString(target, ['apiVersion']) ?? 'apps/v1', kind: getString(target, ['kind']) ?? 'Deployment' };
  const key = { ...keyOf(autoscaler), name: getString(target, ['name']) ?? '' };
  const scaledObject = await world.client.find(type, key);
  const now = formatTime(world.clock.now());
  const current = numberAt(scaledObject, ['spec', 'replicas'], 0);
  const found = scaledObject !== undefined;
  const conditions = [
    plainCondition(
      autoscaler,
      {
        type: 'AbleToScale',
        status: found ? 'True' : 'False',
        reason: found ? 'SucceededGetScale' : 'FailedGetScale',
        message: found
          ? "the HPA controller was able to get the target's current scale"
          : `the HPA controller was unable to get the target's current scale: "${key.name}" not found`,
      },
      now,
    ),
    ...(found
      ? [
          plainCondition(
            autoscaler,
            {
              type: 'ScalingActive',
              status: 'False',
              reason: 'FailedGetResourceMetric',
              message: 'the HPA was unable to compute the replica count: there are no metrics in a simulated cluster',
            },
            now,
          ),
        ]
      : []),
  ];
  await writeStatus(world, autoscaler, {
    currentReplicas: current,
    desiredReplicas: current,
    currentMetrics: null,
    conditions,
  } satisfies JsonObject);
  return found ? undefined : { againInMs: 15_000 };
}
