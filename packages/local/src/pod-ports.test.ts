import { once } from 'node:events';
import { Metrics } from '@flux-ts/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dialLoopback, servePodPorts, type PodPorts } from './pod-ports.ts';

const metrics = new Metrics();
let ports: PodPorts;
beforeAll(async () => {
  metrics.recordReconcile({ kind: 'GitRepository', namespace: 'apps', name: 'web' }, 30);
  ports = await servePodPorts({
    args: ['--storage-addr', ':9999', '--health-addr=:1', '--health-addr=0.0.0.0:9441'],
    metrics,
    artifacts: 4242,
  });
});
afterAll(() => ports.close());

async function get(port: number, path: string, method = 'GET'): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(`http://127.0.0.1:${ports.loopback(port)}${path}`, { method });
  return { status: answer.status, text: await answer.text() };
}

test.each([
  { port: 9441, path: '/healthz', status: 200, text: 'ok' },
  { port: 9441, path: '/readyz?verbose=true', status: 200, text: 'ok' },
  { port: 9441, path: '/metrics', status: 404, text: '404 page not found\n' },
  { port: 8080, path: '/healthz', status: 404, text: '404 page not found\n' },
])("a controller's port $port answers $path with $status", async ({ port, path, status, text }) => {
  expect(await get(port, path)).toEqual({ status, text });
});

test('a controller tells its metrics and takes nothing in', async () => {
  expect((await get(8080, '/metrics')).text).toContain(
    'gotk_reconcile_duration_seconds_count{kind="GitRepository",name="web",namespace="apps"} 1',
  );
  expect((await get(8080, '/metrics', 'POST')).status).toBe(405);
});

test.each([
  { port: 9999, loopback: 4242 },
  { port: 9090, loopback: undefined },
  { port: 9440, loopback: undefined },
  { port: 1, loopback: undefined },
])('the port $port of a Pod is the one that its arguments say', ({ port, loopback }) => {
  expect(ports.loopback(port)).toBe(loopback);
});

test('an address of 0 switches a server off', async () => {
  const off = await servePodPorts({ args: ['--metrics-addr=0'], metrics });
  expect([off.loopback(8080), off.loopback(9090)]).toEqual([undefined, undefined]);
  expect(off.loopback(9440)).toBeGreaterThan(0);
  await off.close();
});

test('a dial that nobody waits for any more ends', async () => {
  const reason = new Error('gone');
  await expect(dialLoopback(ports.loopback(8080) ?? 0, AbortSignal.abort(reason))).rejects.toThrow('aborted');
  const socket = await dialLoopback(ports.loopback(8080) ?? 0, new AbortController().signal);
  socket.end('GET /metrics HTTP/1.1\r\nhost: pod\r\nconnection: close\r\n\r\n');
  const [first] = (await once(socket, 'data')) as [Buffer];
  expect(first.toString()).toContain('HTTP/1.1 200 OK');
  socket.destroy();
});
