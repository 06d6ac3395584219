import { FluxError } from '@flux-ts/base';

/** How a quantity prints: with decimal suffixes, with binary ones, or with an exponent. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** An exact amount, `unscaled` times ten to the `scale`, and how it prints. */
export interface Quantity {
  readonly unscaled: bigint;
  readonly scale: number;
  readonly format: QuantityFormat;
}

/** A text that is no quantity, with Kubernetes' words. */
export class QuantityError extends FluxError<'QUANTITY_INVALID'> {}

const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const DECIMAL_SUFFIX: ReadonlyMap<number, string> = new Map(Object.entries(DECIMAL).map(([suffix, exponent]) => [exponent, suffix]));
const BINARY_SUFFIX: ReadonlyMap<number, string> = new Map(Object.entries(BINARY).map(([suffix, exponent]) => [exponent, suffix]));

const NANO = -9;
const FAST_DIGITS = 18;
const MAX = 2n ** 63n - 1n;
const WRONG_FORMAT = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

function fail(message: string): never {
  throw new QuantityError({ code: 'QUANTITY_INVALID', message });
}

/** The parts of a quantity's text: sign, digits before and after the point, suffix; `value` is the number as it was written. */
export interface QuantityParts {
  readonly positive: boolean;
  readonly value: string;
  readonly num: string;
  readonly denom: string;
  readonly suffix: string;
}

/** Cuts a quantity's text into its parts. @throws QuantityError */
export function quantityParts(text: string): QuantityParts {
  const match = /^([+-]?)0*(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/.exec(text);
  if (match === null) fail(WRONG_FORMAT);
  const [, sign = '', digits = '', denom = '', suffix = ''] = match as RegExpExecArray;
  const zeros = /^[+-]?0*$/.test(text);
  return {
    positive: sign !== '-',
    value: zeros ? '0' : text.slice(0, text.length - suffix.length),
    num: digits === '' ? '0' : digits,
    denom,
    suffix,
  };
}

function interpret(suffix: string): { readonly base: 2 | 10; readonly exponent: number; readonly format: QuantityFormat } {
  const decimal = DECIMAL[suffix];
  if (decimal !== undefined && Object.hasOwn(DECIMAL, suffix)) return { base: 10, exponent: decimal, format: 'DecimalSI' };
  const binary = Object.hasOwn(BINARY, suffix) ? BINARY[suffix] : undefined;
  if (binary !== undefined) return { base: 2, exponent: binary, format: 'BinarySI' };
  if (/^[eE][-+]?\d+$/.test(suffix) && Math.abs(Number(suffix.slice(1))) < 2 ** 31)
    return { base: 10, exponent: Number(suffix.slice(1)), format: 'DecimalExponent' };
  return fail("unable to parse quantity's suffix");
}

/** Reads a quantity ("100m", "1.5Gi", "1e3"). Amounts below a billionth are rounded up to it. @throws QuantityError */
export function parseQuantity(text: string): Quantity {
  if (text === '') fail(WRONG_FORMAT);
  if (text === '0') return { unscaled: 0n, scale: 0, format: 'DecimalSI' };
  const { positive, value, num, denom, suffix } = quantityParts(text);
  const { base, exponent, format } = interpret(suffix);
  const digits = BigInt(num + denom);
  const sign = positive ? 1n : -1n;
  if (base === 10 && num.length + denom.length <= FAST_DIGITS && exponent - denom.length >= NANO) {
    return { unscaled: sign * digits, scale: exponent - denom.length, format };
  }
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(value)) fail('unable to parse numeric part of quantity');
  // an exponent far below what is kept would only make huge numbers to round away
  if (base === 10 && exponent - denom.length < NANO - 100 - num.length - denom.length)
    return { unscaled: digits === 0n ? 0n : sign, scale: digits === 0n ? 0 : NANO, format };
  if (base === 10 && exponent > 100) return { unscaled: digits === 0n ? 0n : sign * MAX, scale: 0, format };
  let amount =
    base === 10 ? { unscaled: digits, scale: exponent - denom.length } : { unscaled: digits << BigInt(exponent), scale: -denom.length };
  amount = roundAway(amount, NANO);
  if (compareAmounts(amount, { unscaled: MAX, scale: 0 }) > 0) amount = { unscaled: MAX, scale: 0 };
  const small = format === 'BinarySI' && amount.unscaled > 0n && compareAmounts(amount, { unscaled: 1n, scale: 0 }) < 0;
  return { unscaled: sign * amount.unscaled, scale: amount.scale, format: small ? 'DecimalSI' : format };
}

interface Amount {
  readonly unscaled: bigint;
  readonly scale: number;
}

const pow10 = (exponent: number): bigint => 10n ** BigInt(exponent);

/** Rounds to a multiple of ten to the `scale`, away from zero. */
function roundAway(amount: Amount, scale: number): Amount {
  if (amount.scale >= scale) return amount;
  const divisor = pow10(scale - amount.scale);
  const quotient = amount.unscaled / divisor;
  const rest = amount.unscaled % divisor;
  return { unscaled: rest === 0n ? quotient : quotient + (amount.unscaled < 0n ? -1n : 1n), scale };
}

/** Beyond this many digits between two amounts the smaller one does not count. */
const FAR_DIGITS = 1000;

/** About how many digits an amount has before its point. */
function magnitude({ unscaled, scale }: Amount): number {
  return unscaled === 0n ? -Infinity : String(unscaled < 0n ? -unscaled : unscaled).length + scale;
}

function compareAmounts(a: Amount, b: Amount): number {
  const sign = Math.sign(Number(a.unscaled)) - Math.sign(Number(b.unscaled));
  if (sign !== 0 || a.unscaled === 0n) return Math.sign(sign);
  const difference = magnitude(a) - magnitude(b);
  if (Math.abs(difference) > 1) return difference > 0 === a.unscaled > 0n ? 1 : -1;
  const scale = Math.min(a.scale, b.scale);
  const x = a.unscaled * pow10(a.scale - scale);
  const y = b.unscaled * pow10(b.scale - scale);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Compares two quantities' amounts: negative, 0 or positive. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return compareAmounts(a, b);
}

/** Rounds up, away from zero, to a multiple of ten to the `scale`; `exact` says that nothing was lost. */
export function roundUpQuantity(quantity: Quantity, scale: number): { readonly quantity: Quantity; readonly exact: boolean } {
  const rounded = roundAway(quantity, scale);
  return { quantity: { ...rounded, format: quantity.format }, exact: compareAmounts(rounded, quantity) === 0 };
}

function combine(a: Quantity, b: Quantity, sign: bigint): Quantity {
  if (Math.abs(magnitude(a) - magnitude(b)) > FAR_DIGITS)
    return magnitude(a) > magnitude(b) ? a : { ...b, unscaled: sign * b.unscaled, format: a.unscaled === 0n ? b.format : a.format };
  const scale = Math.min(a.scale, b.scale);
  const unscaled = a.unscaled * pow10(a.scale - scale) + sign * b.unscaled * pow10(b.scale - scale);
  return { unscaled, scale, format: a.unscaled === 0n ? b.format : a.format };
}

/** Adds; the first one's format wins unless it is zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return combine(a, b, 1n);
}

/** Subtracts; the first one's format wins unless it is zero. */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return combine(a, b, -1n);
}

/** Multiplies; `exact` is false where the product does not fit 64 bits. */
export function multiplyQuantity(quantity: Quantity, factor: bigint): { readonly quantity: Quantity; readonly exact: boolean } {
  const unscaled = quantity.unscaled * factor;
  return { quantity: { ...quantity, unscaled }, exact: BigInt.asIntN(64, unscaled) === unscaled };
}

/** Turns the sign round. */
export function negateQuantity(quantity: Quantity): Quantity {
  return { ...quantity, unscaled: -quantity.unscaled };
}

/** The amount in units of ten to the `scale`, rounded up; at most what 64 bits hold. */
export function scaledValue(quantity: Quantity, scale: number): bigint {
  const { unscaled, scale: at } = roundAway(quantity, scale);
  if (at - scale > FAR_DIGITS) return unscaled < 0n ? -MAX : unscaled === 0n ? 0n : MAX;
  return unscaled * pow10(at - scale);
}

/** The amount as a number, as near as a double gets. */
export function quantityNumber(quantity: Quantity): number {
  return Number(`${quantity.unscaled}e${quantity.scale}`);
}

/** Prints a quantity in canonical form: no fraction, the largest suffix that needs none. */
export function formatQuantity(quantity: Quantity): string {
  if (quantity.unscaled === 0n) return '0';
  let { format } = quantity;
  if (format === 'BinarySI') {
    const whole = roundUpQuantity(quantity, 0);
    const size = quantityAbs(quantity);
    if (compareAmounts(size, { unscaled: 1024n, scale: 0 }) < 0 || !whole.exact) format = 'DecimalSI';
    else return formatBinary(whole.quantity.unscaled * pow10(whole.quantity.scale));
  }
  let { unscaled, scale } = roundAway(quantity, NANO);
  while (unscaled % 10n === 0n) {
    unscaled /= 10n;
    scale++;
  }
  while (scale % 3 !== 0) {
    unscaled *= 10n;
    scale--;
  }
  if (format === 'DecimalSI') return `${unscaled}${DECIMAL_SUFFIX.get(scale) ?? ''}`;
  return scale === 0 ? String(unscaled) : `${unscaled}e${scale}`;
}

function quantityAbs(quantity: Quantity): Amount {
  return quantity.unscaled < 0n ? { unscaled: -quantity.unscaled, scale: quantity.scale } : quantity;
}

function formatBinary(value: bigint): string {
  let amount = value;
  let exponent = 0;
  while (amount % 1024n === 0n && exponent < 60) {
    amount /= 1024n;
    exponent += 10;
  }
  return `${amount}${BINARY_SUFFIX.get(exponent) ?? ''}`;
}

/** Most of the quantities that people write: up to three digits and a suffix stay as they are. */
const CANONICAL = /^[1-9]\d{0,2}(?:[mkMG]|[KMGT]i)?$/;

/**
 * The canonical text of a quantity as JSON may hold it, a text or a number: "1024Mi" is "1Gi", "0.5" is "500m", 2 is "2".
 * @throws QuantityError
 */
export function canonicalQuantity(value: string | number | bigint): string {
  if (typeof value === 'string' && CANONICAL.test(value)) return value;
  return formatQuantity(parseQuantity(String(value).trim()));
}
