/** Decodes standard base64 as Go's StdEncoding does (line breaks skipped, padding required); undefined where it is none. */
export function decodeBase64(text: string): Buffer | undefined {
  const packed = text.replace(/[\r\n]/g, '');
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return undefined;
  return Buffer.from(packed, 'base64');
}

/** Cuts bytes into characters and the bytes that are part of none, as Go's UTF-8 decoder does. */
export function splitUtf8(bytes: Buffer): (string | number)[] {
  const parts: (string | number)[] = [];
  for (let i = 0; i < bytes.length;) {
    const width = characterWidth(bytes, i);
    parts.push(width === 0 ? (bytes[i] as number) : bytes.toString('utf8', i, i + width));
    i += width === 0 ? 1 : width;
  }
  return parts;
}

/** Decodes UTF-8 as Go does: every byte that is part of no character becomes one U+FFFD. */
export function goUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  return splitUtf8(bytes)
    .map((part) => (typeof part === 'number' ? '\ufffd' : part))
    .join('');
}

function characterWidth(bytes: Buffer, at: number): number {
  for (let width = 1; width <= 4 && at + width <= bytes.length; width++) {
    const text = bytes.toString('utf8', at, at + width);
    const whole = text.length === (width === 4 ? 2 : 1);
    if (whole && (text !== '\ufffd' || width === 3) && Buffer.byteLength(text) === width) return width;
  }
  return 0;
}
