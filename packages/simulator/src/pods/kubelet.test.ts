import { getPath, getString, type JsonObject } from '@flux-ts/base';
import { describe, expect, test } from 'vitest';
import { clustersOfTests, pod, type TestCluster, told } from '../../test/cluster.ts';
import { KIND } from '../kinds.ts';

const cluster = clustersOfTests();
const waiting = async (it: TestCluster): Promise<string> =>
  getString(await it.get(KIND.pod), ['status', 'containerStatuses', 0, 'state', 'waiting', 'reason']) ?? '';
const restarts = async (it: TestCluster): Promise<unknown> =>
  getPath(await it.get(KIND.pod), ['status', 'containerStatuses', 0, 'restartCount']);
const fail = (word: string): JsonObject => ({ 'simulator.flux-ts.dev/fail': word });

describe('a Pod', () => {
  test('is scheduled, created and ready, with what a kubelet writes', async () => {
    const it = await cluster();
    await it.client.create(pod());
    await it.until(async () => (await it.status(KIND.pod)) === 'Current');
    const stored = await it.get(KIND.pod);
    const types = (getPath(stored, ['status', 'conditions']) as readonly JsonObject[]).map(
      (c) => `${String(c['type'])}=${String(c['status'])}`,
    );
    expect(types).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ]);
    const ip = getString(stored, ['status', 'podIP']);
    expect(stored['status']).toMatchObject({
      phase: 'Running',
      qosClass: 'BestEffort',
      hostIP: '192.0.2.1',
      hostIPs: [{ ip: '192.0.2.1' }],
      podIPs: [{ ip }],
      startTime: expect.stringMatching(/^2026-01-01T00:00:0\dZ$/) as string,
      containerStatuses: [
        {
          name: 'c',
          ready: true,
          started: true,
          restartCount: 0,
          image: 'registry.example.com/c:1',
          imageID: 'simulated://registry.example.com/c:1',
          containerID: expect.stringMatching(/^simulated:\/\/\w+$/) as string,
          state: { running: { startedAt: expect.any(String) as string } },
        },
      ],
    });
    expect(it.events().filter((event) => event.startsWith('Pod '))).toEqual([
      'Pod Scheduled: Successfully assigned default/web to flux-sim-0 (simulated: no kubelet runs it)',
      'Pod Pulling: Pulling image "registry.example.com/c:1"',
      'Pod Pulled: Successfully pulled image "registry.example.com/c:1" in 300ms (300ms including waiting)',
      'Pod Created: Container created',
      'Pod Started: Container started (simulated)',
    ]);
  });

  test('has no address and no sandbox while its containers are being created', async () => {
    const it = await cluster();
    await it.client.create(pod({}, { 'simulator.flux-ts.dev/delay': '30s' }));
    await it.clock.advance(29_000);
    const stored = await it.get(KIND.pod);
    expect([told(stored, 'PodReadyToStartContainers'), told(stored, 'Ready'), told(stored, 'PodScheduled')]).toEqual([
      'False',
      'False ContainersNotReady',
      'True',
    ]);
    expect(getPath(stored, ['status', 'podIP'])).toBeUndefined();
    expect(await waiting(it)).toBe('ContainerCreating');
    await it.clock.advance(2000);
    expect(await it.status(KIND.pod)).toBe('Current');
  });

  test('runs its init containers one after the other, and keeps its sidecars', async () => {
    const it = await cluster();
    const image = 'registry.example.com/i:1';
    const initContainers = [
      { name: 'first', image },
      { name: 'proxy', image, restartPolicy: 'Always' },
      { name: 'second', image },
    ];
    await it.client.create(pod({ initContainers }));
    await it.until(async () => (await it.status(KIND.pod)) === 'Current');
    const states = (object: JsonObject): string =>
      [
        ...((getPath(object, ['status', 'initContainerStatuses']) ?? []) as readonly JsonObject[]),
        ...((getPath(object, ['status', 'containerStatuses']) ?? []) as readonly JsonObject[]),
      ]
        .map((s) => Object.keys(s['state'] as JsonObject)[0])
        .join(' ');
    const seen = it.changes.filter((c) => c.resource === 'pods' && c.type === 'MODIFIED').map((c) => states(c.object));
    expect([...new Set(seen)].filter((text) => text !== '')).toEqual([
      'waiting waiting waiting waiting',
      'running waiting waiting waiting',
      'terminated running running waiting',
      'terminated running terminated running',
    ]);
    const [first, proxy] = getPath(await it.get(KIND.pod), ['status', 'initContainerStatuses']) as readonly JsonObject[];
    expect([first?.['ready'], proxy?.['ready'], proxy?.['started']]).toEqual([true, true, true]);
  });

  test.each([
    [{ envFrom: [{ secretRef: { name: 'late' } }] }, 'CreateContainerConfigError', 'Pod Failed: Error: secret "late" not found'],
    [
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'late', key: 'k' } } }] },
      'CreateContainerConfigError',
      'Pod Failed: Error: configmap "late" not found',
    ],
    [
      { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'some', key: 'k' } } }] },
      'CreateContainerConfigError',
      "Pod Failed: Error: couldn't find key k in ConfigMap default/some",
    ],
    [{ image: 'registry.example.com/UPPER:1' }, 'InvalidImageName', 'Pod Failed: Error: InvalidImageName'],
  ])('with %j waits as %s', async (container, reason, event) => {
    const it = await cluster();
    await it.client.create({ ...KIND.configMap, metadata: { name: 'some', namespace: 'default' }, data: { other: '1' } });
    await it.client.create(pod({ containers: [{ name: 'c', image: 'registry.example.com/c:1', ...container }] }));
    await it.until(async () => (await waiting(it)) === reason);
    await it.clock.advance(0);
    expect(it.events()).toContain(event);
    expect(getString(await it.get(KIND.pod), ['status', 'phase'])).toBe('Pending');
  });

  test.each([
    [{ secret: { secretName: 'late' } }, 'MountVolume.SetUp failed for volume "v" : secret "late" not found'],
    [{ configMap: { name: 'late' } }, 'MountVolume.SetUp failed for volume "v" : configmap "late" not found'],
    [
      { configMap: { name: 'some', items: [{ key: 'k', path: 'p' }] } },
      'MountVolume.SetUp failed for volume "v" : references non-existent config key: k',
    ],
  ])('with the volume %j stays in ContainerCreating and goes on when it is there', async (volume, message) => {
    const it = await cluster();
    await it.client.create({ ...KIND.configMap, metadata: { name: 'some', namespace: 'default' }, data: { other: '1' } });
    await it.client.create(pod({ volumes: [{ name: 'v', ...volume }] }));
    await it.until(() => it.events().includes(`Pod FailedMount: ${message}`));
    expect(await waiting(it)).toBe('ContainerCreating');
    await it.client.apply({ ...KIND.secret, metadata: { name: 'late', namespace: 'default' } });
    await it.client.apply({ ...KIND.configMap, metadata: { name: 'late', namespace: 'default' } });
    await it.client.apply({ ...KIND.configMap, metadata: { name: 'some', namespace: 'default' }, data: { k: '1' } }, { force: true });
    await it.until(async () => (await it.status(KIND.pod)) === 'Current');
  });

  test('that names a pull secret which is not there is told so, and starts', async () => {
    const it = await cluster();
    await it.client.create(pod({ imagePullSecrets: [{ name: 'registry' }] }));
    await it.until(async () => (await it.status(KIND.pod)) === 'Current');
    expect(it.events()).toContainEqual(
      expect.stringMatching(/FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets \(registry\)/),
    );
  });

  test('whose image cannot be pulled goes from ErrImagePull to ImagePullBackOff', async () => {
    const it = await cluster();
    await it.client.create(pod({}, fail('ImagePullBackOff')));
    await it.until(async () => (await waiting(it)) === 'ErrImagePull');
    await it.until(async () => (await waiting(it)) === 'ImagePullBackOff');
    expect(it.events()).toEqual(
      expect.arrayContaining(['Pod Failed: Error: ErrImagePull', 'Pod BackOff: Back-off pulling image "registry.example.com/c:1"']),
    );
  });

  test('that crashes is started again after growing pauses, and seen as failed', async () => {
    const it = await cluster();
    await it.client.create(pod({}, fail('CrashLoopBackOff')));
    await it.until(async () => (await waiting(it)) === 'CrashLoopBackOff');
    const uid = getString(await it.get(KIND.pod), ['metadata', 'uid']);
    expect(getString(await it.get(KIND.pod), ['status', 'containerStatuses', 0, 'state', 'waiting', 'message'])).toBe(
      `back-off 10s restarting failed container=c pod=web_default(${uid})`,
    );
    expect(await it.status(KIND.pod)).toBe('Failed');
    await it.clock.advance(75_000);
    expect(await restarts(it)).toBe(4);
    expect(it.events()).toContain(`Pod BackOff: Back-off restarting failed container c in pod web_default(${uid})`);
    expect(getPath(await it.get(KIND.pod), ['status', 'containerStatuses', 0, 'lastState', 'terminated', 'exitCode'])).toBe(1);
  });

  test('that runs out of memory says so', async () => {
    const it = await cluster();
    await it.client.create(pod({}, fail('OOMKilled')));
    await it.until(async () => (await waiting(it)) === 'CrashLoopBackOff');
    expect(getPath(await it.get(KIND.pod), ['status', 'containerStatuses', 0, 'lastState', 'terminated'])).toMatchObject({
      exitCode: 137,
      reason: 'OOMKilled',
    });
  });

  test('that never gets ready runs, and its probe fails', async () => {
    const it = await cluster();
    await it.client.create(pod({}, fail('NotReady')));
    await it.until(async () => getString(await it.get(KIND.pod), ['status', 'phase']) === 'Running');
    expect(told(await it.get(KIND.pod), 'Ready')).toBe('False ContainersNotReady');
    await it.clock.advance(0);
    expect(it.events()).toContain('Pod Unhealthy: Readiness probe failed: simulated by annotation');
  });

  test.each([
    [{ nodeSelector: { disk: 'ssd' } }, "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."],
    [
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'NotIn', values: ['amd64'] }] }],
            },
          },
        },
      },
      "1 node(s) didn't match Pod's node affinity/selector",
    ],
    [
      { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'none' } }] },
      '0/1 nodes are available: persistentvolumeclaim "none" not found.',
    ],
  ])('with %j cannot be scheduled', async (spec, message) => {
    const it = await cluster();
    await it.client.create(pod(spec));
    await it.until(async () => told(await it.get(KIND.pod), 'PodScheduled') === 'False Unschedulable');
    await it.clock.advance(0);
    expect(it.events().some((event) => event.startsWith('Pod FailedScheduling: ') && event.includes(message))).toBe(true);
  });

  test('waits while the node is cordoned, or while it has a scheduling gate', async () => {
    const it = await cluster();
    await it.client.patch(KIND.node, { name: 'flux-sim-0' }, { kind: 'merge', patch: { spec: { unschedulable: true } } });
    await it.client.create(pod());
    await it.until(async () => told(await it.get(KIND.pod), 'PodScheduled') === 'False Unschedulable');
    await it.client.patch(KIND.node, { name: 'flux-sim-0' }, { kind: 'merge', patch: { spec: { unschedulable: null } } });
    await it.until(async () => (await it.status(KIND.pod)) === 'Current');
    await it.client.create({ ...pod({ schedulingGates: [{ name: 'a.io/gate' }] }), metadata: { name: 'gated', namespace: 'default' } });
    await it.until(async () => told(await it.get(KIND.pod, 'gated'), 'PodScheduled') === 'False SchedulingGated');
  });

  test('that is meant to end ends, and one that is over its deadline fails', async () => {
    const it = await cluster();
    await it.client.create(pod({ restartPolicy: 'Never' }));
    await it.until(async () => getString(await it.get(KIND.pod), ['status', 'phase']) === 'Succeeded');
    expect([told(await it.get(KIND.pod), 'Ready'), told(await it.get(KIND.pod), 'Initialized')]).toEqual([
      'False PodCompleted',
      'True PodCompleted',
    ]);
    await it.client.create({ ...pod({ activeDeadlineSeconds: 60 }), metadata: { name: 'late', namespace: 'default' } });
    await it.clock.advance(65_000);
    expect((await it.get(KIND.pod, 'late'))['status']).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  });

  test('with an unknown word in its annotation is told what there is, and starts', async () => {
    const it = await cluster();
    await it.client.create(pod({}, fail('Explode')));
    await it.until(async () => (await it.status(KIND.pod)) === 'Current');
    expect(it.events()).toContainEqual(
      expect.stringMatching(
        /^Pod UnknownSimulation: annotation simulator.flux-ts.dev\/fail: "Explode" is unknown, use one of ImagePullBackOff/,
      ),
    );
  });

  test('a certificate generator makes the Secret that others mount', async () => {
    const it = await cluster();
    const args = ['create', '--host=a,b', '--namespace=$(POD_NAMESPACE)', '--secret-name=admission'];
    const env = [{ name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }];
    const containers = [{ name: 'create', image: 'registry.example.com/ingress-nginx/kube-webhook-certgen:v1', args, env }];
    await it.client.create(pod({ restartPolicy: 'OnFailure', containers }));
    await it.until(async () => getString(await it.get(KIND.pod), ['status', 'phase']) === 'Succeeded');
    expect((await it.get(KIND.secret, 'admission'))['data']).toEqual({ ca: 'Q0E=', cert: 'Q0VSVA==', key: 'S0VZ' });
  });
});

describe('a rule', () => {
  test.each([
    ['{match: {kind: Pod, name: "w*"}, fail: ImagePullBackOff}', true],
    ['{match: {name: x*}, fail: ImagePullBackOff}', false],
    ['{match: {namespace: kube-*}, fail: ImagePullBackOff}', false],
    ['{match: {labels: "app in (web)"}, fail: ImagePullBackOff}', true],
    ['{match: {image: "*/c:?"}, fail: ImagePullBackOff}', true],
    ['{match: {image: "*/c:2"}, fail: ImagePullBackOff}', false],
    ['{fail: ImagePullBackOff, probability: 0}', false],
    ['{fail: ImagePullBackOff, probability: 1}', true],
  ])('%s befalls the Pod: %s', async (rule, befalls) => {
    const it = await cluster({ rules: `failures: [${rule}]` });
    await it.client.create(pod());
    await it.clock.advance(5000);
    expect(await it.status(KIND.pod)).toBe(befalls ? 'InProgress' : 'Current');
  });

  test('of one image fails that container alone', async () => {
    const it = await cluster({ rules: 'failures: [{match: {image: "*/bad:*"}, fail: ImagePullBackOff}]' });
    const containers = [
      { name: 'good', image: 'r.example.com/good:1' },
      { name: 'bad', image: 'r.example.com/bad:1' },
    ];
    await it.client.create(pod({ containers }));
    await it.clock.advance(5000);
    const statuses = getPath(await it.get(KIND.pod), ['status', 'containerStatuses']) as readonly JsonObject[];
    expect(statuses.map((s) => s['ready'])).toEqual([true, false]);
    expect(getString(await it.get(KIND.pod), ['status', 'phase'])).toBe('Pending');
  });

  test('that ends after a time lets the Pod recover by itself', async () => {
    const it = await cluster({ rules: 'failures: [{fail: CrashLoopBackOff, for: 1m}]' });
    await it.client.create(pod());
    await it.until(async () => (await waiting(it)) === 'CrashLoopBackOff');
    await it.clock.advance(120_000);
    expect(await it.status(KIND.pod)).toBe('Current');
    expect(Number(await restarts(it))).toBeGreaterThan(1);
  });

  test('that begins later crashes a Pod that was ready', async () => {
    const it = await cluster({ rules: 'failures: [{fail: OOMKilled, after: 2m, for: 30s}]' });
    await it.client.create(pod());
    await it.clock.advance(110_000);
    expect(await it.status(KIND.pod)).toBe('Current');
    await it.clock.advance(15_000);
    expect(await it.status(KIND.pod)).toBe('Failed');
    await it.clock.advance(60_000);
    expect(await it.status(KIND.pod)).toBe('Current');
  });

  test('with times befalls so many Pods and no more; one with a probability draws from the seed', async () => {
    const count = async (rules: string): Promise<number> => {
      const it = await cluster({ rules, seed: 7 });
      for (let i = 0; i < 20; i++) await it.client.create({ ...pod(), metadata: { name: `p${i}`, namespace: 'default' } });
      await it.clock.advance(5000);
      return (await it.list(KIND.pod)).filter((p) => told(p, 'Ready') !== 'True').length;
    };
    expect(await count('failures: [{fail: NotReady, times: 2}]')).toBe(2);
    const drawn = await count('failures: [{fail: NotReady, probability: 0.5}]');
    expect(drawn).toBeGreaterThan(2);
    expect(drawn).toBeLessThan(18);
  });
});
