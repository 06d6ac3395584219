import { Lru } from '@flux-ts/base';
import { daysFromCivil, secondsFromCivil } from './civil.ts';

/** What holds at one moment in a zone. */
export interface ZoneMoment {
  readonly abbreviation: string;
  /** Seconds east of UTC. */
  readonly offset: number;
}

/** A location of Go's time package. */
export interface Zone {
  /** `UTC`, `Local`, a name of the tz database, or empty for a fixed offset. */
  readonly name: string;
  at(unixSeconds: number): ZoneMoment;
}

/** UTC. */
export const UTC: Zone = { name: 'UTC', at: () => ({ abbreviation: 'UTC', offset: 0 }) };

/** A zone of one offset, named or not. */
export function fixedZone(abbreviation: string, offset: number): Zone {
  return { name: abbreviation, at: () => ({ abbreviation, offset }) };
}

/** The tz database's abbreviations for the names that ICU gives; zones that are not here have numbers, as there. */
const ABBREVIATIONS: Readonly<Record<string, string>> = {
  'Central European Standard Time': 'CET',
  'Central European Summer Time': 'CEST',
  'Eastern European Standard Time': 'EET',
  'Eastern European Summer Time': 'EEST',
  'Western European Standard Time': 'WET',
  'Western European Summer Time': 'WEST',
  'Greenwich Mean Time': 'GMT',
  'British Summer Time': 'BST',
  'Irish Standard Time': 'IST',
  'Moscow Standard Time': 'MSK',
  'India Standard Time': 'IST',
  'Japan Standard Time': 'JST',
  'Korean Standard Time': 'KST',
  'China Standard Time': 'CST',
  'Taipei Standard Time': 'CST',
  'Hong Kong Standard Time': 'HKT',
  'Pakistan Standard Time': 'PKT',
  'Philippine Standard Time': 'PST',
  'Israel Standard Time': 'IST',
  'Israel Daylight Time': 'IDT',
  'Western Indonesia Time': 'WIB',
  'Central Indonesia Time': 'WITA',
  'Eastern Indonesia Time': 'WIT',
  'South Africa Standard Time': 'SAST',
  'East Africa Time': 'EAT',
  'Central Africa Time': 'CAT',
  'West Africa Standard Time': 'WAT',
  'West Africa Time': 'WAT',
  'Australian Eastern Standard Time': 'AEST',
  'Australian Eastern Daylight Time': 'AEDT',
  'Australian Central Standard Time': 'ACST',
  'Australian Central Daylight Time': 'ACDT',
  'Australian Western Standard Time': 'AWST',
  'New Zealand Standard Time': 'NZST',
  'New Zealand Daylight Time': 'NZDT',
  'Atlantic Standard Time': 'AST',
  'Atlantic Daylight Time': 'ADT',
  'Newfoundland Standard Time': 'NST',
  'Newfoundland Daylight Time': 'NDT',
  'Cuba Standard Time': 'CST',
  'Cuba Daylight Time': 'CDT',
  'Samoa Standard Time': 'SST',
  'Chamorro Standard Time': 'ChST',
  'Coordinated Universal Time': 'UTC',
};

function numeric(offset: number): string {
  const minutes = Math.abs(Math.trunc(offset / 60));
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}${minutes % 60 === 0 ? '' : two(minutes % 60)}`;
}

/**
 * The zones of ICU's database; formatters are kept because making one is slow.
 * `Differs:` ICU has no abbreviations of its own; those of rarely used zones and of war times may be numbers here.
 */
export class ZoneDatabase {
  readonly #zones = new Lru<string, Zone>(64);
  readonly #local: string;

  /** @param local the name of the zone that Go calls Local */
  constructor(local = 'UTC') {
    this.#local = local;
  }

  /** The machine's zone: as `local` says, but named Local. */
  get local(): Zone {
    const zone = this.load(this.#local) ?? UTC;
    return { name: 'Local', at: (seconds) => zone.at(seconds) };
  }

  /** Go's `time.LoadLocation`; `undefined` where there is no such zone. */
  load(name: string): Zone | undefined {
    if (name === '' || name === 'UTC') return UTC;
    if (name === 'Local') return this.local;
    if (!/^[A-Z][A-Za-z0-9_+/-]*$/.test(name)) return undefined;
    const known = this.#zones.get(name);
    if (known !== undefined) return known;
    const zone = icuZone(name);
    if (zone !== undefined) this.#zones.set(name, zone);
    return zone;
  }
}

/** Middle of January and of July in years with and without summer time. */
const NAMED: readonly number[] = [1972, 1982, 2000].flatMap((year) => [1, 7].map((month) => daysFromCivil(year, month, 15) * 86_400_000));

function icuZone(name: string): Zone | undefined {
  let parts: Intl.DateTimeFormat;
  let short: Intl.DateTimeFormat;
  let long: Intl.DateTimeFormat;
  try {
    const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
    parts = new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', era: 'short', ...fields });
    short = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'short' });
    long = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'long' });
  } catch {
    return undefined; // a RangeError: ICU does not know the name
  }
  const zoneName = (format: Intl.DateTimeFormat, ms: number): string =>
    format.formatToParts(ms).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const offsetAt = (ms: number): number => {
    const got = Object.fromEntries(parts.formatToParts(ms).map((part) => [part.type, part.value]));
    const year = got['era'] === 'BC' ? 1 - Number(got['year']) : Number(got['year']);
    const field = (name: string): number => Number(got[name]);
    const wall = { year, month: field('month'), day: field('day'), hour: field('hour'), minute: field('minute'), second: field('second') };
    return secondsFromCivil(wall) - Math.floor(ms / 1000);
  };
  const abbreviationAt = (ms: number): string | undefined => {
    const usual = zoneName(short, ms);
    return ABBREVIATIONS[zoneName(long, ms)] ?? (/^[A-Z]{3,5}$/.test(usual) ? usual : undefined);
  };
  // ICU has names from 1970 on; before that, the first later moment of the same offset lends its own
  const lent = (offset: number): string | undefined => {
    const later = NAMED.find((ms) => offsetAt(ms) === offset);
    return later === undefined ? undefined : abbreviationAt(later);
  };
  return {
    name,
    at(unixSeconds) {
      const ms = unixSeconds * 1000;
      const offset = offsetAt(ms);
      return { abbreviation: abbreviationAt(ms) ?? (ms < 0 ? lent(offset) : undefined) ?? numeric(offset), offset };
    },
  };
}
