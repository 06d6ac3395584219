import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StreamProtocolError } from './protocol-error.ts';
import { closePayload, encodeWebSocketFrame, FRAME_BYTES, webSocketAccept, WebSocketDecoder } from './web-socket-frames.ts';

const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** A frame as a client sends it. */
function masked(opcode: number, payload: Uint8Array, options: { fin?: boolean; mask?: Uint8Array } = {}): Buffer {
  const mask = options.mask ?? Buffer.from([1, 2, 3, 4]);
  const size = payload.length;
  const header = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
  header[0] = (options.fin === false ? 0 : 0x80) | opcode;
  header[1] = 0x80 | (size < 126 ? size : size < 65_536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(size, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(size), 2);
  return Buffer.concat([header, mask, payload.map((byte, i) => byte ^ (mask[i % 4] as number))]);
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const size = Math.max(sizes[i % sizes.length] ?? 0, Math.ceil(bytes.length / 300));
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return parts;
}

interface Message {
  readonly text: boolean;
  readonly bytes: Buffer;
}

function read(parts: readonly Buffer[]): { messages: Message[]; controls: { kind: string; bytes: Buffer }[] } {
  const decoder = new WebSocketDecoder();
  const messages: Message[] = [];
  const controls: { kind: string; bytes: Buffer }[] = [];
  let open: Buffer[] = [];
  for (const piece of parts.flatMap((part) => decoder.push(part))) {
    if (piece.kind !== 'data') {
      controls.push({ kind: piece.kind, bytes: piece.bytes });
      continue;
    }
    expect(piece.start).toBe(open.length === 0);
    open.push(piece.bytes);
    if (!piece.end) continue;
    messages.push({ text: piece.text, bytes: Buffer.concat(open) });
    open = [];
  }
  return { messages, controls };
}

const sizes = fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 });
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_001).map((size) => new Uint8Array(size).map((_, i) => i)),
);

describe('a WebSocket decoder', () => {
  test('gives messages as they were sent, however they are fragmented and cut, with pings in between', () => {
    const message = fc.record({ text: fc.boolean(), fragments: fc.array(payload, { minLength: 1, maxLength: 3 }), ping: fc.boolean() });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 4 }), fc.uint8Array({ minLength: 4, maxLength: 4 }), sizes, (sent, mask, cuts) => {
        const frames = sent.flatMap(({ text, fragments, ping }) =>
          fragments.flatMap((bytes, i) => {
            const opcode = i > 0 ? OPCODES.continuation : text ? OPCODES.text : OPCODES.binary;
            const frame = masked(opcode, bytes, { fin: i === fragments.length - 1, mask });
            return ping ? [frame, masked(OPCODES.ping, Buffer.from('p'), { mask })] : [frame];
          }),
        );
        const { messages, controls } = read(cut(Buffer.concat(frames), cuts));
        expect(messages.map((message) => message.text)).toEqual(sent.map((message) => message.text));
        expect(messages.every((message, i) => message.bytes.equals(Buffer.concat(sent[i]?.fragments ?? [])))).toBe(true);
        expect(controls).toEqual(sent.flatMap((m) => (m.ping ? m.fragments.map(() => ({ kind: 'ping', bytes: Buffer.from('p') })) : [])));
      }),
      { numRuns: 60 },
    );
  });

  test('throws nothing but a protocol error, whatever comes', () => {
    const noise = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });
    const mutated = fc.tuple(payload, fc.nat(), fc.nat(255)).map(([bytes, at, value]) => {
      const frame = masked(OPCODES.binary, bytes);
      frame[at % Math.min(frame.length, 16)] = value;
      return [frame];
    });
    fc.assert(
      fc.property(fc.oneof(noise, mutated), (parts) => {
        const decoder = new WebSocketDecoder();
        try {
          for (const part of parts) decoder.push(Buffer.from(part));
        } catch (error) {
          expect(error).toBeInstanceOf(StreamProtocolError);
        }
      }),
    );
  });

  test.each([
    { name: 'reserved bits', bytes: [0xc2, 0x80, 0, 0, 0, 0], why: 'reserved bits' },
    { name: 'no mask', bytes: [0x82, 0x01, 0], why: 'not masked' },
    { name: 'an unknown opcode', bytes: [0x83, 0x80, 0, 0, 0, 0], why: 'opcode 3 is unknown' },
    { name: 'an unknown control opcode', bytes: [0x8b, 0x80, 0, 0, 0, 0], why: 'opcode 11 is unknown' },
    { name: 'a fragmented ping', bytes: [0x09, 0x80, 0, 0, 0, 0], why: 'fragmented' },
    { name: 'a long ping', bytes: [0x89, 0xfe, 0, 126, 0, 0, 0, 0], why: 'too long' },
    { name: 'a continuation of nothing', bytes: [0x80, 0x80, 0, 0, 0, 0], why: 'nothing to continue' },
    { name: 'a message inside a message', bytes: [0x02, 0x80, 0, 0, 0, 0, 0x82, 0x80, 0, 0, 0, 0], why: 'inside another' },
    { name: 'a padded length', bytes: [0x82, 0xfe, 0, 5, 0, 0, 0, 0], why: 'padded' },
    { name: 'half a close code', bytes: [0x88, 0x81, 0, 0, 0, 0, 1], why: 'half a code' },
    { name: 'a length beyond all numbers', bytes: [0x82, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], why: `larger than ${FRAME_BYTES}` },
  ])('refuses $name', ({ bytes, why }) => {
    expect(() => new WebSocketDecoder().push(Buffer.from(bytes))).toThrow(why);
  });
});

describe("a server's frame", () => {
  test.each([0, 125, 126, 65_535, 65_536])('of %i bytes is one frame without a mask', (size) => {
    const frame = encodeWebSocketFrame('binary', Buffer.alloc(size, 7));
    const header = size < 126 ? 2 : size < 65_536 ? 4 : 10;
    expect(frame.length).toBe(header + size);
    expect(frame[0]).toBe(0x82);
    expect(header === 2 ? frame[1] : header === 4 ? frame.readUInt16BE(2) : Number(frame.readBigUInt64BE(2))).toBe(size);
  });

  test('that closes holds its code and a reason of what fits', () => {
    expect(closePayload(1002, 'x'.repeat(200))).toEqual(Buffer.concat([Buffer.from([3, 234]), Buffer.alloc(123, 'x')]));
  });
});

test('the accept value is the one of RFC 6455', () => {
  expect(webSocketAccept('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});
