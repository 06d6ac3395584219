import { GoError } from './errors.ts';
import type { NumberNode } from './nodes.ts';
import { goQuote, unquoteChar } from './quote.ts';

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Gives an integer as a number where it is safe, else as a bigint. */
export function compactInt(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

/** Tells whether underscores stand only where Go allows them: after the base's prefix and between digits. */
function underscoresFit(text: string): boolean {
  if (!text.includes('_')) return true;
  const digits = text.replace(/^[+-]/, '');
  const based = /^0[bBoOxX]/.test(digits);
  const hex = /^0[xX]/.test(digits);
  let before = based ? '0' : '^';
  for (const ch of based ? digits.slice(2) : digits) {
    const isDigit = /[0-9]/.test(ch) || (hex && /[a-fA-F]/.test(ch));
    if (isDigit) before = '0';
    else if (ch === '_') {
      if (before !== '0') return false;
      before = '_';
    } else {
      if (before === '_') return false;
      before = '!';
    }
  }
  return before !== '_';
}

/** Reads digits as `strconv.ParseInt(text, 0, ...)` does, without a bound; `undefined` where the syntax is not an integer's. */
export function parseGoInteger(text: string): bigint | undefined {
  const match = /^([+-]?)(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[0-9][0-9_]*)$/.exec(text);
  if (match === null || !underscoresFit(text)) return undefined;
  let digits = (match[2] as string).replaceAll('_', '');
  if (/^0[0-9]/.test(digits)) {
    if (!/^[0-7]+$/.test(digits)) return undefined;
    digits = `0o${digits.slice(1)}`;
  }
  if (/^0[xXbBoO]$/.test(digits)) return undefined;
  const value = BigInt(digits);
  return match[1] === '-' ? -value : value;
}

/** Reads a hexadecimal float's digits (0x1.8p3), exact up to the rounding of the last bits. */
function parseHexFloat(text: string): number | undefined {
  const match = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole + fraction === '') return undefined;
  const value = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -value : value;
}

/**
 * Reads a float as Go's `strconv.ParseFloat(text, 64)`: decimal, hexadecimal, inf and nan, underscores between digits.
 * @returns `undefined` where the syntax is wrong; infinity where it is out of range
 */
export function parseGoFloat(text: string): number | undefined {
  if (/^[+-]?(inf|infinity)$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  if (/^[+-]?0[xX]/.test(text)) return underscoresFit(text) ? parseHexFloat(text.replaceAll('_', '')) : undefined;
  if (text.includes('_') && !underscoresFit(text)) return undefined;
  const digits = text.replaceAll('_', '');
  return /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(digits) ? Number(digits) : undefined;
}

function within(value: bigint | undefined, low: bigint, high: bigint): number | bigint | undefined {
  return value !== undefined && value >= low && value <= high ? compactInt(value) : undefined;
}

function integral(value: number, low: bigint, high: bigint): number | bigint | undefined {
  return Number.isInteger(value) ? within(BigInt(value), low, high) : undefined;
}

function complexNode(pos: number, text: string, complex: readonly [number, number]): NumberNode {
  const [real, imaginary] = complex;
  if (imaginary !== 0) return { kind: 'number', pos, text, int: undefined, uint: undefined, float: undefined, complex };
  const int = integral(real, MIN_INT64, MAX_INT64);
  return { kind: 'number', pos, text, int, uint: integral(real, 0n, MAX_UINT64), float: real, complex };
}

/** Reads a character constant ('x'). @throws GoError */
export function readCharConstant(pos: number, text: string): NumberNode {
  const ch = unquoteChar(text, 1, "'");
  if (text.slice(ch.next) !== "'") throw new GoError(`malformed character constant: ${text}`);
  return { kind: 'number', pos, text, int: ch.value, uint: ch.value, float: ch.value, complex: undefined };
}

/** Reads a complex constant (1+2i). @throws GoError */
export function readComplex(pos: number, text: string): NumberNode {
  const match = /^(.*[^eEpP+-])([+-].*)i$/.exec(text);
  const real = match === null ? undefined : parseGoFloat(match[1] as string);
  const imaginary = match === null ? undefined : parseGoFloat(match[2] as string);
  if (match === null) throw new GoError('syntax error scanning complex number');
  if (real === undefined || imaginary === undefined) {
    throw new GoError(`strconv.ParseFloat: parsing ${goQuote((real === undefined ? match[1] : match[2]) as string)}: invalid syntax`);
  }
  return complexNode(pos, text, [real, imaginary]);
}

/** Reads a number as a template's text has it. @throws GoError with Go's text */
export function readNumber(pos: number, text: string): NumberNode {
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) {
    const value = Number(text);
    return { kind: 'number', pos, text, int: value, uint: value, float: value, complex: undefined };
  }
  if (text.endsWith('i')) {
    const float = parseGoFloat(text.slice(0, -1));
    if (float !== undefined) return complexNode(pos, text, [0, float]);
  }
  const whole = parseGoInteger(text);
  const int = within(whole, MIN_INT64, MAX_INT64);
  // ParseUint takes no sign; -0 and +0 are let through afterwards
  const uint = /^[+-]/.test(text) && int !== 0 ? undefined : within(whole, 0n, MAX_UINT64);
  if (int !== undefined || uint !== undefined) {
    return { kind: 'number', pos, text, int, uint, float: Number(int ?? uint), complex: undefined };
  }
  const float = parseGoFloat(text);
  if (float === undefined || !Number.isFinite(float)) throw new GoError(`illegal number syntax: ${goQuote(text)}`);
  if (!/[.eEpP]/.test(text)) throw new GoError(`integer overflow: ${goQuote(text)}`);
  return {
    kind: 'number',
    pos,
    text,
    int: integral(float, MIN_INT64, MAX_INT64),
    uint: integral(float, 0n, MAX_UINT64),
    float,
    complex: undefined,
  };
}
