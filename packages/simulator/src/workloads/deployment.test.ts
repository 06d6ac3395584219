import { getPath, getString, type JsonObject } from '@flux-ts/base';
import { annotationsOf } from '@flux-ts/kube';
import { describe, expect, test } from 'vitest';
import { clustersOfTests, told, workload } from '../../test/cluster.ts';
import { KIND } from '../kinds.ts';

const cluster = clustersOfTests();
const replicasOf = (sets: readonly JsonObject[]): readonly number[] =>
  sets.map((set) => Number(getPath(set, ['spec', 'replicas']))).toSorted((a, b) => a - b);
const BROKEN = { annotations: { 'simulator.flux-ts.dev/fail': 'ImagePullBackOff' } };

describe('a Deployment', () => {
  test('rolls out, and rolls over to a new template with the old ReplicaSet kept at zero', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment, { replicas: 3 }));
    await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
    expect((await it.list(KIND.pod)).length).toBe(3);
    await it.change(KIND.deployment, { replicas: 2, template: { metadata: { annotations: { v: '2' } } } });
    await it.until(async () => (await it.list(KIND.replicaSet)).length === 2 && (await it.status(KIND.deployment)) === 'Current');
    expect(replicasOf(await it.list(KIND.replicaSet))).toEqual([0, 2]);
    const after = await it.get(KIND.deployment);
    expect(annotationsOf(after)['deployment.kubernetes.io/revision']).toBe('2');
    expect(told(after, 'Progressing')).toBe('True NewReplicaSetAvailable');
    expect(it.events()).toContainEqual(expect.stringMatching(/^Deployment ScalingReplicaSet: Scaled up replica set web-\w+ from 0 to 3$/));
  });

  test('goes back to an earlier template with its old ReplicaSet and a new number, the old ones in its history', async () => {
    const it = await cluster();
    const set = (v: string): JsonObject => ({ template: { metadata: { annotations: { v } } } });
    await it.client.create(workload(KIND.deployment));
    for (const v of ['2', '1']) {
      await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
      await it.change(KIND.deployment, v === '1' ? { template: { metadata: { annotations: null } } } : set(v));
      await it.clock.advance(0);
    }
    await it.until(async () => annotationsOf(await it.get(KIND.deployment))['deployment.kubernetes.io/revision'] === '3');
    const history = (await it.list(KIND.replicaSet)).map((s) => annotationsOf(s)['deployment.kubernetes.io/revision-history']);
    expect(history.filter((text) => text !== undefined)).toEqual(['1']);
  });

  test.each([
    ['maxSurge 1, maxUnavailable 0', { maxSurge: 1, maxUnavailable: 0 }, { most: 5, least: 4 }],
    ['maxSurge 0, maxUnavailable 1', { maxSurge: 0, maxUnavailable: 1 }, { most: 4, least: 3 }],
    ['maxSurge 50%, maxUnavailable 25%', { maxSurge: '50%', maxUnavailable: '25%' }, { most: 6, least: 3 }],
  ])('keeps within %s while it rolls', async (_, rollingUpdate, { most, least }) => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment, { replicas: 4, strategy: { type: 'RollingUpdate', rollingUpdate } }));
    await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
    const from = it.changes.length;
    await it.change(KIND.deployment, { template: { metadata: { annotations: { v: '2' } } } });
    await it.clock.advance(1);
    await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
    const shown = it.changes
      .slice(from)
      .filter((c) => c.resource === 'deployments')
      .map(({ object }) => object);
    expect(Math.max(...shown.map((d) => Number(getPath(d, ['status', 'replicas']))))).toBe(most);
    expect(Math.min(...shown.map((d) => Number(getPath(d, ['status', 'availableReplicas']))))).toBeGreaterThanOrEqual(least);
  });

  test('with the strategy Recreate has no Pod of the new template before the last old one is gone', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment, { replicas: 2, strategy: { type: 'Recreate' } }));
    await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
    const from = it.changes.length;
    await it.change(KIND.deployment, { template: { metadata: { annotations: { v: '2' } } } });
    await it.clock.advance(1);
    await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
    const pods = it.changes.slice(from).filter((c) => c.resource === 'pods');
    const lastGone = pods.findLastIndex((c) => c.type === 'DELETED');
    expect(pods.findIndex((c) => c.type === 'ADDED')).toBeGreaterThan(lastGone);
    expect(lastGone).toBeGreaterThan(-1);
  });

  test('that is paused makes no ReplicaSet, is scaled all the same, and goes on when it is resumed', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment, { replicas: 1 }));
    await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
    await it.change(KIND.deployment, { paused: true, replicas: 2, template: { metadata: { annotations: { v: '2' } } } });
    await it.clock.advance(5000);
    expect(replicasOf(await it.list(KIND.replicaSet))).toEqual([2]);
    expect(told(await it.get(KIND.deployment), 'Progressing')).toBe('Unknown DeploymentPaused');
    await it.change(KIND.deployment, { paused: null });
    await it.until(async () => (await it.list(KIND.replicaSet)).length === 2 && (await it.status(KIND.deployment)) === 'Current');
    expect(replicasOf(await it.list(KIND.replicaSet))).toEqual([0, 2]);
  });

  test('is available only when its Pods have been ready for minReadySeconds', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment, { minReadySeconds: 30 }));
    await it.clock.advance(20_000);
    const early = await it.get(KIND.deployment);
    expect(getPath(early, ['status', 'readyReplicas'])).toBe(1);
    expect(getPath(early, ['status', 'availableReplicas'])).toBeUndefined();
    expect(told(early, 'Available')).toBe('False MinimumReplicasUnavailable');
    await it.clock.advance(15_000);
    expect(told(await it.get(KIND.deployment), 'Available')).toBe('True MinimumReplicasAvailable');
  });

  test('that cannot pull its image exceeds its deadline of ten minutes at once on a virtual clock, and not before', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment, {}, BROKEN));
    await it.clock.advance(595_000);
    expect(told(await it.get(KIND.deployment), 'Progressing')).toMatch(/^True/);
    await it.clock.advance(15_000);
    const late = await it.get(KIND.deployment);
    expect(told(late, 'Progressing')).toBe('False ProgressDeadlineExceeded');
    expect(JSON.stringify(late['status'])).toMatch(/ReplicaSet \\"web-\w+\\" has timed out progressing\./);
    expect(await it.status(KIND.deployment)).toBe('Failed');
  });

  test('whose Pod fails later stays rolled out: only a rollout has a deadline', async () => {
    const it = await cluster({ rules: 'failures: [{fail: NotReady, after: 1m}]' });
    await it.client.create(workload(KIND.deployment));
    await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
    await it.clock.advance(1_200_000);
    const after = await it.get(KIND.deployment);
    expect([told(after, 'Progressing'), told(after, 'Available')]).toEqual([
      'True NewReplicaSetAvailable',
      'False MinimumReplicasUnavailable',
    ]);
  });

  test('says why its Pods cannot be made when the ServiceAccount is missing, and goes on when it comes', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment, {}, { spec: { serviceAccountName: 'nobody' } }));
    const why =
      /^ReplicaSet FailedCreate: Error creating: pods "web-\w+-" is forbidden: error looking up service account default\/nobody: serviceaccount "nobody" not found$/;
    await it.until(() => it.events().some((event) => why.test(event)));
    await it.clock.advance(0);
    expect(told(await it.get(KIND.deployment), 'ReplicaFailure')).toBe('True FailedCreate');
    await it.client.create({ ...KIND.serviceAccount, metadata: { name: 'nobody', namespace: 'default' } });
    await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
    expect(told(await it.get(KIND.deployment), 'ReplicaFailure')).toBe('none');
  });

  test('says what exceeds a quota, and goes on when there is more', async () => {
    const it = await cluster();
    const quota = (pods: string): JsonObject => ({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: 'default' },
      spec: { hard: { pods } },
    });
    await it.client.create(quota('1'));
    await it.client.create(workload(KIND.deployment, { replicas: 2 }));
    await it.until(async () => told(await it.get(KIND.deployment), 'ReplicaFailure') === 'True FailedCreate');
    expect(it.events()).toContainEqual(
      expect.stringMatching(
        /FailedCreate: Error creating: pods "web-\w+-\w+" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1/,
      ),
    );
    await it.client.apply(quota('5'), { force: true });
    await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
  });

  test('takes over the ReplicaSet that another of its name left behind', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment));
    await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
    await it.client.delete(KIND.deployment, { namespace: 'default', name: 'web' }, { propagation: 'Orphan' });
    await it.clock.advance(1000);
    const [pod] = await it.list(KIND.pod);
    await it.client.create(workload(KIND.deployment));
    await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
    expect((await it.list(KIND.pod)).map((p) => getString(p, ['metadata', 'uid']))).toEqual([getString(pod, ['metadata', 'uid'])]);
    expect((await it.list(KIND.replicaSet)).length).toBe(1);
  });

  test('keeps as many old ReplicaSets as revisionHistoryLimit says', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.deployment, { revisionHistoryLimit: 1 }));
    for (const v of ['2', '3', '4']) {
      await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
      await it.change(KIND.deployment, { template: { metadata: { annotations: { v } } } });
      await it.clock.advance(1);
    }
    await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
    await it.until(async () => (await it.list(KIND.replicaSet)).length === 2);
    expect((await it.list(KIND.replicaSet)).map((s) => String(annotationsOf(s)['deployment.kubernetes.io/revision'])).toSorted()).toEqual([
      '3',
      '4',
    ]);
  });

  test('takes its ReplicaSets and Pods with it, in the background and in the foreground', async () => {
    const it = await cluster();
    for (const propagation of ['Background', 'Foreground'] as const) {
      await it.client.create(workload(KIND.deployment, { replicas: 2 }));
      await it.until(async () => (await it.status(KIND.deployment)) === 'Current');
      await it.client.delete(KIND.deployment, { namespace: 'default', name: 'web' }, { propagation });
      const left = async (): Promise<number> =>
        (await it.list(KIND.pod)).length + (await it.list(KIND.replicaSet)).length + (await it.list(KIND.deployment)).length;
      await it.until(async () => (await left()) === 0);
    }
  });
});

describe('kinds with revisions', () => {
  test('a StatefulSet starts its Pods in order, with claims that get volumes', async () => {
    const it = await cluster();
    const claims = [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }];
    await it.client.create(workload(KIND.statefulSet, { replicas: 2, serviceName: 'web', volumeClaimTemplates: claims }));
    await it.until(async () => (await it.status(KIND.statefulSet)) === 'Current');
    const story = it.changes
      .filter((c) => c.resource === 'pods')
      .map((c) => `${c.type} ${getString(c.object, ['metadata', 'name'])} ${told(c.object, 'Ready')}`);
    expect(story.indexOf('ADDED web-1 none')).toBeGreaterThan(story.indexOf('MODIFIED web-0 True'));
    expect((await it.list(KIND.claim)).map((claim) => getString(claim, ['status', 'phase']))).toEqual(['Bound', 'Bound']);
    expect(it.events()).toContainEqual('StatefulSet SuccessfulCreate: create Claim data-web-0 Pod web-0 in StatefulSet web success');
    expect(it.events()).toContainEqual('StatefulSet SuccessfulCreate: create Pod web-0 in StatefulSet web successful');
  });

  test('a Parallel StatefulSet makes all its Pods at once', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.statefulSet, { replicas: 3, serviceName: 'web', podManagementPolicy: 'Parallel' }, BROKEN));
    await it.clock.advance(0);
    expect((await it.list(KIND.pod)).length).toBe(3);
  });

  test('a StatefulSet with a partition updates the Pods above it, and makes those below of the old template', async () => {
    const it = await cluster();
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 1 } };
    await it.client.create(workload(KIND.statefulSet, { replicas: 3, serviceName: 'web', updateStrategy }));
    await it.until(async () => (await it.status(KIND.statefulSet)) === 'Current');
    await it.change(KIND.statefulSet, { template: { metadata: { annotations: { v: '2' } } } });
    await it.until(
      async () => getPath(await it.get(KIND.statefulSet), ['status', 'updatedReplicas']) === 2 && (await it.list(KIND.pod)).length === 3,
    );
    await it.client.delete(KIND.pod, { namespace: 'default', name: 'web-0' });
    await it.until(async () => (await it.status(KIND.statefulSet)) === 'Current');
    const versions = Object.fromEntries(
      (await it.list(KIND.pod)).map((p) => [getString(p, ['metadata', 'name']), annotationsOf(p)['v'] ?? '1']),
    );
    expect(versions).toEqual({ 'web-0': '1', 'web-1': '2', 'web-2': '2' });
    const set = await it.get(KIND.statefulSet);
    expect(getString(set, ['status', 'currentRevision'])).not.toBe(getString(set, ['status', 'updateRevision']));
  });

  test.each([
    ['Retain', 2],
    ['Delete', 1],
  ])('a StatefulSet that shrinks with whenScaled %s leaves %i claims', async (whenScaled, left) => {
    const it = await cluster();
    const volumeClaimTemplates = [
      { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
    ];
    const persistentVolumeClaimRetentionPolicy = { whenScaled, whenDeleted: 'Retain' };
    await it.client.create(
      workload(KIND.statefulSet, { replicas: 2, serviceName: 'web', volumeClaimTemplates, persistentVolumeClaimRetentionPolicy }),
    );
    await it.until(async () => (await it.status(KIND.statefulSet)) === 'Current');
    await it.change(KIND.statefulSet, { replicas: 1 });
    await it.until(async () => (await it.list(KIND.pod)).length === 1);
    await it.clock.advance(5000);
    expect((await it.list(KIND.claim)).length).toBe(left);
    expect((await it.client.list(KIND.volume)).items.length).toBe(left);
  });

  test.each([
    [KIND.statefulSet, { serviceName: 'web' }],
    [KIND.daemonSet, {}],
  ])('a $kind keeps a ControllerRevision of each template, numbered anew when one comes back', async (kind, spec) => {
    const it = await cluster();
    await it.client.create(workload(kind, spec));
    const numbers = async (): Promise<readonly number[]> =>
      (await it.list(KIND.revision)).map((r) => Number(r['revision'])).toSorted((a, b) => a - b);
    await it.until(async () => (await it.status(kind)) === 'Current');
    expect(await numbers()).toEqual([1]);
    await it.change(kind, { template: { metadata: { annotations: { v: '2' } } } });
    await it.until(async () => (await it.list(KIND.revision)).length === 2 && (await it.status(kind)) === 'Current');
    await it.change(kind, { template: { metadata: { annotations: null } } });
    await it.until(async () => JSON.stringify(await numbers()) === '[2,3]');
    const [revision] = await it.list(KIND.revision);
    expect(getString(revision, ['data', 'spec', 'template', '$patch'])).toBe('replace');
  });

  test('a DaemonSet has one Pod on the node through the scheduler, and none where the node does not suit it', async () => {
    const it = await cluster();
    await it.client.create(workload(KIND.daemonSet));
    await it.client.create(
      workload(KIND.daemonSet, { name: 'gpu', selector: { matchLabels: { app: 'web' } } }, { spec: { nodeSelector: { gpu: 'yes' } } }),
    );
    await it.until(async () => (await it.status(KIND.daemonSet)) === 'Current');
    const [pod] = await it.list(KIND.pod);
    expect(getPath(pod, ['metadata', 'labels', 'controller-revision-hash'])).toBeTypeOf('string');
    expect(getPath(pod, ['metadata', 'labels', 'pod-template-generation'])).toBe('1');
    expect(annotationsOf(await it.get(KIND.daemonSet))['deprecated.daemonset.template.generation']).toBe('1');
    expect(JSON.stringify(getPath(pod, ['spec', 'affinity']))).toContain('"values":["flux-sim-0"]');
    expect(it.events()).toContainEqual(expect.stringMatching(/^Pod Scheduled: Successfully assigned default\/web-\w+ to flux-sim-0/));
    expect(getPath(await it.get(KIND.daemonSet, 'gpu'), ['status', 'desiredNumberScheduled'])).toBe(0);
  });
});
