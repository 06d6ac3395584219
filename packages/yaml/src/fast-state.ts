import type { Interner, ScalarProfile } from './intern.ts';

/** Thrown where a text leaves what the fast reader knows; the faithful reader takes it from the start. */
export const BAIL: unique symbol = Symbol('left to the faithful reader');

/** A text being read fast, and where. */
export interface FastState<V> {
  /** The text, and a few zeros behind its end. */
  readonly text: string;
  /** Length of the text without the zeros. */
  readonly length: number;
  readonly profile: ScalarProfile<V>;
  readonly interner: Interner<V>;
  readonly maxScalar: number;
  pos: number;
  /** Start of the current line. */
  lineStart: number;
  depth: number;
  /** The next `#` at or behind a place that was looked from, or the text's length; found again when it is passed. */
  hash: number;
  /** Line breaks that the last white space in a quoted scalar held. */
  breaks: number;
  /** The values of scalars by the names of their anchors. */
  anchors: Map<string, V> | undefined;
  /** How many more aliases may come. */
  aliases: number;
  /** Whether a plain scalar was an integer beyond 2^53. */
  big: boolean;
}

/** Leaves the text to the faithful reader. */
export function bail(): never {
  // a symbol, not an error: no stack is collected
  throw BAIL; // eslint-disable-line no-throw-literal, typescript/only-throw-error
}

/** The longest text that is looked up in the interner. */
const SHORT = 40;

/** The value of a plain scalar on one line. */
export function plainValue<V>(state: FastState<V>, start: number, end: number): V {
  if (end - start > SHORT && end - start > state.maxScalar) bail();
  const value =
    end - start <= SHORT
      ? state.interner.value(state.interner.id(state.text, start, end))
      : state.profile.value(state.text.slice(start, end));
  if (typeof value === 'bigint') state.big = true;
  return value;
}

/** A string, shared where it is short. */
export function shortText<V>(state: FastState<V>, start: number, end: number): string {
  if (end - start <= SHORT) return state.interner.text(state.interner.id(state.text, start, end));
  if (end - start > state.maxScalar) bail();
  return state.text.slice(start, end);
}

/** Whether `---` or `...` stands at a line's start, or something that the faithful reader must look at. */
export function isMark(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  if ((c !== 45 && c !== 46) || text.charCodeAt(at + 1) !== c || text.charCodeAt(at + 2) !== c) return false;
  const after = text.charCodeAt(at + 3);
  return after === 10 || after === 32 || after === 9 || after === 0;
}
