import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BIG, BIG_SUM, FORWARDER_TOKEN, READER_TOKEN, startForwardServer, type ForwardServer } from '../../test/forward-server.ts';
import { SpdyClient, upgrade, type Upgraded } from '../../test/spdy-client.ts';
import { chunksOf } from './carrier.ts';
import { encodeControl, encodeData, numbers } from './spdy-frames.ts';
import { MAX_STREAMS } from './spdy-session.ts';
import { webSocketAccept } from './web-socket-frames.ts';

let stage: ForwardServer;
beforeAll(async () => {
  stage = await startForwardServer();
});
afterAll(() => stage.close());

const SPDY = { upgrade: 'SPDY/3.1', 'x-stream-protocol-version': 'portforward.k8s.io' };
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const WEB_SOCKET = { upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': KEY };

async function client(pod = 'real'): Promise<SpdyClient> {
  const answer = await upgrade(stage.path(pod), SPDY, 'POST');
  if (answer.kind !== 'switched') throw new Error(`${answer.status}: ${answer.body}`);
  return new SpdyClient(answer.socket);
}

function statusOf(answer: Upgraded): { readonly code: number; readonly message: string } {
  if (answer.kind === 'switched') {
    answer.socket.destroy();
    return { code: 101, message: '' };
  }
  return { code: answer.status, message: (JSON.parse(answer.body) as { message: string }).message };
}

describe('a SPDY connection', () => {
  test('carries several connections at once, both ways', async () => {
    const spdy = await client();
    const sent = ['one', 'two', 'three'].map((text) => Buffer.from(text.repeat(20_000)));
    const got = await Promise.all(
      sent.map(async (bytes, i) => {
        const { data, error } = await spdy.connect(7, String(i));
        data.send(bytes, true);
        return { data: await data.ended, error: await error.ended };
      }),
    );
    expect(got.map(({ data }) => data.bytes.equals(sent[got.findIndex((g) => g.data === data)] as Buffer))).toEqual([true, true, true]);
    expect(got.map(({ data, error }) => [data.reset, error.reset, error.bytes.length])).toEqual(sent.map(() => [undefined, undefined, 0]));
    await spdy.ping(1);
    spdy.socket.end();
    await spdy.closed;
  });

  test('carries a large body each way unchanged', async () => {
    const spdy = await client();
    const down = await spdy.connect(80, 'down');
    down.data.send(Buffer.from('GET /big HTTP/1.1\r\nhost: pod\r\nconnection: close\r\n\r\n'));
    const up = await spdy.connect(80, 'up');
    up.data.send(Buffer.from(`POST / HTTP/1.1\r\nhost: pod\r\nconnection: close\r\ncontent-length: ${BIG.length}\r\n\r\n`));
    for (let at = 0; at < BIG.length; at += 100_000) up.data.send(BIG.subarray(at, at + 100_000));
    const body = (bytes: Buffer): Buffer => bytes.subarray(bytes.indexOf('\r\n\r\n') + 4);
    expect(
      createHash('sha256')
        .update(body((await down.data.ended).bytes))
        .digest('hex'),
    ).toBe(BIG_SUM);
    expect((await up.data.ended).bytes.toString()).toContain(BIG_SUM);
    spdy.socket.destroy();
  });

  test('says in the words of kubelet that nothing listens', async () => {
    const spdy = await client();
    const { data, error } = await spdy.connect(81, '0');
    const text = (await error.ended).bytes.toString();
    expect(text).toMatch(/^error forwarding port 81 to pod \S+, uid : failed to execute portforward in network namespace "host": /);
    expect(text).toMatch(
      /failed to connect to localhost:81 inside namespace "\S+", IPv4: dial tcp4 127.0.0.1:81: connect: connection refused /,
    );
    expect((await data.ended).bytes.length).toBe(0);
    const again = await spdy.connect(7, '1');
    again.data.send(Buffer.from('still there'), true);
    expect((await again.data.ended).bytes.toString()).toBe('still there');
    spdy.socket.destroy();
  });

  test('ends one connection alone when the Pod breaks it off', async () => {
    const spdy = await client();
    const seen = new Promise<Socket>((resolve) => (stage.onConnection = resolve));
    const { data, error } = await spdy.connect(9, '0');
    (await seen).resetAndDestroy();
    expect((await data.ended).reset).toBe(5);
    expect((await error.ended).bytes.length).toBe(0);
    await spdy.ping(1);
    spdy.socket.destroy();
  });

  test('hangs up on the Pod when the client resets a stream or goes away', async () => {
    const spdy = await client();
    const seen: Socket[] = [];
    stage.onConnection = (socket) => seen.push(socket);
    const first = await spdy.connect(7, '0');
    const second = await spdy.connect(7, '1');
    second.data.send(Buffer.from('x'));
    await expect.poll(() => seen.length, { timeout: 15_000 }).toBe(2);
    first.data.reset();
    await once(seen[0] as Socket, 'close');
    expect((await first.error.ended).reset).toBeUndefined();
    spdy.socket.destroy();
    if (seen[1]?.closed === false) await once(seen[1], 'close');
    expect(seen.map((socket) => stage.connections.has(socket))).toEqual([false, false]);
  });

  test('waits for a client that does not read', async () => {
    const spdy = await client();
    const pairs = await Promise.all(Array.from({ length: 6 }, (_, i) => spdy.connect(80, String(i))));
    let release: () => void = () => undefined;
    spdy.held = new Promise((resolve) => (release = resolve));
    for (const { data } of pairs) data.send(Buffer.from('GET /big HTTP/1.1\r\nhost: pod\r\nconnection: close\r\n\r\n'));
    let before = 0;
    const stuck = (): boolean => {
      const waiting = [...stage.connections].reduce((sum, socket) => sum + socket.writableLength, 0);
      const same = waiting > 0 && waiting === before;
      before = waiting;
      return same;
    };
    await expect.poll(stuck, { interval: 100, timeout: 15_000 }).toBe(true); // the Pod cannot get rid of its answers
    release();
    const all = await Promise.all(pairs.map(({ data }) => data.ended));
    expect(all.every(({ bytes }) => bytes.subarray(-BIG.length).equals(BIG))).toBe(true);
    spdy.socket.destroy();
  });

  test('waits for a Pod that does not read', async () => {
    const spdy = await client();
    const seen = new Promise<Socket>((resolve) => (stage.onConnection = resolve));
    const slow = await spdy.connect(9, '0');
    const pod = await seen;
    const chunk = Buffer.alloc(64 * 1024);
    let refused = false;
    for (let i = 0; i < 2_000 && !refused; i++) refused = !spdy.socket.write(encodeData(slow.data.id, chunk, false));
    await new Promise((resolve) => setImmediate(resolve));
    expect(refused && spdy.socket.writableLength > 0).toBe(true); // nothing takes in 128 MB
    let taken = 0;
    pod.on('data', (bytes: Buffer) => (taken += bytes.length));
    pod.resume();
    if (spdy.socket.writableNeedDrain) await once(spdy.socket, 'drain');
    await spdy.ping(1);
    expect(taken % chunk.length).toBe(0);
    spdy.socket.destroy();
  });

  test.each([
    { name: 'no port', headers: { streamtype: 'data', requestid: '0' } },
    { name: 'port 0', headers: { streamtype: 'data', port: '0', requestid: '0' } },
    { name: 'a port that is too large', headers: { streamtype: 'data', port: '65536', requestid: '0' } },
    { name: 'an unknown type', headers: { streamtype: 'other', port: '7', requestid: '0' } },
  ])('refuses a stream with $name and goes on', async ({ headers }) => {
    const spdy = await client();
    await expect((await spdy.open(headers)).replied).rejects.toThrow('refused with status 1');
    await spdy.ping(3);
    spdy.socket.destroy();
  });

  test('pairs streams by their numbers when there are no request ids', async () => {
    const spdy = await client();
    await (
      await spdy.open({ streamtype: 'error', port: '7' })
    ).replied;
    const data = await spdy.open({ streamtype: 'data', port: '7' });
    data.send(Buffer.from('old client'), true);
    expect((await data.ended).bytes.toString()).toBe('old client');
    spdy.socket.destroy();
  });

  test('keeps what comes before the second stream of a pair', async () => {
    const spdy = await client();
    const data = await spdy.open({ streamtype: 'data', port: '7', requestid: '0' });
    data.send(Buffer.from('early'), true);
    await spdy.open({ streamtype: 'error', port: '7', requestid: '0' });
    expect((await data.ended).bytes.toString()).toBe('early');
    await expect((await spdy.open({ streamtype: 'data', port: '9', requestid: '1' })).replied).resolves.toBeUndefined();
    await expect((await spdy.open({ streamtype: 'data', port: '9', requestid: '1' })).replied).rejects.toThrow('status 1');
    spdy.socket.destroy();
  });

  test('refuses more streams than one connection may have', async () => {
    const spdy = await client();
    const streams = [];
    for (let i = 0; i < MAX_STREAMS; i++) streams.push(await spdy.open({ streamtype: 'error', port: '7', requestid: String(i) }));
    await Promise.all(streams.map((stream) => stream.replied));
    await expect((await spdy.open({ streamtype: 'error', port: '7', requestid: 'more' })).replied).rejects.toThrow('status 3');
    streams[0]?.reset();
    await (
      await spdy.open({ streamtype: 'error', port: '7', requestid: 'again' })
    ).replied;
    spdy.socket.destroy();
  });

  const compressed = encodeControl('synStream', Buffer.concat([numbers(1, 0), Buffer.alloc(2), Buffer.from('no zlib')]));
  test.each([
    { name: 'noise', bytes: Buffer.alloc(100, 0xfe) },
    { name: 'a version that is not spoken', bytes: Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0]) },
    { name: 'headers that cannot be read', bytes: compressed },
    { name: 'an endless control frame', bytes: Buffer.from([0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff]) },
  ])('is closed, and no other one, on $name', async ({ bytes }) => {
    const [bad, good] = [await client(), await client()];
    bad.socket.write(bytes);
    await bad.closed;
    expect(bad.frames.map((frame) => frame.type)).toEqual(expect.arrayContaining(['goAway']));
    await good.ping(1);
    good.socket.destroy();
  });

  test('is closed on a stream number that was there before', async () => {
    const spdy = await client();
    await (
      await spdy.open({ streamtype: 'error', port: '7' }, { id: 5 })
    ).replied;
    await spdy.open({ streamtype: 'error', port: '7' }, { id: 5 });
    await spdy.closed;
    expect(spdy.frames.at(-1)).toEqual({ type: 'goAway', lastId: 5 });
  });
});

describe('a WebSocket', () => {
  test('that tunnels SPDY begins as RFC 6455 has it', async () => {
    const answer = await upgrade(stage.path('real'), { ...WEB_SOCKET, 'sec-websocket-protocol': 'x, SPDY/3.1+portforward.k8s.io' });
    expect(answer.kind === 'switched' && answer.headers).toMatchObject({
      'sec-websocket-accept': webSocketAccept(KEY),
      'sec-websocket-protocol': 'SPDY/3.1+portforward.k8s.io',
    });
    if (answer.kind === 'switched') answer.socket.destroy();
  });

  test.each([
    { name: 'a frame without a mask', bytes: [0x82, 1, 0], code: 1002 },
    { name: 'text', bytes: [0x81, 0x81, 0, 0, 0, 0, 65], code: undefined },
    { name: 'a frame that is too large', bytes: [0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0], code: 1009 },
  ])('that tunnels SPDY is closed on $name', async ({ bytes, code }) => {
    const answer = await upgrade(stage.path('real'), { ...WEB_SOCKET, 'sec-websocket-protocol': 'SPDY/3.1+portforward.k8s.io' });
    if (answer.kind !== 'switched') throw new Error(answer.body);
    answer.socket.write(Buffer.from(bytes));
    const parts: Buffer[] = [];
    for await (const part of chunksOf(answer.socket)) parts.push(part);
    const all = Buffer.concat(parts);
    const close = all.lastIndexOf(0x88);
    expect(close).toBeGreaterThanOrEqual(0);
    if (code !== undefined) expect(all.readUInt16BE(close + 2)).toBe(code);
  });
});

describe('a request to forward ports', () => {
  const as = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
  test.each([
    {
      name: 'of a simulated Pod',
      pod: 'simulated',
      code: 501,
      message: 'portforward is not served: this Pod is simulated, no container runs',
    },
    {
      name: 'of a Pod that has not started',
      pod: 'pending',
      code: 500,
      message: 'error forwarding ports: pod not found ("pending_default")',
    },
    { name: 'of no Pod', pod: 'nobody', code: 404, message: 'pods "nobody" not found' },
    { name: 'with wrong credentials', pod: 'real', headers: as('wrong'), code: 401, message: 'Unauthorized' },
    { name: 'by one who may', pod: 'real', headers: as(FORWARDER_TOKEN), code: 101, message: '' },
    {
      name: 'by one who may only get',
      pod: 'real',
      headers: as(READER_TOKEN),
      code: 403,
      message: 'cannot create resource "pods/portforward" in API group "" in the namespace "default"',
    },
    {
      name: 'as somebody who may not',
      pod: 'real',
      headers: { 'impersonate-user': 'alice' },
      code: 403,
      message: 'User "alice" cannot create resource "pods/portforward"',
    },
    { name: 'with another protocol', pod: 'real', headers: { upgrade: 'h2c' }, code: 400, message: 'missing upgrade headers' },
    {
      name: 'without a version of the protocol',
      pod: 'real',
      headers: { 'x-stream-protocol-version': '' },
      code: 400,
      message: 'is required',
    },
    {
      name: 'with an unknown version of the protocol',
      pod: 'real',
      headers: { 'x-stream-protocol-version': 'v9' },
      code: 403,
      message: 'unable to upgrade: unable to negotiate protocol: client supports [v9], server accepts [portforward.k8s.io]',
    },
  ])('$name is answered with $code', async ({ pod, headers, code, message }) => {
    const answer = statusOf(await upgrade(stage.path(pod), { ...SPDY, ...headers }, 'POST'));
    expect(answer.code).toBe(code);
    expect(answer.message).toContain(message);
  });

  test.each([
    { name: 'an unknown protocol', headers: { 'sec-websocket-protocol': 'v9' }, code: 403, message: 'client supports [v9]' },
    { name: 'an old version', headers: { 'sec-websocket-version': '8' }, code: 400, message: 'unsupported version' },
    { name: 'a bad key', headers: { 'sec-websocket-key': 'short' }, code: 400, message: 'Sec-WebSocket-Key' },
    {
      name: 'channels and no ports',
      headers: { 'sec-websocket-protocol': 'v4.channel.k8s.io' },
      code: 400,
      message: '"ports" is required',
    },
    { name: 'the origin of a foreign page', headers: { origin: 'https://example.com' }, code: 403, message: 'web pages of other origins' },
    { name: 'no origin that can be read', headers: { origin: 'null' }, code: 403, message: 'web pages of other origins' },
    {
      name: 'a foreign origin and credentials',
      headers: { origin: 'https://example.com', ...as(FORWARDER_TOKEN) },
      code: 101,
      message: '',
    },
    { name: 'a get alone', headers: as(READER_TOKEN), code: 403, message: 'cannot create resource "pods/portforward"' },
  ])('over a WebSocket with $name is answered with $code', async ({ headers, code, message }) => {
    const protocol = { 'sec-websocket-protocol': 'SPDY/3.1+portforward.k8s.io' };
    const answer = statusOf(await upgrade(stage.path('real'), { ...WEB_SOCKET, ...protocol, ...headers }));
    expect(answer.code).toBe(code);
    expect(answer.message).toContain(message);
  });

  test('without the wish to upgrade is told so', async () => {
    const answer = await fetch(stage.path('real'), { method: 'POST' });
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { message: string }).message).toBe('Upgrade request required');
  });
});

test.each([
  {
    name: 'exec',
    path: 'exec?command=ls',
    text: "exec is not served: this Pod runs inside the cluster's own process, it has no container",
  },
  { name: 'attach', path: 'attach', text: "attach is not served: this Pod runs inside the cluster's own process, it has no container" },
  { name: 'log', path: 'log', text: "This Pod runs inside the cluster's own process: what it logs is in the log of that process." },
])('$name of a Pod that runs here says what it is', async ({ path, text }) => {
  const answer = await fetch(stage.path('real').replace(/portforward$/, path));
  expect(await answer.text()).toContain(text);
});

describe('a wish to upgrade that nobody can fulfil', () => {
  interface Sent {
    readonly status: number | undefined;
    readonly name: string;
  }
  function send(method: string, path: string, body?: string): Promise<Sent> {
    const headers = {
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': 'AAMAAABkAAQAAP__',
      'content-type': 'application/json',
    };
    return new Promise((resolve, reject) => {
      const sent = plainRequest(`${stage.listener.url}/api/v1/namespaces/default/${path}`, { method, headers }, (response) => {
        let text = '';
        response.on('data', (part: Buffer) => (text += part.toString()));
        response.on('end', () =>
          resolve({ status: response.statusCode, name: (JSON.parse(text) as { metadata: { name: string } }).metadata.name }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  test('is ignored over TLS, too', async () => {
    const secure = await startForwardServer({ tls: true });
    const { url, ca, token } = secure.listener;
    const headers = { connection: 'Upgrade', upgrade: 'h2c', authorization: `Bearer ${token}` };
    const status = await new Promise((resolve, reject) => {
      const sent = secureRequest(`${url}/version`, { ca, headers }, (response) => resolve(response.resume().statusCode));
      sent.on('error', reject);
      sent.end();
    });
    expect(status).toBe(200);
    await secure.close();
  });

  test('is ignored: the request is answered as it is', async () => {
    const data = { text: 'x'.repeat(200_000) };
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'upgraded' }, data });
    expect(await send('POST', 'configmaps', body)).toEqual({ status: 201, name: 'upgraded' });
    expect(await send('GET', 'configmaps/upgraded')).toEqual({ status: 200, name: 'upgraded' });
  });
});

test('a server that closes hangs up on clients and Pods', async () => {
  const other = await startForwardServer();
  const answer = await upgrade(other.path('real'), SPDY, 'POST');
  if (answer.kind !== 'switched') throw new Error(answer.body);
  const spdy = new SpdyClient(answer.socket);
  const seen = new Promise<Socket>((resolve) => (other.onConnection = resolve));
  await spdy.connect(9, '0');
  const pod = await seen;
  const hungUp = once(pod.resume(), 'end');
  await other.server.close();
  await spdy.closed;
  await hungUp;
  await other.close();
});
