// The client's side of SPDY/3.1, with zlib's own compression of headers: for tests.
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { constants, createDeflate } from 'node:zlib';
import { chunksOf } from '../src/port-forward/carrier.ts';
import { spdyDictionary } from '../src/port-forward/spdy-dictionary.ts';
import { encodeControl, encodeData, numbers, SpdyDecoder, type SpdyFrame } from '../src/port-forward/spdy-frames.ts';
import { HeaderInflater, parseHeaders, printHeaders } from '../src/port-forward/spdy-headers.ts';

/** Compresses header blocks, one after the other. */
export class HeaderCompressor {
  readonly #deflate = createDeflate({ dictionary: spdyDictionary() });
  #parts: Buffer[] = [];

  constructor() {
    this.#deflate.on('data', (part: Buffer) => this.#parts.push(part));
  }

  write(content: Buffer): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#deflate.write(content);
      this.#deflate.flush(constants.Z_SYNC_FLUSH, () => {
        resolve(Buffer.concat(this.#parts));
        this.#parts = [];
      });
    });
  }
}

/** How a stream ended: `reset` is the status that it was broken off with, -1 where the connection ended first. */
export interface Ended {
  readonly bytes: Buffer;
  readonly reset?: number;
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function deferred<T>(): Deferred<T> {
  let out: Omit<Deferred<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => (out = { resolve, reject }));
  return { promise, ...(out as unknown as Omit<Deferred<T>, 'promise'>) };
}

/** A stream as the client sees it. */
export interface ClientStream {
  readonly id: number;
  /** Resolves when the server took the stream; rejects when it refused it. */
  readonly replied: Promise<void>;
  /** All that came, when the server has ended or reset the stream. */
  readonly ended: Promise<Ended>;
  send(bytes: Buffer, fin?: boolean): void;
  reset(status?: number): void;
}

interface State {
  readonly parts: Buffer[];
  replied: { resolve: () => void; reject: (error: Error) => void };
  ended: (value: Ended) => void;
}

/** A SPDY client on any stream of bytes. */
export class SpdyClient {
  readonly socket: Duplex;
  /** Frames that belong to no stream. */
  readonly frames: SpdyFrame[] = [];
  /** The client reads on when this resolves. */
  held: Promise<void> | undefined;
  /** Resolves when the server has hung up. */
  readonly closed: Promise<void>;
  readonly #compressor = new HeaderCompressor();
  readonly #inflater = new HeaderInflater(1024 * 1024);
  readonly #streams = new Map<number, State>();
  readonly #pongs = new Map<number, () => void>();
  #nextId = 1;

  constructor(socket: Duplex) {
    this.socket = socket;
    socket.on('error', () => undefined); // a server that was stopped resets
    this.closed = this.#read();
  }

  /** Opens a stream. */
  async open(
    headers: Readonly<Record<string, string>>,
    options: { readonly id?: number; readonly fin?: boolean } = {},
  ): Promise<ClientStream> {
    const id = options.id ?? this.#nextId;
    this.#nextId = id + 2;
    const block = await this.#compressor.write(printHeaders(new Map(Object.entries(headers))));
    const replied = deferred<void>();
    const ended = deferred<Ended>();
    replied.promise.catch(() => undefined);
    this.#streams.set(id, { parts: [], replied, ended: ended.resolve });
    const body = Buffer.concat([numbers(id, 0), Buffer.alloc(2), block]);
    this.socket.write(encodeControl('synStream', body, options.fin === true ? 1 : 0));
    return {
      id,
      replied: replied.promise,
      ended: ended.promise,
      send: (bytes, fin = false) => void this.socket.write(encodeData(id, bytes, fin)),
      reset: (status = 5) => void this.socket.write(encodeControl('reset', numbers(id, status))),
    };
  }

  /** Opens the pair of streams of one forwarded connection, as kubectl does. */
  async connect(port: number, requestId: string): Promise<{ readonly data: ClientStream; readonly error: ClientStream }> {
    const error = await this.open({ streamtype: 'error', port: String(port), requestid: requestId });
    await error.replied;
    error.send(Buffer.alloc(0), true);
    const data = await this.open({ streamtype: 'data', port: String(port), requestid: requestId });
    await data.replied;
    return { data, error };
  }

  /** Resolves when the server has answered a ping. */
  ping(id: number): Promise<void> {
    return new Promise((resolve) => {
      this.#pongs.set(id, resolve);
      this.socket.write(encodeControl('ping', numbers(id)));
    });
  }

  async #read(): Promise<void> {
    const decoder = new SpdyDecoder();
    for await (const chunk of chunksOf(this.socket)) {
      for (const frame of decoder.push(chunk)) await this.#take(frame);
      await this.held;
    }
    for (const state of this.#streams.values()) state.ended({ bytes: Buffer.concat(state.parts), reset: -1 });
  }

  async #take(frame: SpdyFrame): Promise<void> {
    const state = 'id' in frame ? this.#streams.get(frame.id) : undefined;
    if (frame.type === 'ping') this.#pongs.get(frame.id)?.();
    else if (frame.type === 'synReply') {
      parseHeaders(await this.#inflater.read(frame.block));
      state?.replied.resolve();
    } else if (frame.type === 'reset') {
      state?.replied.reject(new Error(`refused with status ${frame.status}`));
      state?.ended({ bytes: Buffer.concat(state.parts), reset: frame.status });
    } else if (frame.type === 'data') {
      state?.parts.push(frame.bytes);
      if (frame.fin) state?.ended({ bytes: Buffer.concat(state.parts) });
    } else this.frames.push(frame);
  }
}

/** What a server answered to an upgrade request. */
export type Upgraded =
  | { readonly kind: 'switched'; readonly socket: Duplex; readonly headers: NodeJS.Dict<string | string[]> }
  | { readonly kind: 'answered'; readonly status: number; readonly body: string };

/** Asks a server to switch protocols. */
export function upgrade(url: string, headers: Readonly<Record<string, string>>, method = 'GET'): Promise<Upgraded> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { connection: 'Upgrade', ...headers } });
    sent.on('upgrade', (response, socket, head) => {
      if (head.length > 0) socket.unshift(head);
      resolve({ kind: 'switched', socket, headers: response.headers });
    });
    sent.on('response', (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ kind: 'answered', status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}
