import { MONTHS, WEEKDAYS, civilFromSeconds, weekdayOf, yearDayOf, type Civil } from './civil.ts';
import { splitLayout } from './layout.ts';
import type { Zone } from './zone.ts';

/** A moment to print. */
export interface Moment {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly zone: Zone;
}

function pad(value: number, width: number): string {
  return value < 0 ? `-${String(-value).padStart(width, '0')}` : String(value).padStart(width, '0');
}

function offsetText(offset: number, field: string): string {
  if (offset === 0 && field.startsWith('Z')) return 'Z';
  const abs = Math.abs(offset);
  const minutes = Math.floor(abs / 60);
  const sign = Math.trunc(offset / 60) < 0 ? '-' : '+';
  const colon = field.includes(':') ? ':' : '';
  const digits = field.replace(/\D/g, '').length;
  const rest = digits === 2 ? '' : colon + pad(minutes % 60, 2);
  return sign + pad(Math.floor(minutes / 60), 2) + rest + (digits === 6 ? colon + pad(abs % 60, 2) : '');
}

function fraction(nanoseconds: number, field: string): string {
  const digits = pad(nanoseconds, 9).slice(0, field.length - 1);
  if (field[1] === '0') return (field[0] as string) + digits;
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : (field[0] as string) + trimmed;
}

function yearText(year: number): string {
  return pad(year, 4);
}

function hour12(hour: number): number {
  return hour % 12 === 0 ? 12 : hour % 12;
}

interface View {
  readonly c: Civil;
  readonly local: number;
  readonly nanoseconds: number;
  readonly abbreviation: string;
  readonly offset: number;
}

function fieldText(field: string, v: View): string {
  const { c } = v;
  switch (field) {
    case '2006':
      return yearText(c.year);
    case '06':
      return pad(Math.abs(c.year) % 100, 2);
    case 'January':
      return MONTHS[c.month - 1] as string;
    case 'Jan':
      return (MONTHS[c.month - 1] as string).slice(0, 3);
    case '1':
      return String(c.month);
    case '01':
      return pad(c.month, 2);
    case 'Monday':
      return WEEKDAYS[weekdayOf(v.local)] as string;
    case 'Mon':
      return (WEEKDAYS[weekdayOf(v.local)] as string).slice(0, 3);
    case '2':
      return String(c.day);
    case '_2':
      return String(c.day).padStart(2, ' ');
    case '02':
      return pad(c.day, 2);
    case '__2':
      return String(yearDayOf(c)).padStart(3, ' ');
    case '002':
      return pad(yearDayOf(c), 3);
    case '15':
      return pad(c.hour, 2);
    case '3':
      return String(hour12(c.hour));
    case '03':
      return pad(hour12(c.hour), 2);
    case '4':
      return String(c.minute);
    case '04':
      return pad(c.minute, 2);
    case '5':
      return String(c.second);
    case '05':
      return pad(c.second, 2);
    case 'PM':
      return c.hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return c.hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return v.abbreviation === '' ? offsetText(v.offset, '-0700') : v.abbreviation;
    default:
      return /^[-Z]/.test(field) ? offsetText(v.offset, field) : fraction(v.nanoseconds, field);
  }
}

/** Prints a moment by a Go layout ("2006-01-02T15:04:05Z07:00"). */
export function formatMoment(moment: Moment, layout: string): string {
  const { abbreviation, offset } = moment.zone.at(moment.seconds);
  const local = moment.seconds + offset;
  const view: View = { c: civilFromSeconds(local), local, nanoseconds: moment.nanoseconds, abbreviation, offset };
  return splitLayout(layout)
    .map((piece) => piece.literal + (piece.field === '' ? '' : fieldText(piece.field, view)))
    .join('');
}
