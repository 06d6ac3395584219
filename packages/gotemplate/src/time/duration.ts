import { GoError } from '../errors.ts';
import { timeQuote } from './quote.ts';

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);
const LIMIT = 2n ** 63n;

/** Reads a duration as Go's `time.ParseDuration`, in nanoseconds. @throws GoError with Go's text */
export function parseNanoseconds(text: string): bigint {
  const fail = (message: string): never => {
    throw new GoError(`time: ${message}`);
  };
  const invalid = `invalid duration ${timeQuote(text)}`;
  const sign = text.startsWith('-') ? -1n : 1n;
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0n;
  if (rest === '') fail(invalid);
  let total = 0n;
  while (rest !== '') {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest) as RegExpExecArray;
    const [all, whole = '', fraction = ''] = number;
    if (whole === '' && fraction === '') return fail(invalid);
    rest = rest.slice(all.length);
    const unit = /^[^.\d]+/.exec(rest)?.[0];
    if (unit === undefined) return fail(`missing unit in duration ${timeQuote(text)}`);
    rest = rest.slice(unit.length);
    const scale = UNITS.get(unit);
    if (scale === undefined) return fail(`unknown unit ${timeQuote(unit)} in duration ${timeQuote(text)}`);
    total += BigInt(whole === '' ? 0 : whole) * scale;
    if (fraction !== '') total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    if (total > LIMIT || (total === LIMIT && sign > 0n)) return fail(invalid);
  }
  return sign * total;
}

function decimal(value: bigint, unit: bigint): string {
  const fraction = (value % unit)
    .toString()
    .padStart(unit.toString().length - 1, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(value / unit) : `${value / unit}.${fraction}`;
}

/** Prints nanoseconds as Go's `Duration.String`: 1h0m0s, 1.5s, 10ms, 0s. */
export function formatNanoseconds(value: bigint): string {
  if (value === 0n) return '0s';
  const sign = value < 0n ? '-' : '';
  const abs = value < 0n ? -value : value;
  if (abs < 1_000n) return `${sign}${abs}ns`;
  if (abs < 1_000_000n) return `${sign}${decimal(abs, 1_000n)}\u00b5s`;
  if (abs < 1_000_000_000n) return `${sign}${decimal(abs, 1_000_000n)}ms`;
  const minutes = abs / 60_000_000_000n;
  const seconds = `${decimal(abs % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return sign + seconds;
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** Rounds nanoseconds to a multiple, halves away from zero, as Go's `Duration.Round`. */
export function roundNanoseconds(value: bigint, multiple: bigint): bigint {
  if (multiple <= 0n) return value;
  const rest = value % multiple;
  const abs = rest < 0n ? -rest : rest;
  const down = value - rest;
  if (abs * 2n < multiple) return down;
  return value < 0n ? down - multiple : down + multiple;
}
