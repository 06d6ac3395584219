import { Counters, seededRandom, VirtualClock, type JsonObject } from '@flux-ts/base';
import type { KubeWatchEvent } from '@flux-ts/kube';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createApiServer, serviceAccountUser, type ApiServer } from './index.ts';
import { thingDefinition } from '../test/things.ts';

let server: ApiServer;
let clock: VirtualClock;

beforeEach(async () => {
  clock = new VirtualClock();
  server = await createApiServer({ clock, random: seededRandom(1), freeze: true });
});
afterEach(() => server.close());

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

function configMap(name: string, data: Record<string, string> = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

async function call(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: JsonObject,
  query?: Record<string, string>,
  headers?: Record<string, string>,
) {
  const request = {
    method,
    path,
    ...(body === undefined ? {} : { body }),
    ...(query === undefined ? {} : { query }),
    ...(headers === undefined ? {} : { headers }),
  };
  const answer = await server.transport().request(request);
  return { status: answer.status, headers: answer.headers, body: (answer.body ?? {}) as Record<string, JsonObject & string> };
}

const APPLY = { 'content-type': 'application/apply-patch+yaml' };
const MERGE = { 'content-type': 'application/merge-patch+json' };

describe('objects', () => {
  test('a create fills in what the server fills in', async () => {
    const made = await call('POST', CONFIG_MAPS, configMap('a', { x: '1' }));
    expect(made.status).toBe(201);
    expect(made.body['metadata']).toMatchObject({ name: 'a', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' });
    expect(made.body['metadata']?.['resourceVersion']).toBe(server.revision);
  });

  test('a get hands out the stored object itself, again and again', async () => {
    await call('POST', CONFIG_MAPS, configMap('a'));
    const first = await call('GET', `${CONFIG_MAPS}/a`);
    const second = await call('GET', `${CONFIG_MAPS}/a`);
    expect(first.body).toBe(second.body);
  });

  test.each([
    { name: 'a missing object', method: 'GET', path: `${CONFIG_MAPS}/none`, status: 404, message: 'configmaps "none" not found' },
    {
      name: 'a missing namespace',
      method: 'POST',
      path: '/api/v1/namespaces/nope/configmaps',
      body: configMap('a'),
      status: 404,
      message: 'namespaces "nope" not found',
    },
    {
      name: 'a protected namespace',
      method: 'DELETE',
      path: '/api/v1/namespaces/default',
      status: 403,
      message: 'namespaces "default" is forbidden: this namespace may not be deleted',
    },
    {
      name: 'another name in the URL',
      method: 'PUT',
      path: `${CONFIG_MAPS}/b`,
      body: configMap('a'),
      status: 400,
      message: 'the name of the object (a) does not match the name on the URL (b)',
    },
  ] as const)('$name is refused in the words of the API', async ({ method, path, status, message, ...rest }) => {
    const answer = await call(method, path, 'body' in rest ? rest.body : undefined);
    expect(answer.status).toBe(status);
    expect(answer.body['message']).toBe(message);
  });

  test('a second create of a name is refused', async () => {
    await call('POST', CONFIG_MAPS, configMap('a'));
    const again = await call('POST', CONFIG_MAPS, configMap('a'));
    expect(again.body).toMatchObject({ code: 409, reason: 'AlreadyExists', message: 'configmaps "a" already exists' });
  });

  test('an update of an older version is a conflict', async () => {
    const made = await call('POST', CONFIG_MAPS, configMap('a'));
    await call('PATCH', `${CONFIG_MAPS}/a`, { data: { x: '1' } }, {}, MERGE);
    const stale = await call('PUT', `${CONFIG_MAPS}/a`, made.body as JsonObject);
    expect(stale.body).toMatchObject({ code: 409, reason: 'Conflict' });
  });

  test('a write that changes nothing writes nothing', async () => {
    await call('POST', CONFIG_MAPS, configMap('a', { x: '1' }));
    const { revision } = server;
    await call('PATCH', `${CONFIG_MAPS}/a`, { data: { x: '1' } }, {}, MERGE);
    expect(server.revision).toBe(revision);
  });

  test('finalizers keep a deleted object until the last one goes', async () => {
    await call('POST', CONFIG_MAPS, { ...configMap('a'), metadata: { name: 'a', finalizers: ['example.com/f'] } });
    const marked = await call('DELETE', `${CONFIG_MAPS}/a`);
    expect(marked.body['metadata']?.['deletionTimestamp']).toBe('2026-01-01T00:00:00Z');
    await call('PATCH', `${CONFIG_MAPS}/a`, { metadata: { finalizers: null } }, {}, MERGE);
    expect((await call('GET', `${CONFIG_MAPS}/a`)).status).toBe(404);
  });

  test('pages of a list show the state of the first page', async () => {
    for (const name of ['a', 'b', 'c']) await call('POST', CONFIG_MAPS, configMap(name));
    const first = await call('GET', CONFIG_MAPS, undefined, { limit: '2' });
    await call('DELETE', `${CONFIG_MAPS}/c`);
    const rest = await call('GET', CONFIG_MAPS, undefined, { limit: '5', continue: String(first.body['metadata']?.['continue']) });
    const names = [first, rest].flatMap((page) =>
      (page.body['items'] as unknown as JsonObject[]).map((o) => (o['metadata'] as JsonObject)['name']),
    );
    expect(names).toEqual(['a', 'b', 'c', 'kube-root-ca.crt']);
  });
});

describe('server-side apply', () => {
  const path = `${CONFIG_MAPS}/a`;
  const apply = (data: Record<string, string>, manager: string, more: Record<string, string> = {}) =>
    call('PATCH', path, configMap('a', data), { fieldManager: manager, ...more }, APPLY);

  test('the first apply creates, an equal one writes nothing', async () => {
    expect((await apply({ x: '1' }, 'one')).status).toBe(201);
    const { revision } = server;
    const again = await apply({ x: '1' }, 'one');
    expect(again.status).toBe(200);
    expect(again.body['metadata']?.['resourceVersion']).toBe(revision);
    expect(server.revision).toBe(revision);
  });

  test("another owner's field is a conflict unless it is forced", async () => {
    await apply({ x: '1' }, 'one');
    const refused = await apply({ x: '2' }, 'two');
    expect(refused.body).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "one": .data.x',
    });
    expect(refused.body['details']).toEqual({
      causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.x' }],
    });
    const forced = await apply({ x: '2' }, 'two', { force: 'true' });
    expect(forced.body['data']).toEqual({ x: '2' });
  });

  test('a dry run that would create has no resourceVersion and leaves nothing', async () => {
    const { revision } = server;
    const shown = await apply({ x: '1' }, 'one', { dryRun: 'All' });
    expect(shown.body['metadata']?.['resourceVersion']).toBeUndefined();
    expect(server.revision).toBe(revision);
    expect((await call('GET', path)).status).toBe(404);
  });

  test('a dry run of what is applied already gives the stored object', async () => {
    const stored = await apply({ x: '1' }, 'one');
    expect((await apply({ x: '1' }, 'one', { dryRun: 'All' })).body).toBe(stored.body);
  });
});

describe('watch', () => {
  async function take(events: AsyncIterable<KubeWatchEvent>, count: number): Promise<string[]> {
    const seen: string[] = [];
    for await (const { type, object } of events) {
      seen.push(`${type} ${String((object['metadata'] as JsonObject)['name'] ?? '')}`.trim());
      if (seen.length === count) break;
    }
    return seen;
  }

  test('a watch shows what happens after its revision', async () => {
    const events = server.transport().watch({ method: 'GET', path: CONFIG_MAPS, query: { resourceVersion: server.revision } });
    const taken = take(events, 3);
    await call('POST', CONFIG_MAPS, configMap('a'));
    await call('PATCH', `${CONFIG_MAPS}/a`, { data: { x: '1' } }, {}, MERGE);
    await call('DELETE', `${CONFIG_MAPS}/a`);
    expect(await taken).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  });

  test('an object that leaves the selection is deleted for the reader', async () => {
    const query = { labelSelector: 'app=web', resourceVersion: server.revision };
    const taken = take(server.transport().watch({ method: 'GET', path: CONFIG_MAPS, query }), 2);
    await call('POST', CONFIG_MAPS, { ...configMap('a'), metadata: { name: 'a', labels: { app: 'web' } } });
    await call('PATCH', `${CONFIG_MAPS}/a`, { metadata: { labels: { app: 'other' } } }, {}, MERGE);
    expect(await taken).toEqual(['ADDED a', 'DELETED a']);
  });

  test('a streaming list ends with a bookmark', async () => {
    const query = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' };
    expect(await take(server.transport().watch({ method: 'GET', path: CONFIG_MAPS, query }), 2)).toEqual([
      'ADDED kube-root-ca.crt',
      'BOOKMARK',
    ]);
  });
});

describe('custom resources', () => {
  const CRD: JsonObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: ['v1', 'v1beta1'].map((name) => ({
        name,
        served: true,
        storage: name === 'v1',
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: { size: { type: 'integer', default: 3, maximum: 5 }, frozen: { type: 'string' } },
                'x-kubernetes-validations': [
                  { rule: '!has(oldSelf.frozen) || self.frozen == oldSelf.frozen', message: 'frozen is immutable' },
                ],
              },
              status: { type: 'object', default: { observedGeneration: -1 }, properties: { observedGeneration: { type: 'integer' } } },
            },
          },
        },
      })),
    },
  };
  const THINGS = '/apis/example.com/v1/namespaces/default/things';
  const thing = (spec: JsonObject): JsonObject => ({ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' }, spec });

  beforeEach(async () => {
    const made = await call('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', CRD);
    expect(made.body['message']).toBeUndefined();
  });

  test('are served at once, with defaults, and without what the schema does not know', async () => {
    const made = await call('POST', THINGS, thing({ colour: 'red' }));
    expect(made.body['spec']).toEqual({ size: 3 });
    expect(made.body['status']).toEqual({ observedGeneration: -1 });
    expect(made.headers['warning']).toEqual(['299 - "unknown field \\"spec.colour\\""']);
  });

  test('are shown in every served version', async () => {
    await call('POST', THINGS, thing({}));
    expect((await call('GET', THINGS.replace('v1/', 'v1beta1/') + '/a')).body['apiVersion']).toBe('example.com/v1beta1');
  });

  test('are refused in the words of the API where the schema forbids them', async () => {
    const refused = await call('POST', THINGS, thing({ size: 9 }));
    expect(refused.body['message']).toBe(
      'Thing.example.com "a" is invalid: spec.size: Invalid value: 9: spec.size in body should be less than or equal to 5',
    );
  });

  test('obey their CEL rules, old value and new', async () => {
    await call('POST', THINGS, thing({ frozen: 'a' }));
    const refused = await call('PATCH', `${THINGS}/a`, { spec: { frozen: 'b' } }, {}, MERGE);
    expect(refused.body['message']).toContain('frozen is immutable');
  });

  test('keep their status from the main endpoint and their spec from /status', async () => {
    await call('POST', THINGS, thing({}));
    await call('PATCH', `${THINGS}/a`, { status: { observedGeneration: 7 } }, {}, MERGE);
    await call('PATCH', `${THINGS}/a/status`, { spec: { size: 5 }, status: { observedGeneration: 1 } }, {}, MERGE);
    const now = await call('GET', `${THINGS}/a`);
    expect(now.body['spec']).toEqual({ size: 3 });
    expect(now.body['status']).toEqual({ observedGeneration: 1 });
    expect(now.body['metadata']?.['generation']).toBe(1);
  });

  test('go with their definition', async () => {
    await call('POST', THINGS, thing({}));
    await call('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.com');
    expect((await call('GET', THINGS)).status).toBe(404);
    expect((await call('GET', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.com')).status).toBe(404);
  });
});

describe('authorization', () => {
  test('a service account may do what its roles say', async () => {
    const user = serviceAccountUser('default', 'default');
    const read = () => server.transport(user).request({ method: 'GET', path: CONFIG_MAPS });
    const refused = await read();
    expect(refused.body).toMatchObject({
      code: 403,
      message:
        'configmaps is forbidden: User "system:serviceaccount:default:default" cannot list resource "configmaps" in API group "" in the namespace "default"',
    });
    server.seed([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'view', namespace: 'default' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
      },
    ]);
    expect((await read()).status).toBe(200);
  });

  test('Impersonate headers make a request that of another user', async () => {
    const headers = { 'impersonate-user': 'system:serviceaccount:default:default' };
    expect((await call('GET', CONFIG_MAPS, undefined, {}, headers)).status).toBe(403);
  });
});

test('a snapshot makes the same cluster again', async () => {
  await call('POST', CONFIG_MAPS, configMap('kept', { x: '1' }));
  server.installCrd(thingDefinition());
  server.seed([{ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' } }]);
  const saved = server.snapshot();
  const other = await createApiServer({ clock, random: seededRandom(2) });
  other.restore(saved);
  const uids = (objects: readonly JsonObject[]): unknown[] => objects.map((o) => (o['metadata'] as JsonObject)['uid']);
  expect(uids(other.snapshot())).toEqual(uids(saved));
  const thing = await other.transport().request({ method: 'GET', path: '/apis/example.com/v1/things/a' });
  expect(thing.body).toMatchObject({ kind: 'Thing', metadata: { name: 'a' } });
  await other.close();
});

test('nothing is serialised for readers inside the process', async () => {
  const counters = new Counters();
  const quiet = await createApiServer({ clock, random: seededRandom(3), counters });
  const api = quiet.transport();
  await api.request({ method: 'POST', path: CONFIG_MAPS, body: configMap('a') });
  await api.request({ method: 'GET', path: CONFIG_MAPS });
  expect(counters.get('apiserver.serialise')).toBe(0);
  await quiet.close();
});
