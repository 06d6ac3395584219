import { GoError } from './errors.ts';
import { bytesToText, textToBytes } from './text.ts';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function corrupt(base: string, at: number): never {
  throw new GoError(`illegal ${base} data at input byte ${at}`);
}

/** Go's `base64.StdEncoding.EncodeToString`. */
export function encodeBase64(text: string): string {
  return Buffer.from(textToBytes(text)).toString('base64');
}

/** Finds the byte that Go's decoder complains of. */
function badBase64(text: string): number {
  const bytes = textToBytes(text);
  let digits = 0;
  for (let i = 0; i < bytes.length; i++) {
    const ch = String.fromCharCode(bytes[i] as number);
    if (ch === '\n' || ch === '\r') continue;
    if (/[A-Za-z0-9+/]/.test(ch)) {
      digits++;
      continue;
    }
    if (ch !== '=' || digits % 4 < 2) return i;
    let rest = i + 1;
    const skip = (): void => {
      while (bytes[rest] === 10 || bytes[rest] === 13) rest++;
    };
    skip();
    if (digits % 4 === 2) {
      if (rest >= bytes.length) return bytes.length;
      if (bytes[rest] !== 61) return rest - 1;
      rest++;
      skip();
    }
    return rest < bytes.length ? rest : -1;
  }
  return digits % 4 === 0 ? -1 : bytes.length - (digits % 4);
}

/** Go's `base64.StdEncoding.DecodeString`; line ends are skipped. @throws GoError with Go's text */
export function decodeBase64(text: string): string {
  const clean = text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]/g, '') : text;
  if (clean.length % 4 !== 0 || !BASE64.test(clean)) corrupt('base64', Math.max(0, badBase64(text)));
  return bytesToText(Buffer.from(clean, 'base64'));
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Go's `base32.StdEncoding.EncodeToString`. */
export function encodeBase32(text: string): string {
  let out = '';
  let bits = 0;
  let held = 0;
  for (const byte of textToBytes(text)) {
    held = ((held << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += BASE32[(held >> bits) & 31];
    }
  }
  if (bits > 0) out += BASE32[(held << (5 - bits)) & 31];
  return out.padEnd(Math.ceil(out.length / 8) * 8, '=');
}

/** How many characters of the last eight stand for no whole number of bytes. */
const BROKEN_LENGTHS: ReadonlySet<number> = new Set([1, 3, 6]);

/** Finds the character that Go's decoder complains of; -1 where there is none. */
function badBase32(text: string): number {
  for (let start = 0; start < text.length; start += 8) {
    for (let j = 0; j < 8; j++) {
      const at = start + j;
      if (at >= text.length) return text.length - j;
      const rest = text.slice(at + 1);
      if (text[at] === '=' && j >= 2 && rest.length < 8) {
        if (rest.length + j < 7) return text.length;
        const wrong = Array.from(rest.slice(0, 7 - j)).findIndex((ch) => ch !== '=');
        if (wrong >= 0) return at + wrong;
        return BROKEN_LENGTHS.has(j) ? at : -1;
      }
      if (!BASE32.includes(text[at] as string)) return at;
    }
  }
  return -1;
}

/** Go's `base32.StdEncoding.DecodeString`; line ends are skipped. @throws GoError with Go's text */
export function decodeBase32(text: string): string {
  const clean = text.replace(/[\r\n]/g, '');
  const bad = badBase32(clean);
  if (bad >= 0) corrupt('base32', bad);
  const body = clean.replace(/=+.*$/, '');
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const ch of body) {
    held = ((held << 5) | BASE32.indexOf(ch)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
  }
  return bytesToText(Uint8Array.from(bytes));
}
