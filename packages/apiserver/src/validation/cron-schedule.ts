/** What is wrong with a schedule, in the words of the library that upstream reads it with; undefined where nothing is. */
export type ScheduleProblem = string | undefined;

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59, names: [] },
  { min: 0, max: 23, names: [] },
  { min: 1, max: 31, names: [] },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];
const WORDS = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);
const EVERY = /^@every ([+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/;

function integer(text: string, names: readonly string[]): number | string {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return names.length === 12 ? named + 1 : named;
  if (!/^[+-]?\d+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
  const value = Number(text);
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value;
}

function range(expression: string, { min, max, names }: Bounds): ScheduleProblem {
  const parts = expression.split('/');
  const ends = (parts[0] as string).split('-');
  const every = ends[0] === '*' || ends[0] === '?';
  const start = every ? min : integer(ends[0] as string, names);
  if (typeof start === 'string') return start;
  if (!every && ends.length > 2) return `too many hyphens: ${expression}`;
  let end = every ? max : ends.length === 2 ? integer(ends[1] as string, names) : start;
  if (typeof end === 'string') return end;
  if (parts.length > 2) return `too many slashes: ${expression}`;
  const step = parts.length === 2 ? integer(parts[1] as string, []) : 1;
  if (typeof step === 'string') return step;
  if (parts.length === 2 && !every && ends.length === 1) end = max;
  if (start < min) return `beginning of range (${start}) below minimum (${min}): ${expression}`;
  if (end > max) return `end of range (${end}) above maximum (${max}): ${expression}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`;
  return step === 0 ? `step of range should be a positive number: ${expression}` : undefined;
}

/**
 * Reads a schedule of a CronJob.
 * @see robfig/cron v3 parser.go
 */
export function scheduleProblem(schedule: string): ScheduleProblem {
  if (schedule === '') return 'empty spec string';
  let spec = schedule;
  if (/^(CRON_)?TZ=/.test(spec)) spec = spec.slice(spec.indexOf(' ') + 1).trim();
  if (spec.startsWith('@')) {
    if (WORDS.has(spec) || EVERY.test(spec)) return undefined;
    return spec.startsWith('@every ')
      ? `failed to parse duration ${spec}: time: invalid duration ${JSON.stringify(spec.slice(7))}`
      : `unrecognized descriptor: ${spec}`;
  }
  const fields = spec.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== FIELDS.length) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [i, field] of fields.entries())
    for (const expression of field.split(',')) {
      if (expression === '') continue;
      const problem = range(expression, FIELDS[i] as Bounds);
      if (problem !== undefined) return problem;
    }
  return undefined;
}
