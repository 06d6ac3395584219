import type { Issue } from './errors.ts';

/** The kinds of tokens; operators and words of the grammar are their own kinds. */
export type TokenKind = 'int' | 'uint' | 'float' | 'string' | 'bytes' | 'identifier' | 'escaped' | 'end' | 'operator';

/** A token; `offset` counts code points. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
}

const OPERATORS = [
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '<',
  '>',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '.',
  ',',
  '-',
  '!',
  '?',
  ':',
  '+',
  '*',
  '/',
  '%',
];
const WORDS: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);
const SPACE = /(?:[\t \r\n\f]+|\/\/[^\n]*)+/y;
const NUMBER = /0x[0-9a-fA-F]+[uU]?|(?:[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?)|[0-9]+[uU]?/y;
const ESCAPE = String.raw`\\(?:[abfnrtv"'\\?${'`'}]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2})`;
const TEXT = new RegExp(
  [
    String.raw`[bB]?[rR]"""[\s\S]*?"""`,
    String.raw`[bB]?[rR]'''[\s\S]*?'''`,
    String.raw`[bB]?"""(?:${ESCAPE}|[^\\])*?"""`,
    String.raw`[bB]?'''(?:${ESCAPE}|[^\\])*?'''`,
    String.raw`[bB]?[rR]"[^"\n\r]*"`,
    String.raw`[bB]?[rR]'[^'\n\r]*'`,
    String.raw`[bB]?"(?:${ESCAPE}|[^\\"\n\r])*"`,
    String.raw`[bB]?'(?:${ESCAPE}|[^\\'\n\r])*'`,
  ].join('|'),
  'y',
);
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const ESCAPED = /`[A-Za-z0-9_.\-/ ]+`/y;

/** The tokens of a text and what could not be read as one. */
export interface LexResult {
  readonly tokens: readonly Token[];
  readonly issues: readonly Issue[];
}

function broken(text: string, at: number): string {
  // an open quote takes what belongs to it; another sign takes itself and, as the lexer looked ahead, what follows
  const rest = text.slice(at);
  const quoted = /^[bBrR]*(["'])(?:\\[\s\S]|[^\\\n\r])*?(?=\1|$|\n|\r)/.exec(rest);
  if (quoted !== null) return quoted[0];
  return /^[=&|][^]?/.exec(rest)?.[0] ?? String.fromCodePoint(rest.codePointAt(0) as number);
}

/** Splits a text into tokens; the last one is the end. */
export function lex(text: string): LexResult {
  const tokens: Token[] = [];
  const issues: Issue[] = [];
  // offsets are code points; as long as there are only small ones they are the indexes
  const plain = !/[\ud800-\udbff]/.test(text);
  const offsetOf = (index: number): number => (plain ? index : Array.from(text.slice(0, index)).length);
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const space = match(SPACE);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const offset = offsetOf(at);
    const push = (kind: TokenKind, token: string): void => {
      tokens.push({ kind, text: token, offset });
      at += token.length;
    };
    const quoted = match(TEXT);
    if (quoted !== undefined) {
      push(/^[bB]/.test(quoted) ? 'bytes' : 'string', quoted);
      continue;
    }
    const number = match(NUMBER);
    if (number !== undefined) {
      push(/[uU]$/.test(number) ? 'uint' : /^0x|^[0-9]+$/.test(number) ? 'int' : 'float', number);
      continue;
    }
    const word = match(IDENTIFIER);
    if (word !== undefined) {
      push(WORDS.has(word) ? 'operator' : 'identifier', word);
      continue;
    }
    const escaped = match(ESCAPED);
    if (escaped !== undefined) {
      push('escaped', escaped);
      continue;
    }
    const operator = OPERATORS.find((op) => text.startsWith(op, at));
    if (operator !== undefined) {
      push('operator', operator);
      continue;
    }
    const bad = broken(text, at);
    issues.push({
      offset,
      message: `Syntax error: token recognition error at: '${bad.replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')}'`,
    });
    at += bad.length;
  }
  tokens.push({ kind: 'end', text: '<EOF>', offset: offsetOf(text.length) });
  return { tokens, issues };
}
