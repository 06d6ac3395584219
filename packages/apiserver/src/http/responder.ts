import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { errorMessage, Lru, stringifyJson, type Clock, type JsonObject } from '@flux-ts/base';
import { printYaml } from '@flux-ts/yaml';
import type { KubeWatchEvent } from '@flux-ts/kube';
import type { Core } from '../core.ts';
import { header, type Answer, type ApiRequest, type EventSource } from '../request.ts';
import { internalError } from '../status.ts';
import { Delivery } from './delivery.ts';
import { errorAnswer } from './error-answer.ts';

/** Bytes of stored objects that are kept. */
const CACHE_BYTES = 64 * 1024 * 1024;
/** Answers from this size on are compressed for clients that take it. */
const COMPRESS_FROM = 128 * 1024;
/** Objects printed for one list before others have their turn. */
const PRINT_AT_ONCE = 250;
const BOOKMARK_EVERY_MS = 60_000;
const compress = promisify(gzip);

/** Writes answers to HTTP. Each stored version of an object is printed once, and its bytes shared by all readers. */
export class Responder {
  readonly #core: Core;
  #printed = 0;
  readonly #bytes = new Lru<JsonObject, Buffer>(CACHE_BYTES);
  readonly #delivery: Delivery;

  /** @param socketClock real time, for the pace of writes to sockets */
  constructor(core: Core, socketClock: Clock) {
    this.#core = core;
    this.#delivery = new Delivery({
      clock: socketClock,
      print: (events, stored) => this.#lines(events, stored),
      revision: () => core.store.revision,
      durable: () => core.store.durable,
      flushed: () => core.store.flushed(),
      broken: (error) => core.log.error('watch broke off', { error: errorMessage(error) }),
    });
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
    const status = answer.kind === 'list' ? 200 : answer.status;
    let body: Buffer;
    try {
      body = yaml
        ? Buffer.from(printYaml(answer.kind === 'list' ? { ...answer.head, items: answer.items } : answer.object))
        : await this.#body(answer);
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
    const zipped = body.length >= COMPRESS_FROM && request !== undefined && /\bgzip\b/.test(header(request, 'accept-encoding'));
    if (zipped) {
      body = await compress(body, { level: 1 });
      response.setHeader('content-encoding', 'gzip');
    }
    const cached = response.hasHeader('cache-control') ? {} : { 'cache-control': 'no-cache, private' };
    response.writeHead(made.status, { 'content-type': made.contentType, 'content-length': body.length, ...cached });
    response.end(request?.method === 'HEAD' ? undefined : body);
  }

  async #body(answer: Exclude<Answer, { kind: 'watch' | 'text' }>): Promise<Buffer> {
    if (answer.kind === 'bytes') return asBuffer(await answer.bytes());
    if (answer.kind === 'object') return answer.stored === true ? this.#print(answer.object) : Buffer.from(stringifyJson(answer.object));
    const head = stringifyJson(answer.head).slice(0, -1);
    const parts: Buffer[] = [Buffer.from(`${head},"items":[`)];
    let pause = this.#printed + PRINT_AT_ONCE;
    for (const [i, item] of answer.items.entries()) {
      if (i > 0) parts.push(COMMA);
      parts.push(this.#print(item));
      if (this.#printed < pause) continue;
      pause = this.#printed + PRINT_AT_ONCE;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    parts.push(LIST_END);
    return Buffer.concat(parts);
  }

  #print(object: JsonObject): Buffer {
    let bytes = this.#bytes.get(object);
    if (bytes === undefined) {
      this.#printed++;
      this.#core.counters.add('apiserver.serialise');
      bytes = Buffer.from(stringifyJson(object));
      this.#bytes.set(object, bytes, bytes.length);
    }
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
      parts.push(LINE_START[type], keep ? this.#print(object) : Buffer.from(stringifyJson(object)), LINE_END);
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

function wantsYaml(request: ApiRequest): boolean {
  return /^application\/yaml\b/.test(header(request, 'accept'));
}
