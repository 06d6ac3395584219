import { StreamProtocolError } from './protocol-error.ts';

/** What a peer's frames say. Data comes piece by piece, control frames as a whole. */
export type SpdyFrame =
  | { readonly type: 'synStream'; readonly id: number; readonly fin: boolean; readonly unidirectional: boolean; readonly block: Buffer }
  | { readonly type: 'synReply' | 'headers'; readonly id: number; readonly fin: boolean; readonly block: Buffer }
  | { readonly type: 'reset'; readonly id: number; readonly status: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goAway'; readonly lastId: number }
  | { readonly type: 'windowUpdate'; readonly id: number; readonly delta: number }
  | { readonly type: 'settings' }
  | {
      readonly type: 'data';
      readonly id: number;
      /** The first piece of its frame. */
      readonly start: boolean;
      /** The sender's last bytes on this stream. */
      readonly fin: boolean;
      readonly bytes: Buffer;
    };

/** Why a stream is refused or ended. */
export const RESET = { protocolError: 1, invalidStream: 2, refusedStream: 3, cancel: 5, internalError: 6 } as const;

/** The largest control frame that is read. */
export const CONTROL_BYTES: number = 16 * 1024;

const TYPES = { synStream: 1, synReply: 2, reset: 3, settings: 4, ping: 6, goAway: 7, headers: 8, windowUpdate: 9 } as const;
const FIN = 1;
const UNIDIRECTIONAL = 2;
const HEAD = 8;

interface DataFrame {
  readonly id: number;
  readonly fin: boolean;
  start: boolean;
  left: number;
}

/**
 * Reads SPDY/3.1 frames.
 * @see draft-mbelshe-httpbis-spdy-00 section 2.2
 */
export class SpdyDecoder {
  #rest: Buffer = Buffer.alloc(0);
  #data: DataFrame | undefined;

  /** Takes the next bytes. @throws StreamProtocolError */
  push(chunk: Buffer): SpdyFrame[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: SpdyFrame[] = [];
    for (let frame = this.#next(); frame !== 'more'; frame = this.#next()) if (frame !== undefined) frames.push(frame);
    return frames;
  }

  #next(): SpdyFrame | 'more' | undefined {
    if (this.#data !== undefined) return this.#piece(this.#data);
    const bytes = this.#rest;
    if (bytes.length < HEAD) return 'more';
    const first = bytes.readUInt32BE(0);
    const flags = bytes[4] as number;
    const length = bytes.readUIntBE(5, 3);
    if (first < 0x8000_0000) {
      if (first === 0) throw StreamProtocolError.malformed('data for no stream');
      this.#data = { id: first, fin: (flags & FIN) !== 0, start: true, left: length };
      this.#rest = bytes.subarray(HEAD);
      return undefined;
    }
    const version = (first >>> 16) & 0x7fff;
    if (version !== 3) throw StreamProtocolError.malformed(`SPDY version ${version} is not spoken`);
    if (length > CONTROL_BYTES) throw StreamProtocolError.tooLarge(`a control frame of ${length} bytes is larger than ${CONTROL_BYTES}`);
    if (bytes.length < HEAD + length) return 'more';
    this.#rest = bytes.subarray(HEAD + length);
    return control(first & 0xffff, flags, bytes.subarray(HEAD, HEAD + length));
  }

  #piece(data: DataFrame): SpdyFrame | 'more' {
    const size = Math.min(data.left, this.#rest.length);
    if (size === 0 && data.left > 0) return 'more';
    const bytes = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(size);
    const { start } = data;
    data.left -= size;
    data.start = false;
    if (data.left === 0) this.#data = undefined;
    return { type: 'data', id: data.id, start, fin: data.fin && data.left === 0, bytes };
  }
}

function control(type: number, flags: number, body: Buffer): SpdyFrame | undefined {
  const fin = (flags & FIN) !== 0;
  switch (type) {
    case TYPES.synStream:
      need(body, 10, true);
      return { type: 'synStream', id: id31(body, 0), fin, unidirectional: (flags & UNIDIRECTIONAL) !== 0, block: body.subarray(10) };
    case TYPES.synReply:
      need(body, 4, true);
      return { type: 'synReply', id: id31(body, 0), fin, block: body.subarray(4) };
    case TYPES.headers:
      need(body, 4, true);
      return { type: 'headers', id: id31(body, 0), fin, block: body.subarray(4) };
    case TYPES.reset:
      need(body, 8, false);
      return { type: 'reset', id: id31(body, 0), status: body.readUInt32BE(4) };
    case TYPES.settings:
      need(body, 4, true);
      if (body.readUInt32BE(0) * 8 + 4 !== body.length) throw StreamProtocolError.malformed('settings of a wrong length');
      return { type: 'settings' };
    case TYPES.ping:
      need(body, 4, false);
      return { type: 'ping', id: body.readUInt32BE(0) };
    case TYPES.goAway:
      need(body, 8, false);
      return { type: 'goAway', lastId: id31(body, 0) };
    case TYPES.windowUpdate:
      need(body, 8, false);
      if (id31(body, 4) === 0) throw StreamProtocolError.malformed('a window grows by nothing');
      return { type: 'windowUpdate', id: id31(body, 0), delta: id31(body, 4) };
    default:
      return undefined; // unknown frames are skipped: the specification asks for it
  }
}

function need(body: Buffer, size: number, orMore: boolean): void {
  if (orMore ? body.length < size : body.length !== size) throw StreamProtocolError.malformed('a control frame has a wrong length');
}

function id31(body: Buffer, at: number): number {
  return body.readUInt32BE(at) & 0x7fff_ffff;
}

/** A data frame. @param bytes less than 16 MiB */
export function encodeData(id: number, bytes: Buffer, fin: boolean): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(id);
  head[4] = fin ? FIN : 0;
  head.writeUIntBE(bytes.length, 5, 3);
  return Buffer.concat([head, bytes]);
}

/** A control frame. @param body begins with what follows the length */
export function encodeControl(type: keyof typeof TYPES, body: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(0x8003_0000 + TYPES[type]);
  head[4] = flags;
  head.writeUIntBE(body.length, 5, 3);
  return Buffer.concat([head, body]);
}

/** The body of control frames that are numbers of 32 bits. */
export function numbers(...values: readonly number[]): Buffer {
  const out = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) out.writeUInt32BE(value, i * 4);
  return out;
}
