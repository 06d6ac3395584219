import { afterEach, expect, test } from 'vitest';
import { createApiServer, type ApiListener, type ApiServer } from '@flux-ts/apiserver';
import { RealClock, systemRandom } from '@flux-ts/base';
import { KubeClient, labelsOf, mergeContext } from '@flux-ts/kube';
import { configMapText, createWorld, kustomization, type World } from '../../test/world.ts';
import { createKustomizeController } from './controller.ts';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
let world: World;
let far: ApiServer;
let listener: ApiListener;

afterEach(async () => {
  await world.close();
  await listener.close();
  await far.close();
});

test('objects go to the cluster of a kubeconfig and are pruned there', async () => {
  far = await createApiServer({ clock: new RealClock(), random: systemRandom });
  listener = await far.listen({ tls: true });
  const there = new KubeClient({ transport: far.transport() });
  world = await createWorld({ real: true });
  world.start(createKustomizeController(world.deps(), {}));
  const kubeconfig = mergeContext('', { name: 'far', server: listener.url, caPem: listener.ca, token: listener.token }, true);
  await world.source('repo', 'main@sha1:a', { 'app/a.yaml': configMapText('a'), 'app/b.yaml': configMapText('b') });
  const spec = { ...(kustomization('app')['spec'] as object), kubeConfig: { secretRef: { name: 'far' } } };
  await world.apply(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'far', namespace: 'default' }, stringData: { value: kubeconfig } },
    { ...kustomization('app'), spec },
  );
  await world.until('app is ready', () => world.ready('Kustomization', 'default/app')?.status === 'True');
  const object = await there.get(CONFIG_MAP, { namespace: 'default', name: 'a' });
  expect(labelsOf(object)['kustomize.toolkit.fluxcd.io/name']).toBe('app');
  expect(world.find('ConfigMap', 'default/a')).toBeUndefined();
  await world.source('repo', 'main@sha1:b', { 'app/a.yaml': configMapText('a') });
  await world.until('the new revision', () => world.ready('Kustomization', 'default/app')?.message === 'Applied revision: main@sha1:b');
  expect(await there.find(CONFIG_MAP, { namespace: 'default', name: 'b' })).toBeUndefined();
});
