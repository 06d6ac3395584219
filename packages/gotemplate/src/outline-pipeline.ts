import { GoError } from './errors.ts';
import { readNumber } from './number-literal.ts';
import { close, MAX_DEPTH, skipSpaces, unusual, wordEnd, type Sight } from './outline-state.ts';
import { goUnquote } from './quote.ts';

/** Moves behind a string. @returns where it began */
export function string(s: Sight): number {
  const { text } = s;
  const start = s.pos;
  if (text.charCodeAt(start) === 96) {
    const end = text.indexOf('`', start + 1);
    if (end < 0) unusual();
    s.pos = end + 1;
    return start;
  }
  let escapes = false;
  for (let p = start + 1; ; p++) {
    const c = text.charCodeAt(p);
    if (c === 34) {
      s.pos = p + 1;
      break;
    }
    if (c === 92) {
      escapes = true;
      p++;
    } else if (c === 10 || c !== c) unusual();
  }
  if (escapes) checked(() => goUnquote(text.slice(start, s.pos)));
  return start;
}

function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof GoError) unusual();
    throw error;
  }
}

function number(s: Sight): void {
  const { text } = s;
  const start = s.pos;
  let p = start;
  const sign = text.charCodeAt(p);
  if (sign === 43 || sign === 45) p++;
  const digits = p;
  while (text.charCodeAt(p) >= 48 && text.charCodeAt(p) <= 57) p++;
  if (p === digits || p - digits > 15) unusual();
  if (text.charCodeAt(p) === 46) {
    p++;
    while (text.charCodeAt(p) >= 48 && text.charCodeAt(p) <= 57) p++;
  }
  if (p - digits > 1) checked(() => readNumber(start, text.slice(start, p)));
  s.pos = p;
}

/** Moves over fields that stand right behind an operand. */
function fields(s: Sight): void {
  const { text } = s;
  while (text.charCodeAt(s.pos) === 46) {
    const start = s.pos + 1;
    const c = text.charCodeAt(start);
    if (c >= 48 && c <= 57) unusual();
    s.pos = wordEnd(text, start);
    if (s.pos === start) unusual();
  }
}

/** Moves behind an operand. @returns whether it may be a command behind a `|` */
function operand(s: Sight): boolean {
  const { text } = s;
  const start = s.pos;
  const c = text.charCodeAt(start);
  switch (c) {
    case 34:
    case 96:
      string(s);
      return false;
    case 36: {
      s.pos = wordEnd(text, start + 1);
      if (s.pos > start + 1 && !s.variables.includes(text.slice(start, s.pos))) unusual();
      fields(s);
      return true;
    }
    case 46: {
      if (wordEnd(text, start + 1) > start + 1) {
        fields(s);
        return true;
      }
      s.pos = start + 1;
      return false;
    }
    case 40:
      s.pos = start + 1;
      pipeline(s, true, false);
      fields(s);
      return true;
    default:
      if ((c >= 48 && c <= 57) || c === 43 || c === 45) {
        number(s);
        return false;
      }
  }
  s.pos = wordEnd(text, start);
  if (s.pos === start) unusual();
  const word = text.slice(start, s.pos);
  if (word === 'true' || word === 'false' || word === 'nil') return false;
  if (!s.hasFunction(word)) unusual();
  fields(s);
  return true;
}

/** Moves behind a command: operands between blanks. */
function command(s: Sight, stage: number): void {
  const { text } = s;
  for (let first = true; ; first = false) {
    if (!operand(s) && first && stage > 0) unusual();
    const p = skipSpaces(text, s.pos);
    if (p === s.pos) return;
    const c = text.charCodeAt(p);
    if (c === 124 || c === 41 || c === 125 || (c === 45 && text.charCodeAt(p + 1) === 125)) return;
    s.pos = p;
  }
}

/** Moves behind `$a :=`, `$a =` or a range's `$a, $b :=` where one of them stands here. */
function declarations(s: Sight, range: boolean): void {
  const { text } = s;
  const start = s.pos;
  let end = wordEnd(text, start + 1);
  let p = skipSpaces(text, end);
  const before = s.variables.length;
  if (range && text.charCodeAt(p) === 44) {
    s.variables.push(text.slice(start, end));
    const second = skipSpaces(text, p + 1);
    if (text.charCodeAt(second) !== 36) unusual();
    end = wordEnd(text, second + 1);
    s.variables.push(text.slice(second, end));
    p = skipSpaces(text, end);
  }
  const c = text.charCodeAt(p);
  if (c === 58 ? text.charCodeAt(p + 1) !== 61 : c !== 61 || p === end) {
    if (c === 58 || c === 61 || s.variables.length !== before) unusual();
    return;
  }
  if (s.variables.length === before) s.variables.push(text.slice(start, end));
  s.pos = skipSpaces(text, p + (c === 58 ? 2 : 1));
}

/** Moves behind a pipeline and what ends it. */
export function pipeline(s: Sight, paren: boolean, range: boolean): void {
  const { text } = s;
  if (++s.depth > MAX_DEPTH) unusual();
  s.pos = skipSpaces(text, s.pos);
  if (text.charCodeAt(s.pos) === 36) declarations(s, range);
  for (let stage = 0; ; stage++) {
    command(s, stage);
    const p = skipSpaces(text, s.pos);
    const c = text.charCodeAt(p);
    if (c === 124) {
      s.pos = skipSpaces(text, p + 1);
      continue;
    }
    if (!paren) close(s);
    else if (c === 41) s.pos = p + 1;
    else unusual();
    break;
  }
  s.depth--;
}
