import { goFunc } from '../functions.ts';
import { GO_TYPE, GoObject, type GoFunc, type TemplateValue } from '../model.ts';
import { compactInt } from '../number-literal.ts';
import { goQuote } from '../quote.ts';
import { structType, INT64, type GoType } from '../types.ts';
import { GoInt, GoNamedInt, goInt, goInt64, integerOf } from '../values.ts';
import { MONTHS, WEEKDAYS, civilFromSeconds, secondsFromCivil, weekdayOf, yearDayOf, type Civil } from './civil.ts';
import { formatNanoseconds, roundNanoseconds } from './duration.ts';
import { formatMoment, type Moment } from './format.ts';
import { inZone } from './parse.ts';
import { UTC, type Zone } from './zone.ts';

const TIME: GoType = structType('time.Time');
const DURATION: GoType = { name: 'time.Duration', kind: 'int64' };
const MONTH: GoType = { name: 'time.Month', kind: 'int' };
const WEEKDAY: GoType = { name: 'time.Weekday', kind: 'int' };
const SECOND = 1_000_000_000n;
const ZERO_SECONDS = -62_135_596_800;
const NUMBERS_OF_DURATION: Readonly<Record<string, bigint>> = { Nanoseconds: 1n, Microseconds: 1_000n, Milliseconds: 1_000_000n };
const FLOATS_OF_DURATION: Readonly<Record<string, number>> = { Seconds: 1e9, Minutes: 60e9, Hours: 3600e9 };

/** A Go time.Duration. */
export class GoDuration extends GoNamedInt {
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    super(DURATION, compactInt(nanoseconds), formatNanoseconds(nanoseconds));
    this.nanoseconds = nanoseconds;
  }

  override method(name: string): GoFunc | undefined {
    const { nanoseconds } = this;
    const whole = NUMBERS_OF_DURATION[name];
    if (whole !== undefined) return goFunc(name, [], () => goInt64(compactInt(nanoseconds / whole)));
    const float = FLOATS_OF_DURATION[name];
    if (float !== undefined) return goFunc(name, [], () => Number(nanoseconds) / float);
    const by = (give: (multiple: bigint) => bigint): GoFunc =>
      goFunc(name, [DURATION.name], ([multiple]: [GoNamedInt]) => new GoDuration(give(BigInt(multiple.value))));
    switch (name) {
      case 'String':
        return goFunc(name, [], () => this.string());
      case 'Abs':
        return goFunc(name, [], () => new GoDuration(nanoseconds < 0n ? -nanoseconds : nanoseconds));
      case 'Round':
        return by((multiple) => roundNanoseconds(nanoseconds, multiple));
      case 'Truncate':
        return by((multiple) => (multiple <= 0n ? nanoseconds : nanoseconds - (nanoseconds % multiple)));
      default:
        return undefined;
    }
  }
}

/** A Go time.Time. */
export class GoTime extends GoObject implements Moment {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly zone: Zone;

  constructor(moment: Moment) {
    super();
    this.seconds = moment.seconds;
    this.nanoseconds = moment.nanoseconds;
    this.zone = moment.zone;
  }

  /** Go's zero time: the year 1. */
  static zero(): GoTime {
    return new GoTime({ seconds: ZERO_SECONDS, nanoseconds: 0, zone: UTC });
  }

  /** The time of milliseconds since 1970. */
  static fromMs(ms: number, zone: Zone): GoTime {
    const seconds = Math.floor(ms / 1000);
    return new GoTime({ seconds, nanoseconds: Math.round((ms - seconds * 1000) * 1e6), zone });
  }

  get [GO_TYPE](): GoType {
    return TIME;
  }

  /** Nanoseconds since 1970. */
  get unixNano(): bigint {
    return BigInt(this.seconds) * SECOND + BigInt(this.nanoseconds);
  }

  override string(): string {
    return this.format('2006-01-02 15:04:05.999999999 -0700 MST');
  }

  override goString(): string {
    const c = this.#civil;
    const { name } = this.zone;
    const zone = name === 'UTC' ? 'time.UTC' : name === 'Local' ? 'time.Local' : `time.Location(${goQuote(name)})`;
    return `time.Date(${c.year}, time.${MONTHS[c.month - 1] as string}, ${c.day}, ${c.hour}, ${c.minute}, ${c.second}, ${this.nanoseconds}, ${zone})`;
  }

  override json(): string {
    return this.format('2006-01-02T15:04:05.999999999Z07:00');
  }

  /** Prints by a Go layout. */
  format(layout: string): string {
    return formatMoment(this, layout);
  }

  /** The same moment in another zone. */
  in(zone: Zone): GoTime {
    return new GoTime({ seconds: this.seconds, nanoseconds: this.nanoseconds, zone });
  }

  /** The time so many nanoseconds later. */
  add(nanoseconds: bigint): GoTime {
    const total = this.unixNano + nanoseconds;
    const rest = ((total % SECOND) + SECOND) % SECOND;
    return new GoTime({ seconds: Number((total - rest) / SECOND), nanoseconds: Number(rest), zone: this.zone });
  }

  get #civil(): Civil {
    return civilFromSeconds(this.seconds + this.zone.at(this.seconds).offset);
  }

  #addDate(years: number, months: number, days: number): GoTime {
    const c = this.#civil;
    const wall = secondsFromCivil({ ...c, year: c.year + years, month: c.month + months, day: c.day + days });
    return new GoTime({ seconds: inZone(wall, this.zone), nanoseconds: this.nanoseconds, zone: this.zone });
  }

  override method(name: string): GoFunc | undefined {
    return this.#getter(name) ?? this.#comparison(name) ?? this.#calculation(name);
  }

  #getter(name: string): GoFunc | undefined {
    const value = (give: () => TemplateValue): GoFunc => goFunc(name, [], give);
    switch (name) {
      case 'Year':
        return value(() => goInt(this.#civil.year));
      case 'Month':
        return value(() => new GoNamedInt(MONTH, this.#civil.month, MONTHS[this.#civil.month - 1] as string));
      case 'Day':
        return value(() => goInt(this.#civil.day));
      case 'Hour':
        return value(() => goInt(this.#civil.hour));
      case 'Minute':
        return value(() => goInt(this.#civil.minute));
      case 'Second':
        return value(() => goInt(this.#civil.second));
      case 'Nanosecond':
        return value(() => goInt(this.nanoseconds));
      case 'Weekday':
        return value(() => {
          const day = weekdayOf(this.seconds + this.zone.at(this.seconds).offset);
          return new GoNamedInt(WEEKDAY, day, WEEKDAYS[day] as string);
        });
      case 'YearDay':
        return value(() => goInt(yearDayOf(this.#civil)));
      case 'Unix':
        return value(() => goInt64(this.seconds));
      case 'UnixMilli':
        return value(() => goInt64(compactInt(this.unixNano / 1_000_000n)));
      case 'UnixMicro':
        return value(() => goInt64(compactInt(this.unixNano / 1_000n)));
      case 'UnixNano':
        return value(() => new GoInt(INT64, compactInt(this.unixNano)));
      case 'UTC':
        return value(() => this.in(UTC));
      case 'IsZero':
        return value(() => this.seconds === ZERO_SECONDS && this.nanoseconds === 0);
      case 'String':
        return value(() => this.string());
      default:
        return undefined;
    }
  }

  #comparison(name: string): GoFunc | undefined {
    const with_ = (give: (other: GoTime) => TemplateValue): GoFunc => goFunc(name, [TIME.name], ([other]: [GoTime]) => give(other));
    switch (name) {
      case 'After':
        return with_((other) => this.unixNano > other.unixNano);
      case 'Before':
        return with_((other) => this.unixNano < other.unixNano);
      case 'Equal':
        return with_((other) => this.unixNano === other.unixNano);
      case 'Compare':
        return with_((other) => goInt(this.unixNano < other.unixNano ? -1 : this.unixNano > other.unixNano ? 1 : 0));
      case 'Sub':
        return with_((other) => new GoDuration(this.unixNano - other.unixNano));
      default:
        return undefined;
    }
  }

  #calculation(name: string): GoFunc | undefined {
    const number = (value: TemplateValue): number => Number(integerOf(value));
    switch (name) {
      case 'Format':
        return goFunc(name, ['string'], ([layout]: [string]) => this.format(layout));
      case 'Add':
        return goFunc(name, [DURATION.name], ([duration]: [GoNamedInt]) => this.add(BigInt(duration.value)));
      case 'AddDate':
        return goFunc(name, ['int', 'int', 'int'], ([y, m, d]: [GoInt, GoInt, GoInt]) => this.#addDate(number(y), number(m), number(d)));
      case 'Round':
      case 'Truncate':
        return goFunc(name, [DURATION.name], ([duration]: [GoNamedInt]) => {
          const multiple = BigInt(duration.value);
          if (multiple <= 0n) return this;
          const since = this.unixNano - BigInt(ZERO_SECONDS) * SECOND;
          const rest = since % multiple;
          const up = name === 'Round' && rest * 2n >= multiple;
          return this.add(up ? multiple - rest : -rest);
        });
      default:
        return undefined;
    }
  }
}
