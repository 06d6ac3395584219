import { createHash } from 'node:crypto';
import { StreamProtocolError } from './protocol-error.ts';

/** What a client's frames say: pieces of messages as they arrive, and control frames as a whole. */
export type WebSocketPiece =
  | {
      readonly kind: 'data';
      readonly text: boolean;
      /** The first piece of its message. */
      readonly start: boolean;
      /** The last piece of its message. */
      readonly end: boolean;
      readonly bytes: Buffer;
    }
  | { readonly kind: 'ping' | 'pong' | 'close'; readonly bytes: Buffer };

/** The kinds of frames that a server sends. */
export type WebSocketOpcode = keyof typeof OPCODES;

const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;
const CONTROL = { 8: 'close', 9: 'ping', 10: 'pong' } as const;
const CONTROL_BYTES = 125;
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The largest frame that a client may send; its bytes are handed on as they arrive and never collected. */
export const FRAME_BYTES: number = 64 * 1024 * 1024;

interface DataFrame {
  readonly text: boolean;
  readonly fin: boolean;
  readonly mask: Buffer;
  start: boolean;
  /** Bytes read of its payload. */
  offset: number;
  left: number;
}

/**
 * Reads the frames of a WebSocket client. Payloads of data frames are given piece by piece, so that no message is held.
 * @see RFC 6455 section 5
 */
export class WebSocketDecoder {
  #rest: Buffer = Buffer.alloc(0);
  #frame: DataFrame | undefined;
  /** The message that continues in the next frames: whether it is text. */
  #open: { readonly text: boolean } | undefined;

  /** Takes the next bytes. @throws StreamProtocolError */
  push(chunk: Buffer): WebSocketPiece[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const pieces: WebSocketPiece[] = [];
    for (let piece = this.#next(); piece !== 'more'; piece = this.#next()) if (piece !== undefined) pieces.push(piece);
    return pieces;
  }

  #next(): WebSocketPiece | 'more' | undefined {
    if (this.#frame !== undefined) return this.#payload(this.#frame);
    const bytes = this.#rest;
    if (bytes.length < 2) return 'more';
    const [first, second] = [bytes[0] as number, bytes[1] as number];
    if ((first & 0x70) !== 0) throw StreamProtocolError.malformed('reserved bits are set');
    if ((second & 0x80) === 0) throw StreamProtocolError.malformed('a client frame is not masked');
    const opcode = first & 0x0f;
    const fin = (first & 0x80) !== 0;
    const size = second & 0x7f;
    const extended = size === 127 ? 8 : size === 126 ? 2 : 0;
    const header = 2 + extended + 4;
    if (bytes.length < header) return 'more';
    const length = extended === 8 ? Number(bytes.readBigUInt64BE(2)) : extended === 2 ? bytes.readUInt16BE(2) : size;
    if ((extended === 2 && length < 126) || (extended === 8 && length < 65_536)) throw StreamProtocolError.malformed('a length is padded');
    const mask = bytes.subarray(header - 4, header);
    if (opcode >= 8) return this.#control({ opcode, fin, length, header, mask });
    this.#frame = this.#begin({ opcode, fin, length, mask: Buffer.from(mask) });
    this.#rest = bytes.subarray(header);
    return undefined;
  }

  #begin(head: { readonly opcode: number; readonly fin: boolean; readonly length: number; readonly mask: Buffer }): DataFrame {
    const { opcode, fin, length, mask } = head;
    if (opcode > OPCODES.binary) throw StreamProtocolError.malformed(`opcode ${opcode} is unknown`);
    if (length > FRAME_BYTES) throw StreamProtocolError.tooLarge(`a frame of ${length} bytes is larger than ${FRAME_BYTES}`);
    const open = this.#open;
    if ((opcode === OPCODES.continuation) === (open === undefined))
      throw StreamProtocolError.malformed(open === undefined ? 'nothing to continue' : 'a message begins inside another one');
    const text = open?.text ?? opcode === OPCODES.text;
    this.#open = fin ? undefined : { text };
    return { text, fin, mask, start: opcode !== OPCODES.continuation, offset: 0, left: length };
  }

  #payload(frame: DataFrame): WebSocketPiece | 'more' {
    const size = Math.min(frame.left, this.#rest.length);
    if (size === 0 && frame.left > 0) return 'more';
    const bytes = unmask(this.#rest.subarray(0, size), frame.mask, frame.offset);
    this.#rest = this.#rest.subarray(size);
    frame.left -= size;
    frame.offset += size;
    const { start } = frame;
    frame.start = false;
    if (frame.left === 0) this.#frame = undefined;
    return { kind: 'data', text: frame.text, start, end: frame.fin && frame.left === 0, bytes };
  }

  #control(head: {
    readonly opcode: number;
    readonly fin: boolean;
    readonly length: number;
    readonly header: number;
    readonly mask: Buffer;
  }): WebSocketPiece | 'more' {
    const { opcode, fin, length, header, mask } = head;
    const kind = (CONTROL as Readonly<Record<number, 'close' | 'ping' | 'pong'>>)[opcode];
    if (kind === undefined) throw StreamProtocolError.malformed(`opcode ${opcode} is unknown`);
    if (!fin || length > CONTROL_BYTES) throw StreamProtocolError.malformed('a control frame is fragmented or too long');
    if (this.#rest.length < header + length) return 'more';
    const bytes = unmask(this.#rest.subarray(header, header + length), mask, 0);
    this.#rest = this.#rest.subarray(header + length);
    if (kind === 'close' && length === 1) throw StreamProtocolError.malformed('a close frame has half a code');
    return { kind, bytes };
  }
}

function unmask(bytes: Buffer, mask: Buffer, offset: number): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = (bytes[i] as number) ^ (mask[(offset + i) & 3] as number);
  return out;
}

/** A frame of a server: whole, not masked. */
export function encodeWebSocketFrame(opcode: WebSocketOpcode, payload: Buffer): Buffer {
  const size = payload.length;
  const header = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
  header[0] = 0x80 | OPCODES[opcode];
  header[1] = size < 126 ? size : size < 65_536 ? 126 : 127;
  if (header.length === 4) header.writeUInt16BE(size, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(size), 2);
  return Buffer.concat([header, payload]);
}

/** The payload of a close frame. */
export function closePayload(code: number, reason = ''): Buffer {
  const text = Buffer.from(reason).subarray(0, CONTROL_BYTES - 2);
  const out = Buffer.alloc(2 + text.length);
  out.writeUInt16BE(code);
  text.copy(out, 2);
  return out;
}

/** The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key. */
export function webSocketAccept(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}
