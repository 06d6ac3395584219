import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiServer, type ApiListener, type ApiServer } from '@flux-ts/apiserver';
import { RealClock, systemRandom, type JsonObject } from '@flux-ts/base';
import { KubeClient } from './client.ts';
import { execToken, transportOf } from './config/exec.ts';
import { contextOf, parseKubeconfig } from './config/kubeconfig.ts';
import { mergeContext } from './config/write.ts';
import { createHttpTransport, serverVersion } from './http-transport.ts';
import { Informer } from './informer.ts';

const dir = mkdtempSync(join(tmpdir(), 'flux-http-'));
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
let server: ApiServer;
let listener: ApiListener;

beforeAll(async () => {
  server = await createApiServer({ clock: new RealClock(), random: systemRandom });
  listener = await server.listen({ tls: true });
});

afterAll(async () => {
  await listener.close();
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

function kubeconfig(): string {
  return mergeContext('', { name: 'test', server: listener.url, caPem: listener.ca, token: listener.token });
}

test('a client from a kubeconfig reads, writes and watches over TLS', async () => {
  const transport = transportOf(contextOf(parseKubeconfig(kubeconfig())));
  const client = new KubeClient({ transport, fieldManager: 'me' });
  expect(await serverVersion(transport)).toMatchObject({ major: '1' });
  const large = 'x'.repeat(300_000);
  const abort = new AbortController();
  const informer = new Informer({ client, type: CONFIG_MAP, clock: new RealClock(), namespace: 'default' });
  const running = informer.start(abort.signal);
  await informer.synced;
  const seen = new Promise<JsonObject>((resolve) =>
    informer.subscribe((e) =>
      e.object['data'] !== undefined && 'big' in (e.object['data'] as JsonObject) ? resolve(e.object) : undefined,
    ),
  );
  await client.apply(
    { ...CONFIG_MAP, metadata: { name: 'a', namespace: 'default' }, data: { big: large, number: '12345678901234567890' } },
    { force: true },
  );
  expect(((await seen)['data'] as JsonObject)['big']).toBe(large);
  await client.delete(CONFIG_MAP, { namespace: 'default', name: 'a' });
  expect(await client.find(CONFIG_MAP, { namespace: 'default', name: 'a' })).toBeUndefined();
  abort.abort();
  await running;
  transport.close();
});

test('a server whose certificate is not known is refused, and the message holds no token', async () => {
  const transport = createHttpTransport({ server: listener.url, token: 'very-secret' });
  const error = await transport.request({ method: 'GET', path: '/version' }).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: 'KUBE_UNREACHABLE' });
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('very-secret');
  transport.close();
});

test('an abort ends a request with its reason and a watch without an error', async () => {
  const idle = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"type":"ADDED","object":{"kind":"X"}}\n'),
  );
  await new Promise<void>((resolve) => idle.listen(0, '127.0.0.1', resolve));
  const transport = createHttpTransport({ server: `http://127.0.0.1:${(idle.address() as AddressInfo).port}/prefix` });
  const abort = new AbortController();
  const events: string[] = [];
  for await (const event of transport.watch({ method: 'GET', path: '/x', signal: abort.signal })) {
    events.push(`${event.type} ${String(event.object['kind'])}`);
    abort.abort();
  }
  expect(events).toEqual(['ADDED X']);
  const reason = new Error('stop');
  await expect(transport.request({ method: 'GET', path: '/x', signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  transport.close();
  idle.closeAllConnections();
  idle.close();
});

test('a refused watch is an error, not an empty one', async () => {
  const transport = createHttpTransport({ server: listener.url, caPem: listener.ca, token: listener.token });
  const watch = async (): Promise<void> => {
    for await (const _ of transport.watch({ method: 'GET', path: '/apis/none/v1/things' })) break;
  };
  await expect(watch()).rejects.toMatchObject({ httpStatus: 404 });
  transport.close();
});

test('a credential command runs without a shell and gives its token', async () => {
  const script = join(dir, 'get-token');
  writeFileSync(script, `#!/bin/sh\nprintf '{"status":{"token":"%s"}}' "$1$EXTRA"\n`);
  chmodSync(script, 0o700);
  const plugin = {
    command: script,
    args: ['a; echo b'],
    env: [{ name: 'EXTRA', value: '-x' }],
    apiVersion: 'client.authentication.k8s.io/v1',
  };
  expect(await execToken(plugin, { PATH: '/usr/bin:/bin' })).toBe('a; echo b-x');
  await expect(execToken({ ...plugin, command: join(dir, 'none') }, {})).rejects.toMatchObject({ code: 'KUBECONFIG_EXEC' });
});
