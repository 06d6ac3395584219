import { expect, test, vi } from 'vitest';
import { VirtualClock, type JsonObject } from '@flux-ts/base';
import { KubeClient } from './client.ts';
import { isNoMatch, isNotFound, KubeError } from './errors.ts';
import { Informer, type InformerEvent } from './informer.ts';
import type { KubeRequest, KubeResponse, KubeWatchEvent, Transport } from './transport.ts';

const DISCOVERY: Readonly<Record<string, JsonObject>> = {
  '/apis': { groups: [{ name: 'apps', preferredVersion: { groupVersion: 'apps/v1' }, versions: [{ groupVersion: 'apps/v1' }] }] },
  '/api/v1': {
    resources: [
      { name: 'configmaps', kind: 'ConfigMap', namespaced: true },
      { name: 'namespaces', kind: 'Namespace', namespaced: false },
    ],
  },
  '/apis/apps/v1': {
    resources: [
      { name: 'deployments', kind: 'Deployment', namespaced: true },
      { name: 'deployments/status', kind: 'Deployment', namespaced: true },
    ],
  },
};

class Scripted implements Transport {
  readonly requests: KubeRequest[] = [];
  readonly answer: (request: KubeRequest) => KubeResponse;
  readonly events: readonly (readonly KubeWatchEvent[])[];
  #watches = 0;

  constructor(answer: (request: KubeRequest) => KubeResponse, events: readonly (readonly KubeWatchEvent[])[] = []) {
    this.answer = answer;
    this.events = events;
  }

  request(request: KubeRequest): Promise<KubeResponse> {
    this.requests.push(request);
    const known = DISCOVERY[request.path];
    return Promise.resolve(known === undefined ? this.answer(request) : { status: 200, headers: {}, body: known });
  }

  async *watch(request: KubeRequest): AsyncGenerator<KubeWatchEvent, void, undefined> {
    this.requests.push(request);
    yield* this.events[this.#watches++] ?? [];
    await new Promise<void>((resolve) => request.signal?.addEventListener('abort', () => resolve(), { once: true }));
  }

  close(): void {}
}

const ok = (body: JsonObject): KubeResponse => ({ status: 200, headers: {}, body });
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };

test("objects are found under the path of their kind, with the client's field manager", async () => {
  const transport = new Scripted(() => ok({ kind: 'Deployment' }));
  const client = new KubeClient({ transport, fieldManager: 'me' });
  await client.apply(
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'n' } },
    { force: true, dryRun: true },
  );
  const request = transport.requests.at(-1);
  expect(request).toMatchObject({
    method: 'PATCH',
    path: '/apis/apps/v1/namespaces/n/deployments/web',
    query: { fieldManager: 'me', dryRun: 'All', force: 'true' },
    headers: { 'content-type': 'application/apply-patch+yaml' },
  });
});

test('cluster-scoped objects lose a namespace that they carry by mistake', async () => {
  const transport = new Scripted(() => ok({}));
  await new KubeClient({ transport }).get({ apiVersion: 'v1', kind: 'Namespace' }, { namespace: 'x', name: 'n' });
  expect(transport.requests.at(-1)?.path).toBe('/api/v1/namespaces/n');
});

test('a user is impersonated by headers, and never one without a name', async () => {
  const transport = new Scripted(() => ok({}));
  const client = new KubeClient({ transport }).as({ name: 'system:serviceaccount:n:sa"; id', groups: ['g'] });
  await client.get(CONFIG_MAP, { namespace: 'n', name: 'c' });
  expect(transport.requests.at(-1)?.headers).toEqual({ 'impersonate-user': 'system:serviceaccount:n:sa"; id', 'impersonate-group': ['g'] });
  expect(() => client.as({ name: '', groups: [] })).toThrow(KubeError);
});

test('a Status becomes an error with its reason and causes', async () => {
  const causes = [{ reason: 'FieldManagerConflict', message: 'conflict with "x"', field: '.data' }];
  const status = { kind: 'Status', reason: 'Conflict', message: 'Apply failed', details: { causes } };
  const client = new KubeClient({ transport: new Scripted(() => ({ status: 409, headers: {}, body: status })) });
  const error = await client.get(CONFIG_MAP, { namespace: 'n', name: 'c' }).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'KUBE_CONFLICT', reason: 'Conflict', message: 'Apply failed', httpStatus: 409 });
  expect((error as KubeError).causes).toEqual([{ type: 'FieldManagerConflict', message: 'conflict with "x"', field: '.data' }]);
});

test('an absent object is undefined for find and an error for get', async () => {
  const client = new KubeClient({
    transport: new Scripted(() => ({ status: 404, headers: {}, body: { kind: 'Status', reason: 'NotFound', message: 'no' } })),
  });
  expect(await client.find(CONFIG_MAP, { namespace: 'n', name: 'c' })).toBeUndefined();
  expect(isNotFound(await client.get(CONFIG_MAP, { namespace: 'n', name: 'c' }).catch((e: unknown) => e))).toBe(true);
});

test('a kind that is not served is no match, and is asked for again the next time', async () => {
  const transport = new Scripted(() => ({ status: 404, headers: {}, body: undefined }));
  const client = new KubeClient({ transport });
  const error = await client.mapper.resourceFor({ apiVersion: 'apps/v1', kind: 'Nothing' }).catch((e: unknown) => e);
  expect(isNoMatch(error)).toBe(true);
  expect((error as Error).message).toBe('no matches for kind "Nothing" in version "apps/v1"');
  const before = transport.requests.length;
  await client.mapper.resourceFor({ apiVersion: 'apps/v1', kind: 'Deployment' });
  expect(transport.requests).toHaveLength(before);
});

const configMap = (name: string, version: string, uid = name): JsonObject => ({
  ...CONFIG_MAP,
  metadata: { name, namespace: 'n', uid, resourceVersion: version },
});

test('an informer lists, watches, and after 410 lists again and tells the difference', async () => {
  let lists = 0;
  const pages = [
    { metadata: { resourceVersion: '5' }, items: [configMap('a', '1'), configMap('b', '2')] },
    { metadata: { resourceVersion: '9' }, items: [configMap('a', '8'), configMap('c', '9')] },
  ];
  const transport = new Scripted(
    () => ok(pages[Math.min(lists++, 1)] as unknown as JsonObject),
    [
      [
        { type: 'MODIFIED', object: configMap('a', '6') },
        { type: 'BOOKMARK', object: { metadata: { resourceVersion: '7' } } },
        { type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } },
      ],
    ],
  );
  const clock = new VirtualClock();
  const informer = new Informer({ client: new KubeClient({ transport }), type: CONFIG_MAP, clock });
  const seen: string[] = [];
  informer.subscribe((e: InformerEvent) => seen.push(`${e.type} ${(e.object['metadata'] as { name: string }).name}`));
  const abort = new AbortController();
  const running = informer.start(abort.signal);
  await informer.synced;
  await clock.advance(1);
  abort.abort();
  await running;
  expect(seen).toEqual(['added a', 'added b', 'modified a', 'modified a', 'added c', 'deleted b']);
  expect(informer.get({ namespace: 'n', name: 'c' })).toBeDefined();
  expect(transport.requests.filter((r) => r.query?.['resourceVersion'] === '5')).toHaveLength(1);
});

test.each([
  { what: 'page by page', gone: false, want: ['b', 'c'] },
  { what: 'whole where the pages are gone', gone: true, want: ['c'] },
])('an informer lists $what', async ({ gone, want }) => {
  const item = (name: string): JsonObject => ({ metadata: { name, namespace: 'n', uid: name, resourceVersion: '1' } });
  const transport = new Scripted(({ query }) => {
    if (query?.['continue'] === undefined && query?.['limit'] !== undefined)
      return ok({ metadata: { resourceVersion: '7', continue: 'more' }, items: [item('b')] });
    if (gone && query?.['continue'] !== undefined)
      return { status: 410, headers: {}, body: { kind: 'Status', reason: 'Expired', code: 410 } };
    return ok({ metadata: { resourceVersion: '7' }, items: [item('c')] });
  });
  const informer = new Informer({ client: new KubeClient({ transport }), type: CONFIG_MAP, clock: new VirtualClock() });
  const abort = new AbortController();
  const running = informer.start(abort.signal);
  await informer.synced;
  expect(informer.list().map((o) => (o['metadata'] as { name: string }).name)).toEqual(want);
  await vi.waitFor(() => expect(transport.requests.at(-1)?.query).toMatchObject({ allowWatchBookmarks: 'true', resourceVersion: '7' }));
  abort.abort();
  await running;
});

test('a server that ends watches at once is asked after a pause, not in a loop', async () => {
  const clock = new VirtualClock();
  let watches = 0;
  const transport = new Scripted(() => ok({ metadata: { resourceVersion: '7' }, items: [] }));
  transport.watch = async function* (): AsyncGenerator<KubeWatchEvent, void, undefined> {
    await Promise.resolve();
    watches++;
    yield* [];
  };
  const informer = new Informer({ client: new KubeClient({ transport }), type: CONFIG_MAP, clock });
  const abort = new AbortController();
  const running = informer.start(abort.signal);
  await informer.synced;
  await clock.advance(1000);
  expect(watches).toBeGreaterThan(1);
  expect(watches).toBeLessThan(10);
  abort.abort();
  await running;
});
