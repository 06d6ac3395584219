import { bail, isMark, plainValue, shortText, type FastState } from './fast-state.ts';

/** Where the comment that ends a plain scalar begins, or `stop`. A `#` begins one behind a blank. */
function commentIn<V>(state: FastState<V>, start: number, stop: number): number {
  const { text, length } = state;
  let hash = state.hash;
  while (hash < stop) {
    if (hash > start) {
      const before = text.charCodeAt(hash - 1);
      if (before === 32 || before === 9) break;
    }
    hash = text.indexOf('#', Math.max(hash + 1, start));
    if (hash < 0) hash = length;
  }
  state.hash = hash;
  return hash < stop ? hash : stop;
}

/**
 * Where a plain scalar's line ends: behind its last character that is no blank. Moves to the `:`, `#` or line break that
 * ended it. Searching is left to the engine's own functions, which are fast from the first call on.
 */
export function plainLine<V>(state: FastState<V>, start: number): number {
  const { text, length } = state;
  let stop = text.indexOf('\n', start);
  if (stop < 0) stop = length;
  for (let colon = text.indexOf(':', start); colon >= 0 && colon < stop; colon = text.indexOf(':', colon + 1)) {
    const next = text.charCodeAt(colon + 1);
    if (next === 32 || next === 10 || next === 9 || next === 0) stop = colon;
  }
  if (state.hash < stop) stop = commentIn(state, start, stop);
  state.pos = stop;
  let end = stop;
  for (let c = text.charCodeAt(end - 1); end > start && (c === 32 || c === 9); c = text.charCodeAt(end - 1)) end--;
  return end;
}

/**
 * Reads the lines that go on with a plain scalar whose first line has ended at a line break.
 * @param indent column of the block around it: lines at it or left of it do not belong to the scalar
 */
export function plainRest<V>(state: FastState<V>, range: { readonly start: number; readonly end: number }, indent: number): V {
  const { text, length } = state;
  let folded: string | undefined;
  let { end } = range;
  while (text.charCodeAt(state.pos) === 10) {
    let p = state.pos;
    let lineStart = p;
    let breaks = -1;
    let c = 10;
    for (; c === 10 || c === 32; c = text.charCodeAt(++p)) {
      if (c === 10) {
        breaks++;
        lineStart = p + 1;
      }
    }
    if (c === 9) bail();
    if (p >= length || p - lineStart <= indent || c === 35 || (p === lineStart && isMark(text, p))) break;
    state.lineStart = lineStart;
    folded ??= text.slice(range.start, end);
    folded += breaks === 0 ? ' ' : '\n'.repeat(breaks);
    end = plainLine(state, p);
    if (text.charCodeAt(state.pos) === 58) bail();
    folded += text.slice(p, end);
  }
  if (folded === undefined) return plainValue(state, range.start, end);
  if (folded.length > state.maxScalar) bail();
  return state.profile.value(folded);
}

const ESCAPES: readonly (string | undefined)[] = (() => {
  const table: (string | undefined)[] = [];
  const pairs: readonly (readonly [string, string])[] = [
    ['0', '\0'],
    ['a', '\x07'],
    ['b', '\b'],
    ['t', '\t'],
    ['n', '\n'],
    ['v', '\v'],
    ['f', '\f'],
    ['r', '\r'],
    ['e', '\x1b'],
    [' ', ' '],
    ['"', '"'],
    ["'", "'"],
    ['\\', '\\'],
    ['N', '\x85'],
    ['_', '\xa0'],
    ['L', '\u2028'],
    ['P', '\u2029'],
  ];
  for (const [from, to] of pairs) table[from.charCodeAt(0)] = to;
  return table;
})();

function escapedCode<V>(state: FastState<V>, at: number, digits: number): string {
  const hex = state.text.slice(at, at + digits);
  if (hex.length !== digits || !/^[0-9a-fA-F]+$/.test(hex)) bail();
  const code = Number.parseInt(hex, 16);
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) bail();
  return String.fromCodePoint(code);
}

/** Reads a quoted scalar; ends behind its quote. */
export function quoted<V>(state: FastState<V>, quote: number): string {
  const { text, length } = state;
  const start = state.pos + 1;
  let p = start;
  for (;;) {
    const c = text.charCodeAt(p);
    if (c === quote) {
      if (quote === 39 && text.charCodeAt(p + 1) === 39) break;
      state.pos = p + 1;
      return shortText(state, start, p);
    }
    if (c === 92 && quote === 34) break;
    if (c === 10) break;
    if (p >= length) bail();
    p++;
  }
  return quotedRest(state, quote, p);
}

/** Moves over line breaks and the blanks around them, from the first break on. */
function quotedBreaks<V>(state: FastState<V>, at: number): number {
  const { text } = state;
  let p = at;
  let breaks = 0;
  for (let c = text.charCodeAt(p); c === 10 || c === 32 || c === 9; c = text.charCodeAt(++p)) {
    if (c !== 10) continue;
    breaks++;
    state.lineStart = p + 1;
    if (isMark(text, p + 1)) bail();
  }
  state.breaks = breaks;
  return p;
}

/** Goes on with a quoted scalar where the first escape or line break stands. */
function quotedRest<V>(state: FastState<V>, quote: number, first: number): string {
  const { text, length } = state;
  let from = state.pos + 1;
  let p = first;
  let out = '';
  for (;;) {
    const c = text.charCodeAt(p);
    if (c === quote) {
      if (quote === 34 || text.charCodeAt(p + 1) !== 39) break;
      out += text.slice(from, p + 1);
      p += 2;
      from = p;
    } else if (c === 92 && quote === 34) {
      const kind = text.charCodeAt(p + 1);
      out += text.slice(from, p);
      if (kind === 10) {
        p = quotedBreaks(state, p + 1);
        out += '\n'.repeat(state.breaks - 1);
      } else {
        const digits = kind === 120 ? 2 : kind === 117 ? 4 : kind === 85 ? 8 : 0;
        if (digits > 0) {
          out += escapedCode(state, p + 2, digits);
          p += 2 + digits;
        } else {
          const simple = ESCAPES[kind];
          if (simple === undefined) bail();
          out += simple;
          p += 2;
        }
      }
      from = p;
    } else if (c === 10) {
      let end = p;
      while (end > from && (text.charCodeAt(end - 1) === 32 || text.charCodeAt(end - 1) === 9)) end--;
      out += text.slice(from, end);
      p = quotedBreaks(state, p);
      out += state.breaks === 1 ? ' ' : '\n'.repeat(state.breaks - 1);
      from = p;
    } else if (p >= length) bail();
    else p++;
  }
  out += text.slice(from, p);
  if (out.length > state.maxScalar) bail();
  state.pos = p + 1;
  return out;
}

interface BlockHeader {
  /** -1 strip, 0 clip, 1 keep. */
  readonly chomp: number;
  readonly increment: number;
}

function blockHeader<V>(state: FastState<V>): BlockHeader {
  const { text, length } = state;
  let p = state.pos + 1;
  let chomp = 0;
  let increment = 0;
  for (let part = 0; part < 2; part++) {
    const c = text.charCodeAt(p);
    if ((c === 45 || c === 43) && chomp === 0) chomp = c === 43 ? 1 : -1;
    else if (c > 48 && c < 58 && increment === 0) increment = c - 48;
    else break;
    p++;
  }
  while (text.charCodeAt(p) === 32) p++;
  if (text.charCodeAt(p) === 10) p++;
  else if (p < length) bail();
  state.pos = p;
  return { chomp, increment };
}

/** Finds the indentation of a block scalar by its first line that holds something. */
function blockIndent<V>(state: FastState<V>, indent: number): number {
  const { text, length } = state;
  let p = state.pos;
  let widest = 0;
  for (;;) {
    const lineStart = p;
    while (text.charCodeAt(p) === 32) p++;
    const column = p - lineStart;
    const c = text.charCodeAt(p);
    if (c === 9) bail();
    if (c !== 10 || p >= length) return Math.max(column, widest, indent + 1, 1);
    if (column > widest) widest = column;
    p++;
  }
}

/** Reads a `|` or `>` scalar; ends at the start of the line behind it. */
export function blockScalar<V>(state: FastState<V>, indent: number): string {
  const { text, length } = state;
  const folded = text.charCodeAt(state.pos) === 62;
  const { chomp, increment } = blockHeader(state);
  const width = increment > 0 ? Math.max(indent, 0) + increment : blockIndent(state, indent);
  let p = state.pos;
  let out = '';
  let lineBreak = '';
  let emptyLines = 0;
  let afterBlank = false;
  for (;;) {
    // at the start of a line
    let q = p;
    const limit = p + width;
    while (q < limit && text.charCodeAt(q) === 32) q++;
    const c = text.charCodeAt(q);
    if (c === 10) {
      emptyLines++;
      p = q + 1;
      // a line of more blanks than the indentation holds the rest of them
      continue;
    }
    if (q < limit) {
      if (c === 9) bail();
      break;
    }
    if (q >= length) break;
    const blank = c === 32 || c === 9;
    if (folded && !afterBlank && !blank && lineBreak !== '') {
      if (emptyLines === 0) out += ' ';
    } else out += lineBreak;
    if (emptyLines > 0) out += '\n'.repeat(emptyLines);
    emptyLines = 0;
    afterBlank = blank;
    let end = text.indexOf('\n', q);
    if (end < 0) end = length;
    out += text.slice(q, end);
    lineBreak = end < length ? '\n' : '';
    p = end < length ? end + 1 : length;
    if (p >= length) break;
  }
  state.pos = p;
  state.lineStart = p;
  if (chomp !== -1) out += lineBreak;
  if (chomp === 1 && emptyLines > 0) out += '\n'.repeat(emptyLines);
  if (out.length > state.maxScalar) bail();
  return out;
}
