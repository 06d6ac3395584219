/** A time as Go's time.Time prints it in RFC 3339 with nanoseconds, and its parts. */
export interface GoTime {
  /** `2006-01-02T15:04:05.999999999Z07:00`. */
  readonly text: string;
}

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const TIME = /^(\d{4})-(\d{1,2})-(\d{1,2})([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[-+]\d\d:\d\d)?$/;

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function two(text: string): string {
  return text.padStart(2, '0');
}

/**
 * Reads the timestamps that go-yaml knows: a date, a date and time with `T` or `t` and a zone, or with a space and
 * no zone. Undefined for any other text.
 */
export function parseTimestamp(text: string): GoTime | undefined {
  // every form starts with a year of four digits and a dash
  if (text.charCodeAt(4) !== 45 || text.length < 8) return undefined;
  const date = DATE.exec(text);
  const match = date ?? TIME.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, separator, hour, minute, second, fraction, zone] = match as unknown as string[];
  const monthNumber = Number(month);
  const dayNumber = Number(day);
  if (monthNumber < 1 || monthNumber > 12 || dayNumber < 1 || dayNumber > daysIn(Number(year), monthNumber)) return undefined;
  const head = `${year}-${two(month as string)}-${two(day as string)}`;
  if (date !== null) return { text: `${head}T00:00:00Z` };
  if ((separator === ' ') !== (zone === undefined)) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const end = zone === undefined ? 'Z' : zoneText(zone);
  if (end === undefined) return undefined;
  const nanos = (fraction ?? '').slice(0, 9).replace(/0+$/, '');
  return {
    text: `${head}T${two(hour as string)}:${two(minute as string)}:${two(second as string)}${nanos === '' ? '' : `.${nanos}`}${end}`,
  };
}

/** Go prints an offset of nothing as `Z` and refuses offsets of 24 hours and more. */
function zoneText(zone: string): string | undefined {
  if (zone === 'Z') return 'Z';
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4, 6));
  if (hours > 24 || minutes > 60) return undefined;
  if (hours === 0 && minutes === 0) return 'Z';
  const total = hours * 60 + minutes;
  return `${zone[0] as string}${two(String(Math.floor(total / 60)))}:${two(String(total % 60))}`;
}
