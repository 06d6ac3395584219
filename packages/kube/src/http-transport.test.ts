import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiServer, type ApiListener, type ApiServer } from '@flux-ts/apiserver';
import { RealClock, systemRandom, type Clock, type JsonObject } from '@flux-ts/base';
import { KubeClient } from './client.ts';
import { execToken, transportOf } from './config/exec.ts';
import { inClusterTransport } from './config/in-cluster.ts';
import { contextOf, parseKubeconfig } from './config/kubeconfig.ts';
import { mergeContext } from './config/write.ts';
import { createHttpTransport, serverVersion } from './http-transport.ts';
import { Informer } from './informer.ts';
import type { Transport } from './transport.ts';

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

/** A proxy that opens tunnels for those who know the password, and notes where to. */
async function startProxy(): Promise<{ url: (password: string) => string; seen: string[]; close(): void }> {
  const seen: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket: Socket) => {
    if (request.headers['proxy-authorization'] !== `Basic ${Buffer.from('me:pass').toString('base64')}`) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    seen.push(request.url ?? '');
    const [host = '', port = ''] = (request.url ?? '').split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  return { url: (password) => `http://me:${password}@127.0.0.1:${port}`, seen, close: () => proxy.close() };
}

test('a proxy gives tunnels, over which TLS still checks the server', async () => {
  const proxy = await startProxy();
  const target = { server: listener.url, caPem: listener.ca, token: listener.token };
  const through = createHttpTransport({ ...target, proxyUrl: proxy.url('pass') });
  expect(await serverVersion(through)).toMatchObject({ major: '1' });
  expect(proxy.seen).toEqual([new URL(listener.url).host]);
  const unknown = createHttpTransport({ ...target, caPem: undefined, proxyUrl: proxy.url('pass') });
  await expect(serverVersion(unknown)).rejects.toMatchObject({ code: 'KUBE_UNREACHABLE' });
  const refused = createHttpTransport({ ...target, proxyUrl: proxy.url('wrong') });
  await expect(serverVersion(refused)).rejects.toThrow(/the proxy 127.0.0.1:\d+ answered 407/);
  expect(() => createHttpTransport({ ...target, proxyUrl: 'socks5://127.0.0.1:1' })).toThrow('socks5 proxies are not supported');
  for (const transport of [through, unknown, refused]) transport.close();
  proxy.close();
});

test('a busy server is asked again after the pause it names, a refused token is replaced once', async () => {
  const answers: [number, Record<string, string>][] = [
    [429, { 'retry-after': '1' }],
    [503, { 'retry-after': '2' }],
    [401, {}],
    [200, {}],
    [401, {}],
    [401, {}],
  ];
  const tokens: string[] = [];
  const busy = createServer((request, response) => {
    tokens.push(request.headers.authorization ?? '');
    const [status, headers] = answers.shift() ?? [500, {}];
    response.writeHead(status, { ...headers, 'content-type': 'application/json' }).end('{"major":"1"}');
  });
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  const pauses: number[] = [];
  const real = new RealClock();
  const clock: Clock = {
    now: () => real.now(),
    schedule: (ms, call) => real.schedule(ms, call),
    hold: () => real.hold(),
    sleep: (ms) => (pauses.push(ms), Promise.resolve()),
  };
  const transport = createHttpTransport({
    server: `http://127.0.0.1:${(busy.address() as AddressInfo).port}`,
    token: (stale) => Promise.resolve(stale ? 'new' : 'old'),
    clock,
  });
  expect(await serverVersion(transport)).toEqual({ major: '1' });
  expect(pauses).toEqual([1000, 2000]);
  expect(tokens).toEqual(['Bearer old', 'Bearer old', 'Bearer old', 'Bearer new']);
  await expect(serverVersion(transport)).rejects.toMatchObject({ httpStatus: 401 });
  transport.close();
  busy.close();
});

test('a Pod reaches its cluster with what its service account has', async () => {
  const url = new URL(listener.url);
  const environment = { KUBERNETES_SERVICE_HOST: url.hostname, KUBERNETES_SERVICE_PORT: url.port };
  const files: Record<string, string> = { 'ca.crt': listener.ca ?? '', token: `${listener.token}\n`, namespace: 'team\n' };
  const readFile = (path: string): string => files[path.replace('/var/run/secrets/kubernetes.io/serviceaccount/', '')] ?? '';
  const inside = inClusterTransport({ environment, readFile });
  expect(inside?.namespace).toBe('team');
  expect(await serverVersion(inside?.transport as Transport)).toMatchObject({ major: '1' });
  inside?.transport.close();
  expect(inClusterTransport({ environment: {}, readFile })).toBeUndefined();
});
