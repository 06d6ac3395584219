import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApiServer, type ApiServer } from '@flux-ts/apiserver';
import { Counters, getPath, Lru, seededRandom, VirtualClock, type JsonObject } from '@flux-ts/base';
import { loadKinds, parseLabelSelector } from '@flux-ts/schema';
import { KubeClient } from '../client.ts';
import { refOf, resourceVersionOf, typeOf, keyOf } from '../object.ts';
import type { ChangeSetEntry } from './change-set.ts';
import { ApplyManager } from './manager.ts';

let server: ApiServer;
let clock: VirtualClock;
let client: KubeClient;
let manager: ApplyManager;
let counters: Counters;

beforeEach(async () => {
  await loadKinds();
  clock = new VirtualClock();
  counters = new Counters();
  server = await createApiServer({ clock, random: seededRandom(3), counters, freeze: true });
  client = new KubeClient({ transport: server.transport() });
  manager = new ApplyManager({ client, clock, fieldManager: 'flux', parseSelector: parseLabelSelector });
});

afterEach(() => server.close());

const configMap = (name: string, data: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...metadata },
  data,
});

const said = (entries: readonly ChangeSetEntry[]): string[] => entries.map((e) => `${e.subject} ${e.action}`);
const live = (object: JsonObject): Promise<JsonObject> => client.get(typeOf(object), keyOf(object));
const deployment = (name: string, spec: JsonObject = {}): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'default' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { a: name } },
    template: { metadata: { labels: { a: name } }, spec: { containers: [{ name: 'c', image: 'i:1', ports: [{ containerPort: 80 }] }] } },
    ...spec,
  },
});

test('objects are created in order, then only what changes is written', async () => {
  const objects = [
    configMap('b', { k: '1' }),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } },
    configMap('a', { k: '1' }),
    { ...configMap('c', {}), metadata: { name: 'c', namespace: 'team' } },
  ];
  expect(said(await manager.applyStaged(objects))).toEqual(
    ['Namespace/team', 'ConfigMap/default/a', 'ConfigMap/default/b', 'ConfigMap/team/c'].map((s) => `${s} created`),
  );
  const before = resourceVersionOf(await live(configMap('a', {})));
  const again = await manager.applyStaged([...objects.slice(1), configMap('b', { k: '2' })]);
  expect(said(again).filter((s) => !s.endsWith('unchanged'))).toEqual(['ConfigMap/default/b configured']);
  expect(resourceVersionOf(await live(configMap('a', {})))).toBe(before);
});

test('the defaults of the server are no drift', async () => {
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'default' },
    spec: { selector: { a: 'web' }, ports: [{ port: 80 }] },
  };
  await manager.applyAll([deployment('web'), service]);
  expect(said(await manager.applyAll([deployment('web'), service]))).toEqual([
    'Service/default/s unchanged',
    'Deployment/default/web unchanged',
  ]);
});

test('a remembered apply costs one read', async () => {
  manager = new ApplyManager({ client, clock, fieldManager: 'flux', cache: new Lru(10) });
  await manager.applyAll([configMap('a', { k: '1' })]);
  await manager.applyAll([configMap('a', { k: '1' })]);
  const before = counters.get('apiserver.request');
  expect(said(await manager.applyAll([configMap('a', { k: '1' })]))).toEqual(['ConfigMap/default/a unchanged']);
  expect(counters.get('apiserver.request') - before).toBe(1);
  await client.patch(
    { apiVersion: 'v1', kind: 'ConfigMap' },
    { namespace: 'default', name: 'a' },
    { kind: 'merge', patch: { data: { k: '2' } } },
  );
  expect(said(await manager.applyAll([configMap('a', { k: '1' })]))).toEqual(['ConfigMap/default/a configured']);
});

test('one object that is refused blocks its stage, not the stages before it', async () => {
  const bad = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'default' }, spec: { ports: [{ port: 0 }] } };
  const error = await manager
    .applyStaged([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } }, configMap('a', {}), bad])
    .catch((e: unknown) => e);
  expect(error).toMatchObject({
    code: 'APPLY_DRY_RUN',
    message: expect.stringMatching(/^Service\/default\/s dry-run failed \(Invalid\): /) as string,
  });
  expect(said((error as { changes: ChangeSetEntry[] }).changes)).toEqual(['Namespace/team created']);
  expect(await client.find({ apiVersion: 'v1', kind: 'ConfigMap' }, { namespace: 'default', name: 'a' })).toBeUndefined();
});

test.each([
  {
    name: 'a namespace that is not there',
    object: { ...configMap('a', {}), metadata: { name: 'a', namespace: 'gone' } },
    message: /^ConfigMap\/gone\/a not found: namespaces "gone" not found$/,
  },
  {
    name: 'no namespace',
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
    message: /^ConfigMap\/a namespace not specified: /,
  },
  {
    name: 'a kind that is not served',
    object: { apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'a' } },
    message: /^X\/a dry-run failed: no matches for kind "X" in version "x.io\/v1"$/,
  },
])("the words for $name are upstream's", async ({ object, message }) => {
  await expect(manager.applyAll([object])).rejects.toThrow(message);
});

test.each([
  { name: 'by option', options: { force: true }, metadata: {} },
  { name: 'by annotation', options: { forceSelector: { 'x/force': 'Enabled' } }, metadata: { annotations: { 'x/force': 'enabled' } } },
])('an immutable object is made anew $name, and refused otherwise', async ({ options, metadata }) => {
  await manager.applyAll([{ ...configMap('a', { k: '1' }), immutable: true }]);
  const changed = { ...configMap('a', { k: '2' }, metadata), immutable: true };
  await expect(manager.applyAll([changed])).rejects.toThrow(/dry-run failed \(Invalid\)/);
  expect(said(await manager.applyAll([changed], options))).toEqual(['ConfigMap/default/a created']);
  expect(getPath(await live(changed), ['data', 'k'])).toBe('2');
});

test('objects can be skipped by either side, or only created', async () => {
  const options = { exclusionSelector: { 'x/reconcile': 'Disabled' }, ifNotPresentSelector: { 'x/ssa': 'IfNotPresent' } };
  const off = configMap('off', { k: '1' }, { annotations: { 'x/reconcile': 'disabled' } });
  const once = configMap('once', { k: '1' }, { labels: { 'x/ssa': 'ifnotpresent' } });
  expect(said(await manager.applyAll([off, once], options))).toEqual(['ConfigMap/default/off skipped', 'ConfigMap/default/once created']);
  const newer = configMap('once', { k: '2' }, { labels: { 'x/ssa': 'ifnotpresent' } });
  expect(said(await manager.applyAll([newer], options))).toEqual(['ConfigMap/default/once skipped']);
  await client.create(configMap('theirs', {}, { labels: { 'x/reconcile': 'disabled' } }));
  expect(said(await manager.applyAll([configMap('theirs', { k: '1' })], options))).toEqual(['ConfigMap/default/theirs skipped']);
});

test('what kubectl left behind is taken over, so that removed fields go', async () => {
  const kubectl = client.withFieldManager('kubectl-client-side-apply');
  await kubectl.create(
    configMap('a', { mine: '1', extra: '1' }, { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } }),
  );
  const cleanup = {
    annotations: ['kubectl.kubernetes.io/last-applied-configuration'],
    fieldManagers: [{ name: 'kubectl', operation: 'Update' as const }],
    exclusions: { 'x/ssa': 'Merge' },
  };
  expect(said(await manager.applyAll([configMap('a', { mine: '1' })], { cleanup }))).toEqual(['ConfigMap/default/a configured']);
  const object = await live(configMap('a', {}));
  expect(object['data']).toEqual({ mine: '1' });
  expect(getPath(object, ['metadata', 'annotations'])).toBeUndefined();
  expect((getPath(object, ['metadata', 'managedFields']) as JsonObject[]).map((m) => [m['manager'], m['operation']])).toEqual([
    ['flux', 'Apply'],
  ]);
  expect(said(await manager.applyAll([configMap('a', { mine: '1' })], { cleanup }))).toEqual(['ConfigMap/default/a unchanged']);
});

test('an ignored field that another manager has taken is given up, and the rest is still kept', async () => {
  const ignore = [{ paths: ['/spec/replicas'], target: { kind: 'Deployment' } }];
  await manager.applyAll([deployment('web')], { ignore });
  const scaled = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' }, spec: { replicas: 5 } };
  await client.apply(scaled, { fieldManager: 'hpa', force: true });
  expect(said(await manager.applyAll([deployment('web')], { ignore }))).toEqual(['Deployment/default/web unchanged']);
  const changed = deployment('web', { minReadySeconds: 3 });
  expect(said(await manager.applyAll([changed], { ignore }))).toEqual(['Deployment/default/web configured']);
  expect((await live(changed))['spec']).toMatchObject({ replicas: 5, minReadySeconds: 3 });
  expect(said(await manager.applyAll([changed]))).toEqual(['Deployment/default/web configured']);
  expect((await live(changed))['spec']).toMatchObject({ replicas: 1 });
});

test('a diff says what an apply would do and changes nothing', async () => {
  const absent = await manager.diff(configMap('a', { k: '1' }));
  expect([said([absent.entry]), absent.live]).toEqual([['ConfigMap/default/a created'], undefined]);
  await manager.applyAll([configMap('a', { k: '1' })]);
  expect((await manager.diff(configMap('a', { k: '1' }))).entry.action).toBe('unchanged');
  const diff = await manager.diff(configMap('a', { k: '2' }));
  expect([diff.entry.action, diff.live?.['data'], diff.merged?.['data']]).toEqual(['configured', { k: '1' }, { k: '2' }]);
  expect((await live(configMap('a', {})))['data']).toEqual({ k: '1' });
});

test('objects are deleted in reverse order, those of others and those opted out are left', async () => {
  await manager.applyAll([
    configMap('mine', {}, { labels: { owner: 'me' } }),
    configMap('theirs', {}),
    configMap('kept', {}, { labels: { owner: 'me', 'x/prune': 'disabled' } }),
  ]);
  const objects = ['gone', 'kept', 'mine', 'theirs'].map((n) => configMap(n, {}));
  const changes = await manager.deleteAll([...objects, { apiVersion: 'x.io/v1', kind: 'X', metadata: { name: 'x' } }], {
    inclusions: { owner: 'me' },
    exclusions: { 'x/prune': 'Disabled' },
  });
  expect(said(changes)).toEqual([
    'X/x deleted',
    'ConfigMap/default/theirs skipped',
    'ConfigMap/default/mine deleted',
    'ConfigMap/default/kept skipped',
    'ConfigMap/default/gone deleted',
  ]);
});

const done = <T>(promise: Promise<T>): Promise<string> => promise.then(() => 'done').catch((e: unknown) => (e as Error).message);

test('a wait ends when all is current, early when one has failed, and late with the names of those that are not', async () => {
  await manager.applyAll([deployment('web'), configMap('a', {})]);
  const refs = [refOf(deployment('web')), refOf(configMap('a', {})), refOf(configMap('gone', {}))];
  const late = done(manager.waitForReady(refs, { timeoutMs: 3000 }));
  await clock.advance(4000);
  expect(await late).toBe("timeout waiting for: [ConfigMap/default/gone status: 'NotFound', Deployment/default/web status: 'InProgress']");
  const status = { observedGeneration: 1, conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] };
  const key = { namespace: 'default', name: 'web' };
  const early = done(manager.waitForReady(refs.slice(0, 1), { timeoutMs: 60_000 }));
  await clock.advance(100);
  await client.patch({ apiVersion: 'apps/v1', kind: 'Deployment' }, key, { kind: 'merge', patch: { status }, subresource: 'status' });
  await clock.advance(5000);
  expect(await early).toBe("failed early due to stalled resources: [Deployment/default/web status: 'Failed']");
  expect(await done(manager.waitForReady(refs.slice(1, 2), { timeoutMs: 1000 }))).toBe('done');
});

test('a wait can be aborted and interrupted', async () => {
  await manager.applyAll([deployment('web')]);
  const refs = [refOf(deployment('web'))];
  const abort = new AbortController();
  const aborted = manager.waitForReady(refs, { timeoutMs: 60_000, signal: abort.signal }).catch((e: unknown) => e);
  await clock.advance(100);
  const reason = new Error('stop');
  abort.abort(reason);
  expect(await aborted).toBe(reason);
  const interrupted = manager
    .waitForReady(refs, { timeoutMs: 60_000, interrupt: () => clock.now() > Date.UTC(2026, 0, 1) + 5000 })
    .catch((e: unknown) => e);
  await clock.advance(20_000);
  expect(await interrupted).toMatchObject({ code: 'WAIT_INTERRUPTED' });
});

test('a Job that removes itself is done when it is gone', async () => {
  const ref = { group: 'batch', kind: 'Job', namespace: 'default', name: 'j' };
  expect(await done(manager.waitForReady([ref], { timeoutMs: 1000, jobsWithTtl: [ref] }))).toBe('done');
});

test('termination is waited for, and told when it does not come', async () => {
  const object = configMap('a', {}, { finalizers: ['example.com/f'] });
  await manager.applyAll([object]);
  await manager.deleteAll([object]);
  const late = done(manager.waitForTermination([object], { timeoutMs: 3000 }));
  await clock.advance(5000);
  expect(await late).toBe('ConfigMap/default/a termination timeout: context deadline exceeded');
});
