import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { errorMessage, Lru, stringifyJson, type Clock, type JsonObject } from '@flux-ts/base';
import { printYaml } from '@flux-ts/yaml';
import type { KubeWatchEvent } from '@flux-ts/kube';
import type { Core } from '../core.ts';
import { header, type Answer, type ApiRequest, type EventSource, type ListAnswer } from '../request.ts';
import { internalError } from '../status.ts';
import { Delivery } from './delivery.ts';
import { errorAnswer } from './error-answer.ts';
import { Printer } from './print.ts';

/** Bytes of stored objects that are kept. */
const CACHE_BYTES = 64 * 1024 * 1024;
/** Beyond these, bytes of what was written are kept only where somebody watches. */
const WRITTEN_BYTES = 20 * 1024 * 1024;
/** Answers from this size on are compressed for clients that take it. */
const COMPRESS_FROM = 128 * 1024;
/** Objects of a list that are printed at once, before others have their turn. */
const PRINT_AT_ONCE = 250;
const BOOKMARK_EVERY_MS = 60_000;
const compress = promisify(gzip);

/** Writes answers to HTTP. Each stored version of an object is printed once, and its bytes shared by all readers. */
export class Responder {
  readonly #core: Core;
  readonly #bytes = new Lru<JsonObject, Buffer>(CACHE_BYTES);
  readonly #printer = new Printer();
  readonly #stop: () => void;
  readonly #delivery: Delivery;

  /** @param socketClock real time, for the pace of writes to sockets */
  constructor(core: Core, socketClock: Clock) {
    this.#core = core;
    // hardly anybody asks for a version that was replaced
    this.#stop = core.store.onChange((_, { previous }) => {
      if (previous !== undefined) this.#bytes.delete(previous.object);
    });
    this.#delivery = new Delivery({
      clock: socketClock,
      print: (events, stored) => this.#lines(events, stored),
      revision: () => core.store.revision,
      durable: () => core.store.durable,
      flushed: () => core.store.flushed(),
      broken: (error) => core.log.error('watch broke off', { error: errorMessage(error) }),
    });
  }

  /** Lets go of the store. */
  close(): void {
    this.#stop();
    this.#bytes.clear();
  }

  async send(response: ServerResponse, answer: Answer, request: ApiRequest | undefined): Promise<void> {
    for (const [name, value] of Object.entries(answer.headers ?? {}))
      response.setHeader(name, typeof value === 'string' ? value : [...value]);
    if (answer.kind === 'watch') return this.#watch(response, answer.events, request);
    if (answer.kind === 'text') {
      response.writeHead(answer.status, {
        'content-type': answer.contentType,
        'content-length': Buffer.byteLength(answer.text),
        'cache-control': 'no-cache, private',
      });
      response.end(request?.method === 'HEAD' ? undefined : answer.text);
      return;
    }
    const yaml = request !== undefined && answer.kind !== 'bytes' && wantsYaml(request);
    if (answer.kind === 'list' && answer.items.length > PRINT_AT_ONCE && !yaml && request?.method === 'GET')
      return this.#stream(response, answer, zips(request));
    const status = answer.kind === 'list' ? 200 : answer.status;
    let body: Buffer;
    try {
      body = yaml
        ? Buffer.from(printYaml(answer.kind === 'list' ? { ...answer.head, items: answer.items } : answer.object))
        : await this.#body(answer, request);
    } catch (error) {
      // an answer that cannot be printed (its document cannot be read): say so rather than break off
      this.#core.log.error('answer could not be made', { error: errorMessage(error) });
      return this.send(response, errorAnswer(internalError(errorMessage(error), error)), request);
    }
    const contentType = answer.kind === 'bytes' ? answer.contentType : yaml ? 'application/yaml' : 'application/json';
    await this.#finish(response, request, { status, contentType, body });
  }

  async #finish(
    response: ServerResponse,
    request: ApiRequest | undefined,
    made: { readonly status: number; readonly contentType: string; readonly body: Buffer },
  ): Promise<void> {
    let { body } = made;
    if (body.length >= COMPRESS_FROM && zips(request)) {
      body = await compress(body, { level: 1 });
      response.setHeader('content-encoding', 'gzip');
    }
    const cached = response.hasHeader('cache-control') ? {} : { 'cache-control': 'no-cache, private' };
    response.writeHead(made.status, { 'content-type': made.contentType, 'content-length': body.length, ...cached });
    response.end(request?.method === 'HEAD' ? undefined : body);
  }

  async #body(answer: Exclude<Answer, { kind: 'watch' | 'text' }>, request: ApiRequest | undefined): Promise<Buffer> {
    if (answer.kind === 'bytes') return asBuffer(await answer.bytes());
    if (answer.kind === 'list') return Buffer.concat([...this.#listParts(answer)]);
    if (answer.stored !== true) return Buffer.from(stringifyJson(answer.object));
    // who writes has seen it: its bytes are kept for those who watch, or who may read it
    const keep = request?.method === 'GET' || this.#delivery.hasReaders || this.#bytes.weight < WRITTEN_BYTES;
    return this.#print(answer.object, keep);
  }

  /** A long list goes out while it is printed, and others have their turn in between. */
  async #stream(response: ServerResponse, answer: ListAnswer, zipped: boolean): Promise<void> {
    if (zipped) response.setHeader('content-encoding', 'gzip');
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' });
    const turns = async function* (parts: Iterable<Buffer>): AsyncGenerator<Buffer> {
      for (const part of parts) {
        yield part;
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
    };
    try {
      const source = Readable.from(turns(this.#listParts(answer)), { highWaterMark: 1 });
      await (zipped ? pipeline(source, createGzip({ level: 1 }), response) : pipeline(source, response));
    } catch (error) {
      // a reader that goes in the middle is none of the server's errors
      if (!response.destroyed) throw error;
    }
  }

  /** The bytes of a list, some items at a time. */
  *#listParts({ head, items }: ListAnswer): Generator<Buffer> {
    let parts: Buffer[] = [Buffer.from(`${stringifyJson(head).slice(0, -1)},"items":[`)];
    for (const [i, item] of items.entries()) {
      if (i > 0) parts.push(COMMA);
      parts.push(this.#print(item, true));
      if ((i + 1) % PRINT_AT_ONCE !== 0) continue;
      yield Buffer.concat(parts);
      parts = [];
    }
    parts.push(LIST_END);
    yield Buffer.concat(parts);
  }

  #print(object: JsonObject, keep: boolean): Buffer {
    const known = this.#bytes.get(object);
    if (known !== undefined) return known;
    this.#core.counters.add('apiserver.serialise');
    const bytes = Buffer.from(this.#printer.print(object));
    if (keep) this.#bytes.set(object, bytes, bytes.length);
    return bytes;
  }

  #watch(response: ServerResponse, events: EventSource, request: ApiRequest | undefined): void {
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private', 'transfer-encoding': 'chunked' });
    response.flushHeaders();
    let cancel: (() => void) | undefined;
    const remind = (): void => {
      events.bookmark();
      cancel = this.#core.clock.schedule(BOOKMARK_EVERY_MS, remind);
    };
    if (request?.query.has('allowWatchBookmarks') === true && request.query.flag('allowWatchBookmarks'))
      cancel = this.#core.clock.schedule(BOOKMARK_EVERY_MS, remind);
    this.#delivery.add(response, events, () => cancel?.());
  }

  #lines(batch: readonly KubeWatchEvent[], stored: boolean): Buffer[] {
    const parts: Buffer[] = [];
    for (const { type, object } of batch) {
      const keep = stored && (type === 'ADDED' || type === 'MODIFIED');
      parts.push(LINE_START[type], keep ? this.#print(object, true) : Buffer.from(stringifyJson(object)), LINE_END);
    }
    return parts;
  }
}

const COMMA = Buffer.from(',');
const LIST_END = Buffer.from(']}\n');
const LINE_END = Buffer.from('}\n');
const lineStart = (type: KubeWatchEvent['type']): Buffer => Buffer.from(`{"type":"${type}","object":`);
const LINE_START: Readonly<Record<KubeWatchEvent['type'], Buffer>> = {
  ADDED: lineStart('ADDED'),
  MODIFIED: lineStart('MODIFIED'),
  DELETED: lineStart('DELETED'),
  BOOKMARK: lineStart('BOOKMARK'),
  ERROR: lineStart('ERROR'),
};

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function zips(request: ApiRequest | undefined): boolean {
  return request !== undefined && /\bgzip\b/.test(header(request, 'accept-encoding'));
}

function wantsYaml(request: ApiRequest): boolean {
  return /^application\/yaml\b/.test(header(request, 'accept'));
}
