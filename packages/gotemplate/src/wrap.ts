import { bytesToText, textToBytes } from './text.ts';

const SPACE = 0x20;

/** How {@link wrapText} wraps. */
export interface WrapOptions {
  /** Bytes a line may have. */
  readonly width: number;
  readonly lineBreak: string;
  /** Cut words that are longer than a line. */
  readonly cutWords: boolean;
}

/** Breaks a text at blanks into lines of a number of bytes, as sprig's wrap and wrapWith. */
export function wrapText(text: string, options: WrapOptions): string {
  const bytes = textToBytes(text);
  const width = Math.max(1, options.width);
  const lineBreak = options.lineBreak === '' ? '\n' : options.lineBreak;
  const cut = (from: number, to?: number): string => bytesToText(bytes.subarray(from, to));
  let out = '';
  let at = 0;
  while (bytes.length - at > width) {
    if (bytes[at] === SPACE) {
      at++;
      continue;
    }
    const blank = bytes.lastIndexOf(SPACE, at + width);
    if (blank >= at) {
      out += cut(at, blank) + lineBreak;
      at = blank + 1;
    } else if (options.cutWords) {
      out += cut(at, at + width) + lineBreak;
      at += width;
    } else {
      const next = bytes.indexOf(SPACE, at + width);
      if (next < 0) return out + cut(at);
      out += cut(at, next) + lineBreak;
      at = next + 1;
    }
  }
  return out + cut(at);
}
