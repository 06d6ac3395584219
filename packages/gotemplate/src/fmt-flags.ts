import { formatFloat } from './floats.ts';
import { goQuote, goQuoteRune } from './quote.ts';
import { isPrintable, runeCount, textToBytes } from './text.ts';

/** The flags, width and precision of one verb. */
export interface Flags {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v`: names of fields. */
  plusV: boolean;
  /** `%#v`: Go's syntax. */
  sharpV: boolean;
  width: number | undefined;
  precision: number | undefined;
}

/** Flags that are not set. */
export function noFlags(): Flags {
  return {
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    plusV: false,
    sharpV: false,
    width: undefined,
    precision: undefined,
  };
}

function padding(f: Flags, count: number, zero: boolean): string {
  return count > 0 ? (zero && !f.minus ? '0' : ' ').repeat(count) : '';
}

/** Pads a text to the width, counted in code points; with zeros only where `zero` lets it. */
export function pad(f: Flags, text: string, zero: boolean = f.zero): string {
  if (f.width === undefined || f.width === 0) return text;
  const space = padding(f, f.width - runeCount(text), zero);
  return f.minus ? text + space : space + text;
}

/** Formats an integer in a base; `upper` for %X. */
export function formatInteger(f: Flags, value: bigint, base: number, verb: string): string {
  const negative = value < 0n;
  const magnitude = negative ? -value : value;
  let minimum = 0;
  if (f.precision !== undefined) {
    minimum = f.precision;
    if (minimum === 0 && value === 0n) return padding(f, f.width ?? 0, false);
  } else if (f.zero && !f.minus && f.width !== undefined) {
    minimum = f.width - (negative || f.plus || f.space ? 1 : 0);
  }
  let digits = magnitude.toString(base).padStart(minimum, '0');
  if (verb === 'X') digits = digits.toUpperCase();
  if (f.sharp) {
    if (base === 2) digits = `0b${digits}`;
    else if (base === 8 && !digits.startsWith('0')) digits = `0${digits}`;
    else if (base === 16) digits = `${verb === 'X' ? '0X' : '0x'}${digits}`;
  }
  if (verb === 'O') digits = `0o${digits}`;
  const sign = negative ? '-' : f.plus ? '+' : f.space ? ' ' : '';
  return pad(f, sign + digits, false);
}

/** Formats a code point as `%U`: U+0041, and with `#` its character. */
export function formatUnicode(f: Flags, value: bigint): string {
  const digits = BigInt.asUintN(64, value)
    .toString(16)
    .toUpperCase()
    .padStart(Math.max(4, f.precision ?? 0), '0');
  const rune = value >= 0n && value <= 0x10ffffn ? Number(value) : -1;
  return pad(f, `U+${digits}${f.sharp && rune >= 0 && isPrintable(rune) ? ` '${String.fromCodePoint(rune)}'` : ''}`, false);
}

/** The code point of an integer, U+FFFD where it is none. */
function runeOf(value: bigint): number {
  return value < 0n || value > 0x10ffffn || (value >= 0xd800n && value <= 0xdfffn) ? 0xfffd : Number(value);
}

/** Formats an integer as the character that it stands for. */
export function formatRune(f: Flags, value: bigint): string {
  return pad(f, String.fromCodePoint(runeOf(value)));
}

/** Formats an integer as a quoted character. */
export function formatQuotedRune(f: Flags, value: bigint): string {
  return pad(f, goQuoteRune(runeOf(value), f.plus));
}

/** Puts in the decimal point and the trailing zeros that `#` asks for. */
function sharpFloat(number: string, verb: string, precision: number): string {
  const hex = verb === 'x' || verb === 'X';
  const at = number.search(hex ? /[pP]/ : /[eEpP]/);
  const head = at < 0 ? number : number.slice(0, at);
  const tail = at < 0 ? '' : number.slice(at);
  let digits = verb === 'g' || verb === 'G' || verb === 'x' ? (precision === -1 ? 6 : precision) : 0;
  const significant = head.slice(1).replace('.', '').replace(/^0+/, '');
  digits -= significant.length;
  let out = head;
  if (!head.includes('.')) {
    if (head.length === 2 && head[1] === '0') digits--;
    out += '.';
  }
  return out + '0'.repeat(Math.max(0, digits)) + tail;
}

/** Formats a float with a verb of strconv and the precision where the format gives none. */
export function formatFloatVerb(f: Flags, value: number, verb: string, defaultPrecision: number): string {
  const precision = f.precision ?? defaultPrecision;
  let number = formatFloat(value, verb, precision);
  if (!/^[+-]/.test(number)) number = `+${number}`;
  if (f.space && number[0] === '+' && !f.plus) number = ` ${number.slice(1)}`;
  if (number[1] === 'I' || number[1] === 'N') {
    if (number[1] === 'N' && !f.space && !f.plus) number = number.slice(1);
    return pad(f, number, false);
  }
  if (f.sharp && verb !== 'b') number = sharpFloat(number, verb, precision);
  if (f.plus || number[0] !== '+') {
    const missing = (f.width ?? 0) - number.length;
    if (f.zero && !f.minus && missing > 0) return (number[0] as string) + '0'.repeat(missing) + number.slice(1);
    return pad(f, number);
  }
  return pad(f, number.slice(1));
}

function truncate(f: Flags, text: string): string {
  if (f.precision === undefined || text.length <= f.precision) return text;
  return Array.from(text).slice(0, f.precision).join('');
}

/** Formats a text as `%s`. */
export function formatText(f: Flags, text: string): string {
  return pad(f, truncate(f, text));
}

/** Formats a text as `%q`. */
export function formatQuoted(f: Flags, text: string): string {
  const cut = truncate(f, text);
  // eslint-disable-next-line no-control-regex
  const backquoted =
    f.sharp && !/[\u0000-\u0008\u000a-\u001f\u007f`\ufeff\udc80-\udcff]/.test(cut.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ''));
  return pad(f, backquoted ? `\`${cut}\`` : goQuote(cut, { ascii: f.plus }));
}

/** Formats bytes as `%x` and `%X`. */
export function formatHex(f: Flags, text: string | Uint8Array, verb: string): string {
  const bytes = typeof text === 'string' ? textToBytes(text) : text;
  const length = Math.min(bytes.length, f.precision ?? bytes.length);
  const prefix = f.sharp ? `0${verb}` : '';
  const pairs = Array.from(bytes.subarray(0, length), (byte) => {
    const pair = byte.toString(16).padStart(2, '0');
    return verb === 'X' ? pair.toUpperCase() : pair;
  });
  const body = pairs.length === 0 ? '' : f.space ? pairs.map((pair) => prefix + pair).join(' ') : prefix + pairs.join('');
  return pad(f, body);
}
