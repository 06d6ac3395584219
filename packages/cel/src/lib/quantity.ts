import { evalError } from '../errors.ts';
import type { Implementation, Library } from '../functions.ts';
import { CelOpaque, INT_MAX, INT_MIN, type CelValue } from '../values.ts';

const TYPE = 'kubernetes.Quantity';
const NANO = 10n ** 9n;
const SUFFIXES: Readonly<Record<string, readonly [numerator: bigint, denominator: bigint]>> = {
  n: [1n, NANO],
  u: [1n, 10n ** 6n],
  m: [1n, 1000n],
  '': [1n, 1n],
  k: [1000n, 1n],
  M: [10n ** 6n, 1n],
  G: [NANO, 1n],
  T: [10n ** 12n, 1n],
  P: [10n ** 15n, 1n],
  E: [10n ** 18n, 1n],
  Ki: [1n << 10n, 1n],
  Mi: [1n << 20n, 1n],
  Gi: [1n << 30n, 1n],
  Ti: [1n << 40n, 1n],
  Pi: [1n << 50n, 1n],
  Ei: [1n << 60n, 1n],
};

function malformed(): Error {
  return evalError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
}

/** Reads a quantity in billionths, rounded away from zero; `undefined` where it is none. */
function parseNanos(text: string): bigint | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)|[eE]([+-]?\d{1,3}))?$/.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', suffix = '', exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  let [numerator, denominator] = SUFFIXES[suffix] as readonly [bigint, bigint];
  if (exponent !== undefined) {
    const power = 10n ** BigInt(Math.abs(Number(exponent)));
    if (exponent.startsWith('-')) denominator *= power;
    else numerator *= power;
  }
  const scaled = BigInt(`${whole}${fraction}` === '' ? 0 : `${whole}${fraction}`) * numerator * NANO;
  const divisor = denominator * 10n ** BigInt(fraction.length);
  const nanos = (scaled + divisor - 1n) / divisor;
  return sign === '-' ? -nanos : nanos;
}

function quantity(nanos: bigint): CelOpaque {
  return new CelOpaque(TYPE, String(nanos), nanos);
}

function nanosOf(value: CelValue | undefined): bigint | undefined {
  return value instanceof CelOpaque && value.typeName === TYPE ? (value.data as bigint) : undefined;
}

/** A method with another quantity. */
function withOther(run: (a: bigint, b: bigint) => CelValue): Implementation {
  return ([a, b]) => {
    const x = nanosOf(a);
    const y = typeof b === 'bigint' ? b * NANO : nanosOf(b);
    return x === undefined || y === undefined ? undefined : run(x, y);
  };
}

function alone(run: (nanos: bigint) => CelValue): Implementation {
  return ([a]) => {
    const nanos = nanosOf(a);
    return nanos === undefined ? undefined : run(nanos);
  };
}

function isInteger(nanos: bigint): boolean {
  return nanos % NANO === 0n && nanos / NANO >= INT_MIN && nanos / NANO <= INT_MAX;
}

/** Kubernetes' quantities: "1Gi", "500m". */
export const QUANTITY: Library = {
  signatures: `string_to_quantity: quantity(string) -> kubernetes.Quantity
is_quantity_string: isQuantity(string) -> bool
quantity_sign: sign(kubernetes.Quantity) -> int
quantity_is_greater_than: kubernetes.Quantity::isGreaterThan(kubernetes.Quantity) -> bool
quantity_is_less_than: kubernetes.Quantity::isLessThan(kubernetes.Quantity) -> bool
quantity_compare_to: kubernetes.Quantity::compareTo(kubernetes.Quantity) -> int
quantity_get_float: kubernetes.Quantity::asApproximateFloat() -> double
quantity_get_int: kubernetes.Quantity::asInteger() -> int
quantity_is_integer: kubernetes.Quantity::isInteger() -> bool
quantity_add: kubernetes.Quantity::add(kubernetes.Quantity) -> kubernetes.Quantity
quantity_add_int: kubernetes.Quantity::add(int) -> kubernetes.Quantity
quantity_sub: kubernetes.Quantity::sub(kubernetes.Quantity) -> kubernetes.Quantity
quantity_sub_int: kubernetes.Quantity::sub(int) -> kubernetes.Quantity`,
  implementations: {
    quantity: ([text]) => {
      if (typeof text !== 'string') return undefined;
      const nanos = parseNanos(text);
      if (nanos === undefined) throw malformed();
      return quantity(nanos);
    },
    isQuantity: ([text]) => (typeof text === 'string' ? parseNanos(text) !== undefined : undefined),
    sign: alone((n) => (n > 0n ? 1n : n < 0n ? -1n : 0n)),
    isGreaterThan: withOther((a, b) => a > b),
    isLessThan: withOther((a, b) => a < b),
    compareTo: withOther((a, b) => (a > b ? 1n : a < b ? -1n : 0n)),
    asApproximateFloat: alone((n) => Number(n) / 1e9),
    asInteger: alone((n) => {
      if (!isInteger(n)) throw evalError('cannot convert value to integer');
      return n / NANO;
    }),
    isInteger: alone(isInteger),
    add: withOther((a, b) => quantity(a + b)),
    sub: withOther((a, b) => quantity(a - b)),
  },
  types: [TYPE],
};
