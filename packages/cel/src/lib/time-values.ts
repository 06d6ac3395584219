import { evalError } from '../errors.ts';
import { CelDuration, CelTimestamp, INT_MAX, INT_MIN } from '../values.ts';

const SECOND = 1_000_000_000n;
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
};
const FIRST = -62_135_596_800n;
const LAST = 253_402_300_799n;

/** Makes a duration. @throws CelError where it has no place in 64 bits of nanoseconds */
export function checkDuration(nanos: bigint): CelDuration {
  if (nanos < INT_MIN || nanos > INT_MAX) throw evalError('integer overflow');
  return new CelDuration(nanos);
}

/** Makes a point in time between the years 1 and 9999. @throws CelError outside of them */
export function checkTimestamp(nanos: bigint, offsetMinutes: number): CelTimestamp {
  const seconds = nanos >= 0n ? nanos / SECOND : -((-nanos + SECOND - 1n) / SECOND);
  if (seconds < FIRST || seconds > LAST) throw evalError('timestamp overflow');
  return new CelTimestamp(nanos, offsetMinutes);
}

/** Reads a Go duration in nanoseconds; `undefined` where it is none. */
export function parseGoDuration(text: string): bigint | undefined {
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of body.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const factor = UNITS[unit] as bigint;
    total += BigInt(whole === '' ? 0 : whole) * factor;
    if (fraction !== '') total += (BigInt(fraction) * factor) / 10n ** BigInt(fraction.length);
  }
  const signed = text.startsWith('-') ? -total : total;
  return signed < INT_MIN || signed > INT_MAX ? undefined : signed;
}

/** Reads a duration. @throws CelError where it is none */
export function readDuration(text: string): CelDuration {
  const nanos = parseGoDuration(text);
  if (nanos === undefined) throw evalError("type conversion error from 'string' to 'google.protobuf.Duration'");
  return new CelDuration(nanos);
}

/** Reads a time in RFC 3339; `undefined` where it is none. */
export function parseRfc3339(text: string): CelTimestamp | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(Date.UTC(2000, month - 1, 1, hour, minute, second));
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCDate() !== day) return undefined;
  const zone = match[8] as string;
  const offset = zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)));
  if (Math.abs(offset) >= 24 * 60) return undefined;
  const fraction = BigInt((match[7] ?? '').padEnd(9, '0').slice(0, 9));
  return new CelTimestamp(BigInt(date.getTime()) * 1_000_000n + fraction - BigInt(offset) * 60n * SECOND, offset);
}

/** Reads a point in time. @throws CelError where it is none */
export function readTimestamp(text: string): CelTimestamp {
  const value = parseRfc3339(text);
  if (value === undefined) throw evalError("type conversion error from 'string' to 'google.protobuf.Timestamp'");
  return checkTimestamp(value.nanos, value.offsetMinutes);
}
