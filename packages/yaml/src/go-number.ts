/** An integer as Go's int64 or uint64 holds it, or what is left of a text that is none. */
export type GoInteger = bigint | number;

const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** A JS number where it is exact, else a bigint. */
export function normalInteger(value: bigint): GoInteger {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

/** Digits of a base without sign, as strconv.ParseUint with that base reads them (no underscores). */
export function parseDigits(text: string, base: 2 | 8 | 10 | 16): bigint | undefined {
  if (text === '') return undefined;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i) | 32;
    const value = c >= 97 ? c - 87 : text.charCodeAt(i) >= 48 && text.charCodeAt(i) <= 57 ? text.charCodeAt(i) - 48 : 99;
    if (value >= base) return undefined;
  }
  const prefix = base === 10 ? '' : base === 16 ? '0x' : base === 8 ? '0o' : '0b';
  return BigInt(prefix + text);
}

/**
 * Reads an integer as strconv.ParseInt(text, 0, 64) and then ParseUint would: decimal, `0x`, `0o`, `0b` and a
 * leading `0` for octal; a sign only for int64. @param text without underscores
 */
export function parseGoInteger(text: string): GoInteger | undefined {
  const signed = text.startsWith('-') || text.startsWith('+');
  const body = signed ? text.slice(1) : text;
  let base: 2 | 8 | 10 | 16 = 10;
  let digits = body;
  if (body.length > 1 && body.startsWith('0')) {
    const mark = body[1] as string;
    if (body.length >= 3 && (mark === 'x' || mark === 'X')) base = 16;
    else if (body.length >= 3 && (mark === 'o' || mark === 'O')) base = 8;
    else if (body.length >= 3 && (mark === 'b' || mark === 'B')) base = 2;
    else base = 8;
    digits = base === 8 && mark !== 'o' && mark !== 'O' ? body.slice(1) : body.slice(2);
  }
  if (base === 10 && digits.length < 16) {
    // the common case, without bigint
    if (!/^[0-9]+$/.test(digits)) return undefined;
    const value = Number(digits);
    return text.startsWith('-') && value !== 0 ? -value : value;
  }
  const magnitude = parseDigits(digits, base);
  if (magnitude === undefined) return undefined;
  const value = text.startsWith('-') ? -magnitude : magnitude;
  if (value >= MIN_INT64 && value <= MAX_INT64) return normalInteger(value);
  return !signed && value <= MAX_UINT64 ? value : undefined;
}

/** Whether an integer fits into Go's int64. */
export function fitsInt64(value: bigint): boolean {
  return value >= MIN_INT64 && value <= MAX_INT64;
}

/** Whether an integer fits into Go's uint64. */
export function fitsUint64(value: bigint): boolean {
  return value >= 0n && value <= MAX_UINT64;
}

/**
 * Prints a float64 as strconv.FormatFloat(v, 'g', -1, 64) does: the shortest digits, an exponent of at least two
 * digits below 1e-4 and from 1e6 on. Infinities and NaN as YAML writes them.
 */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (value === Number.POSITIVE_INFINITY) return '.inf';
  if (value === Number.NEGATIVE_INFINITY) return '-.inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  return general(value.toExponential());
}

/** As {@link formatFloat} for the float32 nearest to the value: FormatFloat(v, 'g', -1, 32). */
export function formatFloat32(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single) || single === 0) return formatFloat(single);
  let digits = 0;
  while (Math.fround(Number(single.toExponential(digits))) !== single) digits++;
  return general(single.toExponential(digits));
}

function general(text: string): string {
  const [mantissa, exponent] = text.split('e') as [string, string];
  const power = Number(exponent);
  if (power >= -4 && power < 6) return fixed(mantissa, power);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

/** Writes `d.ddd` times a power of ten without an exponent. */
function fixed(mantissa: string, power: number): string {
  const negative = mantissa.startsWith('-');
  const digits = mantissa.replace(/[-.]/g, '');
  let out: string;
  if (power < 0) out = `0.${'0'.repeat(-power - 1)}${digits}`;
  else if (digits.length <= power + 1) out = digits + '0'.repeat(power + 1 - digits.length);
  else out = `${digits.slice(0, power + 1)}.${digits.slice(power + 1)}`;
  return negative ? `-${out}` : out;
}
