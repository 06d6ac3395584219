import { pad } from './write-scalar.ts';
import { bail, isMark, type FastState } from './fast-state.ts';

/** Whether a character ends an indicator: a blank, a line break or the end. */
export function isEnd(c: number): boolean {
  return c === 32 || c === 10 || c === 9 || c === 0;
}

/** Whether a character may stand in the name of an anchor. */
export function isAnchorCharacter(c: number): boolean {
  return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || (c >= 48 && c <= 57) || c === 45 || c === 95;
}

/** Whether a plain scalar may begin with a character in a block. */
export function canBegin(c: number, next: number): boolean {
  switch (c) {
    case 45:
    case 58:
    case 63:
      return !isEnd(next);
    case 9:
    case 33:
    case 34:
    case 35:
    case 37:
    case 38:
    case 39:
    case 42:
    case 44:
    case 62:
    case 64:
    case 91:
    case 93:
    case 96:
    case 123:
    case 124:
    case 125:
      return false;
    default:
      return c !== 0;
  }
}

/**
 * Moves over empty lines and comments to the next text.
 * @param expected the column that it is likely to stand in
 * @returns its column, or -1 at the end of the document
 */
export function nextColumn<V>(state: FastState<V>, expected: number): number {
  const { text, length } = state;
  let p = state.pos;
  let { lineStart } = state;
  for (;;) {
    const c = text.charCodeAt(p);
    if (c === 32) p++;
    else if (c === 10) {
      lineStart = ++p;
      if (expected > 0 && text.startsWith(pad(expected), p)) p += expected;
    } else if (c === 35) {
      p = text.indexOf('\n', p);
      if (p < 0) p = length;
    } else break;
  }
  state.pos = p;
  state.lineStart = lineStart;
  if (p >= length) return -1;
  if (text.charCodeAt(p) === 9) bail();
  if (p === lineStart && isMark(text, p)) return -1;
  return p - lineStart;
}

/** Checks that nothing but a comment follows on the line. */
export function endLine<V>(state: FastState<V>): void {
  const { text } = state;
  const start = state.pos;
  let p = start;
  while (text.charCodeAt(p) === 32) p++;
  const c = text.charCodeAt(p);
  if (c !== 0 && c !== 10 && (c !== 35 || p === start)) bail();
  state.pos = p;
}

/** Whether a colon that makes a key of what was read follows; moves to it. */
export function colonFollows<V>(state: FastState<V>): boolean {
  const { text } = state;
  let p = state.pos;
  while (text.charCodeAt(p) === 32) p++;
  if (text.charCodeAt(p) !== 58 || !isEnd(text.charCodeAt(p + 1))) return false;
  state.pos = p;
  return true;
}
