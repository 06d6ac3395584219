import { FluxError } from '@flux-ts/base';

// The grammar of Flux's `${...}` expressions. The scanner works on code points and, as the original does, takes
// escape characters out of the text while it goes.

/** An expression that cannot be read; `message` is Flux's text. */
export class SubstituteSyntaxError extends FluxError<'SUBST_SYNTAX'> {}

/** A piece of a text with expressions. */
export type SubstNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'expression'; readonly variable: string; readonly operator: string; readonly args: readonly SubstNode[] };

const WORDS = {
  bad: 'bad substitution',
  brace: 'missing closing brace',
  name: 'unable to parse variable name',
  inner: 'unable to parse substitution within function',
  fallback: 'unable to parse default function',
} as const;

function fail(why: keyof typeof WORDS): never {
  throw new SubstituteSyntaxError({ code: 'SUBST_SYNTAX', message: WORDS[why] });
}

type Accept = (char: string, index: number) => boolean;
type Token = 'end' | 'open' | 'close' | 'text' | 'illegal';

interface Modes {
  readonly text?: boolean;
  readonly open?: boolean;
  readonly close?: boolean;
  readonly escape?: boolean;
}

const isWord: Accept = (c) => /[\p{L}\p{Nd}_]/u.test(c);
const notClosing: Accept = (c) => c !== '}';

class Scanner {
  readonly #text: string;
  /** Places since the start of the token that are not part of it. */
  #dropped: number[] = [];
  #at = 0;
  #start = 0;
  #width = 0;
  /** Whether backslashes escape; dollars always do where escapes are on. */
  backslashes = false;

  constructor(text: string) {
    this.#text = text;
  }

  read(): string {
    const code = this.#text.codePointAt(this.#at);
    // the original's end mark is the zero character, so one in the text ends it too
    if (code === undefined) {
      this.#width = 0;
      return '';
    }
    const char = String.fromCodePoint(code);
    this.#width = char.length;
    this.#at += char.length;
    return code === 0 ? '' : char;
  }

  unread(): void {
    this.#at -= this.#width;
  }

  peek(): string {
    const char = this.read();
    this.unread();
    return char;
  }

  get taken(): string {
    let out = '';
    let from = this.#start;
    for (const place of this.#dropped) {
      out += this.#text.slice(from, place);
      from = place + 1;
    }
    return out + this.#text.slice(from, this.#at);
  }

  /** Positions count in UTF-8 bytes in the original; only small ones matter, so UTF-16 units will do. */
  get #index(): number {
    return this.#at - this.#start - this.#dropped.length;
  }

  /** Takes the character before this place out of the token and the one after it in. */
  #skip(): void {
    this.#dropped.push(this.#at - 1);
    this.#at++;
  }

  scan(modes: Modes, accept: Accept): Token {
    this.#start = this.#at;
    this.#dropped = [];
    const char = this.read();
    if (char === '') return 'end';
    if (modes.open === true && this.#opens(char)) return 'open';
    if (modes.close === true && char === '}') return 'close';
    return modes.text === true && this.#scanText(char, modes, accept) ? 'text' : 'illegal';
  }

  #scanText(first: string, modes: Modes, accept: Accept): boolean {
    if (this.#escapes(first, modes)) this.#skip();
    else if (!accept(first, this.#index)) return false;
    for (;;) {
      const char = this.read();
      if (char === '') {
        this.unread();
        return true;
      }
      if (modes.open === true && this.#opens(char)) {
        this.unread();
        this.unread();
        return true;
      }
      if (this.#escapes(char, modes)) {
        this.#skip();
        continue;
      }
      if (!accept(char, this.#index)) {
        this.unread();
        return true;
      }
    }
  }

  #opens(char: string): boolean {
    if (char !== '$') return false;
    if (this.read() === '{') return true;
    this.unread();
    this.#width = 1;
    return false;
  }

  #escapes(char: string, modes: Modes): boolean {
    if (modes.escape !== true) return false;
    const width = this.#width;
    const next = this.peek();
    this.#width = width;
    if (char === '$') return next === '$';
    return char === '\\' && this.backslashes && (next === '/' || next === '\\');
  }
}

/** Reads a text with expressions. @throws SubstituteSyntaxError */
export function parseSubstitutions(text: string): readonly SubstNode[] {
  const scanner = new Scanner(text);
  const nodes: SubstNode[] = [];
  for (;;) {
    scanner.backslashes = false;
    const token = scanner.scan({ text: true, open: true, escape: true }, () => true);
    if (token === 'end') return nodes;
    if (token === 'text') nodes.push({ kind: 'text', text: scanner.taken });
    else if (token === 'open') nodes.push(parseExpression(scanner));
    else return fail('bad');
  }
}

function parseExpression(scanner: Scanner): SubstNode {
  scanner.backslashes = true;
  if (scanner.peek() === '#') return parseLength(scanner);
  if (scanner.scan({ text: true }, isWord) !== 'text') fail('name');
  const variable = scanner.taken;
  switch (scanner.peek()) {
    case ':':
      return parseColon(scanner, variable);
    case '=':
      return parseDefault(scanner, variable);
    case ',':
    case '^':
      return closed(
        scanner,
        variable,
        takeOperator(scanner, (c, i) => (c === ',' || c === '^') && i < 3),
        [],
      );
    case '/':
      return parseReplace(scanner, variable);
    case '#':
      return parseRemove(scanner, variable, '#');
    case '%':
      return parseRemove(scanner, variable, '%');
    default:
      if (scanner.scan({ close: true }, isWord) !== 'close') fail('brace');
      return { kind: 'expression', variable, operator: '', args: [] };
  }
}

function takeOperator(scanner: Scanner, accept: Accept): string {
  if (scanner.scan({ text: true }, accept) !== 'text') fail('bad');
  return scanner.taken;
}

function closed(scanner: Scanner, variable: string, operator: string, args: readonly SubstNode[]): SubstNode {
  if (scanner.scan({ close: true }, () => false) !== 'close') fail('bad');
  return { kind: 'expression', variable, operator, args };
}

function parseArgument(scanner: Scanner, accept: Accept, escape = false): SubstNode {
  const token = scanner.scan({ text: true, open: true, escape }, accept);
  if (token === 'open') return parseExpression(scanner);
  if (token !== 'text') fail('inner');
  return { kind: 'text', text: scanner.taken };
}

function parseLength(scanner: Scanner): SubstNode {
  const operator = takeOperator(scanner, (c, i) => c === '#' && i === 1);
  if (scanner.scan({ text: true }, isWord) !== 'text') fail('bad');
  return closed(scanner, scanner.taken, operator, []);
}

function parseColon(scanner: Scanner, variable: string): SubstNode {
  scanner.read();
  const next = scanner.peek();
  // one back, over the colon that was read
  unreadColon(scanner);
  if (next === '=' || next === '-' || next === '?' || next === '+') return parseDefault(scanner, variable);
  const operator = takeOperator(scanner, (c, i) => i === 1 && c === ':');
  const args = [parseArgument(scanner, (c) => c !== ':' && c !== '}')];
  const token = scanner.scan({ text: true, close: true }, (c) => c === ':');
  if (token === 'close') return { kind: 'expression', variable, operator, args };
  if (token !== 'text') fail('bad');
  args.push(parseArgument(scanner, notClosing));
  return closed(scanner, variable, operator, args);
}

function unreadColon(scanner: Scanner): void {
  scanner.unread();
}

function parseDefault(scanner: Scanner, variable: string): SubstNode {
  const accept: Accept =
    scanner.peek() === '=' ? (c, i) => i === 1 && c === '=' : (c, i) => (i === 1 && c === ':') || (i === 2 && '=-?+'.includes(c));
  if (scanner.scan({ text: true }, accept) !== 'text') fail('fallback');
  const operator = scanner.taken;
  const args: SubstNode[] = [];
  while (scanner.peek() !== '}') args.push(parseArgument(scanner, notClosing));
  return closed(scanner, variable, operator, args);
}

function parseReplace(scanner: Scanner, variable: string): SubstNode {
  const operator = takeOperator(scanner, (c, i) => (i === 1 && c === '/') || (i === 2 && '/#%'.includes(c)));
  const args = [parseArgument(scanner, (c) => c !== '/', true)];
  if (scanner.scan({ text: true }, (c) => c === '/') !== 'text') fail('bad');
  if (scanner.peek() === '}') return closed(scanner, variable, operator, args);
  args.push(parseArgument(scanner, notClosing, true));
  return closed(scanner, variable, operator, args);
}

function parseRemove(scanner: Scanner, variable: string, mark: '#' | '%'): SubstNode {
  const operator = takeOperator(scanner, (c, i) => c === mark && i < 3);
  const args = [parseArgument(scanner, notClosing)];
  return closed(scanner, variable, operator, args);
}
