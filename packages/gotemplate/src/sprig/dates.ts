import type { Clock } from '@flux-ts/base';
import { GoError } from '../errors.ts';
import { goFunc } from '../functions.ts';
import type { GoFunc, MaybeValue, TemplateValue } from '../model.ts';
import { formatNanoseconds, parseNanoseconds, roundNanoseconds } from '../time/duration.ts';
import { GoTime } from '../time/go-time.ts';
import { parseMoment } from '../time/parse.ts';
import { UTC, ZoneDatabase, type Zone } from '../time/zone.ts';
import { GoInt, GoNamedInt, goTypeOf, integerOf } from '../values.ts';

const SECOND = 1_000_000_000n;
const HOUR = 3600n * SECOND;
const STEPS: readonly (readonly [bigint, string])[] = [
  [HOUR * 24n * 365n, 'y'],
  [HOUR * 24n * 30n, 'mo'],
  [HOUR * 24n, 'd'],
  [HOUR, 'h'],
  [60n * SECOND, 'm'],
  [SECOND, 's'],
];

/** The largest unit of a span, cut to a whole number. */
function roundSpan(nanoseconds: bigint): string {
  const abs = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  for (const [unit, letter] of STEPS) if (abs > unit) return `${abs / unit}${letter}`;
  return '0s';
}

function orElse<T>(run: () => T, otherwise: T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof GoError) return otherwise;
    throw error;
  }
}

/** The seconds of an int, int64 or int32; `undefined` for everything else. */
function epochOf(value: MaybeValue): number | undefined {
  if (value instanceof GoNamedInt) return undefined;
  const kind = goTypeOf(value)?.kind;
  return kind === 'int' || kind === 'int64' || kind === 'int32' ? Number(integerOf(value)) : undefined;
}

function isInt64(value: MaybeValue): boolean {
  return typeof value === 'bigint' || (value instanceof GoInt && value.type.name === 'int64');
}

function durationText([seconds]: readonly MaybeValue[]): string {
  if (typeof seconds === 'string') return formatNanoseconds((/^[+-]?\d+$/.test(seconds) ? BigInt(seconds.replace('+', '')) : 0n) * SECOND);
  return formatNanoseconds(isInt64(seconds) ? BigInt(integerOf(seconds) as number | bigint) * SECOND : 0n);
}

/** Where the functions of dates take time and zones from. */
export interface DateEnvironment {
  readonly clock: Clock;
  /** The zone that Go calls Local. Default UTC. */
  readonly timeZone?: string;
}

/** The functions of dates. `Differs:` a time from `now` prints without Go's monotonic reading (`m=+0.01`). */
export function dateFunctions(env: DateEnvironment): readonly GoFunc[] {
  const zones = new ZoneDatabase(env.timeZone);
  const now = (): GoTime => GoTime.fromMs(env.clock.now(), zones.local);
  const timeOf = (value: MaybeValue): GoTime => {
    if (value instanceof GoTime) return value;
    const seconds = epochOf(value);
    return seconds === undefined ? now() : new GoTime({ seconds, nanoseconds: 0, zone: zones.local });
  };
  const inZone = (layout: string, date: MaybeValue, zone: string): string => {
    const place: Zone = zones.load(zone) ?? UTC;
    return timeOf(date).in(place).format(layout);
  };
  const parse = (layout: string, text: string): GoTime => new GoTime(parseMoment(layout, text, { local: zones.local }));
  const modify = (span: string, date: GoTime): GoTime => date.add(parseNanoseconds(span));
  const since = (date: GoTime): bigint => now().unixNano - date.unixNano;
  const spanOf = (value: MaybeValue): bigint => {
    if (typeof value === 'string') return orElse(() => parseNanoseconds(value), 0n);
    if (value instanceof GoTime) return since(value);
    return isInt64(value) ? BigInt(integerOf(value) as number | bigint) : 0n;
  };
  const zoned = (name: string): GoFunc =>
    goFunc(name, ['string', 'any', 'string'], ([layout, date, zone]: [string, TemplateValue, string]) => inZone(layout, date, zone));
  const modified = (name: string): GoFunc =>
    goFunc(name, ['string', 'time.Time'], ([span, date]: [string, GoTime]) => orElse(() => modify(span, date), date));
  const mustModified = (name: string): GoFunc =>
    goFunc(name, ['string', 'time.Time'], ([span, date]: [string, GoTime]) => modify(span, date));
  return [
    goFunc('now', [], now),
    goFunc('date', ['string', 'any'], ([layout, date]: [string, TemplateValue]) => inZone(layout, date, 'Local')),
    goFunc('htmlDate', ['any'], ([date]: [TemplateValue]) => inZone('2006-01-02', date, 'Local')),
    goFunc('htmlDateInZone', ['any', 'string'], ([date, zone]: [TemplateValue, string]) => inZone('2006-01-02', date, zone)),
    zoned('dateInZone'),
    zoned('date_in_zone'),
    modified('dateModify'),
    modified('date_modify'),
    mustModified('mustDateModify'),
    mustModified('must_date_modify'),
    goFunc('toDate', ['string', 'string'], ([layout, text]: [string, string]) => orElse(() => parse(layout, text), GoTime.zero())),
    goFunc('mustToDate', ['string', 'string'], ([layout, text]: [string, string]) => parse(layout, text)),
    goFunc('unixEpoch', ['time.Time'], ([date]: [GoTime]) => String(date.seconds)),
    goFunc('ago', ['any'], ([date]: [TemplateValue]) => formatNanoseconds(roundNanoseconds(since(timeOf(date)), SECOND))),
    goFunc('duration', ['any'], durationText),
    goFunc('durationRound', ['any'], ([value]: [TemplateValue]) => roundSpan(spanOf(value))),
  ];
}
