// Long because every field of a layout has its own way to be read and its own complaint.
import { GoError } from '../errors.ts';
import { MONTHS, WEEKDAYS, daysFromCivil, daysInMonth, secondsFromCivil } from './civil.ts';
import type { Moment } from './format.ts';
import { splitLayout } from './layout.ts';
import { timeQuote } from './quote.ts';
import { UTC, fixedZone, type Zone } from './zone.ts';

/** A field that the value does not have: which part of the value, which of the layout. */
class Mismatch extends Error {}

class OutOfRange extends Error {}

/** What has been read so far. */
interface Fields {
  year: number;
  month: number;
  day: number;
  yearDay: number;
  hour: number;
  minute: number;
  second: number;
  nanoseconds: number;
  half: 'am' | 'pm' | undefined;
  zone: Zone | undefined;
  offset: number | undefined;
  zoneName: string;
}

class ValueReader {
  rest: string;
  readonly f: Fields = {
    year: 0,
    month: -1,
    day: -1,
    yearDay: -1,
    hour: 0,
    minute: 0,
    second: 0,
    nanoseconds: 0,
    half: undefined,
    zone: undefined,
    offset: undefined,
    zoneName: '',
  };

  constructor(value: string) {
    this.rest = value;
  }

  #take(length: number): string {
    const taken = this.rest.slice(0, length);
    if (taken.length < length) throw new Mismatch();
    this.rest = this.rest.slice(length);
    return taken;
  }

  #digits(pattern: RegExp): number {
    const found = pattern.exec(this.rest)?.[0];
    if (found === undefined) throw new Mismatch();
    this.rest = this.rest.slice(found.length);
    return Number(found);
  }

  /** One or two digits; exactly two where `fixed`. */
  #number(fixed: boolean): number {
    return this.#digits(fixed ? /^\d\d/ : /^\d\d?/);
  }

  #name(names: readonly string[], length?: number): number {
    for (const [i, name] of names.entries()) {
      const short = length === undefined ? name : name.slice(0, length);
      if (this.rest.slice(0, short.length).toLowerCase() === short.toLowerCase()) {
        this.rest = this.rest.slice(short.length);
        return i;
      }
    }
    throw new Mismatch();
  }

  /** Reads literal text: a blank matches any number of blanks. @returns what did not match, if anything */
  literal(text: string): { readonly layout: string; readonly value: string } | undefined {
    let at = text;
    while (at !== '') {
      if (at.startsWith(' ')) {
        if (this.rest !== '' && !this.rest.startsWith(' ')) return { layout: text, value: this.rest };
        at = at.replace(/^ +/, '');
        this.rest = this.rest.replace(/^ +/, '');
        continue;
      }
      if (this.rest === '' || this.rest[0] !== at[0]) return { layout: text, value: this.rest };
      at = at.slice(1);
      this.rest = this.rest.slice(1);
    }
    return undefined;
  }

  #within(value: number, low: number, high: number, what: string): number {
    if (value < low || value > high) throw new OutOfRange(what);
    return value;
  }

  #fraction(length: number): void {
    const text = this.#take(length);
    if (!/^[.,]\d+$/.test(text)) throw new Mismatch();
    this.f.nanoseconds = Number(text.slice(1, 10).padEnd(9, '0'));
  }

  /** Reads one field. `next` is the field after it in the layout. */
  field(field: string, next: string): void {
    const { f } = this;
    switch (field) {
      case '2006':
        if (!/^\d/.test(this.rest)) throw new Mismatch();
        f.year = this.#digits(/^\d{4}/);
        return;
      case '06': {
        const year = this.#digits(/^\d\d/);
        f.year = year >= 69 ? year + 1900 : year + 2000;
        return;
      }
      case 'January':
        f.month = this.#name(MONTHS) + 1;
        return;
      case 'Jan':
        f.month = this.#name(MONTHS, 3) + 1;
        return;
      case '1':
      case '01':
        f.month = this.#within(this.#number(field === '01'), 1, 12, 'month');
        return;
      case 'Monday':
        this.#name(WEEKDAYS);
        return;
      case 'Mon':
        this.#name(WEEKDAYS, 3);
        return;
      case '_2':
      case '2':
      case '02':
        if (field === '_2' && this.rest.startsWith(' ')) this.rest = this.rest.slice(1);
        f.day = this.#number(field === '02');
        return;
      case '__2':
      case '002':
        if (field === '__2') this.rest = this.rest.replace(/^ {1,2}/, '');
        f.yearDay = this.#digits(field === '002' ? /^\d{3}/ : /^\d{1,3}/);
        return;
      case '15':
        f.hour = this.#within(this.#number(false), 0, 23, 'hour');
        return;
      case '3':
      case '03':
        f.hour = this.#within(this.#number(field === '03'), 0, 12, 'hour');
        return;
      case '4':
      case '04':
        f.minute = this.#within(this.#number(field === '04'), 0, 59, 'minute');
        return;
      case '5':
      case '05':
        this.#second(field === '05', next);
        return;
      case 'PM':
      case 'pm':
        this.#half(field);
        return;
      case 'MST':
        this.#zoneName();
        return;
      default:
        if (/^[-Z]/.test(field)) this.#offset(field);
        else if (field[1] === '0') this.#fraction(field.length);
        else if (/^[.,]\d/.test(this.rest)) this.#fraction((/^[.,]\d+/.exec(this.rest) as RegExpExecArray)[0].length);
    }
  }

  #second(fixed: boolean, next: string): void {
    this.f.second = this.#within(this.#number(fixed), 0, 59, 'second');
    // a fraction is read even where the layout has none
    if (/^[.,]\d/.test(this.rest) && !/^[.,]/.test(next)) this.#fraction((/^[.,]\d+/.exec(this.rest) as RegExpExecArray)[0].length);
  }

  #half(field: string): void {
    const half = this.#take(2);
    const upper = field === 'PM';
    if (half !== (upper ? 'AM' : 'am') && half !== (upper ? 'PM' : 'pm')) throw new Mismatch();
    this.f.half = half.toLowerCase() as 'am' | 'pm';
  }

  #offset(field: string): void {
    if (field.startsWith('Z') && this.rest.startsWith('Z')) {
      this.rest = this.rest.slice(1);
      this.f.zone = UTC;
      return;
    }
    const colon = field.includes(':');
    const pairs = field.replace(/\D/g, '').length / 2;
    const pattern = new RegExp(
      `^([+-])(\\d\\d)${pairs > 1 ? `${colon ? ':' : ''}(\\d\\d)` : ''}${pairs > 2 ? `${colon ? ':' : ''}(\\d\\d)` : ''}`,
    );
    const match = pattern.exec(this.rest);
    if (match === null) throw new Mismatch();
    this.rest = this.rest.slice(match[0].length);
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = match;
    this.#within(Number(hours), 0, 24, 'time zone offset hour');
    this.#within(Number(minutes), 0, 60, 'time zone offset minute');
    this.#within(Number(seconds), 0, 60, 'time zone offset second');
    const offset = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
    this.f.offset = sign === '-' ? -offset : offset;
  }

  #zoneName(): void {
    if (this.rest.startsWith('UTC')) {
      this.rest = this.rest.slice(3);
      this.f.zone = UTC;
      return;
    }
    const match = /^(?:ChST|MeST|GMT(?:[+-]\d{1,2})?|[+-]\d\d(?:\d\d)?|WITA|[A-Z]{4}T|[A-Z]{3}T|[A-Z]{3})/.exec(this.rest);
    if (match === null || /^[A-Z]/.test(this.rest.slice(match[0].length))) throw new Mismatch();
    this.f.zoneName = match[0];
    this.rest = this.rest.slice(match[0].length);
  }
}

/** How the zone of a value is found. */
export interface ParseZones {
  /** The zone of values that name none. */
  readonly local: Zone;
}

/** Reads a time by a Go layout, as `time.ParseInLocation`. @throws GoError with Go's text */
export function parseMoment(layout: string, value: string, zones: ParseZones): Moment {
  const fail = (layoutPart: string, valuePart: string): never => {
    throw new GoError(
      `parsing time ${timeQuote(value)} as ${timeQuote(layout)}: cannot parse ${timeQuote(valuePart)} as ${timeQuote(layoutPart)}`,
    );
  };
  const complain = (message: string): never => {
    throw new GoError(`parsing time ${timeQuote(value)}: ${message}`);
  };
  const reader = new ValueReader(value);
  const pieces = splitLayout(layout);
  pieces.forEach((piece, i) => {
    const missed = reader.literal(piece.literal);
    if (missed !== undefined) fail(missed.layout, missed.value);
    if (piece.field === '') return;
    const hold = reader.rest;
    const next = pieces[i + 1];
    try {
      reader.field(piece.field, next?.literal === '' ? next.field : '');
    } catch (error) {
      if (error instanceof OutOfRange) complain(`${error.message} out of range`);
      if (error instanceof Mismatch) fail(piece.field, hold);
      throw error;
    }
  });
  if (reader.rest !== '') complain(`extra text: ${timeQuote(reader.rest)}`);
  return momentOf(reader.f, zones, complain);
}

/** Settles month and day from the day of the year. */
function settleDay(f: Fields, complain: (message: string) => never): void {
  if (f.yearDay < 0) {
    if (f.month < 0) f.month = 1;
    if (f.day < 0) f.day = 1;
    if (f.day < 1 || f.day > daysInMonth(f.year, f.month)) complain('day out of range');
    return;
  }
  const length = daysFromCivil(f.year + 1, 1, 1) - daysFromCivil(f.year, 1, 1);
  if (f.yearDay < 1 || f.yearDay > length) complain('day-of-year out of range');
  let month = 1;
  let day = f.yearDay;
  while (day > daysInMonth(f.year, month)) day -= daysInMonth(f.year, month++);
  if (f.month >= 0 && f.month !== month) complain('day-of-year does not match month');
  if (f.day >= 0 && f.day !== day) complain('day-of-year does not match day');
  f.month = month;
  f.day = day;
}

function momentOf(f: Fields, zones: ParseZones, complain: (message: string) => never): Moment {
  if (f.half === 'pm' && f.hour < 12) f.hour += 12;
  else if (f.half === 'am' && f.hour === 12) f.hour = 0;
  settleDay(f, complain);
  const wall = secondsFromCivil(f);
  const { nanoseconds } = f;
  if (f.zone !== undefined) return { seconds: wall, nanoseconds, zone: f.zone };
  if (f.offset !== undefined) {
    const seconds = wall - f.offset;
    const here = zones.local.at(seconds);
    const isLocal = here.offset === f.offset && (f.zoneName === '' || here.abbreviation === f.zoneName);
    return { seconds, nanoseconds, zone: isLocal ? zones.local : fixedZone(f.zoneName, f.offset) };
  }
  if (f.zoneName !== '') {
    const here = zones.local.at(wall);
    if (here.abbreviation === f.zoneName) return { seconds: wall - here.offset, nanoseconds, zone: zones.local };
    const hours = f.zoneName.startsWith('GMT') && f.zoneName.length > 3 ? Number(f.zoneName.slice(3)) : 0;
    return { seconds: wall, nanoseconds, zone: fixedZone(f.zoneName, hours * 3600) };
  }
  return { seconds: inZone(wall, zones.local), nanoseconds, zone: zones.local };
}

/** The moment of a wall time in a zone, as Go's `time.Date` finds it. */
export function inZone(wall: number, zone: Zone): number {
  const first = zone.at(wall).offset;
  const guess = wall - first;
  const second = zone.at(guess).offset;
  return second === first ? guess : wall - second;
}
