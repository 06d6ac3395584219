import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createHttpClient } from './http-client.ts';

let first: Server;
let second: Server;
const seen: { path: string; host: string; headers: IncomingHttpHeaders }[] = [];

function serve(redirectTo: () => string): Server {
  return createServer((request, response) => {
    seen.push({ path: request.url ?? '', host: request.headers.host ?? '', headers: request.headers });
    if (request.url === '/away') response.writeHead(302, { location: `${redirectTo()}/here` }).end();
    else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
    else if (request.url === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('packed'));
    else if (request.url === '/hang') return;
    else if (request.url?.startsWith('/gone') === true) response.writeHead(404).end();
    else response.writeHead(200).end('body');
  });
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeAll(async () => {
  second = serve(() => '');
  first = serve(() => urlOf(second).replace('127.0.0.1', 'localhost'));
  for (const server of [first, second]) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  first.closeAllConnections();
  second.closeAllConnections();
  first.close();
  second.close();
});

beforeEach(() => {
  seen.length = 0;
});

const auth = { username: 'u', password: 'p' };

test('credentials go to the host that was asked, not to where it redirects', async () => {
  const http = createHttpClient();
  expect(Buffer.from((await http.get(`${urlOf(first)}/away`, { auth })).bytes).toString()).toBe('body');
  expect(seen.map((s) => [s.path, s.headers.authorization !== undefined])).toEqual([
    ['/away', true],
    ['/here', false],
  ]);
  await http.get(`${urlOf(first)}/away`, { auth, passCredentials: true });
  http.close();
});

test('credentials do not go to a mirror on another host', async () => {
  const http = createHttpClient({ resolve: (url) => url.replace('https://charts.example', urlOf(first)) });
  await http.get('https://charts.example/index.yaml', { auth });
  expect(seen.map((s) => [s.path, s.headers.authorization])).toEqual([['/index.yaml', undefined]]);
  http.close();
});

test.each([
  { name: 'another status than 200', path: '/gone', options: {}, want: { code: 'HTTP_STATUS', status: 404 } },
  { name: 'more bytes than are allowed', path: '/x', options: { maxBytes: 3 }, want: { code: 'HTTP_TOO_LARGE' } },
  {
    name: 'redirects without end',
    path: '/loop',
    options: {},
    want: { code: 'HTTP_REDIRECTS', message: expect.stringContaining('stopped after 10 redirects') as string },
  },
  {
    name: 'a server that does not answer',
    path: '/hang',
    options: { timeoutMs: 50 },
    want: { code: 'HTTP_TIMEOUT', message: expect.stringMatching(/: context deadline exceeded \(Client\.Timeout/) as string },
  },
])('a download fails with $name', async ({ path, options, want }) => {
  const http = createHttpClient();
  await expect(http.get(`${urlOf(first)}${path}`, options)).rejects.toMatchObject(want);
  http.close();
});

test('other schemes are refused, abort is rethrown, packed answers are unpacked', async () => {
  const http = createHttpClient();
  await expect(http.get('ftp://x/y')).rejects.toMatchObject({ code: 'HTTP_URL' });
  await expect(http.get('nonsense')).rejects.toMatchObject({ code: 'HTTP_URL' });
  const abort = new AbortController();
  const hanging = http.get(`${urlOf(first)}/hang`, { signal: abort.signal });
  const reason = new Error('stop');
  abort.abort(reason);
  await expect(hanging).rejects.toBe(reason);
  expect(Buffer.from((await http.get(`${urlOf(first)}/gzip`)).bytes).toString()).toBe('packed');
  http.close();
});

test('messages hold no credentials', async () => {
  const http = createHttpClient();
  const url = urlOf(first).replace('//', '//u:p@');
  await expect(http.get(`${url}/gone?token=1`)).rejects.toMatchObject({ message: `failed to fetch ${urlOf(first)}/gone : 404 Not Found` });
  http.close();
});
