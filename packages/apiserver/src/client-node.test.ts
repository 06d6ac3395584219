import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { RealClock, systemRandom } from '@flux-ts/base';
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  PortForward,
  Watch,
  type V1ConfigMap,
  type V1Deployment,
} from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startForwardServer } from '../test/forward-server.ts';
import { createApiServer, type ApiServer } from './index.ts';

let server: ApiServer;
let config: KubeConfig;

beforeAll(async () => {
  server = await createApiServer({ clock: new RealClock(), random: systemRandom });
  const { url } = await server.listen();
  config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'test', server: url, skipTLSVerify: true }, { name: 'admin' });
});
afterAll(() => server.close());

const namespace = 'default';
const configMap = (name: string): V1ConfigMap => ({ metadata: { name, labels: { suite: 'node' } }, data: { a: '1' } });

test('the Node client creates, lists and deletes', async () => {
  const core = config.makeApiClient(CoreV1Api);
  await core.createNamespacedConfigMap({ namespace, body: configMap('one') });
  const list = await core.listNamespacedConfigMap({ namespace, labelSelector: 'suite=node' });
  expect(list.items.map((item) => item.metadata?.name)).toEqual(['one']);
  await core.deleteNamespacedConfigMap({ namespace, name: 'one' });
  await expect(core.readNamespacedConfigMap({ namespace, name: 'one' })).rejects.toThrow('HTTP-Code: 404');
});

test('the Node client applies on the server', async () => {
  const objects = KubernetesObjectApi.makeApiClient(config);
  const deployment: V1Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    },
  };
  await objects.patch(deployment, undefined, undefined, 'node', true, PatchStrategy.ServerSideApply);
  const read = await config.makeApiClient(AppsV1Api).readNamespacedDeployment({ namespace, name: 'web' });
  expect(read.spec?.replicas).toBe(1);
  expect(read.metadata?.managedFields?.map((entry) => [entry.manager, entry.operation])).toEqual([['node', 'Apply']]);
});

test('the Node client watches', async () => {
  const core = config.makeApiClient(CoreV1Api);
  const seen: string[] = [];
  const watch = new Watch(config);
  const done = new Promise<void>((resolve, reject) => {
    watch
      .watch(
        `/api/v1/namespaces/${namespace}/configmaps`,
        { labelSelector: 'suite=node' },
        (phase: string) => {
          seen.push(phase);
          if (seen.length === 2) resolve();
        },
        (error: unknown) => (seen.length < 2 ? reject(error instanceof Error ? error : new Error(String(error))) : undefined),
      )
      .then((controller) => done.finally(() => controller.abort()))
      .catch(reject);
  });
  await core.createNamespacedConfigMap({ namespace, body: configMap('two') });
  await core.deleteNamespacedConfigMap({ namespace, name: 'two' });
  await done;
  expect(seen).toEqual(['ADDED', 'DELETED']);
});

test("the Node client's informer follows", async () => {
  const core = config.makeApiClient(CoreV1Api);
  await core.createNamespacedConfigMap({ namespace, body: configMap('before') });
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, () => core.listNamespacedConfigMap({ namespace }));
  const added: string[] = [];
  const done = new Promise<void>((resolve) => {
    informer.on('add', (object: V1ConfigMap) => {
      added.push(object.metadata?.name ?? '');
      if (object.metadata?.name === 'after') resolve();
    });
  });
  await informer.start();
  await core.createNamespacedConfigMap({ namespace, body: configMap('after') });
  await done;
  await informer.stop();
  expect(added).toEqual(expect.arrayContaining(['before', 'after']));
});

test('the Node client forwards a port, over channels of a WebSocket', async () => {
  const stage = await startForwardServer({ tls: true });
  const { url, ca, token } = stage.listener;
  const forwarded = new KubeConfig();
  forwarded.loadFromClusterAndUser(
    { name: 'test', server: url, skipTLSVerify: false, caData: Buffer.from(ca ?? '').toString('base64') },
    { name: 'admin', token },
  );
  const [output, error, input] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const socket = await new PortForward(forwarded).portForward(namespace, 'real', [7], output, error, input);
  input.write('through the Pod');
  expect(String((await once(output, 'data'))[0])).toBe('through the Pod');
  input.end();
  await once(socket as unknown as NodeJS.EventEmitter, 'close');
  const refused = new PassThrough();
  await new PortForward(forwarded).portForward(namespace, 'real', [81], new PassThrough(), refused, new PassThrough());
  const [text] = (await once(refused, 'data')) as [Buffer]; // the port, which comes first, is not handed on
  expect(text.toString()).toContain('dial tcp4 127.0.0.1:81: connect: connection refused');
  await stage.close();
});
