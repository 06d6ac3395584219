// Long because one recursive descent reads all statements over one window of tokens.
import { GoError, TemplateError } from './errors.ts';
import { Lexer, type Token, type TokenType } from './lexer.ts';
import {
  isEmptyList,
  nodeText,
  type BranchNode,
  type CommandNode,
  type ListNode,
  type OperandNode,
  type PipeNode,
  type StatementNode,
} from './nodes.ts';
import { readCharConstant, readComplex, readNumber } from './number-literal.ts';
import { outline as outlineOf, type Outline } from './outline.ts';
import { goQuote, goUnquote } from './quote.ts';

/** One template of a parsed text: the text itself or one of its defines and blocks. */
export interface Tree {
  readonly name: string;
  /** It is the text's own, not a define of its name. */
  readonly isMain: boolean;
  /** It has nothing but white space, so that it does not replace a template of its name. */
  readonly isEmpty: boolean;
  readonly root: ListNode;
}

const MAX_EXPRESSION_DEPTH = 10_000;
const KEYWORDS: ReadonlySet<TokenType> = new Set<TokenType>([
  'block',
  'break',
  'continue',
  'dot',
  'define',
  'else',
  'end',
  'if',
  'nil',
  'range',
  'template',
  'with',
]);

function tokenText(token: Token): string {
  if (token.type === 'eof') return 'EOF';
  if (token.type === 'error') return token.value;
  if (KEYWORDS.has(token.type)) return `<${token.value}>`;
  const runes = Array.from(token.value);
  return Buffer.byteLength(token.value) > 10 ? `${goQuote(runes.slice(0, 10).join(''))}...` : goQuote(token.value);
}

interface Source {
  readonly parseName: string;
  readonly text: string;
  readonly lexer: Lexer;
  readonly hasFunction: (name: string) => boolean;
  readonly trees: Map<string, Tree>;
  /** What is being put together of the lists that are open: copied out at its exact length. */
  readonly stack: unknown[];
  /** Where its parts stand: the text is known to be right, and lists are parsed when they are first read. */
  readonly outline: Outline | undefined;
}

/** The numbers of the part whose list begins at a place. */
function partAt(parts: Int32Array, start: number): number {
  let low = 0;
  let high = parts.length / 3 - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((parts[middle * 3] as number) < start) low = middle + 1;
    else high = middle;
  }
  return low * 3;
}

/** Takes off what stands above a place of a stack: an array no larger than it must be. */
function popFrom<T>(stack: unknown[], base: number): T[] {
  const items = stack.slice(base) as T[];
  stack.length = base;
  return items;
}

const NO_VARIABLES: readonly string[] = [];
const NO_END: StatementNode = { kind: 'end', pos: 0 };

/** A list that is parsed when it is read: much of a chart never is. */
class LaterList implements ListNode {
  readonly kind = 'list';
  readonly pos: number;
  readonly #source: Source;
  readonly #chain: 'if' | 'with' | undefined;
  readonly #isMain: boolean;

  /** @param how whether it is the text's own, or the branch of an `else if` */
  constructor(source: Source, pos: number, how: { readonly isMain?: boolean; readonly chain?: 'if' | 'with' } = {}) {
    this.pos = pos;
    this.#source = source;
    this.#chain = how.chain;
    this.#isMain = how.isMain ?? false;
  }

  get nodes(): readonly StatementNode[] {
    const { lexer } = this.#source;
    lexer.seek(this.pos, this.#chain !== undefined);
    const parser = new TreeParser(this.#source);
    return this.#isMain ? parser.textNodes() : parser.laterNodes(this.#chain);
  }
}

/** Parses one template (the text's own, a define or a block) over the lexer that all of a text share. */
class TreeParser {
  readonly #source: Source;
  readonly #tokens: [Token, Token, Token];
  #peeked = 0;
  #variables: string[] = ['$'];
  #rangeDepth = 0;
  #depth = 0;
  #actionStart = -1;
  /** What ended the last list. */
  #end: StatementNode = NO_END;

  constructor(source: Source) {
    this.#source = source;
    const none: Token = { type: 'eof', start: -1, value: '' };
    this.#tokens = [none, none, none];
  }

  /** Parses the whole text. */
  parseText(): void {
    const pos = this.#peek().start;
    this.#add(this.#source.parseName, { kind: 'list', pos, nodes: this.textNodes() }, true);
  }

  /** Parses what stands outside of the defines, and adds these. */
  textNodes(): readonly StatementNode[] {
    const { stack } = this.#source;
    const base = stack.length;
    while (this.#peek().type !== 'eof') {
      if (this.#peek().type === 'leftDelim') {
        const delimiter = this.#next();
        if (this.#nextNonSpace().type === 'define') {
          new TreeParser(this.#source).#definition();
          continue;
        }
        this.#tokens[1] = delimiter;
        this.#peeked = 2;
      }
      const node = this.#textOrAction();
      if (node.kind === 'end' || node.kind === 'else') this.#fail(`unexpected ${nodeText(node)}`);
      stack.push(node);
    }
    return popFrom(stack, base);
  }

  /** Parses the list that begins here. @param chain it is the branch of an `else if` */
  laterNodes(chain: 'if' | 'with' | undefined): readonly StatementNode[] {
    return chain === undefined ? this.#itemList().nodes : [this.#branch(chain)];
  }

  #definition(): void {
    const context = 'define clause';
    const token = this.#nextNonSpace();
    if (token.type !== 'string' && token.type !== 'rawString') this.#unexpected(token, context);
    const name = this.#unquote(token.value);
    this.#expect('rightDelim', context);
    const { lexer, outline } = this.#source;
    if (outline === undefined) this.#add(name, this.#body(context));
    else lexer.seek(outline.parts[partAt(outline.parts, lexer.position) + 2] as number, false);
  }

  #body(context: string): ListNode {
    const list = this.#itemList();
    const end = this.#end;
    if (end.kind !== 'end') this.#fail(`unexpected ${nodeText(end)} in ${context}`);
    return list;
  }

  #add(name: string, root: ListNode, isMain = false): void {
    const known = this.#source.trees.get(name);
    const isEmpty = isEmptyList(root);
    if (known === undefined || known.isEmpty) this.#source.trees.set(name, { name, isMain, isEmpty, root });
    else if (!isEmpty) this.#fail(`template: multiple definition of template ${goQuote(name)}`);
  }

  // ---- tokens: a window of three, as text/template/parse has it

  #next(): Token {
    if (this.#peeked > 0) this.#peeked--;
    else this.#tokens[0] = this.#source.lexer.next();
    return this.#tokens[this.#peeked] as Token;
  }

  #peek(): Token {
    if (this.#peeked > 0) return this.#tokens[this.#peeked - 1] as Token;
    this.#peeked = 1;
    return (this.#tokens[0] = this.#source.lexer.next());
  }

  #nextNonSpace(): Token {
    for (;;) {
      const token = this.#next();
      if (token.type !== 'space') return token;
    }
  }

  #peekNonSpace(): Token {
    const token = this.#nextNonSpace();
    this.#peeked++;
    return token;
  }

  #expect(type: TokenType, context: string): Token {
    const token = this.#nextNonSpace();
    if (token.type !== type) this.#unexpected(token, context);
    return token;
  }

  // ---- errors

  #line(start: number): number {
    if (start < 0) return 0;
    let line = 1;
    for (let at = this.#source.text.indexOf('\n'); at >= 0 && at < start; at = this.#source.text.indexOf('\n', at + 1)) line++;
    return line;
  }

  #fail(reason: string): never {
    const { parseName } = this.#source;
    const line = this.#line(this.#tokens[0].start);
    const frame = { template: parseName, parseName, line, column: 0, node: '' };
    throw new TemplateError({ code: 'TEMPLATE_PARSE', message: `template: ${parseName}:${line}: ${reason}`, reason, frame });
  }

  #unexpected(token: Token, context: string): never {
    if (token.type !== 'error') this.#fail(`unexpected ${tokenText(token)} in ${context}`);
    let extra = '';
    const actionLine = this.#line(this.#actionStart);
    if (actionLine !== 0 && actionLine !== this.#line(token.start)) {
      extra = ` in action started at ${this.#source.parseName}:${actionLine}`;
      if (token.value.endsWith(' action')) extra = extra.slice(' in action'.length);
    }
    return this.#fail(tokenText(token) + extra);
  }

  #guard<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof GoError) this.#fail(error.message);
      throw error;
    }
  }

  #unquote(literal: string): string {
    if (literal.charCodeAt(0) === 34 && !literal.includes('\\')) return literal.slice(1, -1);
    return this.#guard(() => goUnquote(literal));
  }

  // ---- statements

  /** Parses statements up to an end or an else, which it leaves in `#end`. */
  #itemList(): ListNode {
    const pos = this.#peekNonSpace().start;
    const { stack } = this.#source;
    const base = stack.length;
    while (this.#peekNonSpace().type !== 'eof') {
      const node = this.#textOrAction();
      if (node.kind === 'end' || node.kind === 'else') {
        this.#end = node;
        return { kind: 'list', pos, nodes: popFrom(stack, base) };
      }
      stack.push(node);
    }
    return this.#fail('unexpected EOF');
  }

  #textOrAction(): StatementNode {
    const token = this.#nextNonSpace();
    if (token.type === 'text') return { kind: 'text', pos: token.start, text: token.value };
    if (token.type !== 'leftDelim') this.#unexpected(token, 'input');
    this.#actionStart = token.start;
    const node = this.#action();
    this.#actionStart = -1;
    return node;
  }

  #action(): StatementNode {
    const token = this.#nextNonSpace();
    switch (token.type) {
      case 'block':
        return this.#block();
      case 'break':
      case 'continue':
        return this.#loopControl(token, token.type);
      case 'else': {
        const peek = this.#peekNonSpace();
        if (peek.type === 'if' || peek.type === 'with') return { kind: 'else', pos: peek.start };
        return { kind: 'else', pos: this.#expect('rightDelim', 'else').start };
      }
      case 'end':
        return { kind: 'end', pos: this.#expect('rightDelim', 'end').start };
      case 'if':
      case 'range':
      case 'with':
        return this.#branch(token.type);
      case 'template':
        return this.#templateCall();
      default: {
        this.#peeked++;
        const pos = this.#peek().start;
        return { kind: 'action', pos, pipe: this.#pipeline('command', 'rightDelim') };
      }
    }
  }

  #loopControl(token: Token, kind: 'break' | 'continue'): StatementNode {
    const next = this.#nextNonSpace();
    if (next.type !== 'rightDelim') this.#unexpected(next, `{{${kind}}}`);
    if (this.#rangeDepth === 0 && this.#source.outline === undefined) this.#fail(`{{${kind}}} outside {{range}}`);
    return { kind, pos: token.start };
  }

  #branch(kind: 'if' | 'range' | 'with'): BranchNode {
    const variables = this.#variables.length;
    const pipe = this.#pipeline(kind, 'rightDelim');
    if (this.#source.outline !== undefined) return { kind, pos: pipe.pos, pipe, ...this.#laterLists(kind, this.#source.outline.parts) };
    if (kind === 'range') this.#rangeDepth++;
    const list = this.#itemList();
    const next = this.#end;
    if (kind === 'range') this.#rangeDepth--;
    const elseList = next.kind === 'else' ? this.#otherwise(kind, next.pos) : undefined;
    if (this.#variables.length !== variables) this.#variables.length = variables;
    return { kind, pos: pipe.pos, pipe, list, elseList };
  }

  /** The lists of a branch, to be parsed later; goes on behind it. */
  #laterLists(kind: 'if' | 'range' | 'with', parts: Int32Array): Pick<BranchNode, 'list' | 'elseList'> {
    const source = this.#source;
    const at = partAt(parts, source.lexer.position);
    const otherwise = parts[at + 1] as number;
    source.lexer.seek(parts[at + 2] as number, false);
    const chain = otherwise < 0 && kind !== 'range' ? { chain: kind } : {};
    return {
      list: new LaterList(source, parts[at] as number),
      elseList: otherwise === 0 ? undefined : new LaterList(source, Math.abs(otherwise), chain),
    };
  }

  #otherwise(kind: 'if' | 'range' | 'with', pos: number): ListNode {
    if (kind !== 'range' && this.#peek().type === kind) {
      this.#next();
      return { kind: 'list', pos, nodes: [this.#branch(kind)] };
    }
    const list = this.#itemList();
    const end = this.#end;
    if (end.kind !== 'end') this.#fail(`expected end; found ${nodeText(end)}`);
    return list;
  }

  #block(): StatementNode {
    const context = 'block clause';
    const token = this.#nextNonSpace();
    const name = this.#templateName(token, context);
    const pipe = this.#pipeline(context, 'rightDelim');
    const parser = new TreeParser(this.#source);
    parser.#add(name, parser.#body(context));
    return { kind: 'template', pos: token.start, name, pipe };
  }

  #templateCall(): StatementNode {
    const context = 'template clause';
    const token = this.#nextNonSpace();
    const name = this.#templateName(token, context);
    let pipe: PipeNode | undefined;
    if (this.#nextNonSpace().type !== 'rightDelim') {
      this.#peeked++;
      pipe = this.#pipeline(context, 'rightDelim');
    }
    return { kind: 'template', pos: token.start, name, pipe };
  }

  #templateName(token: Token, context: string): string {
    if (token.type !== 'string' && token.type !== 'rawString') this.#unexpected(token, context);
    return this.#unquote(token.value);
  }

  // ---- pipelines

  #pipeline(context: string, end: TokenType): PipeNode {
    const pos = this.#peekNonSpace().start;
    const hasVariables = this.#peekNonSpace().type === 'variable';
    const variables: string[] = hasVariables ? [] : (NO_VARIABLES as string[]);
    const assign = hasVariables && this.#declarations(context, variables);
    const { stack } = this.#source;
    const base = stack.length;
    for (;;) {
      const token = this.#nextNonSpace();
      if (token.type === end) break;
      if (!STARTS_OPERAND.has(token.type)) this.#unexpected(token, context);
      this.#peeked++;
      stack.push(this.#command());
    }
    const commands = popFrom<CommandNode>(stack, base);
    if (commands.length === 0) this.#fail(`missing value for ${context}`);
    for (let i = 1; i < commands.length; i++) {
      const word = (commands[i] as CommandNode).args[0] as OperandNode;
      if (NOT_EXECUTABLE.has(word.kind)) this.#fail(`non executable command in pipeline stage ${i + 1}`);
    }
    return { kind: 'pipe', pos, assign, variables: variables.length === 0 ? NO_VARIABLES : variables, commands };
  }

  /** Reads `$a :=`, `$a =` and, in ranges, `$a, $b :=`. @returns whether it assigns */
  #declarations(context: string, variables: string[]): boolean {
    for (;;) {
      const variable = this.#peekNonSpace();
      if (variable.type !== 'variable') return false;
      this.#next();
      const after = this.#peek();
      const next = this.#peekNonSpace();
      if (next.type === 'assign' || next.type === 'declare') {
        this.#nextNonSpace();
        variables.push(variable.value);
        this.#variables.push(variable.value);
        return next.type === 'assign';
      }
      if (next.type === 'char' && next.value === ',') {
        this.#nextNonSpace();
        variables.push(variable.value);
        this.#variables.push(variable.value);
        if (context !== 'range' || variables.length >= 2) this.#fail(`too many declarations in ${context}`);
        const follow = this.#peekNonSpace().type;
        if (follow !== 'variable' && follow !== 'rightDelim' && follow !== 'rightParen') this.#fail('range can only initialize variables');
        continue;
      }
      this.#tokens[1] = after.type === 'space' ? after : variable;
      if (after.type === 'space') this.#tokens[2] = variable;
      this.#peeked = after.type === 'space' ? 3 : 2;
      return false;
    }
  }

  #command(): CommandNode {
    const pos = this.#peekNonSpace().start;
    const { stack } = this.#source;
    const base = stack.length;
    for (;;) {
      this.#peekNonSpace();
      const operand = this.#operand();
      if (operand !== undefined) stack.push(operand);
      const token = this.#next();
      if (token.type === 'space') continue;
      if (token.type === 'rightDelim' || token.type === 'rightParen') this.#peeked++;
      else if (token.type !== 'pipe') this.#unexpected(token, 'operand');
      break;
    }
    if (stack.length === base) this.#fail('empty command');
    return { kind: 'command', pos, args: popFrom(stack, base) };
  }

  #operand(): OperandNode | undefined {
    const node = this.#term();
    if (node === undefined || this.#peek().type !== 'field') return node;
    const pos = this.#peek().start;
    const { stack } = this.#source;
    const base = stack.length;
    if (node.kind === 'field' || node.kind === 'variable') for (let i = 0; i < node.path.length; i++) stack.push(node.path[i]);
    while (this.#peek().type === 'field') stack.push(this.#next().value.slice(1));
    const path = popFrom<string>(stack, base);
    switch (node.kind) {
      case 'field':
      case 'variable':
        return { kind: node.kind, pos, path };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        return this.#fail(`unexpected . after term ${goQuote(nodeText(node))}`);
      default:
        return { kind: 'chain', pos, node, path };
    }
  }

  #term(): OperandNode | undefined {
    const token = this.#nextNonSpace();
    const pos = token.start;
    switch (token.type) {
      case 'identifier':
        if (!this.#source.hasFunction(token.value)) this.#fail(`function ${goQuote(token.value)} not defined`);
        return { kind: 'identifier', pos, name: token.value };
      case 'dot':
      case 'nil':
        return { kind: token.type, pos };
      case 'variable':
        if (this.#source.outline === undefined && !this.#variables.includes(token.value))
          this.#fail(`undefined variable ${goQuote(token.value)}`);
        return { kind: 'variable', pos, path: [token.value] };
      case 'field':
        return { kind: 'field', pos, path: [token.value.slice(1)] };
      case 'bool':
        return { kind: 'bool', pos, value: token.value === 'true' };
      case 'charConstant':
        return this.#guard(() => readCharConstant(pos, token.value));
      case 'complex':
        return this.#guard(() => readComplex(pos, token.value));
      case 'number':
        return this.#guard(() => readNumber(pos, token.value));
      case 'leftParen': {
        if (this.#depth >= MAX_EXPRESSION_DEPTH) this.#fail('max expression depth exceeded');
        this.#depth++;
        const pipe = this.#pipeline('parenthesized pipeline', 'rightParen');
        this.#depth--;
        return pipe;
      }
      case 'string':
      case 'rawString':
        return { kind: 'string', pos, quoted: token.value, value: this.#unquote(token.value) };
      default:
        this.#peeked++;
        return undefined;
    }
  }
}

const STARTS_OPERAND: ReadonlySet<TokenType> = new Set<TokenType>([
  'bool',
  'charConstant',
  'complex',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'rawString',
  'string',
  'variable',
  'leftParen',
]);
const NOT_EXECUTABLE: ReadonlySet<string> = new Set(['bool', 'dot', 'nil', 'number', 'string']);

/**
 * Parses a text into its templates, all of it now.
 * @throws TemplateError TEMPLATE_PARSE with Go's text
 */
export function parseWhole(name: string, text: string, hasFunction: (name: string) => boolean): ReadonlyMap<string, Tree> {
  const trees = new Map<string, Tree>();
  const lexer = new Lexer(text, goQuote);
  new TreeParser({ parseName: name, text, lexer, hasFunction, trees, stack: [], outline: undefined }).parseText();
  return trees;
}

/**
 * Parses a text into its templates: its own, named `name`, and every define and block. Where the text is as usual, its lists are
 * parsed when they are read.
 * @param hasFunction tells which functions exist
 * @throws TemplateError TEMPLATE_PARSE with Go's text
 */
export function parseTemplate(name: string, text: string, hasFunction: (name: string) => boolean): ReadonlyMap<string, Tree> {
  const outline = outlineOf(text, hasFunction);
  if (outline === undefined || outline.defines.some((define) => define.name === name)) return parseWhole(name, text, hasFunction);
  const trees = new Map<string, Tree>();
  const source: Source = { parseName: name, text, lexer: new Lexer(text, goQuote), hasFunction, trees, stack: [], outline };
  for (const define of outline.defines) {
    trees.set(define.name, { name: define.name, isMain: false, isEmpty: define.isEmpty, root: new LaterList(source, define.start) });
  }
  trees.set(name, { name, isMain: true, isEmpty: outline.isEmpty, root: new LaterList(source, 0, { isMain: true }) });
  return trees;
}
