/** From the least to the most that something may cost, or how large it may be. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What stands for "no bound": 2^64, where Go's numbers end. */
export const UNBOUNDED: number = 2 ** 64;

/** Nothing is known. */
export const UNKNOWN: Range = { min: 0, max: UNBOUNDED };
/** Nothing at all. */
export const NOTHING: Range = { min: 0, max: 0 };
/** One unit. */
export const ONE: Range = { min: 1, max: 1 };

function capped(value: number): number {
  return value < UNBOUNDED ? value : UNBOUNDED;
}

/** A number that is known. */
export function exactly(value: number): Range {
  return { min: value, max: value };
}

/** The sum of all. */
export function sum(...ranges: readonly Range[]): Range {
  let min = 0;
  let max = 0;
  for (const range of ranges) {
    min += range.min;
    max += range.max;
  }
  return { min: capped(min), max: capped(max) };
}

/** The product of two. */
export function product(a: Range, b: Range): Range {
  return { min: capped(a.min * b.min), max: capped(a.max * b.max) };
}

/** A part or a multiple, rounded up. */
export function scaled(range: Range, factor: number): Range {
  return { min: capped(Math.ceil(range.min * factor)), max: capped(Math.ceil(range.max * factor)) };
}

/** What covers both. */
export function either(a: Range, b: Range): Range {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
