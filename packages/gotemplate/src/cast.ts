import { compactInt, parseGoFloat, parseGoInteger } from './number-literal.ts';
import { formatValue } from './fmt.ts';
import { bytesToText } from './text.ts';
import { GoBytes, GoInt, GoNamedInt, typeName } from './values.ts';
import { GoObject, type MaybeValue } from './model.ts';

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;

/** Wraps an integer into int64, as Go's arithmetic does. */
export function wrapInt64(value: number | bigint): number | bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  return compactInt(BigInt.asIntN(64, BigInt(value)));
}

/** Cuts a float to int64, as Go does on amd64: the smallest int64 for what does not fit. */
export function floatToInt64(value: number): number | bigint {
  if (!(Math.abs(value) < 2 ** 63)) return value === -(2 ** 63) ? MIN_INT64 : MIN_INT64;
  const whole = Math.trunc(value);
  return Number.isSafeInteger(whole) ? whole + 0 : compactInt(BigInt(whole));
}

function textToInt64(text: string): number | bigint {
  if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return Number(text);
  const value = parseGoInteger(text.replace(/\.0+$/, ''));
  return value === undefined || value < MIN_INT64 || value > MAX_INT64 ? 0 : compactInt(value);
}

function isCalendar(value: GoNamedInt): boolean {
  const name = typeName(value);
  return name === 'time.Month' || name === 'time.Weekday';
}

/** What sprig's `int64` makes of a value: 0 where it cannot be cast. */
export function toInt64(value: MaybeValue): number | bigint {
  switch (typeof value) {
    case 'number':
      return floatToInt64(value);
    case 'bigint':
      return value;
    case 'string':
      return textToInt64(value);
    case 'boolean':
      return value ? 1 : 0;
    default:
      if (value instanceof GoInt) return wrapInt64(value.value);
      return value instanceof GoNamedInt && isCalendar(value) ? value.value : 0;
  }
}

/** What sprig's `float64` makes of a value: 0 where it cannot be cast. */
export function toFloat64(value: MaybeValue): number {
  switch (typeof value) {
    case 'number':
      return value;
    case 'string': {
      const parsed = parseGoFloat(value);
      const overflow = parsed !== undefined && !Number.isFinite(parsed) && !/inf/i.test(value) && !Number.isNaN(parsed);
      return parsed === undefined || overflow ? 0 : parsed;
    }
    default:
      return Number(toInt64(value));
  }
}

/** The text that sprig makes of a value (its `toString`): strings and bytes as they are, `String()` and `Error()`, else as `%v`. */
export function toText(value: MaybeValue): string {
  if (typeof value === 'string') return value;
  if (value instanceof GoBytes) return bytesToText(value.bytes);
  return (value instanceof GoObject ? value.string() : undefined) ?? formatValue(value);
}
