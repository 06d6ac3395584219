// Long because it is one grammar, and the texts of its errors belong to the places where they arise.

import type { CallExpr, Expr, FoldExpr, MapEntry } from './ast.ts';
import { compileError, type Issue } from './errors.ts';
import { lex, type Token } from './lexer.ts';
import { expandMacro, type MacroContext } from './macros.ts';
import { unescapeBytes, UnescapeError, unescapeString } from './unescape.ts';
import { CelBytes, CelUint, INT_MAX, INT_MIN, UINT_MAX, type CelValue } from './values.ts';

const RESERVED: ReadonlySet<string> = new Set([
  'as',
  'break',
  'const',
  'continue',
  'else',
  'false',
  'for',
  'function',
  'if',
  'import',
  'in',
  'let',
  'loop',
  'package',
  'namespace',
  'null',
  'return',
  'true',
  'var',
  'void',
  'while',
]);
const STARTERS = "'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER";
const OPTIONAL_STARTERS =
  "'[', '{', '(', '.', '-', '!', '?', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER";
const LIST_STARTERS =
  "'[', ']', '{', '(', '.', ',', '-', '!', '?', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER";
const MAP_STARTERS =
  "'[', '{', '}', '(', '.', ',', '-', '!', '?', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER";
const ARGUMENT_STARTERS =
  "'[', '{', '(', ')', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER";
const RELATIONS: ReadonlySet<string> = new Set(['<', '<=', '>=', '>', '==', '!=', 'in']);
const LARGEST_DEPTH = 250;
const LARGEST_TEXT = 100_000;

/** Stops at the first syntax error; the issues are with the parser. */
class SyntaxStop extends Error {}

class Parser {
  readonly issues: Issue[];
  readonly #tokens: readonly Token[];
  readonly #twoVariables: boolean;
  #at = 0;
  #ids = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], issues: Issue[], twoVariables: boolean) {
    this.#tokens = tokens;
    this.issues = issues;
    this.#twoVariables = twoVariables;
  }

  parse(): Expr {
    const expr = this.#expr();
    const next = this.#peek();
    if (next.kind !== 'end') {
      // a single token too many is named as such
      const single = this.#tokens[this.#at + 1]?.kind === 'end' && next.text !== '!';
      this.#fail(next, `${single ? 'extraneous' : 'mismatched'} input '${next.text}' expecting <EOF>`);
    }
    return expr;
  }

  #peek(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #take(): Token {
    return this.#tokens[this.#at++] as Token;
  }

  #is(operator: string): boolean {
    const token = this.#peek();
    return token.kind === 'operator' && token.text === operator;
  }

  #accept(operator: string): Token | undefined {
    return this.#is(operator) ? this.#take() : undefined;
  }

  #fail(token: Token, message: string): never {
    this.issues.push({ offset: token.offset, message: `Syntax error: ${message}` });
    throw new SyntaxStop();
  }

  #notEnd(message: string): void {
    if (this.#peek().kind === 'end') this.#fail(this.#peek(), message);
  }

  #issue(offset: number, message: string): void {
    this.issues.push({ offset, message });
  }

  #id(): number {
    return ++this.#ids;
  }

  #call(offset: number, fn: string, args: readonly Expr[], target?: Expr): CallExpr {
    return { kind: 'call', id: this.#id(), offset, fn, args, ...(target === undefined ? {} : { target }) };
  }

  #constant(offset: number, value: CelValue): Expr {
    return { kind: 'const', id: this.#id(), offset, value };
  }

  #expr(): Expr {
    if (++this.#depth > LARGEST_DEPTH) {
      this.#issue(this.#peek().offset, `expression recursion limit exceeded: ${LARGEST_DEPTH}`);
      throw new SyntaxStop();
    }
    const condition = this.#or();
    const op = this.#accept('?');
    let result = condition;
    if (op !== undefined) {
      const truthy = this.#or();
      if (!this.#is(':')) this.#fail(this.#peek(), `mismatched input '${this.#peek().text}' expecting ':'`);
      this.#take();
      result = this.#call(op.offset, '_?_:_', [condition, truthy, this.#expr()]);
    }
    this.#depth--;
    return result;
  }

  /** A chain of one logical operator becomes a balanced tree, so that long chains stay shallow. */
  #logical(operator: '||' | '&&', operand: () => Expr): Expr {
    const terms = [operand()];
    const operators: Token[] = [];
    for (let op = this.#accept(operator); op !== undefined; op = this.#accept(operator)) {
      operators.push(op);
      terms.push(operand());
    }
    const balance = (lo: number, hi: number): Expr => {
      const mid = Math.floor((lo + hi + 1) / 2);
      const left = mid === lo ? (terms[mid] as Expr) : balance(lo, mid - 1);
      const right = mid === hi ? (terms[mid + 1] as Expr) : balance(mid + 1, hi);
      return this.#call((operators[mid] as Token).offset, `_${operator}_`, [left, right]);
    };
    return operators.length === 0 ? (terms[0] as Expr) : balance(0, operators.length - 1);
  }

  #or(): Expr {
    return this.#logical('||', () => this.#logical('&&', () => this.#relation()));
  }

  #relation(): Expr {
    let left = this.#sum();
    for (let token = this.#peek(); token.kind === 'operator' && RELATIONS.has(token.text); token = this.#peek()) {
      this.#take();
      left = this.#call(token.offset, token.text === 'in' ? '@in' : `_${token.text}_`, [left, this.#sum()]);
    }
    return left;
  }

  #sum(): Expr {
    let left = this.#product();
    for (let op = this.#accept('+') ?? this.#accept('-'); op !== undefined; op = this.#accept('+') ?? this.#accept('-')) {
      left = this.#call(op.offset, `_${op.text}_`, [left, this.#product()]);
    }
    return left;
  }

  #product(): Expr {
    let left = this.#unary();
    const accept = (): Token | undefined => this.#accept('*') ?? this.#accept('/') ?? this.#accept('%');
    for (let op = accept(); op !== undefined; op = accept()) left = this.#call(op.offset, `_${op.text}_`, [left, this.#unary()]);
    return left;
  }

  #unary(): Expr {
    const first = this.#peek();
    if (this.#is('!') || this.#is('-')) {
      const sign = first.text;
      const next = this.#tokens[this.#at + 1];
      if (sign === '-' && (next?.kind === 'int' || next?.kind === 'float')) return this.#member();
      let count = 0;
      while (this.#accept(sign) !== undefined) count++;
      const operand = this.#member();
      return count % 2 === 0 ? operand : this.#call(first.offset, sign === '!' ? '!_' : '-_', [operand]);
    }
    return this.#member();
  }

  #member(): Expr {
    let expr = this.#primary();
    for (;;) {
      const dot = this.#accept('.');
      if (dot !== undefined) expr = this.#selection(expr, dot);
      else {
        const bracket = this.#accept('[');
        if (bracket === undefined) return expr;
        this.#notEnd(`mismatched input '<EOF>' expecting {${OPTIONAL_STARTERS}}`);
        const optional = this.#accept('?') !== undefined;
        const index = this.#expr();
        if (!this.#is(']')) this.#fail(this.#peek(), `mismatched input '${this.#peek().text}' expecting ']'`);
        this.#take();
        expr = this.#call(bracket.offset, optional ? '_[?_]' : '_[_]', [expr, index]);
      }
    }
  }

  #selection(operand: Expr, dot: Token): Expr {
    const optional = this.#accept('?') !== undefined;
    const token = this.#peek();
    if (token.kind !== 'identifier' && token.kind !== 'escaped') {
      const literal = token.text === 'true' || token.text === 'false' || token.text === 'null';
      this.#fail(
        token,
        literal
          ? `mismatched input '${token.text}' expecting IDENTIFIER`
          : `no viable alternative at input '.${token.kind === 'end' ? '' : token.text}'`,
      );
    }
    this.#take();
    const field = token.kind === 'escaped' ? token.text.slice(1, -1) : token.text;
    if (token.kind === 'escaped') this.#issue(token.offset, "unsupported syntax: '`'");
    if (optional) return this.#call(dot.offset, '_?._', [operand, this.#constant(token.offset, field)]);
    const open = this.#accept('(');
    if (open === undefined) return { kind: 'select', id: this.#id(), offset: dot.offset, operand, field, testOnly: false };
    return this.#callOrMacro(open.offset, field, this.#arguments(), operand);
  }

  #arguments(): Expr[] {
    const args: Expr[] = [];
    if (this.#accept(')') !== undefined) return args;
    if (this.#peek().kind === 'end') this.#fail(this.#peek(), `mismatched input '<EOF>' expecting {${ARGUMENT_STARTERS}}`);
    do args.push(this.#expr());
    while (this.#accept(',') !== undefined);
    if (!this.#is(')'))
      this.#fail(
        this.#peek(),
        this.#peek().kind === 'end' ? `missing ')' at '<EOF>'` : `mismatched input '${this.#peek().text}' expecting {')', ','}`,
      );
    this.#take();
    return args;
  }

  #callOrMacro(offset: number, fn: string, args: readonly Expr[], target?: Expr): Expr {
    const context: MacroContext = {
      offset,
      twoVariables: this.#twoVariables,
      constant: (value) => this.#constant(offset, value),
      ident: (name) => ({ kind: 'ident', id: this.#id(), offset, name }),
      call: (name, callArgs) => this.#call(offset, name, callArgs),
      list: (elements) => ({ kind: 'list', id: this.#id(), offset, elements, optional: new Set() }),
      map: (entries) => ({ kind: 'map', id: this.#id(), offset, entries }),
      test: (operand, field) => ({ kind: 'select', id: this.#id(), offset, operand, field, testOnly: true }),
      fold: (parts) => ({ kind: 'fold', id: this.#id(), offset, ...parts }) satisfies FoldExpr,
      issue: (at, message) => this.#issue(at, message),
    };
    return expandMacro(context, fn, args, target) ?? this.#call(offset, fn, args, target);
  }

  #primary(): Expr {
    const token = this.#peek();
    if (this.#is('(')) {
      this.#take();
      const inner = this.#expr();
      if (!this.#is(')'))
        this.#fail(
          this.#peek(),
          this.#peek().kind === 'end' ? "missing ')' at '<EOF>'" : `mismatched input '${this.#peek().text}' expecting ')'`,
        );
      this.#take();
      return inner;
    }
    if (this.#is('[')) return this.#listLiteral(this.#take());
    if (this.#is('{')) return this.#mapLiteral(this.#take());
    if (this.#is('.') || token.kind === 'identifier') return this.#identifier();
    return this.#literal();
  }

  #identifier(): Expr {
    const dot = this.#accept('.');
    const token = this.#take();
    if (token.kind !== 'identifier') this.#fail(token, `mismatched input '${token.text}' expecting IDENTIFIER`);
    const name = dot === undefined ? token.text : `.${token.text}`;
    const open = this.#accept('(');
    if (RESERVED.has(token.text)) this.#issue(token.offset, `reserved identifier: ${token.text}`);
    if (open !== undefined) return this.#callOrMacro(open.offset, name, this.#arguments());
    const offset = dot?.offset ?? token.offset;
    if (!this.#isStruct()) return { kind: 'ident', id: this.#id(), offset, name };
    return this.#structLiteral(name, offset);
  }

  /** Whether names with dots and a brace follow: a message. */
  #isStruct(): boolean {
    let at = this.#at;
    while (this.#tokens[at]?.text === '.' && this.#tokens[at + 1]?.kind === 'identifier') at += 2;
    return this.#tokens[at]?.kind === 'operator' && this.#tokens[at]?.text === '{';
  }

  #structLiteral(first: string, offset: number): Expr {
    let name = first;
    while (this.#accept('.') !== undefined) name += `.${this.#take().text}`;
    const open = this.#take();
    for (let depth = 1; depth > 0;) {
      const token = this.#take();
      if (token.kind === 'end') this.#fail(token, `mismatched input '<EOF>' expecting '}'`);
      depth += token.text === '{' && token.kind === 'operator' ? 1 : token.text === '}' && token.kind === 'operator' ? -1 : 0;
    }
    return { kind: 'struct', id: this.#id(), offset: open.offset === 0 ? offset : open.offset, name };
  }

  #listLiteral(open: Token): Expr {
    const elements: Expr[] = [];
    const optional = new Set<number>();
    while (!this.#is(']')) {
      this.#notEnd(elements.length === 0 ? `mismatched input '<EOF>' expecting {${LIST_STARTERS}}` : "missing ']' at '<EOF>'");
      if (this.#accept(',') !== undefined && this.#is(']')) break;
      if (this.#accept('?') !== undefined) optional.add(elements.length);
      elements.push(this.#expr());
      if (!this.#is(',') && !this.#is(']')) this.#fail(this.#peek(), `mismatched input '${this.#peek().text}' expecting {']', ','}`);
      this.#accept(',');
    }
    this.#take();
    return { kind: 'list', id: this.#id(), offset: open.offset, elements, optional };
  }

  #mapLiteral(open: Token): Expr {
    const entries: MapEntry[] = [];
    while (!this.#is('}')) {
      this.#notEnd(entries.length === 0 ? `mismatched input '<EOF>' expecting {${MAP_STARTERS}}` : "missing '}' at '<EOF>'");
      if (this.#accept(',') !== undefined && this.#is('}')) break;
      const optional = this.#accept('?') !== undefined;
      const key = this.#expr();
      if (!this.#is(':')) this.#fail(this.#peek(), `mismatched input '${this.#peek().text}' expecting ':'`);
      this.#take();
      entries.push({ key, value: this.#expr(), optional });
      if (!this.#is(',') && !this.#is('}')) this.#fail(this.#peek(), `mismatched input '${this.#peek().text}' expecting {'}', ','}`);
      this.#accept(',');
    }
    this.#take();
    return { kind: 'map', id: this.#id(), offset: open.offset, entries };
  }

  #literal(): Expr {
    const start = this.#peek();
    const negative = this.#accept('-') !== undefined;
    const token = this.#take();
    const sign = negative ? '-' : '';
    const bad = (what: string): Expr => {
      this.#issue(start.offset, what);
      return this.#constant(start.offset, null);
    };
    switch (token.kind) {
      case 'int': {
        const value = negative ? -BigInt(token.text) : BigInt(token.text);
        return value < INT_MIN || value > INT_MAX ? bad('invalid int literal') : this.#constant(start.offset, value);
      }
      case 'uint': {
        const value = BigInt(token.text.slice(0, -1));
        return value > UINT_MAX ? bad('invalid uint literal') : this.#constant(start.offset, new CelUint(value));
      }
      case 'float': {
        const value = Number(sign + token.text);
        return Number.isFinite(value) ? this.#constant(start.offset, value) : bad('invalid double literal');
      }
      case 'string':
      case 'bytes':
        try {
          return this.#constant(
            start.offset,
            token.kind === 'string' ? unescapeString(token.text) : new CelBytes(unescapeBytes(token.text)),
          );
        } catch (error) {
          if (error instanceof UnescapeError) return bad(error.message);
          throw error;
        }
      default:
    }
    if (token.kind === 'operator' && !negative && (token.text === 'true' || token.text === 'false'))
      return this.#constant(start.offset, token.text === 'true');
    if (token.kind === 'operator' && !negative && token.text === 'null') return this.#constant(start.offset, null);
    const extraneous = token.kind === 'operator' && this.#peek().kind !== 'end' && token.text !== 'in';
    return this.#fail(token, `${extraneous ? 'extraneous' : 'mismatched'} input '${token.text}' expecting {${STARTERS}}`);
  }
}

/** How {@link parse} reads. */
export interface ParseOptions {
  /** Macros over keys and values together are known (`all(k, v, ...)`, `transformMap`). */
  readonly twoVariables?: boolean;
}

/**
 * Reads an expression.
 * @throws CelError CEL_COMPILE with cel-go's text
 */
export function parse(text: string, options: ParseOptions = {}): Expr {
  if (text.length > LARGEST_TEXT)
    throw compileError('', [
      { offset: 0, message: `expression code point size exceeds limit: size: ${text.length}, limit ${LARGEST_TEXT}` },
    ]);
  const { tokens, issues } = lex(text);
  const parser = new Parser(tokens, [...issues], options.twoVariables === true);
  let expr: Expr | undefined;
  try {
    expr = parser.parse();
  } catch (error) {
    if (!(error instanceof SyntaxStop)) throw error;
  }
  if (expr === undefined || parser.issues.length > 0) throw compileError(text, parser.issues);
  return expr;
}
