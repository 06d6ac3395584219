import type { CelTimestamp } from './values.ts';

/** Prints a double as Go's shortest form. */
export function displayDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const abs = Math.abs(value);
  const text = abs !== 0 && (abs < 1e-4 || abs >= 1e21) ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Prints a duration in seconds: "3723.004s". */
export function displayDuration(nanos: bigint): string {
  // cel-go goes through a float of seconds
  const seconds = Number(nanos / 1_000_000_000n) + Number(nanos % 1_000_000_000n) / 1e9;
  const text = String(seconds);
  return `${/e/.test(text) ? seconds.toFixed(20).replace(/0+$/, '') : text}s`;
}

/** Prints a point in time as RFC 3339 with as many digits of a second as it has. */
export function displayTimestamp({ nanos, offsetMinutes }: CelTimestamp): string {
  const local = nanos + BigInt(offsetMinutes) * 60_000_000_000n;
  const seconds = local >= 0n ? local / 1_000_000_000n : -((-local + 999_999_999n) / 1_000_000_000n);
  const fraction = (local - seconds * 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  const date = new Date(Number(seconds) * 1000).toISOString();
  const year = date.startsWith('+') ? date.slice(1, 7) : date.slice(0, 4);
  const rest = date.slice(date.startsWith('+') || date.startsWith('-') ? 7 : 4, -5);
  const abs = Math.abs(offsetMinutes);
  const zone =
    offsetMinutes === 0
      ? 'Z'
      : `${offsetMinutes < 0 ? '-' : '+'}${String(Math.floor(abs / 60)).padStart(2, '0')}:${String(abs % 60).padStart(2, '0')}`;
  return `${year}${rest}${fraction === '' ? '' : `.${fraction}`}${zone}`;
}

/** Prints a double as Go's 'g' does: exponents from a million on. */
export function displayDoubleG(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const scientific = value.toExponential();
  const exponent = Number(scientific.split('e')[1]);
  return exponent < -4 || exponent >= 6 ? scientific.replace(/e([+-])(\d)$/, 'e$10$2') : String(value);
}
