import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, systemRandom, VirtualClock, type JsonObject } from '@flux-ts/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApiServer, JournalError, type ApiServer } from '../index.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'apiserver-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (): Promise<ApiServer> => createApiServer({ clock: new VirtualClock(), random: systemRandom, persistDir: directory });
const PATH = '/api/v1/namespaces/default/configmaps';

async function create(server: ApiServer, name: string): Promise<JsonObject> {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { name } };
  return (await server.transport().request({ method: 'POST', path: PATH, body })).body as JsonObject;
}

async function get(server: ApiServer, path: string): Promise<JsonObject> {
  return (await server.transport().request({ method: 'GET', path })).body as JsonObject;
}

test('a cluster goes on where it stopped', async () => {
  const first = await open();
  const made = await create(first, 'kept');
  await create(first, 'gone');
  await first.transport().request({ method: 'DELETE', path: `${PATH}/gone` });
  const { revision } = first;
  await first.close();
  const second = await open();
  expect(await get(second, `${PATH}/kept`)).toEqual(made);
  expect(await get(second, `${PATH}/gone`)).toMatchObject({ code: 404 });
  expect(Number(second.revision)).toBeGreaterThanOrEqual(Number(revision));
  expect((await create(second, 'more'))['metadata']).toMatchObject({ name: 'more' });
  await second.close();
});

test('tokens and custom resources outlive a restart', async () => {
  const first = await open();
  const { status } = (
    await first
      .transport()
      .request({ method: 'POST', path: '/api/v1/namespaces/default/serviceaccounts/default/token', body: { spec: {} } })
  ).body as { status: { token: string } };
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Cluster',
      names: { plural: 'things', kind: 'Thing' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  };
  first.installCrd(crd);
  first.seed([{ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'a' } }]);
  await first.close();
  const second = await open();
  expect(await get(second, '/apis/example.com/v1/things/a')).toMatchObject({ kind: 'Thing' });
  const review = { spec: { token: status.token } };
  const answer = await second.transport().request({ method: 'POST', path: '/apis/authentication.k8s.io/v1/tokenreviews', body: review });
  expect(answer.body).toMatchObject({ status: { authenticated: true, user: { username: 'system:serviceaccount:default:default' } } });
  await second.close();
});

test('a directory that is none is refused', async () => {
  writeFileSync(join(directory, 'file'), '');
  const made = createApiServer({ clock: new VirtualClock(), random: seededRandom(1), persistDir: join(directory, 'file') });
  await expect(made).rejects.toThrow(JournalError);
});
