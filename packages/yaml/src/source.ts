import { utf8Width } from './chars.ts';

/**
 * A text ready for the scanner: decoded, with four NULs behind its end.
 * go-yaml decodes its input in pieces of 512 bytes and refuses a bad byte as soon as it decodes the piece
 * it is in, before it has scanned what precedes it. `badFrom` and `pieces` let the scanner do the same.
 */
export interface Source {
  readonly text: string;
  /** Length without the NULs. */
  readonly length: number;
  /** UTF-16 offsets of the piece that holds a bad byte and of the byte itself, and go-yaml's complaint. */
  readonly bad: { readonly from: number; readonly at: number; readonly problem: string } | undefined;
  /** Ends of the decoded pieces in UTF-16 units; kept only where they matter (a byte order mark inside the text). */
  readonly pieces: readonly number[] | undefined;
  /** Characters dropped before the text (a byte order mark): 0 or 1. */
  readonly skipped: number;
}

const PIECE = 512;
const PAD = '\0\0\0\0';
// C0 controls but tab, LF, CR; DEL and C1 but NEL; surrogates; the two non-characters of the BMP
// eslint-disable-next-line no-control-regex
const SUSPECT = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\ufffd\ufeff]/;

/** Decodes and checks a text. Lone surrogates in a string count as U+FFFD, as its UTF-8 would have it. */
export function readSource(input: string | Uint8Array): Source {
  if (typeof input === 'string') {
    if (!SUSPECT.test(input)) return plain(input, 0);
    return checked(Buffer.from(input, 'utf8'));
  }
  const bytes = Buffer.isBuffer(input) ? input : Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  if (bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))) return utf16(bytes);
  const text = bytes.toString('utf8');
  // a replacement character may be the mark of a bad byte
  return SUSPECT.test(text) ? checked(bytes) : plain(text, 0);
}

function plain(text: string, skipped: number): Source {
  return { text: text + PAD, length: text.length, bad: undefined, pieces: undefined, skipped };
}

interface Scan {
  /** Byte offset behind the character, or the problem. */
  readonly next: number;
  readonly problem: string | undefined;
  readonly units: number;
}

function problemOf(value: number): string | undefined {
  const ok =
    value === 9 ||
    value === 10 ||
    value === 13 ||
    (value >= 0x20 && value <= 0x7e) ||
    value === 0x85 ||
    (value >= 0xa0 && value <= 0xd7ff) ||
    (value >= 0xe000 && value <= 0xfffd) ||
    (value >= 0x10000 && value <= 0x10ffff);
  return ok ? undefined : 'control characters are not allowed';
}

function decodeUtf8(bytes: Buffer, at: number): Scan {
  const first = bytes[at] as number;
  const width = utf8Width(first);
  const fail = (problem: string): Scan => ({ next: at, problem, units: 0 });
  if (width === 0) return fail('invalid leading UTF-8 octet');
  if (at + width > bytes.length) return fail('incomplete UTF-8 octet sequence');
  let value = width === 1 ? first : first & (0xff >> (width + 1));
  for (let k = 1; k < width; k++) {
    const octet = bytes[at + k] as number;
    if ((octet & 0xc0) !== 0x80) return fail('invalid trailing UTF-8 octet');
    value = (value << 6) | (octet & 0x3f);
  }
  const least = width === 2 ? 0x80 : width === 3 ? 0x800 : width === 4 ? 0x10000 : 0;
  if (value < least) return fail('invalid length of a UTF-8 sequence');
  if ((value >= 0xd800 && value <= 0xdfff) || value > 0x10ffff) return fail('invalid Unicode character');
  return { next: at + width, problem: problemOf(value), units: value > 0xffff ? 2 : 1 };
}

function decodeUtf16(bytes: Buffer, at: number): Scan {
  const fail = (problem: string): Scan => ({ next: at, problem, units: 0 });
  if (at + 2 > bytes.length) return fail('incomplete UTF-16 character');
  const unit = bytes.readUInt16LE(at);
  if ((unit & 0xfc00) === 0xdc00) return fail('unexpected low surrogate area');
  if ((unit & 0xfc00) !== 0xd800) return { next: at + 2, problem: problemOf(unit), units: 1 };
  if (at + 4 > bytes.length) return fail('incomplete UTF-16 surrogate pair');
  if ((bytes.readUInt16LE(at + 2) & 0xfc00) !== 0xdc00) return fail('expected low surrogate area');
  return { next: at + 4, problem: undefined, units: 2 };
}

/** Walks the pieces as go-yaml decodes them, to find the first bad byte and where its piece starts. */
function walk(bytes: Buffer, start: number, decode: (bytes: Buffer, at: number) => Scan): Pick<Source, 'bad' | 'pieces'> {
  const pieces: number[] = [];
  let at = start;
  let units = 0;
  let from = 0;
  let end = Math.min(PIECE, bytes.length);
  while (at < bytes.length) {
    const one = decode(bytes, at);
    const cut = one.problem === undefined ? one.next > end : one.problem.startsWith('incomplete') && end < bytes.length;
    if (cut || (at >= end && end < bytes.length)) {
      pieces.push(units);
      from = units;
      end = Math.min(at + PIECE, bytes.length);
      if (at >= end) break;
      continue;
    }
    if (one.problem !== undefined) return { bad: { from, at: units, problem: one.problem }, pieces };
    at = one.next;
    units += one.units;
  }
  return { bad: undefined, pieces };
}

function checked(bytes: Buffer): Source {
  const start = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const { bad, pieces } = walk(bytes, start, decodeUtf8);
  const text = bytes.toString('utf8', start);
  return { text: text + PAD, length: text.length, bad, pieces: text.includes('\ufeff') ? pieces : undefined, skipped: start === 0 ? 0 : 1 };
}

function utf16(bytes: Buffer): Source {
  const little = Buffer.from(bytes);
  if (bytes[0] === 0xfe && bytes.length % 2 === 0) little.swap16();
  else if (bytes[0] === 0xfe) little.subarray(0, bytes.length - 1).swap16();
  const { bad, pieces } = walk(little, 2, decodeUtf16);
  const text = little.toString('utf16le', 2);
  return { text: text + PAD, length: text.length, bad, pieces: text.includes('\ufeff') ? pieces : undefined, skipped: 1 };
}
