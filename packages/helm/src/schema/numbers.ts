import { deepEqual, type JsonValue } from '@flux-ts/base';

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

/** Prints a number as messages have it. */
export function numberText(value: number | bigint): string {
  return String(value);
}
