import { constants, createInflate, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HeaderCompressor } from '../../test/spdy-client.ts';
import { StreamProtocolError } from './protocol-error.ts';
import { SPDY_DICTIONARY_ID, spdyDictionary } from './spdy-dictionary.ts';
import { CONTROL_BYTES, encodeControl, encodeData, numbers, SpdyDecoder, type SpdyFrame } from './spdy-frames.ts';
import { HeaderDeflater, HeaderInflater, parseHeaders, printHeaders } from './spdy-headers.ts';

test('the dictionary is the one that zlib streams of SPDY/3 name', () => {
  let [a, b] = [1, 0];
  for (const byte of spdyDictionary()) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  expect(b * 65_536 + a).toBe(SPDY_DICTIONARY_ID);
});

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'host', 'port', '-', '0', '9', ':', ' ') });
const headers = fc
  .array(
    fc.tuple(
      word.filter((w) => w !== ''),
      word,
    ),
    { maxLength: 8 },
  )
  .map((pairs) => new Map(pairs.map(([name, value]) => [name, value] as const)));

describe('headers', () => {
  test('are read as they were written, block after block', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(headers, { minLength: 1, maxLength: 5 }), async (blocks) => {
        const compressor = new HeaderCompressor();
        const inflater = new HeaderInflater(64 * 1024);
        for (const block of blocks) {
          const compressed = await compressor.write(printHeaders(block));
          expect(parseHeaders(await inflater.read(compressed))).toEqual(block);
        }
        inflater.close();
      }),
      { numRuns: 40 },
    );
  });

  test('that are stored, not compressed, are a zlib stream that any reader reads', async () => {
    const deflater = new HeaderDeflater();
    const contents = [Buffer.from('first'), Buffer.alloc(0), Buffer.alloc(40_000, 'x')];
    const blocks = contents.map((content) => deflater.write(content));
    const options = { dictionary: spdyDictionary(), finishFlush: constants.Z_SYNC_FLUSH };
    expect(inflateSync(Buffer.concat(blocks), options)).toEqual(Buffer.concat(contents));
    const stream = createInflate(options);
    stream.write(blocks[0]);
    const [first] = (await new Promise((resolve) => stream.once('data', (part: Buffer) => resolve([part])))) as [Buffer];
    expect(first.toString()).toBe('first'); // a reader has the block before the next one comes
    stream.destroy();
  });

  test('that grow beyond the limit are refused', async () => {
    const block = await new HeaderCompressor().write(Buffer.alloc(5_000_000));
    expect(block.length).toBeLessThan(CONTROL_BYTES);
    await expect(new HeaderInflater(64 * 1024).read(block)).rejects.toThrow('headers of more than 65536 bytes');
  });

  test.each([
    { name: 'what is no zlib stream', block: Buffer.from('not zlib'), why: 'headers: ' },
    { name: 'another dictionary', block: Buffer.from([0x78, 0xbb, 1, 2, 3, 4, 0, 0, 0, 0xff, 0xff]), why: 'Bad dictionary' },
  ])('refuse $name', async ({ block, why }) => {
    await expect(new HeaderInflater(1024).read(block)).rejects.toThrow(why);
  });

  test('refuse blocks after the stream has ended', async () => {
    const inflater = new HeaderInflater(1024);
    const whole = Buffer.concat([new HeaderDeflater().write(printHeaders(new Map())), Buffer.from([1, 0, 0, 0xff, 0xff, 0, 4, 0, 1])]);
    expect(parseHeaders(await inflater.read(whole)).size).toBe(0);
    const late = inflater.read(Buffer.from([0, 0, 0, 0xff, 0xff])).then(parseHeaders);
    await expect(late).rejects.toBeInstanceOf(StreamProtocolError);
  });

  test.each([
    { name: 'cut off', bytes: [0, 0, 0, 1, 0, 0, 0, 9, 65], why: 'cut off' },
    { name: 'without a name', bytes: [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], why: 'no name' },
    { name: 'followed by more', bytes: [0, 0, 0, 0, 1], why: 'follows' },
    { name: 'too many to be there', bytes: [255, 255, 255, 255], why: 'cut off' },
  ])('$name are refused', ({ bytes, why }) => {
    expect(() => parseHeaders(Buffer.from(bytes))).toThrow(why);
  });
});

/** Joins the pieces of data frames. */
function joined(frames: readonly SpdyFrame[]): SpdyFrame[] {
  const out: SpdyFrame[] = [];
  for (const frame of frames) {
    const last = out.at(-1);
    if (frame.type === 'data' && !frame.start && last?.type === 'data')
      out[out.length - 1] = { ...last, fin: frame.fin, bytes: Buffer.concat([last.bytes, frame.bytes]) };
    else out.push(frame);
  }
  return out;
}

describe('frames', () => {
  const id = fc.integer({ min: 1, max: 0x7fff_ffff });
  const bytes = fc.uint8Array({ maxLength: 500 }).map((array) => Buffer.from(array));
  const frame = fc.oneof(
    fc.record({ type: fc.constant('data' as const), id, start: fc.constant(true), fin: fc.boolean(), bytes }),
    fc.record({ type: fc.constant('synStream' as const), id, fin: fc.boolean(), unidirectional: fc.boolean(), block: bytes }),
    fc.record({ type: fc.constantFrom('synReply' as const, 'headers' as const), id, fin: fc.boolean(), block: bytes }),
    fc.record({ type: fc.constant('reset' as const), id, status: fc.nat(11) }),
    fc.record({ type: fc.constant('ping' as const), id }),
    fc.record({ type: fc.constant('goAway' as const), lastId: id }),
    fc.record({ type: fc.constant('windowUpdate' as const), id, delta: id }),
    fc.record({ type: fc.constant('settings' as const) }),
  );

  function encode(one: SpdyFrame): Buffer {
    if (one.type === 'data') return encodeData(one.id, one.bytes, one.fin);
    if (one.type === 'synStream')
      return encodeControl(
        'synStream',
        Buffer.concat([numbers(one.id, 0), Buffer.alloc(2), one.block]),
        Number(one.fin) + 2 * Number(one.unidirectional),
      );
    if (one.type === 'synReply' || one.type === 'headers')
      return encodeControl(one.type, Buffer.concat([numbers(one.id), one.block]), Number(one.fin));
    if (one.type === 'reset') return encodeControl('reset', numbers(one.id, one.status));
    if (one.type === 'ping') return encodeControl('ping', numbers(one.id));
    if (one.type === 'goAway') return encodeControl('goAway', numbers(one.lastId, 0));
    if (one.type === 'windowUpdate') return encodeControl('windowUpdate', numbers(one.id, one.delta));
    return encodeControl('settings', numbers(1, 4, 100));
  }

  test('are read as they were written, however they are cut', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), fc.integer({ min: 1, max: 600 }), (sent, size) => {
        const decoder = new SpdyDecoder();
        const all = Buffer.concat(sent.map(encode));
        const got: SpdyFrame[] = [];
        for (let at = 0; at < all.length; at += size) got.push(...decoder.push(all.subarray(at, at + size)));
        expect(joined(got)).toEqual(sent);
      }),
    );
  });

  test('throw nothing but a protocol error, whatever comes', () => {
    const mutated = fc.tuple(frame, fc.nat(), fc.nat(255)).map(([one, at, value]) => {
      const encoded = encode(one);
      encoded[at % encoded.length] = value;
      return encoded;
    });
    const noise = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(fc.array(fc.oneof(mutated, noise), { maxLength: 5 }), (parts) => {
        const decoder = new SpdyDecoder();
        try {
          for (const part of parts) decoder.push(part);
        } catch (error) {
          expect(error).toBeInstanceOf(StreamProtocolError);
        }
      }),
    );
  });

  test('of unknown kinds are skipped', () => {
    const unknown = Buffer.from([0x80, 3, 0, 200, 0, 0, 0, 2, 1, 2]);
    const got = new SpdyDecoder().push(Buffer.concat([unknown, encodeControl('ping', numbers(1))]));
    expect(got).toEqual([{ type: 'ping', id: 1 }]);
  });

  test.each([
    { name: 'version 2', bytes: [0x80, 2, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1], why: 'version 2' },
    { name: 'data for stream 0', bytes: [0, 0, 0, 0, 0, 0, 0, 1, 1], why: 'no stream' },
    { name: 'a control frame beyond the limit', bytes: [0x80, 3, 0, 1, 0, 0xff, 0xff, 0xff], why: `larger than ${CONTROL_BYTES}` },
    { name: 'a ping of a wrong length', bytes: [0x80, 3, 0, 6, 0, 0, 0, 5, 0, 0, 0, 1, 0], why: 'wrong length' },
    { name: 'settings of a wrong length', bytes: [0x80, 3, 0, 4, 0, 0, 0, 4, 0, 0, 0, 9], why: 'settings' },
    { name: 'a window that does not grow', bytes: [0x80, 3, 0, 9, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0], why: 'nothing' },
  ])('with $name are refused', ({ bytes: sent, why }) => {
    expect(() => new SpdyDecoder().push(Buffer.from(sent))).toThrow(why);
  });
});
