import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest } from 'node:https';
import { gunzipSync } from 'node:zlib';
import { RealClock, seededRandom, systemRandom } from '@flux-ts/base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiServer, serviceAccountUser, type ApiListener, type ApiServer } from '../index.ts';

let server: ApiServer;
let listener: ApiListener;

beforeAll(async () => {
  server = await createApiServer({
    clock: new RealClock(),
    random: systemRandom,
    freeze: true,
    authentication: { tokens: [{ token: 'robot-token', user: serviceAccountUser('default', 'robot') }] },
  });
  listener = await server.listen();
});
afterAll(() => server.close());

interface Sent {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

function send(
  method: string,
  path: string,
  options: { body?: string | Uint8Array; headers?: Record<string, string>; url?: string; tls?: object } = {},
): Promise<Sent> {
  const url = new URL(options.url ?? listener.url);
  const make = url.protocol === 'https:' ? secureRequest : plainRequest;
  return new Promise((resolve, reject) => {
    const sent = make({ host: url.hostname, port: url.port, method, path, headers: options.headers ?? {}, ...options.tls }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(options.body);
  });
}

/** The bytes of an answer, as they travelled. */
function raw(path: string, encoding: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const sent = plainRequest(`${listener.url}${path}`, { headers: { 'accept-encoding': encoding } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks)));
    });
    sent.on('error', reject);
    sent.end();
  });
}

const MAPS = '/api/v1/namespaces/default/configmaps';
const JSON_TYPE = { 'content-type': 'application/json' };
const body = (name: string): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

describe('answers over HTTP', () => {
  test('a created object comes back as it is read', async () => {
    const made = await send('POST', MAPS, { body: body('a'), headers: JSON_TYPE });
    expect(made.status).toBe(201);
    expect(made.headers['content-type']).toBe('application/json');
    expect((await send('GET', `${MAPS}/a`)).text).toBe(made.text);
  });

  test('YAML goes in and out', async () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: yaml}\ndata: {k: "1"}\n';
    expect((await send('POST', MAPS, { body: text, headers: { 'content-type': 'application/yaml' } })).status).toBe(201);
    const read = await send('GET', `${MAPS}/yaml`, { headers: { accept: 'application/yaml' } });
    expect(read.headers['content-type']).toBe('application/yaml');
    expect(read.text).toContain('data:\n  k: "1"\n');
  });

  test('large answers are compressed for clients that take it', async () => {
    const answer = await send('GET', '/openapi/v3/apis/apps/v1', { headers: { 'accept-encoding': 'gzip' } });
    expect(answer.headers['content-encoding']).toBe('gzip');
  });

  test.each([
    { name: 'as it is', encoding: 'identity', read: (bytes: Buffer): Buffer => bytes },
    { name: 'compressed', encoding: 'gzip', read: gunzipSync },
  ])('a long list goes out in pieces, $name', async ({ encoding, read }) => {
    const api = server.transport();
    const names = [...Array(600)].map((_, i) => `long-${String(i).padStart(3, '0')}`);
    for (const name of names) {
      const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { text: 'é'.repeat(300) } };
      await api.request({ method: 'POST', path: '/api/v1/namespaces/kube-public/secrets', body });
    }
    const answer = await fetch(`${listener.url}/api/v1/namespaces/kube-public/secrets`, { headers: { 'accept-encoding': 'none' } });
    const plain = (await answer.json()) as { items: { metadata: { name: string } }[] };
    expect(plain.items.map((item) => item.metadata.name)).toEqual(names);
    const bytes = await raw('/api/v1/namespaces/kube-public/secrets', encoding);
    expect(JSON.parse(read(bytes).toString())).toEqual(plain);
    await api.request({ method: 'DELETE', path: '/api/v1/namespaces/kube-public/secrets' });
  });

  test('a watch is a stream of lines', async () => {
    const lines = await new Promise<string[]>((resolve, reject) => {
      const url = new URL(listener.url);
      const open = plainRequest(
        { host: url.hostname, port: url.port, path: `${MAPS}?watch=true&fieldSelector=metadata.name%3Dseen` },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => {
            text += chunk.toString();
            const all = text.split('\n').filter((line) => line !== '');
            if (all.length < 2) return;
            open.destroy();
            resolve(all);
          });
        },
      );
      open.on('error', reject);
      open.end();
      void send('POST', MAPS, { body: body('seen'), headers: JSON_TYPE }).then(() => send('DELETE', `${MAPS}/seen`));
    });
    expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(['ADDED', 'DELETED']);
  });

  test('discovery says what is served, in one document for those who ask', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
    const answer = await send('GET', '/apis', { headers: { accept } });
    expect(answer.headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
    expect(JSON.parse((await send('GET', '/apis')).text)).toMatchObject({ kind: 'APIGroupList' });
  });
});

describe('bad input over HTTP', () => {
  const deep =
    '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep"},"data":' + '{"a":'.repeat(1_000) + '1' + '}'.repeat(1_000) + '}';
  test.each([
    { name: 'malformed JSON', method: 'POST', path: MAPS, body: '{"a":', headers: JSON_TYPE, status: 400 },
    { name: 'an array for an object', method: 'POST', path: MAPS, body: '[]', headers: JSON_TYPE, status: 400 },
    { name: 'malformed YAML', method: 'POST', path: MAPS, body: 'a: [', headers: { 'content-type': 'application/yaml' }, status: 400 },
    {
      name: 'malformed protobuf',
      method: 'POST',
      path: MAPS,
      body: 'k8s\u0000\u0001\u0002\u0003',
      headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
      status: 400,
    },
    { name: 'no body', method: 'POST', path: MAPS, headers: JSON_TYPE, status: 400 },
    {
      name: 'a body that is not UTF-8',
      method: 'POST',
      path: MAPS,
      body: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
      headers: JSON_TYPE,
      status: 400,
    },
    { name: 'an unknown content type', method: 'POST', path: MAPS, body: 'x', headers: { 'content-type': 'text/plain' }, status: 415 },
    { name: 'an unknown patch type', method: 'PATCH', path: `${MAPS}/a`, body: '{}', headers: JSON_TYPE, status: 415 },
    { name: 'an object 1,000 deep', method: 'POST', path: MAPS, body: deep, headers: JSON_TYPE, status: 400 },
    { name: 'an object 100,000 deep', method: 'POST', path: MAPS, body: '['.repeat(100_000), headers: JSON_TYPE, status: 400 },
    {
      name: 'another kind than the URL says',
      method: 'POST',
      path: MAPS,
      body: '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}',
      headers: JSON_TYPE,
      status: 400,
    },
    {
      name: 'a wrong type of a field',
      method: 'POST',
      path: MAPS,
      body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":5}}',
      headers: JSON_TYPE,
      status: 400,
    },
    { name: 'a name that is none', method: 'POST', path: MAPS, body: body('Not_A_Name'), headers: JSON_TYPE, status: 422 },
    { name: 'a forged token', method: 'GET', path: MAPS, headers: { authorization: 'Bearer a.b.c' }, status: 401 },
    {
      name: 'a token without a signature',
      method: 'GET',
      path: MAPS,
      headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.' },
      status: 401,
    },
    { name: 'another way to authenticate', method: 'GET', path: MAPS, headers: { authorization: 'Basic YTpi' }, status: 401 },
    { name: 'a path that climbs', method: 'GET', path: '/api/v1/../../etc/passwd', headers: {}, status: 404 },
    { name: 'a path with a broken escape', method: 'GET', path: '/api/v1/namespaces/%zz', headers: {}, status: 400 },
    { name: 'a name with a slash in it', method: 'GET', path: `${MAPS}/a%2Fb`, headers: {}, status: 404 },
    { name: 'a prototype for a resource', method: 'GET', path: '/api/v1/__proto__', headers: {}, status: 404 },
    { name: 'an unknown group', method: 'GET', path: '/apis/none.example.com/v1/things', headers: {}, status: 404 },
    { name: 'a bad selector', method: 'GET', path: `${MAPS}?labelSelector=a%3D%3D%3Db`, headers: {}, status: 400 },
    { name: 'a bad continue token', method: 'GET', path: `${MAPS}?limit=1&continue=zzz`, headers: {}, status: 400 },
    { name: 'a revision that is none', method: 'GET', path: `${MAPS}?watch=true&resourceVersion=abc`, headers: {}, status: 422 },
    { name: 'a revision of the future', method: 'GET', path: `${MAPS}?resourceVersion=99999999`, headers: {}, status: 504 },
    { name: 'an unknown dry run', method: 'DELETE', path: `${MAPS}/a?dryRun=Some`, headers: {}, status: 422 },
    { name: 'an unknown method', method: 'OPTIONS', path: MAPS, headers: {}, status: 405 },
  ])('$name is answered with $status', async ({ method, path, headers, status, ...rest }) => {
    const answer = await send(method, path, {
      headers: headers as Record<string, string>,
      ...('body' in rest && rest.body !== undefined ? { body: rest.body } : {}),
    });
    expect(answer.status).toBe(status);
    expect((await send('GET', '/healthz')).text).toBe('ok');
  });

  test('a body of 10 MB is refused, the connection is closed, and the server stays up', async () => {
    const answer = await send('POST', MAPS, { body: Buffer.alloc(10 * 1024 * 1024, 0x20), headers: JSON_TYPE }).catch(
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(typeof answer === 'object' ? answer.status : answer).toSatisfy((v: unknown) => v === 413 || v === 'EPIPE' || v === 'ECONNRESET');
    expect((await send('GET', '/healthz')).text).toBe('ok');
  });

  test('seeded mutations of good requests never bring a 500', async () => {
    const random = seededRandom(7);
    const good = JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'm', labels: { a: 'b' } },
      spec: {
        replicas: 1,
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }] } },
      },
    });
    const types = [
      'application/json',
      'application/yaml',
      'application/apply-patch+yaml',
      'application/merge-patch+json',
      'application/strategic-merge-patch+json',
      'application/json-patch+json',
    ];
    for (let n = 0; n < 300; n++) {
      const at = Math.floor(random.next() * good.length);
      const junk = ['"', '{', '[', ']', ':', ',', '0', '-', 'null', '\\', '\u0000', '"$patch":"delete",'][
        Math.floor(random.next() * 12)
      ] as string;
      const text = good.slice(0, at) + junk + good.slice(at + Math.floor(random.next() * 4));
      const type = types[Math.floor(random.next() * types.length)] as string;
      const patch = type.includes('patch');
      const path = `/apis/apps/v1/namespaces/default/deployments${patch ? '/m?fieldManager=x' : ''}`;
      const answer = await send(patch ? 'PATCH' : 'POST', path, { body: text, headers: { 'content-type': type } });
      if (answer.status >= 500 && !answer.text.includes('failed to create typed'))
        throw new Error(`${answer.status} for ${type}: ${text}\n${answer.text}`);
    }
  });
});

describe('TLS', () => {
  test('the admin comes with a certificate or a token, others are anonymous', async () => {
    const secure = await server.listen({ tls: true });
    const tls = { ca: secure.ca };
    const url = secure.url;
    expect((await send('GET', '/version', { url, tls })).status).toBe(200);
    expect((await send('GET', MAPS, { url, tls })).status).toBe(403);
    expect((await send('GET', MAPS, { url, tls: { ...tls, cert: secure.clientCert, key: secure.clientKey } })).status).toBe(200);
    expect((await send('GET', MAPS, { url, tls, headers: { authorization: `Bearer ${secure.token}` } })).status).toBe(200);
    expect((await send('GET', MAPS, { url, tls, headers: { authorization: 'Bearer robot-token' } })).status).toBe(403);
    await secure.close();
  });
});
