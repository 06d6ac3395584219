import { GoError } from './errors.ts';
import { bytesToText, isPrintable, textToBytes } from './text.ts';

const SHORT: Readonly<Record<number, string>> = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' };
const PLAIN = /^[ !#-[\]-~]*$/;

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** How quoting differs between `%q`, `%+q` and a rune's quotes. */
export interface QuoteOptions {
  readonly quote?: '"' | "'";
  /** Escapes everything beyond ASCII. */
  readonly ascii?: boolean;
}

function quoteRune(rune: number, stray: boolean, options: QuoteOptions): string {
  const quote = options.quote ?? '"';
  if (stray) return `\\x${hex(rune & 0xff, 2)}`;
  if (rune === quote.charCodeAt(0) || rune === 0x5c) return `\\${String.fromCharCode(rune)}`;
  if (options.ascii === true ? rune < 0x80 && isPrintable(rune) : isPrintable(rune)) return String.fromCodePoint(rune);
  const short = SHORT[rune];
  if (short !== undefined) return short;
  if (rune < 0x20 || rune === 0x7f) return `\\x${hex(rune, 2)}`;
  return rune < 0x10000 ? `\\u${hex(rune, 4)}` : `\\U${hex(rune, 8)}`;
}

/** Quotes a text as Go's `strconv.Quote` (or `QuoteToASCII`). */
export function goQuote(text: string, options: QuoteOptions = {}): string {
  const quote = options.quote ?? '"';
  if (PLAIN.test(text) && quote === '"') return `"${text}"`;
  let out = quote;
  for (let i = 0; i < text.length; i++) {
    const rune = text.codePointAt(i) as number;
    if (rune > 0xffff) i++;
    const lone = rune >= 0xd800 && rune <= 0xdfff;
    out += quoteRune(lone && rune < 0xdc80 ? 0xfffd : rune, lone && rune >= 0xdc80, options);
  }
  return out + quote;
}

/** Quotes a code point as Go's `strconv.QuoteRune`. */
export function goQuoteRune(rune: number, ascii = false): string {
  const valid = rune >= 0 && rune <= 0x10ffff && !(rune >= 0xd800 && rune <= 0xdfff);
  return `'${quoteRune(valid ? rune : 0xfffd, false, { quote: "'", ascii })}'`;
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92, "'": 39, '"': 34 };
const invalid = (): never => {
  throw new GoError('invalid syntax');
};

/** One unquoted character: a code point, or a byte where `byte` is set, and the offset after it. */
export interface Unquoted {
  readonly value: number;
  readonly byte: boolean;
  readonly next: number;
}

/**
 * Reads one character of a quoted text, as Go's `strconv.UnquoteChar`.
 * @throws GoError `invalid syntax`
 */
export function unquoteChar(text: string, at: number, quote: string): Unquoted {
  const ch = text[at];
  if (ch === undefined || (ch === quote && (quote === '"' || quote === "'"))) return invalid();
  if (ch !== '\\') {
    const value = text.codePointAt(at) as number;
    return { value, byte: false, next: at + (value > 0xffff ? 2 : 1) };
  }
  const kind = text[at + 1];
  if (kind === undefined) return invalid();
  const digits = kind === 'x' ? 2 : kind === 'u' ? 4 : kind === 'U' ? 8 : 0;
  if (digits > 0) {
    const code = text.slice(at + 2, at + 2 + digits);
    if (code.length < digits || !/^[0-9a-fA-F]+$/.test(code)) return invalid();
    const value = parseInt(code, 16);
    if (kind !== 'x' && (value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))) return invalid();
    return { value, byte: kind === 'x', next: at + 2 + digits };
  }
  if (kind >= '0' && kind <= '7') {
    const code = text.slice(at + 1, at + 4);
    if (!/^[0-7]{3}$/.test(code) || parseInt(code, 8) > 255) return invalid();
    return { value: parseInt(code, 8), byte: true, next: at + 4 };
  }
  const value = ESCAPES[kind];
  if (value === undefined || ((kind === "'" || kind === '"') && kind !== quote)) return invalid();
  return { value, byte: false, next: at + 2 };
}

/**
 * Reads a Go string literal, quotes included, as `strconv.Unquote`.
 * @throws GoError `invalid syntax`
 */
export function goUnquote(literal: string): string {
  const quote = literal[0];
  if (literal.length < 2 || quote !== literal.at(-1)) return invalid();
  const body = literal.slice(1, -1);
  if (quote === '`') return body.includes('`') ? invalid() : body.replaceAll('\r', '');
  if (quote !== '"' && quote !== "'") return invalid();
  if (body.includes('\n')) return invalid();
  if (!body.includes('\\') && !body.includes(quote) && quote === '"') return body;
  let out = '';
  let stray = false;
  for (let at = 0; at < body.length;) {
    const ch = unquoteChar(body, at, quote);
    if (ch.byte && ch.value >= 0x80) {
      stray = true;
      out += String.fromCharCode(0xdc00 + ch.value);
    } else {
      out += String.fromCodePoint(ch.value);
    }
    at = ch.next;
  }
  // bytes written one by one may add up to valid UTF-8
  return stray ? bytesToText(textToBytes(out)) : out;
}
