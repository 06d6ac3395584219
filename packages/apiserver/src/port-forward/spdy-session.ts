import type { Carrier } from './carrier.ts';
import type { ByteSink } from './backend.ts';
import { StreamProtocolError } from './protocol-error.ts';
import { encodeControl, encodeData, numbers, RESET, SpdyDecoder, type SpdyFrame } from './spdy-frames.ts';
import { HeaderDeflater, HeaderInflater, parseHeaders, printHeaders, type SpdyHeaders } from './spdy-headers.ts';

/** A stream that the client opened. */
export interface SpdyStream extends ByteSink {
  readonly id: number;
  readonly headers: SpdyHeaders;
  /** Ends both directions at once. */
  reset(status: number): void;
}

/** What is done with a stream that was taken. */
export interface SpdyStreamHandler {
  /** Takes what the client sends; nothing more is read from the whole connection until it resolves. */
  data(bytes: Buffer): Promise<void>;
  /** The client sends no more on this stream. */
  end(): void;
  /** The stream is over: the client, or the connection's end, broke it off. */
  reset(): void;
}

/** What a session is made of. */
export interface SpdySessionInit {
  readonly carrier: Carrier;
  /** Takes a new stream, or tells the status that it is refused with. */
  readonly accept: (stream: SpdyStream) => SpdyStreamHandler | number;
}

/** The most streams that one connection may have open; a forwarded connection takes two. */
export const MAX_STREAMS = 512;
/** The most that the headers of one stream may hold. */
export const HEADER_BYTES: number = 64 * 1024;

const LARGEST_WINDOW = 0x7fff_ffff;
const SESSION_WINDOW = 64 * 1024;
const INITIAL_WINDOW_SIZE = 7;
const DATA_BYTES = 64 * 1024;
const OK = 0;
const PROTOCOL_ERROR = 1;

interface OpenStream {
  readonly handler: SpdyStreamHandler;
  localEnded: boolean;
  remoteEnded: boolean;
}

/**
 * The server's side of a SPDY/3.1 connection.
 * Differs: there is no flow control by windows. The library that all of Kubernetes' SPDY clients use has none and never sends
 * WINDOW_UPDATE; so the client's windows are opened as far as they go, its own updates are read and not needed, and a slow
 * reader on either side slows the connection down.
 * @see moby/spdystream connection.go
 */
export class SpdySession {
  readonly #init: SpdySessionInit;
  readonly #streams = new Map<number, OpenStream>();
  readonly #inflater = new HeaderInflater(HEADER_BYTES);
  readonly #deflater = new HeaderDeflater();
  #lastId = 0;

  constructor(init: SpdySessionInit) {
    this.#init = init;
  }

  /** Serves the connection until its client hangs up. @throws StreamProtocolError, after the client was told */
  async run(): Promise<void> {
    const decoder = new SpdyDecoder();
    const { carrier } = this.#init;
    carrier.send(
      Buffer.concat([
        encodeControl('settings', numbers(1, INITIAL_WINDOW_SIZE, LARGEST_WINDOW)),
        encodeControl('windowUpdate', numbers(0, LARGEST_WINDOW - SESSION_WINDOW)),
      ]),
    );
    let status = OK;
    try {
      for await (const chunk of carrier.received()) for (const frame of decoder.push(chunk)) await this.#take(frame);
    } catch (error) {
      status = PROTOCOL_ERROR;
      throw error;
    } finally {
      for (const [id, stream] of this.#streams) {
        this.#streams.delete(id);
        stream.handler.reset();
      }
      carrier.send(encodeControl('goAway', numbers(this.#lastId, status)));
      this.#inflater.close();
      carrier.close();
    }
  }

  async #take(frame: SpdyFrame): Promise<void> {
    switch (frame.type) {
      case 'synStream':
        return this.#open(frame);
      case 'synReply':
      case 'headers':
        // nobody waits for them, but they are part of the stream of headers
        parseHeaders(await this.#inflater.read(frame.block));
        return frame.fin ? this.#remoteEnd(frame.id) : undefined;
      case 'data':
        return this.#data(frame);
      case 'reset':
        return this.#forget(frame.id);
      case 'ping':
        // the client's have odd numbers and are given back; with even numbers they would answer ours, and there are none
        if (frame.id % 2 === 1) await this.#write(encodeControl('ping', numbers(frame.id)));
        return;
      case 'goAway':
      case 'settings':
      case 'windowUpdate':
        return;
    }
  }

  async #open(frame: Extract<SpdyFrame, { type: 'synStream' }>): Promise<void> {
    const headers = parseHeaders(await this.#inflater.read(frame.block));
    const { id } = frame;
    if (id % 2 === 0 || id <= this.#lastId) throw StreamProtocolError.malformed(`a stream cannot have the number ${id}`);
    this.#lastId = id;
    if (this.#streams.size >= MAX_STREAMS) return this.#write(encodeControl('reset', numbers(id, RESET.refusedStream)));
    const stream = this.#streamOf(id, headers);
    const handler = this.#init.accept(stream);
    if (typeof handler === 'number') return this.#write(encodeControl('reset', numbers(id, handler)));
    this.#streams.set(id, { handler, localEnded: frame.unidirectional, remoteEnded: false });
    await this.#write(encodeControl('synReply', Buffer.concat([numbers(id), this.#deflater.write(printHeaders(new Map()))])));
    if (frame.fin) this.#remoteEnd(id);
  }

  #streamOf(id: number, headers: SpdyHeaders): SpdyStream {
    const { carrier } = this.#init;
    return {
      id,
      headers,
      send: (bytes) => {
        const stream = this.#streams.get(id);
        if (stream === undefined || stream.localEnded) return true;
        let room = true;
        for (let at = 0; at < bytes.length; at += DATA_BYTES)
          room = carrier.send(encodeData(id, bytes.subarray(at, at + DATA_BYTES), false));
        return room;
      },
      drained: carrier.drained,
      end: () => {
        const stream = this.#streams.get(id);
        if (stream === undefined || stream.localEnded) return;
        stream.localEnded = true;
        carrier.send(encodeData(id, Buffer.alloc(0), true));
        if (stream.remoteEnded) this.#streams.delete(id);
      },
      reset: (status) => {
        if (this.#streams.delete(id)) carrier.send(encodeControl('reset', numbers(id, status)));
      },
    };
  }

  async #data(frame: Extract<SpdyFrame, { type: 'data' }>): Promise<void> {
    const stream = this.#streams.get(frame.id);
    if (stream === undefined || stream.remoteEnded) {
      // late data of a stream that is over is dropped; of one that never was, refused
      if (frame.start && frame.id > this.#lastId) await this.#write(encodeControl('reset', numbers(frame.id, RESET.invalidStream)));
      return;
    }
    if (frame.bytes.length > 0) await stream.handler.data(frame.bytes);
    if (frame.fin) this.#remoteEnd(frame.id);
  }

  #remoteEnd(id: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined || stream.remoteEnded) return;
    stream.remoteEnded = true;
    if (stream.localEnded) this.#streams.delete(id);
    stream.handler.end();
  }

  #forget(id: number): void {
    const stream = this.#streams.get(id);
    this.#streams.delete(id);
    stream?.handler.reset();
  }

  /** What answers a frame; a client that asks and never reads the answers is not read any further. */
  async #write(bytes: Buffer): Promise<void> {
    if (!this.#init.carrier.send(bytes)) await this.#init.carrier.drained();
  }
}
