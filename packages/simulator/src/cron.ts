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
const BOUNDS: readonly (readonly [number, number, readonly string[]])[] = [
  [0, 59, []],
  [0, 23, []],
  [1, 31, []],
  [1, 12, MONTHS],
  [0, 6, DAYS],
];
const LONGEST_MINUTES = 4 * 366 * 24 * 60;

function field(text: string, bounds: readonly [number, number, readonly string[]]): ReadonlySet<number> | undefined {
  const [low, high, names] = bounds;
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

/**
 * The first time after another at which a cron schedule (five fields, names, steps, `@daily` and the like; UTC) fires.
 * @returns milliseconds since the epoch, or undefined where the schedule cannot be read or never fires
 */
export function nextRun(schedule: string, afterMs: number): number | undefined {
  const fields = (MACROS[schedule.trim()] ?? schedule.trim().replace(/^(CRON_)?TZ=\S+\s+/, '')).split(/\s+/);
  if (fields.length !== 5) return undefined;
  const sets = fields.map((text, i) => field(text, BOUNDS[i] as readonly [number, number, readonly string[]]));
  const [minutes, hours, days, months, weekdays] = sets;
  if (minutes === undefined || hours === undefined || days === undefined || months === undefined || weekdays === undefined)
    return undefined;
  const anyDay = /^[*?]/.test(fields[2] as string);
  const anyWeekday = /^[*?]/.test(fields[4] as string);
  let at = Math.floor(afterMs / 60_000) + 1;
  for (const end = at + LONGEST_MINUTES; at < end; at++) {
    const time = new Date(at * 60_000);
    const onDay = days.has(time.getUTCDate());
    const onWeekday = weekdays.has(time.getUTCDay());
    const dayFits = anyDay || anyWeekday ? onDay && onWeekday : onDay || onWeekday;
    if (!months.has(time.getUTCMonth() + 1) || !dayFits) at += 24 * 60 - 1 - (at % (24 * 60));
    else if (!hours.has(time.getUTCHours())) at += 59 - (at % 60);
    else if (minutes.has(time.getUTCMinutes())) return at * 60_000;
  }
  return undefined;
}
