import { createApiServer } from '@flux-ts/apiserver';
import { getPath, getString, seededRandom, VirtualClock, type JsonObject, type JsonValue } from '@flux-ts/base';
import { computeStatus, KubeClient, nameOf, type TypeRef } from '@flux-ts/kube';
import { afterEach, describe, expect, test } from 'vitest';
import { createSimulator } from './simulator.ts';
import { KIND } from './kinds.ts';

interface Cluster {
  readonly clock: VirtualClock;
  readonly client: KubeClient;
  /** Runs virtual time until a question is answered with true; fails the test where it never is. */
  until(question: () => Promise<boolean>): Promise<void>;
  list(type: TypeRef, namespace?: string): Promise<readonly JsonObject[]>;
  events(): Promise<readonly string[]>;
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function cluster(seed = 1): Promise<Cluster> {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const server = await createApiServer({ clock, random });
  const client = new KubeClient({ transport: server.transport(), fieldManager: 'test' });
  const stop = new AbortController();
  const pair = { ca: 'CA', cert: 'CERT', key: 'KEY' };
  const done = createSimulator({ client, clock, random, certificate: () => pair }).start(stop.signal);
  open.push(async () => {
    stop.abort(new Error('test over'));
    await clock.advance(0);
    await done;
    await server.close();
  });
  const list = async (type: TypeRef, namespace = 'default'): Promise<readonly JsonObject[]> =>
    (await client.list(type, { namespace })).items;
  const until = async (question: () => Promise<boolean>): Promise<void> => {
    for (let i = 0; i < 400; i++) {
      if (await question()) return;
      await clock.advance(250);
    }
    throw new Error('never came true within 100 virtual seconds');
  };
  await clock.advance(0);
  const events = async (): Promise<readonly string[]> =>
    (await list({ apiVersion: 'v1', kind: 'Event' })).map(
      (e) => `${getString(e, ['involvedObject', 'kind'])} ${getString(e, ['reason'])}: ${getString(e, ['message'])}`,
    );
  return { clock, client, until, list, events };
}

function workload(
  kind: TypeRef,
  spec: JsonObject,
  template: { readonly annotations?: JsonObject; readonly spec?: JsonObject } = {},
): JsonObject {
  const containers: JsonValue = [{ name: 'c', image: 'registry.example.com/c:1' }];
  return {
    ...kind,
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      ...spec,
      template: {
        metadata: { labels: { app: 'web' }, ...(template.annotations === undefined ? {} : { annotations: template.annotations }) },
        spec: { containers, ...template.spec },
      },
    },
  };
}

async function statusOf(it: Cluster, type: TypeRef, name = 'web'): Promise<string> {
  const object = await it.client.get(type, { namespace: 'default', name });
  return computeStatus(object, { nowMs: it.clock.now() }).status;
}

describe('a Deployment', () => {
  test('rolls out, and rolls over to a new template with the old ReplicaSet kept at zero', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment, { replicas: 3 }));
    await it.until(async () => (await statusOf(it, KIND.deployment)) === 'Current');
    expect((await it.list(KIND.pod)).length).toBe(3);
    const before = await it.client.get(KIND.deployment, { namespace: 'default', name: 'web' });
    await it.client.update({
      ...before,
      spec: workload(KIND.deployment, { replicas: 2 }, { annotations: { v: '2' } })['spec'] as JsonObject,
    });
    await it.until(async () => (await it.list(KIND.replicaSet)).length === 2 && (await statusOf(it, KIND.deployment)) === 'Current');
    expect(
      (await it.list(KIND.replicaSet)).map((set) => getPath(set, ['spec', 'replicas'])).toSorted((a, b) => Number(a) - Number(b)),
    ).toEqual([0, 2]);
    const after = await it.client.get(KIND.deployment, { namespace: 'default', name: 'web' });
    expect(getString(after, ['metadata', 'annotations', 'deployment.kubernetes.io/revision'])).toBe('2');
    expect(await it.events()).toContainEqual(
      expect.stringMatching(/^Deployment ScalingReplicaSet: Scaled up replica set web-\w+ from 0 to 3$/),
    );
  });

  test('fails at its deadline when its image cannot be pulled', async () => {
    const it = await cluster();
    await it.client.create(
      workload(KIND.deployment, { progressDeadlineSeconds: 20 }, { annotations: { 'simulator.flux-ts.dev/fail': 'ImagePullBackOff' } }),
    );
    await it.until(async () => (await statusOf(it, KIND.deployment)) === 'Failed');
    const [pod] = await it.list(KIND.pod);
    expect(getString(pod, ['status', 'containerStatuses', 0, 'state', 'waiting', 'reason'])).toBe('ImagePullBackOff');
  });

  test('waits for a Secret and goes on when it comes', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment, {}, { spec: { volumes: [{ name: 's', secret: { secretName: 'late' } }] } }));
    await it.until(async () => (await it.events()).some((event) => event.includes('secret "late" not found')));
    expect(await statusOf(it, KIND.deployment)).toBe('InProgress');
    await it.client.create({ ...KIND.secret, metadata: { name: 'late', namespace: 'default' } });
    await it.until(async () => (await statusOf(it, KIND.deployment)) === 'Current');
  });

  test('says why its Pods cannot be made when the ServiceAccount is missing', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment, {}, { spec: { serviceAccountName: 'nobody' } }));
    await it.until(async () =>
      (await it.events()).some(
        (event) => event.startsWith('ReplicaSet FailedCreate') && event.includes('serviceaccount "nobody" not found'),
      ),
    );
    const deployment = await it.client.get(KIND.deployment, { namespace: 'default', name: 'web' });
    expect(JSON.stringify(deployment['status'])).toContain('"type":"ReplicaFailure"');
  });

  test('takes its ReplicaSets and Pods with it, in the background and in the foreground', async () => {
    const it = await cluster();
    for (const propagation of ['Background', 'Foreground'] as const) {
      await it.client.create(workload(KIND.deployment, { replicas: 2 }));
      await it.until(async () => (await statusOf(it, KIND.deployment)) === 'Current');
      await it.client.delete(KIND.deployment, { namespace: 'default', name: 'web' }, { propagation });
      await it.until(
        async () =>
          (await it.list(KIND.pod)).length + (await it.list(KIND.replicaSet)).length + (await it.list(KIND.deployment)).length === 0,
      );
    }
  });
});

describe('other workloads', () => {
  test('a StatefulSet starts its Pods in order, with claims that get volumes', async () => {
    const it = await cluster();
    const claims = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }];
    await it.client.create(workload(KIND.statefulSet, { replicas: 2, serviceName: 'web', volumeClaimTemplates: claims }));
    await it.until(async () => (await statusOf(it, KIND.statefulSet)) === 'Current');
    expect((await it.list(KIND.pod)).map(nameOf).sort()).toEqual(['web-0', 'web-1']);
    expect((await it.list(KIND.claim)).map((claim) => getString(claim, ['status', 'phase']))).toEqual(['Bound', 'Bound']);
  });

  test('a Job completes; one whose Pods fail ends with BackoffLimitExceeded', async () => {
    const it = await cluster();
    const job = (annotations: JsonObject): JsonObject => {
      const { selector: _, ...spec } = workload(KIND.job, { backoffLimit: 1 }, { annotations, spec: { restartPolicy: 'Never' } })[
        'spec'
      ] as JsonObject;
      return { ...KIND.job, metadata: { name: 'web', namespace: 'default' }, spec };
    };
    await it.client.create(job({}));
    await it.until(async () =>
      JSON.stringify((await it.client.get(KIND.job, { namespace: 'default', name: 'web' }))['status'] ?? '').includes('"type":"Complete"'),
    );
    await it.client.delete(KIND.job, { namespace: 'default', name: 'web' }, { propagation: 'Background' });
    await it.client.create(job({ 'simulator.flux-ts.dev/fail': 'JobFailed' }));
    await it.until(async () =>
      JSON.stringify((await it.client.get(KIND.job, { namespace: 'default', name: 'web' }))['status'] ?? '').includes(
        'BackoffLimitExceeded',
      ),
    );
  });

  test('a certificate generator makes the Secret that others mount', async () => {
    const it = await cluster();
    const args = ['create', '--host=a,b', '--namespace=$(POD_NAMESPACE)', '--secret-name=admission'];
    const env = [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }];
    const containers = [{ name: 'create', image: 'registry.example.com/ingress-nginx/kube-webhook-certgen:v1', args, env }];
    await it.client.create({
      ...KIND.pod,
      metadata: { name: 'create', namespace: 'default' },
      spec: { restartPolicy: 'OnFailure', containers },
    });
    await it.until(
      async () => getString(await it.client.get(KIND.pod, { namespace: 'default', name: 'create' }), ['status', 'phase']) === 'Succeeded',
    );
    const secret = await it.client.get(KIND.secret, { namespace: 'default', name: 'admission' });
    expect(secret['data']).toEqual({ ca: 'Q0E=', cert: 'Q0VSVA==', key: 'S0VZ' });
  });

  test('a namespace is emptied before it goes', async () => {
    const it = await cluster();
    await it.client.create({ ...KIND.namespace, metadata: { name: 'gone' } });
    const web = workload(KIND.deployment, {});
    await it.client.create({ ...web, metadata: { name: 'web', namespace: 'gone' } });
    await it.until(async () => (await it.list(KIND.pod, 'gone')).length === 1);
    await it.client.delete(KIND.namespace, { name: 'gone' });
    await it.until(async () => (await it.client.find(KIND.namespace, { name: 'gone' })) === undefined);
    expect((await it.list(KIND.pod, 'gone')).length).toBe(0);
  });
});

test('the same seed gives the same log of events', async () => {
  const story = async (): Promise<readonly string[]> => {
    const it = await cluster(42);
    await it.client.create(workload(KIND.deployment, { replicas: 3 }));
    await it.until(async () => (await statusOf(it, KIND.deployment)) === 'Current');
    return it.events();
  };
  expect(await story()).toEqual(await story());
});

test('everything that is simulated says so', async () => {
  const it = await cluster();
  await it.client.create(workload(KIND.deployment, {}));
  await it.until(async () => (await statusOf(it, KIND.deployment)) === 'Current');
  const node = await it.client.get(KIND.node, { name: 'flux-sim-0' });
  expect(getString(node, ['status', 'nodeInfo', 'kubeletVersion'])).toMatch(/-sim$/);
  const [pod] = await it.list(KIND.pod);
  const managers = (getPath(pod, ['metadata', 'managedFields']) as readonly JsonObject[]).map((entry) => entry['manager']);
  expect(new Set(managers)).toEqual(new Set(['workload-simulator']));
});
