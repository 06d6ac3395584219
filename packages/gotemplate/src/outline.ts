import { pipeline, string } from './outline-pipeline.ts';
import { close, isSpace, MAX_DEPTH, skipSpaces, unusual, UNUSUAL, wordEnd, type OutlinedTemplate, type Sight } from './outline-state.ts';
import { goUnquote } from './quote.ts';
import { trimSpace } from './text.ts';

/** Where the parts of a template's text stand, so that each can be parsed when it is needed. */
export interface Outline {
  readonly defines: readonly OutlinedTemplate[];
  /** What stands outside of the defines is nothing but white space. */
  readonly isEmpty: boolean;
  /**
   * Three numbers for each define and branch, in the order of the first: where its list begins; where its else-list begins (0: there is
   * none; negative: what stands behind the `if` or `with` of an `else if`); where the text goes on behind its end.
   */
  readonly parts: Int32Array;
}

const NONE = 0;
const BLOCK = 1;
const BREAK = 2;
const CONTINUE = 3;
const DEFINE = 4;
const ELSE = 5;
const END = 6;
const IF = 7;
const RANGE = 8;
const TEMPLATE = 9;
const WITH = 10;
const ELSE_IF = 11;
const ELSE_WITH = 12;
const EOF = 13;

const WORDS: readonly (readonly [string, number])[] = [
  ['block', BLOCK],
  ['break', BREAK],
  ['continue', CONTINUE],
  ['define', DEFINE],
  ['else', ELSE],
  ['end', END],
  ['if', IF],
  ['range', RANGE],
  ['template', TEMPLATE],
  ['with', WITH],
];

/** Which word of the language an action begins with; moves behind it. */
function keyword(s: Sight): number {
  const { text, pos } = s;
  const c = text.charCodeAt(pos);
  if (c < 98 || c > 119) return NONE;
  const end = wordEnd(text, pos);
  const length = end - pos;
  if (length > 8) return NONE;
  // by index: taking pairs apart allocates, and this is asked of every action
  for (let i = 0; i < WORDS.length; i++) {
    const word = WORDS[i] as (typeof WORDS)[number];
    if (word[0].length !== length || !text.startsWith(word[0], pos)) continue;
    s.pos = end;
    return word[1];
  }
  return NONE;
}

function comment(s: Sight, from: number): void {
  const { text } = s;
  const end = text.indexOf('*/', from + 2);
  if (end < 0) unusual();
  const p = end + 2;
  if (text.startsWith('}}', p)) s.pos = p + 2;
  else if (isSpace(text.charCodeAt(p)) && text.startsWith('-}}', p + 1)) s.pos = skipSpaces(text, p + 4);
  else unusual();
}

function branch(s: Sight, kind: number): void {
  if (++s.depth > MAX_DEPTH) unusual();
  const { variables, parts } = s;
  const known = variables.length;
  pipeline(s, false, kind === RANGE);
  const at = parts.length;
  parts.push(s.pos, 0, 0);
  if (kind === RANGE) s.ranges++;
  const end = statements(s, false);
  if (kind === RANGE) s.ranges--;
  if (end === ELSE) {
    parts[at + 1] = s.pos;
    if (statements(s, false) !== END) unusual();
  } else if (end !== END) {
    if (end !== (kind === IF ? ELSE_IF : kind === WITH ? ELSE_WITH : END)) unusual();
    parts[at + 1] = -s.pos;
    branch(s, kind);
  }
  parts[at + 2] = s.pos;
  variables.length = known;
  s.depth--;
}

function definition(s: Sight): void {
  const { text, parts, variables, filled } = s;
  s.pos = skipSpaces(text, s.pos);
  const name = templateName(s);
  close(s);
  const at = parts.length;
  const start = s.pos;
  parts.push(start, 0, 0);
  s.variables = ['$'];
  s.filled = false;
  if (statements(s, false) !== END) unusual();
  parts[at + 2] = s.pos;
  s.defines.push({ name, start, isEmpty: !s.filled });
  s.variables = variables;
  s.filled = filled;
}

function templateName(s: Sight): string {
  const { text } = s;
  s.pos = skipSpaces(text, s.pos);
  const c = text.charCodeAt(s.pos);
  if (c !== 34 && c !== 96) unusual();
  const start = string(s);
  return goUnquote(text.slice(start, s.pos));
}

/** Moves behind an action that is no end, else or define. */
function action(s: Sight, kind: number): void {
  s.filled = true;
  switch (kind) {
    case NONE:
      return pipeline(s, false, false);
    case IF:
    case RANGE:
    case WITH:
      return branch(s, kind);
    case TEMPLATE: {
      templateName(s);
      const p = skipSpaces(s.text, s.pos);
      const c = s.text.charCodeAt(p);
      return c === 125 || (c === 45 && s.text.charCodeAt(p + 1) === 125) ? close(s) : pipeline(s, false, false);
    }
    case BREAK:
    case CONTINUE:
      if (s.ranges === 0) unusual();
      return close(s);
    default:
      return unusual();
  }
}

/** Moves over statements up to what ends their list. @returns what that is */
function statements(s: Sight, top: boolean): number {
  const { text } = s;
  for (;;) {
    const open = text.indexOf('{{', s.pos);
    const end = open < 0 ? text.length : open;
    if (!s.filled && !isBlank(text, s.pos, end)) s.filled = true;
    if (open < 0) {
      if (!top) unusual();
      return EOF;
    }
    let p = open + 2;
    if (text.charCodeAt(p) === 45 && isSpace(text.charCodeAt(p + 1))) p += 2;
    if (text.charCodeAt(p) === 47) {
      if (text.charCodeAt(p + 1) !== 42) unusual();
      comment(s, p);
      continue;
    }
    s.pos = skipSpaces(text, p);
    const kind = keyword(s);
    if (kind !== NONE && kind !== END && kind !== ELSE && isJoined(text.charCodeAt(s.pos))) unusual();
    if (kind === DEFINE) {
      if (!top) unusual();
      definition(s);
    } else if (kind === END || kind === ELSE) {
      if (top) unusual();
      return listEnd(s, kind);
    } else action(s, kind);
  }
}

/** Whether what stands behind a word is no blank, so that only the lexer knows whether it may stand there. */
function isJoined(c: number): boolean {
  return !isSpace(c) && c !== 125 && c !== 40;
}

function listEnd(s: Sight, kind: number): number {
  if (kind === ELSE) {
    const { text } = s;
    const from = s.pos;
    s.pos = skipSpaces(text, from);
    const word = s.pos === from ? NONE : keyword(s);
    if (word === IF || word === WITH) {
      if (isJoined(text.charCodeAt(s.pos))) unusual();
      return word === IF ? ELSE_IF : ELSE_WITH;
    }
    s.pos = from;
  }
  close(s);
  return kind;
}

function isBlank(text: string, from: number, to: number): boolean {
  const p = skipSpaces(text, from);
  if (p >= to) return true;
  const c = text.charCodeAt(p);
  return !(c > 32 && c < 127) && trimSpace(text.slice(p, to)) === '';
}

/**
 * Looks through a text of the usual shape: whatever it accepts, the parser accepts. Nothing is kept but where its parts stand.
 * @param hasFunction tells which functions exist
 * @returns undefined where the parser must read the text: it is wrong, or written in a way that is seldom seen
 */
export function outline(text: string, hasFunction: (name: string) => boolean): Outline | undefined {
  const s: Sight = { text, hasFunction, parts: [], defines: [], variables: ['$'], pos: 0, ranges: 0, depth: 0, filled: false };
  try {
    statements(s, true);
  } catch (error) {
    if (error === UNUSUAL) return undefined;
    throw error;
  }
  const names = new Set(s.defines.map((define) => define.name));
  return names.size < s.defines.length ? undefined : { defines: s.defines, isEmpty: !s.filled, parts: Int32Array.from(s.parts) };
}
