import { displayDoubleG, displayDuration, displayTimestamp } from '../display.ts';
import { evalError } from '../errors.ts';
import type { Implementation } from '../functions.ts';
import { typeNameOf } from '../type-names.ts';
import {
  CelBytes,
  CelDuration,
  CelOpaque,
  CelTimestamp,
  CelUint,
  INT_MAX,
  INT_MIN,
  numericOf,
  UINT_MAX,
  type CelValue,
} from '../values.ts';

/** Checks that an int has its place in 64 bits. @throws CelError where not */
export function intOf(value: bigint): bigint {
  if (value < INT_MIN || value > INT_MAX) throw evalError('integer overflow');
  return value;
}

/** Makes a uint. @throws CelError where it has no place in 64 bits */
export function uintOf(value: bigint): CelUint {
  if (value < 0n || value > UINT_MAX) throw evalError('unsigned integer overflow');
  return new CelUint(value);
}

function conversionError(value: CelValue, to: string): Error {
  return evalError(`type conversion error from '${typeNameOf(value)}' to '${to}'`);
}

const TRUTH: Readonly<Record<string, boolean>> = {
  '1': true,
  t: true,
  T: true,
  TRUE: true,
  true: true,
  True: true,
  '0': false,
  f: false,
  F: false,
  FALSE: false,
  false: false,
  False: false,
};

/** To an int. */
export const toInt: Implementation = ([v]) => {
  if (typeof v === 'bigint') return v;
  if (v instanceof CelUint) return intOf(v.value);
  if (typeof v === 'number') {
    if (!Number.isFinite(v) || v <= -(2 ** 63) || v >= 2 ** 63) throw evalError('integer overflow');
    return BigInt(Math.trunc(v));
  }
  if (typeof v === 'string') {
    if (!/^[+-]?\d+$/.test(v)) throw conversionError(v, 'int');
    const value = BigInt(v.replace(/^\+/, ''));
    if (value < INT_MIN || value > INT_MAX) throw conversionError(v, 'int');
    return value;
  }
  if (v instanceof CelDuration) return v.nanos;
  return v instanceof CelTimestamp
    ? (v.nanos - (((v.nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)) / 1_000_000_000n
    : undefined;
};

/** To a uint. */
export const toUint: Implementation = ([v]) => {
  if (v instanceof CelUint) return v;
  if (typeof v === 'bigint') return uintOf(v);
  if (typeof v === 'number') {
    if (!Number.isFinite(v) || v < 0 || v >= 2 ** 64) throw evalError('unsigned integer overflow');
    return new CelUint(BigInt(Math.trunc(v)));
  }
  if (typeof v !== 'string') return undefined;
  if (!/^\d+$/.test(v) || BigInt(v) > UINT_MAX) throw conversionError(v, 'uint');
  return new CelUint(BigInt(v));
};

/** To a double. */
export const toDouble: Implementation = ([v]) => {
  const number = numericOf(v as CelValue);
  if (number !== undefined) return Number(number);
  if (typeof v !== 'string') return undefined;
  if (/^[+-]?(inf|infinity)$/i.test(v)) return v.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(v)) return Number.NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(v) || !Number.isFinite(Number(v))) throw conversionError(v, 'double');
  return Number(v);
};

/** To a text. */
export const toText: Implementation = ([v]) => {
  if (typeof v === 'string') return v;
  if (typeof v === 'boolean' || typeof v === 'bigint') return String(v);
  if (typeof v === 'number') return displayDoubleG(v);
  if (v instanceof CelUint) return String(v.value);
  if (v instanceof CelBytes) {
    const text = Buffer.from(v.bytes).toString('utf8');
    if (!Buffer.from(text).equals(Buffer.from(v.bytes))) throw evalError('invalid UTF-8 in bytes, cannot convert to string');
    return text;
  }
  if (v instanceof CelTimestamp) return displayTimestamp(v);
  if (v instanceof CelDuration) return displayDuration(v.nanos);
  return v instanceof CelOpaque && (v.typeName === 'net.IP' || v.typeName === 'net.CIDR') ? v.identity : undefined;
};

/** To a truth value: the words that Go takes for one. */
export const toBool: Implementation = ([v]) => {
  if (typeof v === 'boolean') return v;
  if (typeof v !== 'string') return undefined;
  const value = Object.hasOwn(TRUTH, v) ? TRUTH[v] : undefined;
  if (value === undefined) throw conversionError(v, 'bool');
  return value;
};
