import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { HttpError, VirtualClock } from '@flux-ts/base';
import { createHttpClient, type HttpClient } from '../http-client.ts';
import { canonicalRevision, hasRevision, readArtifact, type Artifact } from './artifact.ts';
import { fetchArtifact } from './fetch.ts';
import { serveArtifacts } from './server.ts';
import { ArtifactStore } from './store.ts';

const root = mkdtempSync(join(tmpdir(), 'flux-artifacts-'));
const owner = { kind: 'GitRepository', namespace: 'n', name: 'r' };

afterAll(() => rmSync(root, { recursive: true, force: true }));

function newStore(clock: VirtualClock, more: Partial<ConstructorParameters<typeof ArtifactStore>[0]> = {}): ArtifactStore {
  return new ArtifactStore({ rootDir: mkdtempSync(join(root, 's-')), hostname: 'host', clock, ...more });
}

test.each([
  ['main/0123456789012345678901234567890123456789', 'main@sha1:0123456789012345678901234567890123456789'],
  ['HEAD/0123456789012345678901234567890123456789', 'sha1:0123456789012345678901234567890123456789'],
  ['0123456789012345678901234567890123456789', 'sha1:0123456789012345678901234567890123456789'],
  ['feature/x/0123456789012345678901234567890123456789', 'feature/x@sha1:0123456789012345678901234567890123456789'],
  ['main@sha1:abc', 'main@sha1:abc'],
  ['6.3.0', '6.3.0'],
  ['', ''],
])('the revision %s is written %s today', (old, now) => {
  expect(canonicalRevision(old)).toBe(now);
});

test('a revision is recognised in both of its forms', () => {
  const artifact = readArtifact({ revision: 'main@sha1:0123456789012345678901234567890123456789' });
  expect(hasRevision(artifact, 'main/0123456789012345678901234567890123456789')).toBe(true);
  expect([hasRevision(artifact, 'main@sha1:1'), hasRevision(undefined, 'x'), hasRevision(artifact, undefined)]).toEqual([
    false,
    false,
    false,
  ]);
});

test('what is stored is served, verified, and replaced whole', async () => {
  const store = newStore(new VirtualClock());
  const artifact = await store.put(owner, { name: 'a.tar.gz', revision: 'r1', bytes: Buffer.from('hello') });
  expect(artifact).toMatchObject({
    path: 'gitrepository/n/r/a.tar.gz',
    url: 'http://host/gitrepository/n/r/a.tar.gz',
    size: 5,
    lastUpdateTime: '2026-01-01T00:00:00Z',
  });
  await store.verify(artifact);
  const url = await store.link(artifact, 'latest.tar.gz');
  const server = await serveArtifacts(store);
  const http = createHttpClient({ resolve: (u) => u.replace('http://host/', `http://127.0.0.1:${server.port}/`) });
  try {
    const clock = new VirtualClock();
    expect(Buffer.from(await fetchArtifact({ url, digest: artifact.digest }, { http, clock })).toString()).toBe('hello');
    await expect(fetchArtifact({ url, digest: 'sha256:00' }, { http, clock })).rejects.toMatchObject({ code: 'ARTIFACT_DIGEST' });
    await expect(fetchArtifact({ url: 'http://host/gitrepository/n/r/gone', digest: 'sha256:0' }, { http, clock })).rejects.toMatchObject({
      code: 'ARTIFACT_NOT_FOUND',
    });
    writeFileSync(join(root, 'secret'), 'secret');
    symlinkSync(join(root, 'secret'), store.fileOf('gitrepository/n/r/out'));
    for (const path of ['../secret', '%2e%2e/secret', 'gitrepository/n/r/out', 'gitrepository/n/r', ''])
      await expect(http.get(`http://host/${path}`)).rejects.toMatchObject({ status: 404 });
  } finally {
    http.close();
    await server.close();
  }
  writeFileSync(store.fileOf(artifact.path), 'HELLO');
  await expect(store.verify(artifact)).rejects.toMatchObject({ code: 'STORE_DIGEST' });
});

test('names that are paths cannot leave the store', async () => {
  const store = newStore(new VirtualClock());
  for (const name of ['..', 'a/b', ''])
    await expect(store.put({ ...owner, name }, { name: 'f', revision: 'r', bytes: Buffer.alloc(0) })).rejects.toMatchObject({
      code: 'STORE_PATH',
    });
  expect(() => store.fileOf('a/../../b')).toThrow('is no artifact path');
});

test('old artifacts go when they are beyond the records to keep and older than their time, never the current one', async () => {
  const clock = new VirtualClock();
  const store = newStore(clock, { retentionTtlMs: 60_000, retentionRecords: 2 });
  const all: Artifact[] = [];
  for (const n of [1, 2, 3, 4]) {
    all.push(await store.put(owner, { name: `${n}.tgz`, revision: `r${n}`, bytes: Buffer.from(String(n)) }));
    await clock.advance(10_000);
  }
  expect(await store.collect(owner, all[3])).toEqual([]);
  await clock.advance(45_000);
  expect(await store.collect(owner, all[0])).toEqual(['2.tgz']);
  await store.removeAll(owner);
  expect(await store.exists(all[3] as Artifact)).toBe(false);
});

test('a server that fails is asked again after a pause, up to a limit', async () => {
  const clock = new VirtualClock();
  let calls = 0;
  const http: HttpClient = {
    get: () => {
      calls++;
      return Promise.reject(new HttpError({ code: 'HTTP_NETWORK', message: 'down' }));
    },
    close: () => undefined,
  };
  const failed = fetchArtifact({ url: 'http://x/', digest: 'sha256:0' }, { http, clock, retries: 2 }).catch((e: unknown) => e);
  await clock.advance(60_000);
  expect(await failed).toMatchObject({ code: 'ARTIFACT_FETCH', message: 'failed to download archive, error: down' });
  expect(calls).toBe(3);
});
