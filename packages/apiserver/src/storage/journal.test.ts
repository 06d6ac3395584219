import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, systemRandom, VirtualClock, type JsonObject } from '@flux-ts/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApiServer, JournalError, type ApiServer, type Journal } from '../index.ts';
import { openJournal } from './journal.ts';
import { thingDefinition } from '../../test/things.ts';

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
  const crd = thingDefinition();
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

/** A journal that keeps nothing, and that a test can break. */
class BrittleJournal implements Journal {
  broken = false;
  #latest = 1;

  get durable(): number {
    return this.broken ? 0 : this.#latest;
  }

  append(_table: string, change: { readonly revision: number }): void {
    this.#latest = change.revision;
  }

  flushed(): Promise<void> | undefined {
    return this.broken ? Promise.reject(new JournalError({ code: 'JOURNAL_FAILED', message: 'no space left' })) : undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

test('a write that cannot be kept is not acknowledged, read or watched', async () => {
  const journal = new BrittleJournal();
  const contents = { revision: 1, objects: [] };
  const server = await createApiServer({ clock: new VirtualClock(), random: systemRandom, journal: { journal, contents } });
  const { url } = await server.listen();
  await create(server, 'before');
  const watch = await fetch(`${url}${PATH}?watch=true&resourceVersion=${server.revision}`);
  const events = watch.body?.getReader();
  journal.broken = true;
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'lost' } });
  const answers = await Promise.all([
    fetch(`${url}${PATH}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
    fetch(`${url}${PATH}`),
  ]);
  for (const answer of answers) {
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ reason: 'InternalError', message: expect.stringContaining('no space left') as string });
  }
  expect(await create(server, 'lost-too')).toMatchObject({ code: 500 });
  journal.broken = false;
  await create(server, 'after');
  const { value } = (await events?.read()) ?? {};
  // nothing was shown before it could be kept
  expect(Buffer.from(value ?? []).toString()).toContain('"name":"lost"');
  await events?.cancel();
  await server.close();
});

test('a directory that takes no more writes refuses them', async () => {
  const journal = await openJournal(directory);
  const server = await createApiServer({ clock: new VirtualClock(), random: systemRandom, journal });
  await journal.journal.close();
  expect(await create(server, 'late')).toMatchObject({ code: 500 });
  expect(await get(server, `${PATH}/late`)).toMatchObject({ code: 404 });
});
