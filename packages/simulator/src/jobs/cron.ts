import { parseDuration } from '@flux-ts/base';

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
type Bounds = readonly [low: number, high: number, names: readonly string[]];
const BOUNDS: readonly Bounds[] = [
  [0, 59, []],
  [0, 23, []],
  [1, 31, []],
  [1, 12, MONTHS],
  [0, 6, DAYS],
];
const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const LONGEST_MINUTES = 4 * 366 * DAY_MINUTES;

function field(text: string, [low, high, names]: Bounds): ReadonlySet<number> | undefined {
  const out = new Set<number>();
  const number = (word: string): number => {
    const named = names.indexOf(word.toLowerCase());
    return named < 0 ? (/^\d+$/.test(word) ? Number(word) : Number.NaN) : named + low;
  };
  for (const part of text.split(',')) {
    const [range = '', stepText] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    const [fromText = '', toText] = range === '*' || range === '?' ? [String(low), String(high)] : range.split('-');
    const from = number(fromText);
    const to = toText === undefined ? (stepText === undefined ? from : high) : number(toText);
    const limit = high === 6 ? 7 : high;
    if (!(step >= 1) || !(from >= low) || !(to <= limit) || !(from <= to)) return undefined;
    for (let n = from; n <= to; n += step) out.add(high === 6 ? n % 7 : n);
  }
  return out;
}

/** Tells whether a time zone is known (`Europe/Berlin`, `Etc/UTC`). */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // a RangeError says that it is not
  }
}

/** How far a zone's clocks are ahead of UTC at a time, in minutes. */
function offsetIn(zone: string | undefined): (atMs: number) => number {
  if (zone === undefined || /^(Etc\/)?(UTC|GMT)$/.test(zone)) return () => 0;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  return (atMs) => {
    const parts = new Map(format.formatToParts(new Date(atMs)).map((part) => [part.type, Number(part.value)]));
    const at = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    return Math.round((Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute')) - atMs) / MINUTE_MS);
  };
}

/** A schedule that can be asked for its times. */
export type Schedule = (afterMs: number) => number | undefined;

/**
 * Reads a cron schedule: five fields, names, steps, `@daily` and the like, `@every 1h`.
 * @param zone the time zone that it is meant in; default UTC
 * @returns what gives the first time (milliseconds since the epoch) after another at which it fires, or undefined where it
 *   cannot be read
 */
export function readSchedule(schedule: string, zone?: string): Schedule | undefined {
  const text = schedule.trim();
  const every = /^@every\s+(\S+)$/.exec(text)?.[1];
  if (every !== undefined) return readEvery(every);
  const fields = (MACROS[text] ?? text.replace(/^(CRON_)?TZ=\S+\s+/, '')).split(/\s+/);
  if (fields.length !== 5) return undefined;
  const [minutes, hours, days, months, weekdays] = fields.map((one, i) => field(one, BOUNDS[i] as Bounds));
  if (minutes === undefined || hours === undefined || days === undefined || months === undefined || weekdays === undefined)
    return undefined;
  const anyDay = /^[*?]/.test(fields[2] as string);
  const anyWeekday = /^[*?]/.test(fields[4] as string);
  const offset = offsetIn(zone);
  return (afterMs) => {
    let at = Math.floor(afterMs / MINUTE_MS) + 1;
    for (const end = at + LONGEST_MINUTES; at < end; at++) {
      const local = at + offset(at * MINUTE_MS);
      const time = new Date(local * MINUTE_MS);
      const [onDay, onWeekday] = [days.has(time.getUTCDate()), weekdays.has(time.getUTCDay())];
      const dayFits = anyDay || anyWeekday ? onDay && onWeekday : onDay || onWeekday;
      // an hour at a time where the clocks may change in between, else a day
      const skip = offset((at + DAY_MINUTES) * MINUTE_MS) === local - at ? DAY_MINUTES : 60;
      if (!months.has(time.getUTCMonth() + 1) || !dayFits) at += skip - 1 - (local % skip);
      else if (!hours.has(time.getUTCHours())) at += 59 - (local % 60);
      else if (minutes.has(time.getUTCMinutes())) return at * MINUTE_MS;
    }
    return undefined;
  };
}

function readEvery(text: string): Schedule | undefined {
  try {
    const everyMs = Math.max(1000, Math.floor(parseDuration(text) / 1000) * 1000);
    return (afterMs) => Math.floor(afterMs / 1000) * 1000 + everyMs;
  } catch {
    return undefined; // not a duration
  }
}

/**
 * The first time after another at which a cron schedule fires.
 * @returns milliseconds since the epoch, or undefined where the schedule cannot be read or never fires
 */
export function nextRun(schedule: string, afterMs: number, zone?: string): number | undefined {
  return readSchedule(schedule, zone)?.(afterMs);
}
