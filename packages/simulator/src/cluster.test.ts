import { getPath, getString, type JsonObject } from '@flux-ts/base';
import { nameOf } from '@flux-ts/kube';
import { describe, expect, test } from 'vitest';
import { clustersOfTests, pod, type TestCluster, told, workload } from '../test/cluster.ts';
import { KIND } from './kinds.ts';

const cluster = clustersOfTests();
const named = (kind: { readonly apiVersion: string; readonly kind: string }, spec: JsonObject, name = 'web'): JsonObject => ({
  ...kind,
  metadata: { name, namespace: 'default' },
  spec,
});
const claim = (spec: JsonObject = {}): JsonObject =>
  named(KIND.claim, { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec });
const phase = async (it: TestCluster): Promise<string> => getString(await it.get(KIND.claim), ['status', 'phase']) ?? '';

describe('a claim', () => {
  test('of the default class gets a volume, grows with its request, and takes the volume with it', async () => {
    const it = await cluster();
    await it.client.create(claim());
    await it.until(async () => (await phase(it)) === 'Bound');
    const stored = await it.get(KIND.claim);
    expect(stored['status']).toMatchObject({ accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } });
    expect(getPath(stored, ['metadata', 'annotations', 'pv.kubernetes.io/bind-completed'])).toBe('yes');
    await it.change(KIND.claim, { resources: { requests: { storage: '2Gi' } } });
    await it.until(async () => getPath(await it.get(KIND.claim), ['status', 'capacity', 'storage']) === '2Gi');
    await it.client.delete(KIND.claim, { namespace: 'default', name: 'web' });
    await it.until(async () => (await it.client.list(KIND.volume)).items.length === 0);
  });

  test('of a class that waits for its first consumer is bound when a Pod needs it', async () => {
    const it = await cluster();
    await it.client.create({
      ...KIND.storageClass,
      metadata: { name: 'lazy' },
      provisioner: 'a.io/b',
      volumeBindingMode: 'WaitForFirstConsumer',
    });
    await it.client.create(claim({ storageClassName: 'lazy' }));
    await it.clock.advance(60_000);
    expect(await phase(it)).toBe('Pending');
    expect(it.events()).toContain('PersistentVolumeClaim WaitForFirstConsumer: waiting for first consumer to be created before binding');
    await it.client.create(pod({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'web' } }] }));
    await it.until(async () => (await it.status(KIND.pod)) === 'Current');
    expect(await phase(it)).toBe('Bound');
  });

  test.each([
    ['none', 'storageclass.storage.k8s.io "none" not found'],
    ['', 'no persistent volumes available for this claim and no storage class is set'],
  ])('of the class %j stays pending, and keeps Pods from being scheduled', async (storageClassName, message) => {
    const it = await cluster();
    await it.client.create(claim({ storageClassName }));
    await it.client.create(pod({ volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'web' } }] }));
    await it.until(() => it.events().some((event) => event.endsWith(message)));
    await it.until(async () => told(await it.get(KIND.pod), 'PodScheduled') === 'False Unschedulable');
    expect(await phase(it)).toBe('Pending');
  });

  test('takes a volume that is there and fits before one is made', async () => {
    const it = await cluster();
    const volume = (name: string, storage: string): JsonObject => ({
      ...KIND.volume,
      metadata: { name },
      spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' }, persistentVolumeReclaimPolicy: 'Retain' },
    });
    await it.client.create(volume('small', '1Mi'));
    await it.client.create(volume('large', '5Gi'));
    await it.client.create(claim({ storageClassName: '' }));
    await it.until(async () => (await phase(it)) === 'Bound');
    expect(getString(await it.get(KIND.claim), ['spec', 'volumeName'])).toBe('large');
    await it.client.delete(KIND.claim, { namespace: 'default', name: 'web' });
    const phases = async (): Promise<unknown> =>
      (await it.client.list(KIND.volume)).items.map((v) => `${nameOf(v)} ${getString(v, ['status', 'phase'])}`);
    await it.until(async () => JSON.stringify(await phases()).includes('large Released'));
    expect(await phases()).toContain('small Available');
  });

  test('of an ephemeral volume is made for its Pod and goes with it', async () => {
    const it = await cluster();
    const volumeClaimTemplate = { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
    await it.client.create(pod({ volumes: [{ name: 'scratch', ephemeral: { volumeClaimTemplate } }] }));
    await it.until(async () => (await it.status(KIND.pod)) === 'Current');
    expect((await it.list(KIND.claim)).map(nameOf)).toEqual(['web-scratch']);
    await it.client.delete(KIND.pod, { namespace: 'default', name: 'web' });
    await it.until(async () => (await it.list(KIND.claim)).length === 0);
  });

  test('that a rule keeps pending is bound when the rule ends', async () => {
    const it = await cluster({ rules: 'failures: [{fail: PVCPending, for: 1m}]' });
    await it.client.create(claim());
    await it.clock.advance(55_000);
    expect(await phase(it)).toBe('Pending');
    await it.clock.advance(10_000);
    expect(await phase(it)).toBe('Bound');
  });
});

describe('a Service', () => {
  const service = (spec: JsonObject = {}): JsonObject =>
    named(KIND.service, { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec });

  test('has the ready Pods of its selector as endpoints, in slices and for older clients', async () => {
    const it = await cluster();
    const containers = [{ name: 'c', image: 'r.example.com/c:1', ports: [{ name: 'http', containerPort: 8080 }] }];
    await it.client.create(service());
    await it.client.create(pod({ containers }));
    await it.client.create({
      ...pod({ containers }, { 'simulator.flux-ts.dev/fail': 'NotReady' }),
      metadata: { name: 'sick', namespace: 'default', labels: { app: 'web' }, annotations: { 'simulator.flux-ts.dev/fail': 'NotReady' } },
    });
    await it.client.create({ ...pod(), metadata: { name: 'other', namespace: 'default', labels: { app: 'other' } } });
    await it.clock.advance(5000);
    const [slice] = await it.list(KIND.endpointSlice);
    expect(nameOf(slice as JsonObject)).toMatch(/^web-\w{5}$/);
    const endpoints = getPath(slice, ['endpoints']) as readonly JsonObject[];
    expect(
      endpoints.map((e) => `${getString(e, ['targetRef', 'name'])} ${String(getPath(e, ['conditions', 'ready']))}`).toSorted(),
    ).toEqual(['sick false', 'web true']);
    expect(slice?.['ports']).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }]);
    expect((await it.get(KIND.endpoints))['subsets']).toMatchObject([
      { addresses: [{ targetRef: { name: 'web' } }], notReadyAddresses: [{ targetRef: { name: 'sick' } }] },
    ]);
    await it.client.delete(KIND.service, { namespace: 'default', name: 'web' });
    await it.until(
      async () =>
        (await it.list(KIND.endpointSlice)).length + (await it.list(KIND.endpoints)).filter((e) => nameOf(e) === 'web').length === 0,
    );
  });

  test('of the type LoadBalancer gets an address of its own, unless it is to wait', async () => {
    const it = await cluster();
    await it.client.create(service({ type: 'LoadBalancer' }));
    await it.client.create({
      ...service({ type: 'LoadBalancer' }),
      metadata: { name: 'late', namespace: 'default', annotations: { 'simulator.flux-ts.dev/fail': 'LBPending' } },
    });
    await it.client.create({ ...service({ type: 'LoadBalancer' }), metadata: { name: 'two', namespace: 'default' } });
    await it.clock.advance(5000);
    const ip = async (name: string): Promise<string | undefined> =>
      getString(await it.get(KIND.service, name), ['status', 'loadBalancer', 'ingress', 0, 'ip']);
    expect(await ip('web')).toMatch(/^203\.0\.113\.\d+$/);
    expect(await ip('two')).not.toBe(await ip('web'));
    expect(await ip('late')).toBeUndefined();
    await it.change(KIND.service, { type: 'ClusterIP', allocateLoadBalancerNodePorts: null, externalTrafficPolicy: null });
    await it.until(async () => (await ip('web')) === undefined);
  });

  test('an Ingress gets an address where its class is there', async () => {
    const it = await cluster();
    const http = { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] };
    await it.client.create(named(KIND.ingress, { ingressClassName: 'nginx', rules: [{ host: 'a.example.com', http }] }));
    await it.clock.advance(5000);
    expect(getPath(await it.get(KIND.ingress), ['status', 'loadBalancer', 'ingress'])).toBeUndefined();
    await it.client.create({ ...KIND.ingressClass, metadata: { name: 'nginx' }, spec: { controller: 'k8s.io/ingress-nginx' } });
    await it.until(async () => getPath(await it.get(KIND.ingress), ['status', 'loadBalancer', 'ingress']) !== undefined);
  });
});

describe('what watches over workloads', () => {
  test.each([
    [{ minAvailable: 2 }, { disruptionsAllowed: 1, desiredHealthy: 2, currentHealthy: 3, expectedPods: 3 }],
    [{ minAvailable: '50%' }, { disruptionsAllowed: 1, desiredHealthy: 2, expectedPods: 3 }],
    [{ maxUnavailable: 1 }, { disruptionsAllowed: 1, desiredHealthy: 2, expectedPods: 3 }],
    [{ maxUnavailable: '0%' }, { disruptionsAllowed: 0, desiredHealthy: 3, expectedPods: 3 }],
  ])('a budget of %j gives %j', async (spec, wanted) => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment, { replicas: 3 }));
    await it.client.create(named(KIND.budget, { selector: { matchLabels: { app: 'web' } }, ...spec }));
    await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
    await it.clock.advance(0);
    const budget = await it.get(KIND.budget);
    expect(budget['status']).toMatchObject(wanted);
    expect(told(budget, 'DisruptionAllowed')).toBe(wanted.disruptionsAllowed > 0 ? 'True SufficientPods' : 'False InsufficientPods');
  });

  test.each([
    [1, 2, 'below Spec.MinReplicas'],
    [9, 4, 'above Spec.MaxReplicas'],
  ])('an autoscaler brings %i replicas to %i, and says that there are no metrics', async (replicas, wanted, why) => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment, { replicas }));
    await it.client.create(
      named(KIND.autoscaler, {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        minReplicas: 2,
        maxReplicas: 4,
      }),
    );
    await it.clock.advance(20_000);
    expect(getPath(await it.get(KIND.deployment), ['spec', 'replicas'])).toBe(wanted);
    expect(it.events()).toContain(
      `HorizontalPodAutoscaler SuccessfulRescale: New size: ${wanted}; reason: Current number of replicas ${why}`,
    );
    await it.clock.advance(20_000);
    const autoscaler = await it.get(KIND.autoscaler);
    expect([told(autoscaler, 'AbleToScale'), told(autoscaler, 'ScalingActive')]).toEqual([
      'True SucceededGetScale',
      'False FailedGetResourceMetric',
    ]);
    expect(autoscaler['status']).toMatchObject({ currentReplicas: wanted, desiredReplicas: wanted });
  });

  test('a namespace is emptied before it goes, and says what keeps it', async () => {
    const it = await cluster();
    await it.client.create({ ...KIND.namespace, metadata: { name: 'gone' } });
    const web = workload(KIND.deployment);
    await it.client.create({ ...web, metadata: { name: 'web', namespace: 'gone' } });
    await it.client.create({ ...KIND.configMap, metadata: { name: 'held', namespace: 'gone', finalizers: ['a.io/hold'] } });
    await it.until(async () => (await it.list(KIND.pod, 'gone')).length === 1);
    await it.client.delete(KIND.namespace, { name: 'gone' });
    await it.clock.advance(5000);
    const stuck = await it.client.get(KIND.namespace, { name: 'gone' });
    expect([told(stuck, 'NamespaceContentRemaining'), told(stuck, 'NamespaceFinalizersRemaining')]).toEqual([
      'True SomeResourcesRemain',
      'True SomeFinalizersRemain',
    ]);
    expect(JSON.stringify(stuck['status'])).toContain('a.io/hold in 1 resource instances');
    await it.client.patch(
      KIND.configMap,
      { namespace: 'gone', name: 'held' },
      { kind: 'merge', patch: { metadata: { finalizers: null } } },
    );
    await it.until(async () => (await it.client.find(KIND.namespace, { name: 'gone' })) === undefined);
    expect(it.events().filter((event) => event.includes('NamespaceTerminating'))).toEqual([]);
  });
});

describe('a cluster', () => {
  const story = async (seed: number): Promise<readonly string[]> => {
    const it = await cluster({ seed, rules: 'failures: [{match: {kind: Deployment}, fail: CrashLoopBackOff, probability: 0.5, for: 1m}]' });
    await it.client.create(workload(KIND.deployment, { replicas: 3 }));
    await it.client.create(workload(KIND.statefulSet, { name: 'db', serviceName: 'db', replicas: 2 }));
    await it.client.create(workload(KIND.job, { name: 'once' }));
    await it.client.create(named(KIND.service, { selector: { app: 'web' }, ports: [{ port: 80 }] }));
    await it.clock.advance(120_000);
    await it.change(KIND.deployment, { template: { metadata: { annotations: { v: '2' } } } });
    await it.clock.advance(120_000);
    return it.story();
  };

  test('of the same seed writes the same objects and events in the same order; another seed others', async () => {
    const [first, second, other] = [await story(42), await story(42), await story(43)];
    expect(first.length).toBeGreaterThan(100);
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test('says of everything that is simulated that it is', async () => {
    const it = await cluster();
    const before = it.changes.length;
    await it.client.create(workload(KIND.deployment));
    await it.client.create(named(KIND.service, { selector: { app: 'web' }, ports: [{ port: 80 }], type: 'LoadBalancer' }));
    await it.client.create(claim());
    await it.client.create(workload(KIND.job, { name: 'once' }));
    await it.clock.advance(20_000);
    const node = await it.client.get(KIND.node, { name: 'flux-sim-0' });
    expect(getString(node, ['status', 'nodeInfo', 'kubeletVersion'])).toMatch(/-sim$/);
    expect(getString(node, ['metadata', 'labels', 'simulator.flux-ts.dev/simulated'])).toBe('true');
    const own = it.changes.slice(before).map(({ object }) => object);
    const managers = (object: JsonObject): readonly string[] =>
      ((getPath(object, ['metadata', 'managedFields']) ?? []) as readonly JsonObject[]).map((entry) => String(entry['manager']));
    for (const object of own) for (const manager of managers(object)) expect(['test', 'workload-simulator']).toContain(manager);
    const made = own.filter((o) => ['Pod', 'ReplicaSet', 'EndpointSlice', 'Endpoints', 'PersistentVolume'].includes(String(o['kind'])));
    expect(made.length).toBeGreaterThan(5);
    for (const object of made) expect(managers(object)).toContain('workload-simulator');
    for (const event of own.filter((o) => o['kind'] === 'Event'))
      expect(getString(event, ['source', 'component'])).toBe('workload-simulator');
  });

  test('renews the Lease of its node, and tells of its health', async () => {
    const it = await cluster();
    const lease = async (): Promise<string | undefined> =>
      getString(await it.client.get(KIND.lease, { namespace: 'kube-node-lease', name: 'flux-sim-0' }), ['spec', 'renewTime']);
    const before = await lease();
    await it.clock.advance(600_000);
    expect(await lease()).not.toBe(before);
    const [condition] = getPath(await it.client.get(KIND.node, { name: 'flux-sim-0' }), ['status', 'conditions']) as readonly JsonObject[];
    expect(condition?.['lastHeartbeatTime']).not.toBe(condition?.['lastTransitionTime']);
  });
});
