import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { systemRandom, VirtualClock, type JsonObject } from '@flux-ts/base';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApiServer, type ApiListener, type ApiServer } from '../index.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const clock = new VirtualClock();
let server: ApiServer;
let listener: ApiListener;
beforeEach(async () => {
  server = await createApiServer({ clock, random: systemRandom, freeze: true });
  listener = await server.listen();
});
afterEach(() => server.close());

interface Event {
  readonly type: string;
  readonly object: { readonly code?: number; readonly metadata: { readonly name: string; readonly resourceVersion: string } };
}

/** A watch over HTTP: its lines as they come. */
class Lines {
  readonly events: Event[] = [];
  readonly #request: ClientRequest;
  #response: IncomingMessage | undefined;
  #rest = '';
  #check: () => void = () => undefined;
  ended = false;

  private constructor(request: ClientRequest) {
    this.#request = request;
  }

  static open(query: string): Promise<Lines> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(`${listener.url}${MAPS}?watch=true&resourceVersion=${server.revision}${query}`);
      const lines = new Lines(request);
      request.on('error', reject);
      request.on('response', (response) => {
        lines.#response = response;
        response.on('data', (chunk: Buffer) => lines.#take(chunk.toString()));
        response.on('close', () => {
          lines.ended = true;
          lines.#check();
        });
        resolve(lines);
      });
      request.end();
    });
  }

  #take(text: string): void {
    const parts = (this.#rest + text).split('\n');
    this.#rest = parts.pop() ?? '';
    this.events.push(...parts.map((line) => JSON.parse(line) as Event));
    this.#check();
  }

  /** Resolves when a condition holds. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#check = () => {
        if (condition()) resolve();
      };
      this.#check();
    });
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  close(): void {
    this.#request.destroy();
  }
}

async function put(name: string, data: JsonObject, labels: JsonObject = {}): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels }, data };
  const query = { fieldManager: 'test', force: 'true' };
  const headers = { 'content-type': 'application/apply-patch+yaml' };
  const { status } = await server.transport().request({ method: 'PATCH', path: `${MAPS}/${name}`, query, headers, body });
  expect(status).toBeLessThan(300);
}

test('readers of one place get the same events, each in order', async () => {
  const readers = await Promise.all([...Array(12)].map(() => Lines.open('')));
  const some = await Lines.open('&labelSelector=even%3Dyes');
  for (let i = 0; i < 300; i++) await put(`m-${i % 7}`, { i: String(i) }, { even: i % 2 === 0 ? 'yes' : 'no' });
  await Promise.all(readers.map((reader) => reader.until(() => reader.events.length === 300)));
  for (const reader of readers) {
    expect(reader.events).toEqual(readers[0]?.events);
    const revisions = reader.events.map((event) => Number(event.object.metadata.resourceVersion));
    expect(revisions).toEqual([...revisions].sort((a, b) => a - b));
  }
  // every name changes its label with each write: it comes and goes
  await some.until(() => some.events.length === 297);
  expect(new Set(some.events.map((event) => event.type))).toEqual(new Set(['ADDED', 'DELETED']));
  for (const reader of [...readers, some]) reader.close();
});

test('a reader that joins later gets what comes after its revision', async () => {
  const early = await Lines.open('');
  await put('a', { n: '1' });
  const late = await Lines.open('');
  await put('a', { n: '2' });
  await late.until(() => late.events.length === 1);
  await early.until(() => early.events.length === 2);
  expect(late.events[0]).toEqual(early.events[1]);
  early.close();
  late.close();
});

test('a reader that stands still holds nobody up and gets everything when it goes on', async () => {
  const slow = await Lines.open('');
  const quick = await Lines.open('');
  slow.pause();
  const big = 'x'.repeat(200_000);
  for (let i = 0; i < 100; i++) await put('big', { big, i: String(i) });
  await quick.until(() => quick.events.length === 100);
  expect(slow.events.length).toBeLessThan(100);
  slow.resume();
  await slow.until(() => slow.events.length === 100);
  expect(slow.events).toEqual(quick.events);
  slow.close();
  quick.close();
});

test('a reader that falls behind the memory of changes is told so, and its watch ends', async () => {
  const slow = await Lines.open('');
  slow.pause();
  const big = 'x'.repeat(200_000);
  for (let i = 0; i < 100; i++) await put('big', { big, i: String(i) });
  for (let i = 0; i < 1_100; i++) await put('small', { i: String(i) });
  await clock.advance(10 * 60_000);
  for (let i = 0; i < 1_000; i++) await put('small', { n: String(i) });
  slow.resume();
  await slow.until(() => slow.ended);
  expect(slow.events.at(-1)).toMatchObject({ type: 'ERROR', object: { code: 410 } });
});
