// Long because the token loop, simple keys and indentation share one state that changes at every character.
import { isBlankOrEnd, isBreak, isBreakOrEnd } from './chars.ts';
import { scanComments, scanLineComment } from './scan-comments.ts';
import { scanBlockScalar, scanFlowScalar, scanPlainScalar } from './scan-scalars.ts';
import { scanAnchor, scanDirective, scanTag } from './scan-properties.ts';
import { Cursor, type GoYaml } from './cursor.ts';
import type { Mark } from './errors.ts';
import type { ReadLimits } from './options.ts';
import type { ScanState } from './scan-state.ts';
import type { Source } from './source.ts';
import { bareToken, type Comment, type Token, type TokenKind } from './tokens.ts';

interface SimpleKey {
  possible: boolean;
  readonly required: boolean;
  readonly token: number;
  readonly mark: Mark;
}

/** go-yaml's bound on nested flow collections and on nested indentation. */
const MAX_LEVEL = 10_000;
/** A simple key must end within this many characters. */
const MAX_SIMPLE_KEY = 1024;
const FIRST_QUEUE = 16;

/** Cuts a text into tokens exactly as go-yaml does: the same tokens, the same errors at the same places. */
export class Scanner implements ScanState {
  readonly cursor: Cursor;
  /** Column of the innermost block collection; -1 outside. */
  indent = -1;
  flowLevel = 0;
  simpleKeyAllowed = false;
  /** Comments in order (v3 only); the parser takes them from the front. */
  readonly comments: Comment[] = [];
  readonly #v3: boolean;
  readonly #indents: number[] = [];
  readonly #simpleKeys: SimpleKey[] = [];
  readonly #keyOfToken = new Map<number, number>();
  // As in go-yaml, taken tokens stay in the queue until it is full: v3's comment rules look back at them.
  #queue: Token[] = [];
  #queueRoom = FIRST_QUEUE;
  #head = 0;
  #taken = 0;
  #available = false;
  #started = false;
  #ended = false;

  constructor(source: Source, library: GoYaml, limits: ReadLimits) {
    this.cursor = new Cursor(source, library, limits);
    this.#v3 = library === 'v3';
  }

  /** Whether the end of the stream has been taken. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The token that comes next; stays in the queue. */
  peek(): Token {
    if (!this.#available) this.#fetchMore();
    return this.#queue[this.#head] as Token;
  }

  /** Takes the token that {@link peek} gave. */
  skip(): void {
    this.#available = false;
    this.#taken++;
    this.#ended = (this.#queue[this.#head] as Token).kind === 'stream-end';
    this.#head++;
  }

  /** A token counted from the end of the queue (1 = last), taken ones included; undefined where there is none. */
  lastToken(back: number): Token | undefined {
    return this.#queue[this.#queue.length - back];
  }

  #insert(token: Token, at = -1): void {
    if (this.#head > 0 && this.#queue.length === this.#queueRoom) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    if (this.#queue.length === this.#queueRoom) this.#queueRoom *= 2;
    if (at < 0 || this.#head + at >= this.#queue.length) this.#queue.push(token);
    else this.#queue.splice(this.#head + at, 0, token);
  }

  #fetchMore(): void {
    const spare = this.#v3 ? 2 : 0;
    for (;;) {
      if (this.#head < this.#queue.length - spare) {
        const key = this.#keyOfToken.get(this.#taken);
        if (key === undefined || !this.#isValid(this.#simpleKeys[key] as SimpleKey)) break;
      }
      this.#fetch();
    }
    this.#available = true;
  }

  #fetch(): void {
    const cursor = this.cursor;
    cursor.need(1);
    if (!this.#started) {
      this.#started = true;
      this.#simpleKeys.push({ possible: false, required: false, token: 0, mark: cursor.mark() });
      this.simpleKeyAllowed = true;
      this.#insert(bareToken('stream-start', cursor.mark(), cursor.mark()));
      return;
    }
    const scanMark = cursor.mark();
    this.#toNextToken(scanMark);
    this.#unrollIndent(cursor.column, scanMark);
    cursor.need(4);
    const c = cursor.at(0);
    if (c === 0) return this.#fetchStreamEnd();
    if (cursor.column === 0) {
      if (c === 37) {
        this.#closeLine();
        this.#insert(scanDirective(cursor));
        return;
      }
      if ((c === 45 || c === 46) && cursor.at(1) === c && cursor.at(2) === c && isBlankOrEnd(cursor.at(3))) {
        this.#closeLine();
        return this.#single(c === 45 ? 'document-start' : 'document-end', 3);
      }
    }
    if (!this.#v3) return this.#fetchToken(c);
    let commentMark = cursor.mark();
    const last = this.lastToken(1);
    if (last !== undefined && (this.flowLevel === 0 ? c === 58 : c === 44)) commentMark = last.start;
    this.#fetchToken(c);
    if (this.lastToken(1)?.kind !== 'block-entry') scanLineComment(this, commentMark);
  }

  #fetchToken(c: number): void {
    const cursor = this.cursor;
    const flow = this.flowLevel > 0;
    switch (c) {
      case 91:
        return this.#fetchFlowStart('flow-sequence-start');
      case 123:
        return this.#fetchFlowStart('flow-mapping-start');
      case 93:
        return this.#fetchFlowEnd('flow-sequence-end');
      case 125:
        return this.#fetchFlowEnd('flow-mapping-end');
      case 44:
        this.#removeSimpleKey();
        this.simpleKeyAllowed = true;
        return this.#single('flow-entry', 1);
      case 42:
      case 38:
        this.#saveSimpleKey();
        this.simpleKeyAllowed = false;
        return this.#insert(scanAnchor(cursor, c === 42 ? 'alias' : 'anchor'));
      case 33:
        this.#saveSimpleKey();
        this.simpleKeyAllowed = false;
        return this.#insert(scanTag(cursor));
      case 39:
      case 34:
        this.#saveSimpleKey();
        this.simpleKeyAllowed = false;
        return this.#insert(scanFlowScalar(this, c === 39));
      case 124:
      case 62:
        if (flow) break;
        this.#removeSimpleKey();
        this.simpleKeyAllowed = true;
        return this.#insert(scanBlockScalar(this, c === 124));
      case 45:
        if (isBlankOrEnd(cursor.at(1))) return this.#fetchBlockEntry();
        return this.#fetchPlain();
      case 63:
        if (flow || isBlankOrEnd(cursor.at(1))) return this.#fetchKey();
        return this.#fetchPlain();
      case 58:
        if (flow || isBlankOrEnd(cursor.at(1))) return this.#fetchValue();
        return this.#fetchPlain();
      case 35:
      case 37:
      case 64:
      case 96:
        break;
      default:
        if (!isBlankOrEnd(c)) return this.#fetchPlain();
    }
    cursor.scanError('found character that cannot start any token', cursor.mark());
  }

  #fetchPlain(): void {
    this.#saveSimpleKey();
    this.simpleKeyAllowed = false;
    this.#insert(scanPlainScalar(this));
  }

  /** Takes a token of one to three characters. */
  #single(kind: TokenKind, length: number): void {
    const start = this.cursor.mark();
    for (let i = 0; i < length; i++) this.cursor.skip();
    this.#insert(bareToken(kind, start, this.cursor.mark()));
  }

  #isValid(key: SimpleKey): boolean {
    if (!key.possible) return false;
    if (key.mark.line < this.cursor.line || key.mark.index + MAX_SIMPLE_KEY < this.cursor.index) {
      if (key.required) this.cursor.scanError("could not find expected ':'", key.mark);
      key.possible = false;
      return false;
    }
    return true;
  }

  #saveSimpleKey(): void {
    if (!this.simpleKeyAllowed) return;
    const required = this.flowLevel === 0 && this.indent === this.cursor.column;
    const token = this.#taken + this.#queue.length - this.#head;
    const mark = this.cursor.mark();
    this.#removeSimpleKey();
    this.#simpleKeys[this.#simpleKeys.length - 1] = { possible: true, required, token, mark };
    this.#keyOfToken.set(token, this.#simpleKeys.length - 1);
  }

  #removeSimpleKey(): void {
    const key = this.#simpleKeys.at(-1) as SimpleKey;
    if (!key.possible) return;
    if (key.required) this.cursor.scanError("could not find expected ':'", key.mark);
    key.possible = false;
    this.#keyOfToken.delete(key.token);
  }

  #rollIndent(column: number, token: number, kind: TokenKind, mark: Mark): void {
    if (this.flowLevel > 0 || this.indent >= column) return;
    this.#indents.push(this.indent);
    this.indent = column;
    if (this.#indents.length > MAX_LEVEL) {
      this.cursor.scanError(`exceeded max depth of ${MAX_LEVEL}`, (this.#simpleKeys.at(-1) as SimpleKey).mark);
    }
    this.#insert(bareToken(kind, mark, mark), token < 0 ? -1 : token - this.#taken);
  }

  #unrollIndent(column: number, scanMark: Mark): void {
    if (this.flowLevel > 0 || this.indent <= column) return;
    let mark = this.#v3 ? { ...scanMark, index: scanMark.index - 1 } : this.cursor.mark();
    while (this.indent > column) {
      if (this.#v3) mark = this.#blockEndMark(mark);
      this.#insert(bareToken('block-end', mark, mark));
      this.indent = this.#indents.pop() as number;
    }
  }

  /** v3 ends a block before the foot comments that stand at its own indentation. */
  #blockEndMark(mark: Mark): Mark {
    let found = mark;
    let stop = mark.index;
    for (let i = this.comments.length - 1; i >= 0; i--) {
      const comment = this.comments[i] as Comment;
      if (comment.end.index < stop) break;
      if (comment.start.column === this.indent + 1) found = comment.start;
      stop = comment.scan.index;
    }
    return found;
  }

  /** Before a directive, a document mark and the end: all blocks close, no key is pending. */
  #closeLine(): void {
    this.#unrollIndent(-1, this.cursor.mark());
    this.#removeSimpleKey();
    this.simpleKeyAllowed = false;
  }

  #fetchStreamEnd(): void {
    const cursor = this.cursor;
    if (cursor.column !== 0) {
      cursor.column = 0;
      cursor.line++;
    }
    this.#closeLine();
    this.#insert(bareToken('stream-end', cursor.mark(), cursor.mark()));
  }

  #fetchFlowStart(kind: TokenKind): void {
    this.#saveSimpleKey();
    const mark = this.cursor.mark();
    this.#simpleKeys.push({ possible: false, required: false, token: this.#taken + this.#queue.length - this.#head, mark });
    this.flowLevel++;
    if (this.flowLevel > MAX_LEVEL) this.cursor.scanError(`exceeded max depth of ${MAX_LEVEL}`, mark);
    this.simpleKeyAllowed = true;
    this.#single(kind, 1);
  }

  #fetchFlowEnd(kind: TokenKind): void {
    this.#removeSimpleKey();
    if (this.flowLevel > 0) {
      this.flowLevel--;
      this.#keyOfToken.delete((this.#simpleKeys.pop() as SimpleKey).token);
    }
    this.simpleKeyAllowed = false;
    this.#single(kind, 1);
  }

  /** An entry, an explicit key or a value without a key opens a block collection where one may stand. */
  #openBlock(kind: TokenKind, refusal: string): void {
    const mark = this.cursor.mark();
    if (!this.simpleKeyAllowed) this.cursor.fail({ text: refusal, at: mark, context: mark, kind: 'scanner' });
    this.#rollIndent(this.cursor.column, -1, kind, mark);
  }

  #fetchBlockEntry(): void {
    if (this.flowLevel === 0) this.#openBlock('block-sequence-start', 'block sequence entries are not allowed in this context');
    this.#removeSimpleKey();
    this.simpleKeyAllowed = true;
    this.#single('block-entry', 1);
  }

  #fetchKey(): void {
    if (this.flowLevel === 0) this.#openBlock('block-mapping-start', 'mapping keys are not allowed in this context');
    this.#removeSimpleKey();
    this.simpleKeyAllowed = this.flowLevel === 0;
    this.#single('key', 1);
  }

  #fetchValue(): void {
    const key = this.#simpleKeys.at(-1) as SimpleKey;
    if (this.#isValid(key)) {
      this.#insert(bareToken('key', key.mark, key.mark), key.token - this.#taken);
      this.#rollIndent(key.mark.column, key.token, 'block-mapping-start', key.mark);
      key.possible = false;
      this.#keyOfToken.delete(key.token);
      this.simpleKeyAllowed = false;
    } else {
      if (this.flowLevel === 0) this.#openBlock('block-mapping-start', 'mapping values are not allowed in this context');
      this.simpleKeyAllowed = this.flowLevel === 0;
    }
    this.#single('value', 1);
  }

  /** Skips blanks, comments and line breaks. A tab is a blank only where no key can start. */
  #toNextToken(scanMark: Mark): void {
    const cursor = this.cursor;
    for (;;) {
      cursor.need(1);
      if (cursor.column === 0 && cursor.atByteOrderMark()) cursor.skip();
      cursor.need(1);
      for (let c = cursor.at(0); c === 32 || (c === 9 && (this.flowLevel > 0 || !this.simpleKeyAllowed)); c = cursor.at(0)) {
        cursor.skip();
        cursor.need(1);
      }
      if (this.#v3) this.#headOfEntry();
      if (cursor.at(0) === 35) {
        if (this.#v3) scanComments(this, scanMark);
        else this.skipComment();
      }
      cursor.need(2);
      if (cursor.readLine() === '') return;
      if (this.flowLevel === 0) this.simpleKeyAllowed = true;
    }
  }

  /** A comment behind the first dash of a sequence belongs to the head of what follows on the next line. */
  #headOfEntry(): void {
    const comment = this.comments.at(-1);
    if (comment === undefined || comment.line === '' || this.lastToken(1)?.kind !== 'block-entry') return;
    if (this.lastToken(2)?.kind !== 'block-sequence-start') return;
    if (isBreak(this.cursor.at(0))) return;
    comment.head = comment.line;
    comment.line = '';
    if (comment.start.line === this.cursor.line - 1) comment.token = this.cursor.mark();
  }

  /** Moves to the end of the line. */
  skipComment(): void {
    const { cursor } = this;
    let end = cursor.pos;
    while (!isBreakOrEnd(cursor.text.charCodeAt(end))) end++;
    cursor.readRun(end, 1);
  }
}
