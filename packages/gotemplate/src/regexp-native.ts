/**
 * Expressions that the engine's own RegExp matches exactly as RE2 does on ASCII texts: a row of characters and classes, each perhaps
 * repeated, between anchors. Most expressions of charts are such; compiling them takes no time.
 */

/** The part of a text that an expression matched. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** An expression of the simple kind. */
export interface NativeRegexp {
  /** Whether a text may be searched: ASCII, and so short that trying everything stays cheap. */
  takes(text: string): boolean;
  /** The leftmost match at or behind a place. */
  find(text: string, from: number): Span | undefined;
}

const WORD = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 95;
const DIGIT = (c: number): boolean => c >= 48 && c <= 57;
const SPACE = (c: number): boolean => c === 32 || c === 9 || c === 10 || c === 12 || c === 13;
const CLASSES: Readonly<Record<string, (c: number) => boolean>> = {
  d: DIGIT,
  w: WORD,
  s: SPACE,
  D: (c) => !DIGIT(c),
  W: (c) => !WORD(c),
  S: (c) => !SPACE(c),
};
const CONTROLS: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
const PUNCTUATION = /[!-/:-@[-`{-~]/;
/** The most that searching may cost: (length of the text) to the power of (repetitions + 1). */
const MAX_COST = 10_000_000;
// oxlint-disable-next-line no-control-regex -- these are the characters that an ASCII text has
const ASCII = /^[\u0000-\u007f]*$/;

/** A set of ASCII characters as a class of RegExp. */
function classOf(has: (c: number) => boolean): string {
  let out = '';
  for (let c = 0; c < 128; c++) if (has(c)) out += `\\x${c.toString(16).padStart(2, '0')}`;
  return `[${out}]`;
}

/** What an escape stands for; undefined where it is none of the simple ones. */
function escaped(ch: string | undefined): ((c: number) => boolean) | undefined {
  if (ch === undefined) return undefined;
  const known = Object.hasOwn(CLASSES, ch) ? CLASSES[ch] : undefined;
  if (known !== undefined) return known;
  const code = PUNCTUATION.test(ch) ? ch.charCodeAt(0) : Object.hasOwn(CONTROLS, ch) ? CONTROLS[ch] : undefined;
  return code === undefined ? undefined : (c) => c === code;
}

/** Reads `[...]`. @returns the class and where the pattern goes on; undefined where only RE2 knows */
function readClass(pattern: string, from: number): { readonly source: string; readonly next: number } | undefined {
  let at = from + 1;
  const negated = pattern[at] === '^';
  if (negated) at++;
  const parts: ((c: number) => boolean)[] = [];
  for (let first = true; first || pattern[at] !== ']'; first = false) {
    const low = pattern[at];
    // an escape at a range's end, `[:name:]` and what is no ASCII are left to RE2
    if (low === undefined || low === '[' || low > '~' || (first && low === ']')) return undefined;
    if (low === '\\') {
      const part = escaped(pattern[at + 1]);
      if (part === undefined) return undefined;
      at += 2;
      if (pattern[at] === '-' && !Object.hasOwn(CLASSES, pattern[at - 1] as string) && pattern[at + 1] !== ']') return undefined;
      parts.push(part);
      continue;
    }
    at++;
    const lowest = low.charCodeAt(0);
    let highest = lowest;
    if (pattern[at] === '-' && pattern[at + 1] !== ']') {
      const high = pattern[at + 1];
      if (high === undefined || high === '\\' || high === '[' || high > '~' || high < low) return undefined;
      highest = high.charCodeAt(0);
      at += 2;
    }
    parts.push((c) => c >= lowest && c <= highest);
  }
  return { source: classOf((c) => parts.some((part) => part(c)) !== negated), next: at + 1 };
}

/** Turns a pattern into the source of a RegExp. @returns undefined where it is not of the simple kind */
function translate(pattern: string): { readonly source: string; readonly repetitions: number } | undefined {
  let source = '';
  let repetitions = 0;
  let at = 0;
  if (pattern.startsWith('^')) {
    source = '^';
    at = 1;
  }
  while (at < pattern.length) {
    const ch = pattern[at] as string;
    if (ch === '$' && at === pattern.length - 1) return { source: `${source}$`, repetitions };
    if (ch === '[') {
      const read = readClass(pattern, at);
      if (read === undefined) return undefined;
      source += read.source;
      at = read.next;
    } else if (ch === '\\') {
      const has = escaped(pattern[at + 1]);
      if (has === undefined) return undefined;
      source += classOf(has);
      at += 2;
    } else if (ch === '.') {
      source += classOf((c) => c !== 10);
      at++;
    } else {
      if ('^$|()?*+{}]'.includes(ch) || ch > '~') return undefined;
      const code = ch.charCodeAt(0);
      source += classOf((c) => c === code);
      at++;
    }
    const repeat = pattern[at];
    if (repeat === '{') return undefined;
    if (repeat === '*' || repeat === '+' || repeat === '?') {
      repetitions++;
      source += repeat;
      at++;
      if (pattern[at] === '?') {
        source += '?';
        at++;
      }
      if (pattern[at] !== undefined && '*+?{'.includes(pattern[at] as string)) return undefined;
    }
  }
  return { source, repetitions };
}

/** Compiles an expression of the simple kind; undefined for all others, wrong ones among them. */
export function nativeRegexp(pattern: string): NativeRegexp | undefined {
  const read = translate(pattern);
  if (read === undefined) return undefined;
  const expression = new RegExp(read.source, 'g');
  return {
    takes: (text) => text.length ** (read.repetitions + 1) <= MAX_COST && ASCII.test(text),
    find(text, from) {
      expression.lastIndex = from;
      const match = expression.exec(text);
      return match === null ? undefined : { start: match.index, end: match.index + match[0].length };
    },
  };
}
