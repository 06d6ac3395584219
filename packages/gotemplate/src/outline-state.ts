/** A define of a text, found without being parsed. */
export interface OutlinedTemplate {
  readonly name: string;
  /** Where its body begins. */
  readonly start: number;
  /** It holds nothing but white space. */
  readonly isEmpty: boolean;
}

/** A text being looked through, and where. */
export interface Sight {
  readonly text: string;
  readonly hasFunction: (name: string) => boolean;
  /** What {@link Outline.parts} will be. */
  readonly parts: number[];
  readonly defines: OutlinedTemplate[];
  /** The names of the variables in scope. */
  variables: string[];
  pos: number;
  /** Nested ranges, here. */
  ranges: number;
  depth: number;
  /** The template so far has more than white space. */
  filled: boolean;
}

/** Thrown where a text is unusual or wrong: the parser takes it from the start and says what it is. */
export const UNUSUAL: unique symbol = Symbol('left to the parser');

/** Deeper nesting is left to the parser. */
export const MAX_DEPTH = 200;

/** Leaves the text to the parser. */
export function unusual(): never {
  // a symbol, not an error: no stack is collected
  throw UNUSUAL; // eslint-disable-line no-throw-literal, typescript/only-throw-error
}

/** Whether a UTF-16 unit is white space to a template. */
export function isSpace(c: number): boolean {
  return c === 32 || c === 10 || c === 9 || c === 13;
}

function isWord(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95;
}

/** Where the letters, digits and underscores from a place on end. */
export function wordEnd(text: string, from: number): number {
  const { length } = text;
  let p = from;
  while (p < length && isWord(text.charCodeAt(p))) p++;
  return p;
}

/** The first place from here on that is no white space. */
export function skipSpaces(text: string, from: number): number {
  const { length } = text;
  let p = from;
  // the bound is for V8, which reads beyond a string slowly
  while (p < length && isSpace(text.charCodeAt(p))) p++;
  return p;
}

/** Moves behind the right delimiter, and behind the white space that it trims. */
export function close(s: Sight): void {
  const { text } = s;
  const p = skipSpaces(text, s.pos);
  const c = text.charCodeAt(p);
  if (c === 125 && text.charCodeAt(p + 1) === 125) {
    s.pos = p + 2;
    return;
  }
  if (c !== 45 || p === s.pos || text.charCodeAt(p + 1) !== 125 || text.charCodeAt(p + 2) !== 125) unusual();
  s.pos = skipSpaces(text, p + 3);
}
