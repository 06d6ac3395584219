/** What may be written how, as libyaml's emitter finds it for a text. A set of the bits below. */
export type Analysis = number;

/** Holds a line break (LF, CR, NEL, LS or PS). */
export const MULTILINE = 1;
/** May stand unquoted in a block. */
export const BLOCK_PLAIN = 2;
/** May stand unquoted in a flow collection. */
export const FLOW_PLAIN = 4;
/** May stand in single quotes. */
export const SINGLE = 8;
/** May stand as a `|` or `>` scalar. */
export const BLOCK = 16;
/** Holds what go-yaml cannot read back from JSON as it was: DEL, C1 controls, half surrogates, non-characters. */
export const HARD = 32;

const ORDINARY = 0;
const UNPRINTABLE = 1;
const BREAK = 2;
const SPACE = 3;
/** `,` `?` `[` `]` `{` `}` inside a text: matter in flow collections. */
const FLOW = 4;
const COLON = 5;
const HASH = 6;
/** `&` `*` `!` `|` `>` `'` `"` `%` `@` `` ` `` `-`: matter only as the first character. */
const FIRST = 7;

const CLASS = new Uint8Array(128);
for (let c = 0; c < 32; c++) CLASS[c] = UNPRINTABLE;
CLASS[127] = UNPRINTABLE;
CLASS[10] = BREAK;
CLASS[13] = UNPRINTABLE;
CLASS[32] = SPACE;
for (const c of ',?[]{}') CLASS[c.charCodeAt(0)] = FLOW;
for (const c of '&*!|>\'"%@`-') CLASS[c.charCodeAt(0)] = FIRST;
CLASS[58] = COLON;
CLASS[35] = HASH;

/** Whether libyaml prints a character as it is (go-yaml's rule: nothing beyond U+FFFF, no C0 and C1 controls, no mark). */
export function isPrintable(c: number): boolean {
  if (c < 128) return c === 10 || (c >= 32 && c < 127);
  return c >= 0xa0 && (c < 0xd800 || (c >= 0xe000 && c !== 0xfeff && c < 0xfffe));
}

/** Whether a character makes a text {@link HARD}. */
function isHardAt(text: string, i: number): boolean {
  const c = text.charCodeAt(i);
  if (c < 0xd800) return c >= 0x7f && c <= 0x9f;
  if (c >= 0xe000) return c >= 0xfffe;
  const code = text.codePointAt(i) as number;
  if (code > 0xffff) return false;
  return c < 0xdc00 || i === 0 || (text.codePointAt(i - 1) as number) <= 0xffff;
}

function isBlankAt(text: string, i: number): boolean {
  const c = text.charCodeAt(i);
  return c === 32 || c === 9;
}

/** Finds how a text may be written. */
export function analyze(text: string): Analysis {
  const length = text.length;
  if (length === 0) return BLOCK_PLAIN | SINGLE;
  let block = false;
  let flow = false;
  const c0 = text.charCodeAt(0);
  if (length >= 3 && (c0 === 45 || c0 === 46) && text.charCodeAt(1) === c0 && text.charCodeAt(2) === c0) block = flow = true;
  let lineBreaks = false;
  let special = false;
  let hard = false;
  let spaceBreak = false;
  let breakSpace = false;
  let previousSpace = false;
  let previousBreak = false;
  let afterWhite = true;
  for (let i = 0; i < length; i++) {
    const c = text.charCodeAt(i);
    let kind: number;
    if (c < 128) kind = CLASS[c] as number;
    else if (c === 0x2028 || c === 0x2029) kind = BREAK;
    else kind = isPrintable(c) ? ORDINARY : UNPRINTABLE;
    if (kind === ORDINARY) {
      previousSpace = previousBreak = afterWhite = false;
      continue;
    }
    if (kind === SPACE) {
      if (previousBreak) breakSpace = true;
      previousSpace = afterWhite = true;
      previousBreak = false;
      continue;
    }
    if (kind === BREAK || (kind === UNPRINTABLE && (c === 13 || c === 0x85))) {
      lineBreaks = true;
      if (kind === UNPRINTABLE) special = true;
      if (c === 0x85) hard = true;
      if (previousSpace) spaceBreak = true;
      previousSpace = false;
      previousBreak = afterWhite = true;
      continue;
    }
    if (kind === UNPRINTABLE) {
      special = true;
      if (!hard && c >= 0x7f) hard = isHardAt(text, i);
    } else if (kind === COLON) {
      flow = true;
      if (i + 1 >= length || isBlankAt(text, i + 1)) block = true;
    } else if (i === 0) {
      if (kind === HASH || (kind === FIRST && c !== 45) || (kind === FLOW && c !== 63)) flow = block = true;
      else if (i + 1 >= length || isBlankAt(text, 1)) flow = block = true;
      else if (c === 63) flow = true;
    } else if (kind === FLOW) flow = true;
    else if (kind === HASH && afterWhite) flow = block = true;
    previousSpace = previousBreak = false;
    afterWhite = c === 9 || c === 0;
  }
  const last = text.charCodeAt(length - 1);
  const edge = isEdge(c0) || isEdge(last);
  let result = hard ? HARD : 0;
  if (lineBreaks) result |= MULTILINE;
  const noPlain = special || spaceBreak || breakSpace || lineBreaks || edge;
  if (!noPlain && !block) result |= BLOCK_PLAIN;
  if (!noPlain && !flow) result |= FLOW_PLAIN;
  if (!special && !spaceBreak && !breakSpace) result |= SINGLE;
  if (!special && !spaceBreak && last !== 32) result |= BLOCK;
  return result;
}

function isEdge(c: number): boolean {
  return c === 32 || c === 10 || c === 13 || c === 0x85 || c === 0x2028 || c === 0x2029;
}
