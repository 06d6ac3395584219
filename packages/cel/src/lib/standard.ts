import { evalError } from '../errors.ts';
import type { Implementation, Library } from '../functions.ts';
import { typeNameOf } from '../type-names.ts';
import {
  CelBytes,
  CelDuration,
  CelList,
  CelMap,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  equals,
  numericOf,
  sameNumber,
  type CelValue,
} from '../values.ts';
import { toBool, toDouble, toInt, toText, toUint, uintOf as uint, intOf as int } from './conversions.ts';
import { matchesPattern } from './regex.ts';
import { STANDARD_SIGNATURES } from './standard-signatures.ts';
import { checkDuration, checkTimestamp, readDuration, readTimestamp } from './time-values.ts';

/** An operator on two numbers of one type. */
function arithmetic(operator: '+' | '-' | '*' | '/' | '%'): Implementation {
  const integers = (a: bigint, b: bigint): bigint => {
    if (operator === '+') return a + b;
    if (operator === '-') return a - b;
    if (operator === '*') return a * b;
    if (b === 0n) throw evalError(operator === '/' ? 'division by zero' : 'modulus by zero');
    return operator === '/' ? a / b : a % b;
  };
  const doubles = (a: number, b: number): number | undefined =>
    operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : operator === '/' ? a / b : undefined;
  return ([a, b]) => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return int(integers(a, b));
    if (a instanceof CelUint && b instanceof CelUint) return uint(integers(a.value, b.value));
    return typeof a === 'number' && typeof b === 'number' ? doubles(a, b) : undefined;
  };
}

const plain = { add: arithmetic('+'), subtract: arithmetic('-') };

const add: Implementation = (args) => {
  const [a, b] = args;
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (a instanceof CelList && b instanceof CelList) return a.concat(b);
  if (a instanceof CelBytes && b instanceof CelBytes) return new CelBytes(Buffer.concat([a.bytes, b.bytes]));
  if (a instanceof CelDuration && b instanceof CelDuration) return checkDuration(a.nanos + b.nanos);
  if (a instanceof CelDuration && b instanceof CelTimestamp) return checkTimestamp(a.nanos + b.nanos, b.offsetMinutes);
  if (a instanceof CelTimestamp && b instanceof CelDuration) return checkTimestamp(a.nanos + b.nanos, a.offsetMinutes);
  return plain.add(args);
};

const subtract: Implementation = (args) => {
  const [a, b] = args;
  if (a instanceof CelDuration && b instanceof CelDuration) return checkDuration(a.nanos - b.nanos);
  if (a instanceof CelTimestamp && b instanceof CelTimestamp) return checkDuration(a.nanos - b.nanos);
  if (a instanceof CelTimestamp && b instanceof CelDuration) return checkTimestamp(a.nanos - b.nanos, a.offsetMinutes);
  return plain.subtract(args);
};

function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Orders two values; `undefined` where they have no order, NaN where one is no number. */
function order(a: CelValue, b: CelValue): number | undefined {
  const x = numericOf(a);
  const y = numericOf(b);
  if (x !== undefined && y !== undefined) return x < y ? -1 : x > y ? 1 : sameNumber(x, y) ? 0 : Number.NaN;
  if (typeof a === 'string' && typeof b === 'string') return byCodePoints(a, b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof CelBytes && b instanceof CelBytes) return Buffer.compare(a.bytes, b.bytes);
  const same = (a instanceof CelTimestamp && b instanceof CelTimestamp) || (a instanceof CelDuration && b instanceof CelDuration);
  if (!same) return undefined;
  const [m, n] = [(a as CelDuration).nanos, (b as CelDuration).nanos];
  return m < n ? -1 : m > n ? 1 : 0;
}

function comparison(test: (order: number) => boolean): Implementation {
  return ([a, b]) => {
    const result = order(a as CelValue, b as CelValue);
    return result === undefined ? undefined : test(result);
  };
}

const IMPLEMENTATIONS: Readonly<Record<string, Implementation>> = {
  '!_': ([v]) => (typeof v === 'boolean' ? !v : undefined),
  '-_': ([v]) => (typeof v === 'bigint' ? int(-v) : typeof v === 'number' ? -v : undefined),
  '_==_': ([a, b]) => equals(a as CelValue, b as CelValue),
  '_!=_': ([a, b]) => !equals(a as CelValue, b as CelValue),
  '_+_': add,
  '_-_': subtract,
  '_*_': arithmetic('*'),
  '_/_': arithmetic('/'),
  '_%_': arithmetic('%'),
  '_<_': comparison((o) => o < 0),
  '_<=_': comparison((o) => o <= 0),
  '_>_': comparison((o) => o > 0),
  '_>=_': comparison((o) => o >= 0),
  '@in': ([v, container]) =>
    container instanceof CelList
      ? container.contains(v as CelValue)
      : container instanceof CelMap
        ? container.find(v as CelValue) !== undefined
        : undefined,
  size: ([v]) =>
    typeof v === 'string'
      ? BigInt(Array.from(v).length)
      : v instanceof CelBytes
        ? BigInt(v.bytes.length)
        : v instanceof CelList || v instanceof CelMap
          ? BigInt(v.size)
          : undefined,
  type: ([v]) => new CelTypeValue(typeNameOf(v as CelValue)),
  dyn: ([v]) => v as CelValue,
  bool: toBool,
  bytes: ([v]) => (v instanceof CelBytes ? v : typeof v === 'string' ? new CelBytes(Buffer.from(v)) : undefined),
  double: toDouble,
  int: toInt,
  uint: toUint,
  string: toText,
  duration: ([v]) => {
    if (typeof v === 'bigint') throw evalError("type conversion error from 'int' to 'google.protobuf.Duration'");
    return v instanceof CelDuration ? v : typeof v === 'string' ? readDuration(v) : undefined;
  },
  timestamp: ([v]) =>
    v instanceof CelTimestamp
      ? v
      : typeof v === 'bigint'
        ? checkTimestamp(v * 1_000_000_000n, 0)
        : typeof v === 'string'
          ? readTimestamp(v)
          : undefined,
  contains: ([s, t]) => (typeof s === 'string' && typeof t === 'string' ? s.includes(t) : undefined),
  startsWith: ([s, t]) => (typeof s === 'string' && typeof t === 'string' ? s.startsWith(t) : undefined),
  endsWith: ([s, t]) => (typeof s === 'string' && typeof t === 'string' ? s.endsWith(t) : undefined),
  matches: ([s, t]) => (typeof s === 'string' && typeof t === 'string' ? matchesPattern(s, t) : undefined),
  'cel.@mapInsert': ([map, key, value]) => mapInsert(map as CelValue, key as CelValue, value),
};

function mapInsert(map: CelValue, key: CelValue, value: CelValue | undefined): CelValue | undefined {
  if (!(map instanceof CelMap)) return undefined;
  const added: [CelValue, CelValue][] =
    value === undefined ? (key instanceof CelMap ? key.keys().map((k) => [k, key.get(k)]) : []) : [[key, value]];
  for (const [k] of added) if (map.find(k) !== undefined) throw evalError(`insert failed: key ${String(k as string)} already exists`);
  return new CelMap([...map.keys().map((k): [CelValue, CelValue] => [k, map.get(k)]), ...added]);
}

/** The language's own functions and operators. */
export const STANDARD: Library = {
  signatures: STANDARD_SIGNATURES,
  implementations: IMPLEMENTATIONS,
  types: [
    'bool',
    'bytes',
    'double',
    'int',
    'list',
    'map',
    'null_type',
    'string',
    'type',
    'uint',
    'google.protobuf.Duration',
    'google.protobuf.Timestamp',
  ],
};

/** Macros over keys and values need one function more. */
export const MAP_INSERT: Library = {
  signatures: `cel_map_insert_map_map: cel.@mapInsert(map(K, V), map(K, V)) -> map(K, V)
cel_map_insert_map_key_value: cel.@mapInsert(map(K, V), K, V) -> map(K, V)`,
  implementations: IMPLEMENTATIONS,
};
