import { evalError } from '../errors.ts';
import type { Implementation, Library } from '../functions.ts';
import { CelDuration, CelTimestamp, type CelValue } from '../values.ts';

const SECOND = 1_000_000_000n;

/** The minutes east of UTC that a zone has at a time: "+01:00", "01:00", "UTC", or a name such as Europe/Berlin. */
function zoneOffset(zone: string, at: CelTimestamp): number {
  const fixed = /^([+-]?)(\d{1,2}):(\d\d)$/.exec(zone);
  if (fixed !== null) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3]));
  if (zone === 'UTC' || zone === '') return 0;
  try {
    const ms = Number(at.nanos / 1_000_000n);
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(new Date(ms));
    const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
    const match = /GMT([+-])(\d\d):(\d\d)/.exec(name);
    return match === null ? 0 : (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
  } catch (error) {
    if (error instanceof RangeError) throw evalError(`unknown time zone ${zone}`);
    throw error;
  }
}

/** A date whose UTC fields are those of a place. */
function localDate(at: CelTimestamp, zone: CelValue | undefined): Date {
  const offset = typeof zone === 'string' ? zoneOffset(zone, at) : 0;
  const nanos = at.nanos + BigInt(offset) * 60n * SECOND;
  const ms = nanos >= 0n ? nanos / 1_000_000n : -((-nanos + 999_999n) / 1_000_000n);
  return new Date(Number(ms));
}

function dayOfYear(date: Date): number {
  const start = new Date(0);
  start.setUTCFullYear(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - start.getTime()) / 86_400_000);
}

function field(read: (date: Date) => number, unit?: bigint): Implementation {
  return ([value, zone]) => {
    if (value instanceof CelTimestamp) return BigInt(read(localDate(value, zone)));
    return value instanceof CelDuration && unit !== undefined ? value.nanos / unit : undefined;
  };
}

function signatures(name: string, id: string, withDuration: boolean): string {
  return [
    `timestamp_to_${id}: timestamp::${name}() -> int`,
    `timestamp_to_${id}_with_tz: timestamp::${name}(string) -> int`,
    ...(withDuration ? [`duration_to_${id}: duration::${name}() -> int`] : []),
  ].join('\n');
}

/** The parts of times and durations. */
export const TIME: Library = {
  signatures: [
    signatures('getFullYear', 'year', false),
    signatures('getMonth', 'month', false),
    signatures('getDayOfYear', 'day_of_year', false),
    signatures('getDayOfMonth', 'day_of_month', false),
    signatures('getDate', 'day_of_month_1_based', false),
    signatures('getDayOfWeek', 'day_of_week', false),
    signatures('getHours', 'hours', true),
    signatures('getMinutes', 'minutes', true),
    signatures('getSeconds', 'seconds', true),
    signatures('getMilliseconds', 'milliseconds', true),
  ].join('\n'),
  implementations: {
    getFullYear: field((d) => d.getUTCFullYear()),
    getMonth: field((d) => d.getUTCMonth()),
    getDayOfYear: field(dayOfYear),
    getDayOfMonth: field((d) => d.getUTCDate() - 1),
    getDate: field((d) => d.getUTCDate()),
    getDayOfWeek: field((d) => d.getUTCDay()),
    getHours: field((d) => d.getUTCHours(), 3600n * SECOND),
    getMinutes: field((d) => d.getUTCMinutes(), 60n * SECOND),
    getSeconds: field((d) => d.getUTCSeconds(), SECOND),
    getMilliseconds: field((d) => d.getUTCMilliseconds(), 1_000_000n),
  },
};
