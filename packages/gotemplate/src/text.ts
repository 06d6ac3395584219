/**
 * Go's strings are bytes; here they are JS strings whose stray bytes (not valid UTF-8) are the lone surrogates
 * U+DC80..U+DCFF. Everything that counts or cuts bytes goes through this file.
 */

const NON_ASCII = /[^\u0000-\u007f]/;
const LONE = /[\ud800-\udfff]/;

/** Tells whether a text is plain ASCII, so that bytes and UTF-16 units are the same. */
export function isAscii(text: string): boolean {
  return !NON_ASCII.test(text);
}

/** The length in bytes of UTF-8. */
export function byteLength(text: string): number {
  if (!NON_ASCII.test(text)) return text.length;
  if (!LONE.test(text)) return Buffer.byteLength(text);
  return textToBytes(text).length;
}

/** Gives a text's bytes: UTF-8, stray bytes as they were. */
export function textToBytes(text: string): Uint8Array {
  if (!LONE.test(text)) return Buffer.from(text, 'utf8');
  const parts: Buffer[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      i++;
    } else if (unit >= 0xdc80 && unit <= 0xdcff) {
      parts.push(Buffer.from(text.slice(from, i), 'utf8'), Buffer.from([unit - 0xdc00]));
      from = i + 1;
    }
  }
  parts.push(Buffer.from(text.slice(from), 'utf8'));
  return Buffer.concat(parts);
}

/** The length of the UTF-8 sequence at an offset, or 0 where the byte there is not the start of a valid one. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first <= 0xdf ? 2 : (first & 0xf0) === 0xe0 ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] as number) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] as number;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  return length;
}

/** Gives the text of bytes. Every byte that is not part of valid UTF-8 becomes the lone surrogate U+DC00 + byte. */
export function bytesToText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fast = buffer.toString('utf8');
  if (!fast.includes('\ufffd')) return fast;
  let out = '';
  let from = 0;
  for (let i = 0; i < bytes.length;) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    out += buffer.toString('utf8', from, i) + String.fromCharCode(0xdc00 + (bytes[i] as number));
    from = ++i;
  }
  return out + buffer.toString('utf8', from);
}

/** Cuts a text by byte offsets, as Go's `s[from:to]`. The offsets must be in range. */
export function byteSlice(text: string, from: number, to?: number): string {
  if (!NON_ASCII.test(text)) return text.slice(from, to);
  return bytesToText(textToBytes(text).subarray(from, to));
}

/** The code points of a text, as Go's `range` gives them: stray bytes are U+FFFD. */
export function runes(text: string): number[] {
  const out: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const rune = text.codePointAt(i) as number;
    if (rune > 0xffff) i++;
    out.push(rune >= 0xd800 && rune <= 0xdfff ? 0xfffd : rune);
  }
  return out;
}

/** The number of code points, stray bytes counted one by one. */
export function runeCount(text: string): number {
  if (!LONE.test(text)) return text.length;
  return runes(text).length;
}

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Tells whether Go's `strconv.IsPrint` holds for a code point. */
export function isPrintable(rune: number): boolean {
  if (rune < 0x7f) return rune >= 0x20;
  return rune >= 0xa1 && rune !== 0xad && PRINTABLE.test(String.fromCodePoint(rune));
}

const LEADING_SPACE = /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const TRAILING_SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;
const EDGE = /^[\s\u0085]|[\s\u0085]$/;

/** Takes Unicode white space from both ends, as Go's `strings.TrimSpace`. */
export function trimSpace(text: string): string {
  return EDGE.test(text) ? text.replace(LEADING_SPACE, '').replace(TRAILING_SPACE, '') : text;
}
