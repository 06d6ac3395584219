import { deepEqual, type JsonValue } from '@flux-ts/base';
import { formatGo } from '@flux-ts/gotemplate';

/** Equal as JSON Schema means it: 1 and 1.0 are the same. */
export function equalValues(a: JsonValue, b: JsonValue): boolean {
  return deepEqual(a, b);
}

/** Tells whether a number has no fraction. */
export function integral(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isInteger(value);
}

/** A decimal as digits times a power of ten. */
function decimal(value: number | bigint): readonly [digits: bigint, exponent: number] {
  const [mantissa, exponent] = String(value).split('e') as [string, string | undefined];
  const [whole, fraction] = mantissa.split('.') as [string, string | undefined];
  return [BigInt(whole + (fraction ?? '')), Number(exponent ?? 0) - (fraction ?? '').length];
}

/** Tells whether a number is a whole multiple of another, in exact decimals (0.3 is one of 0.1). */
export function isMultiple(value: number | bigint, step: number | bigint): boolean {
  const [a, ea] = decimal(value);
  const [b, eb] = decimal(step);
  if (b === 0n) return false;
  const shift = ea - eb;
  return shift >= 0 ? (a * 10n ** BigInt(shift)) % b === 0n : a % (b * 10n ** BigInt(-shift)) === 0n;
}

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Prints a number as messages have it: groups of three digits, and powers of ten where Go's %v has exponents. */
export function numberText(value: number | bigint): string {
  const text = typeof value === 'bigint' ? String(value) : formatGo('%v', [value]);
  const found = /^(-?)(\d+)(\.\d+)?(?:e([+-])(\d+))?$/.exec(text);
  if (found === null) return text;
  const [, sign, whole = '', fraction = '', exponentSign, exponent] = found;
  const mantissa = `${sign}${grouped(whole)}${fraction}`;
  if (exponent === undefined) return mantissa;
  const power = exponent.replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] as string);
  return `${mantissa}×10${exponentSign === '-' ? '⁻' : ''}${power}`;
}
