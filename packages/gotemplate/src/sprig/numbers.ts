import { toFloat64, toInt64, wrapInt64 } from '../cast.ts';
import { addDecimal, decimalOf, decimalToFloat, divideDecimal, multiplyDecimal, subtractDecimal, type Decimal } from '../decimal.ts';
import { GoError } from '../errors.ts';
import { formatValue } from '../fmt.ts';
import { goFunc } from '../functions.ts';
import { compactInt } from '../number-literal.ts';
import { GoInt, goInt, goInt64, intSlice } from '../values.ts';
import type { CallContext, GoFunc, MaybeValue } from '../model.ts';

type Values = readonly MaybeValue[];
type Whole = number | bigint;

function small(a: Whole, b: Whole, limit: number): boolean {
  return typeof a === 'number' && typeof b === 'number' && Math.abs(a) <= limit && Math.abs(b) <= limit;
}

function add(a: Whole, b: Whole): Whole {
  return small(a, b, 2 ** 51) ? (a as number) + (b as number) : wrapInt64(BigInt(a) + BigInt(b));
}

function multiply(a: Whole, b: Whole): Whole {
  return small(a, b, 2 ** 25) ? (a as number) * (b as number) + 0 : wrapInt64(BigInt(a) * BigInt(b));
}

function divide(a: Whole, b: Whole, remainder: boolean): Whole {
  if (b === 0 || b === 0n) throw new GoError('runtime error: integer divide by zero');
  return wrapInt64(compactInt(remainder ? BigInt(a) % BigInt(b) : BigInt(a) / BigInt(b)));
}

function fold(name: string, params: readonly string[], step: (a: Whole, b: Whole) => Whole): GoFunc {
  return goFunc(name, params, ([first, ...rest]: Values) =>
    goInt64(rest.reduce<Whole>((sum, arg) => step(sum, toInt64(arg)), toInt64(first))),
  );
}

function foldFloat(name: string, params: readonly string[], step: (a: number, b: number) => number): GoFunc {
  return goFunc(name, params, ([first, ...rest]: Values) => rest.reduce<number>((sum, arg) => step(sum, toFloat64(arg)), toFloat64(first)));
}

function foldDecimal(first: MaybeValue, rest: Values, step: (a: Decimal, b: Decimal) => Decimal): number {
  return decimalToFloat(rest.reduce<Decimal>((sum, arg) => step(sum, decimalOf(toFloat64(arg))), decimalOf(toFloat64(first))));
}

function decimals(name: string, step: (a: Decimal, b: Decimal) => Decimal): GoFunc {
  return goFunc(name, ['any', '...any'], ([first, ...rest]: Values) => foldDecimal(first, rest, step));
}

/** The integers from start to stop, stop left out. Each one costs a step of the budget. */
function steps(start: number, stop: number, step: number, ctx: CallContext): number[] {
  const out: number[] = [];
  if (stop < start ? step >= 0 : step <= 0) return out;
  for (let i = start; stop < start ? i > stop : i < stop; i += step) {
    ctx.budget.step();
    out.push(i);
  }
  return out;
}

function int(value: MaybeValue): number {
  return Number((value as GoInt).value);
}

function until(args: Values, ctx: CallContext): MaybeValue {
  const count = int(args[0]);
  return intSlice(steps(0, count, count < 0 ? -1 : 1, ctx).map(goInt));
}

function untilStep([start, stop, step]: Values, ctx: CallContext): MaybeValue {
  return intSlice(steps(int(start), int(stop), int(step), ctx).map(goInt));
}

function seq(args: Values, ctx: CallContext): string {
  const [a = 0, b = 0, c = 0] = args.map(int);
  const text = (start: number, end: number, step: number): string => {
    const direction = end < start ? -1 : 1;
    return steps(start, end + direction, step, ctx).join(' ');
  };
  switch (args.length) {
    case 1:
      return text(1, a, a < 1 ? -1 : 1);
    case 2:
      return text(a, b, b < a ? -1 : 1);
    case 3:
      return c < a && b > 0 ? '' : text(a, c, b);
    default:
      return '';
  }
}

function round([value, places, on]: Values): number {
  const power = 10 ** int(places);
  const digit = power * toFloat64(value);
  const fraction = digit - Math.trunc(digit);
  return (fraction >= (typeof on === 'number' ? on : 0.5) ? Math.ceil(digit) : Math.floor(digit)) / power;
}

function toDecimal([value]: Values): MaybeValue {
  const text = formatValue(value);
  if (!/^[+-]?[0-7]+$/.test(text)) return goInt64(0);
  const magnitude = BigInt(`0o${text.replace(/^[+-]/, '')}`);
  const signed = text.startsWith('-') ? -magnitude : magnitude;
  return goInt64(BigInt.asIntN(64, signed) === signed ? compactInt(signed) : 0);
}

const MAX_INT = 2n ** 63n - 1n;

function atoi([text]: [string]): MaybeValue {
  if (!/^[+-]?[0-9]+$/.test(text)) return goInt(0);
  const value = BigInt(text.replace(/^\+/, ''));
  return goInt(compactInt(value > MAX_INT ? MAX_INT : value < -MAX_INT - 1n ? -MAX_INT - 1n : value));
}

function extreme(pick: (a: number, b: number) => number): (a: number, b: number) => number {
  return (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? NaN : pick(a, b));
}

/** Arithmetic on int64 and float64, casts, ranges of integers. */
export const NUMBERS: readonly GoFunc[] = [
  goFunc('add', ['...any'], (args: Values) => goInt64(args.reduce<Whole>((sum, arg) => add(sum, toInt64(arg)), 0))),
  goFunc('add1', ['any'], ([value]: Values) => goInt64(add(toInt64(value), 1))),
  goFunc('sub', ['any', 'any'], ([a, b]: Values) => goInt64(wrapInt64(BigInt(toInt64(a)) - BigInt(toInt64(b))))),
  goFunc('div', ['any', 'any'], ([a, b]: Values) => goInt64(divide(toInt64(a), toInt64(b), false))),
  goFunc('mod', ['any', 'any'], ([a, b]: Values) => goInt64(divide(toInt64(a), toInt64(b), true))),
  fold('mul', ['any', '...any'], multiply),
  fold('max', ['any', '...any'], (a, b) => (b > a ? b : a)),
  fold('biggest', ['any', '...any'], (a, b) => (b > a ? b : a)),
  fold('min', ['any', '...any'], (a, b) => (b < a ? b : a)),
  foldFloat('maxf', ['any', '...any'], extreme(Math.max)),
  foldFloat('minf', ['any', '...any'], extreme(Math.min)),
  goFunc('add1f', ['any'], ([value]: Values) => foldDecimal(value, [1], addDecimal)),
  goFunc('addf', ['...any'], (args: Values) => foldDecimal(0, args, addDecimal)),
  decimals('subf', subtractDecimal),
  decimals('divf', divideDecimal),
  decimals('mulf', multiplyDecimal),
  goFunc('ceil', ['any'], ([value]: Values) => Math.ceil(toFloat64(value))),
  goFunc('floor', ['any'], ([value]: Values) => Math.floor(toFloat64(value))),
  goFunc('round', ['any', 'int', '...float64'], round),
  goFunc('int', ['any'], ([value]: Values) => goInt(value instanceof GoInt ? wrapInt64(value.value) : toInt64(value))),
  goFunc('int64', ['any'], ([value]: Values) => goInt64(toInt64(value))),
  goFunc('float64', ['any'], ([value]: Values) => toFloat64(value)),
  goFunc('toDecimal', ['any'], toDecimal),
  goFunc('atoi', ['string'], atoi),
  goFunc('until', ['int'], until),
  goFunc('untilStep', ['int', 'int', 'int'], untilStep),
  goFunc('seq', ['...int'], seq),
];
