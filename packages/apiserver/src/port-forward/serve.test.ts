import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { silentLogger, VirtualClock } from '@flux-ts/base';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SpdyClient } from '../../test/spdy-client.ts';
import { PAIR_TIMEOUT_MS } from './pairs.ts';
import { PodPortError, type PodDialer } from './pod-dialer.ts';
import { IDLE_MS, serveForward } from './serve.ts';

let listener: Server;
beforeAll(async () => {
  listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
});
afterAll(() => new Promise((resolve) => listener.close(resolve)));

/** A client and a server on both ends of a connection, in a time that stands still. */
async function stage(dial: PodDialer['dial']): Promise<{ clock: VirtualClock; client: SpdyClient; served: Promise<void>; socket: Socket }> {
  const clock = new VirtualClock();
  const accepted = once(listener, 'connection') as Promise<[Socket]>;
  const near = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = await accepted;
  const target = { kind: 'pod' as const, pod: { metadata: { uid: 'u' } }, dialer: { runs: () => true, dial } };
  const served = serveForward({
    socket,
    head: Buffer.alloc(0),
    plan: { kind: 'spdy', answer: ['Upgrade: SPDY/3.1'] },
    target,
    clock,
    log: silentLogger,
  });
  let head = '';
  while (!head.endsWith('\r\n\r\n')) {
    const byte = near.read(1) as Buffer | null;
    if (byte === null) await once(near, 'readable');
    else head += byte.toString('latin1');
  }
  expect(head).toBe('HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\n\r\n');
  return { clock, client: new SpdyClient(near), served, socket };
}

const never = (_pod: unknown, _port: number, signal: AbortSignal): Promise<Duplex> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

test('a connection whose second stream does not come is given up', async () => {
  const { clock, client, served } = await stage(never);
  const error = await client.open({ streamtype: 'error', port: '1', requestid: '7' });
  const data = await client.open({ streamtype: 'data', port: '1', requestid: '8' });
  await Promise.all([error.replied, data.replied]);
  await clock.advance(PAIR_TIMEOUT_MS);
  expect((await error.ended).bytes.toString()).toBe('(request=7) timed out waiting for streams');
  expect((await data.ended).reset).toBe(5);
  client.socket.end();
  await served;
});

test('a connection on which nothing moves is closed, one that moves is not', async () => {
  const { clock, client, served } = await stage(never);
  await client.ping(1);
  await clock.advance(IDLE_MS);
  await client.ping(3);
  await clock.advance(IDLE_MS);
  await client.ping(5);
  await clock.advance(2 * IDLE_MS);
  await client.closed;
  await served;
});

test('a dial that goes on is aborted when its client leaves', async () => {
  let aborted: unknown;
  const { client, served } = await stage((_pod, _port, signal) => {
    signal.addEventListener('abort', () => (aborted = signal.reason));
    return never(_pod, _port, signal);
  });
  const { data } = await client.connect(1, '0');
  data.send(Buffer.from('kept until the Pod is there'));
  await client.ping(1);
  client.socket.end();
  await served;
  expect(aborted).toBeInstanceOf(Error);
});

test.each([
  { name: 'refused', error: PodPortError.refused(5), text: 'dial tcp4 127.0.0.1:5: connect: connection refused IPv6' },
  { name: 'anything else', error: new Error('no route'), text: 'dial tcp4 127.0.0.1:5: connect: no route IPv6' },
])('a dial that ends with $name is told as containerd tells it', async ({ error, text }) => {
  const { client, served } = await stage(() => Promise.reject(error));
  const pair = await client.connect(5, '0');
  expect((await pair.error.ended).bytes.toString()).toContain(text);
  client.socket.end();
  await served;
});
