import { textToBytes } from '../text.ts';

/** Quotes a text as Go's time package does in its errors: bytes beyond ASCII and control characters in hexadecimal. */
export function timeQuote(text: string): string {
  let out = '"';
  for (const byte of textToBytes(text)) {
    const ch = String.fromCharCode(byte);
    if (byte >= 0x80 || byte < 0x20) out += `\\x${byte.toString(16).padStart(2, '0')}`;
    else out += ch === '"' || ch === '\\' ? `\\${ch}` : ch;
  }
  return `${out}"`;
}
