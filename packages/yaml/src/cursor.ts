import { isBlank, isLowSurrogate } from './chars.ts';
import { YamlError, type Mark, type YamlErrorCode } from './errors.ts';
import type { ReadLimits } from './options.ts';
import type { Source } from './source.ts';

/** Which Go library the scanner stands for: go-yaml v2, or v3, which keeps comments. */
export type GoYaml = 'v2' | 'v3';

/** A problem found while scanning or parsing, with the context that it arose in. */
export interface Problem {
  readonly text: string;
  readonly at: Mark | undefined;
  readonly context: Mark | undefined;
  /** Scanner problems count their line one further than parser problems: go-yaml's own habit. */
  readonly kind: 'reader' | 'scanner' | 'parser';
}

/** A place in a text that moves on by characters and lines, as libyaml counts them. */
export class Cursor {
  readonly text: string;
  readonly library: GoYaml;
  readonly limits: ReadLimits;
  pos = 0;
  line = 0;
  column = 0;
  /** Line breaks since the last character that is no blank (v3's comment rules need it). */
  newlines = 0;
  /** An error that yaml.v3 has come upon and looks at only when the next event is made. */
  overlooked: YamlError | undefined;
  readonly #source: Source;
  #pairs = 0;
  #limit: number;
  #piece = 0;
  #bufferStart = 0;
  #badFrom: number;

  constructor(source: Source, library: GoYaml, limits: ReadLimits) {
    this.text = source.text;
    this.library = library;
    this.limits = limits;
    this.#source = source;
    this.#badFrom = source.bad?.from ?? Number.POSITIVE_INFINITY;
    this.#limit = source.bad !== undefined || source.pieces !== undefined ? 0 : Number.POSITIVE_INFINITY;
  }

  /** Offset in characters. */
  get index(): number {
    return this.pos - this.#pairs;
  }

  mark(): Mark {
    return { pos: this.pos, index: this.pos - this.#pairs, line: this.line, column: this.column };
  }

  /** The unit at an offset from the cursor. */
  at(ahead: number): number {
    return this.text.charCodeAt(this.pos + ahead);
  }

  /** Tells that the next characters are about to be looked at; fails where go-yaml finds bad bytes in them. */
  need(count: number): void {
    if (this.pos + count > this.#limit) this.#refill(count);
  }

  /** Whether a byte order mark opens what go-yaml has in its buffer now. */
  atByteOrderMark(): boolean {
    return this.#source.pieces !== undefined && this.text.charCodeAt(this.#bufferStart) === 0xfeff;
  }

  /**
   * Looks ahead as yaml.v3 does for comments: a bad byte there is only remembered.
   * @returns false where the characters cannot be looked at
   */
  canNeed(count: number): boolean {
    if (this.pos + count <= this.#limit) return true;
    try {
      this.#refill(count);
      return true;
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      this.overlooked ??= error;
      this.overlookBadByte();
      return false;
    }
  }

  /** After its complaint go-yaml has decoded what precedes the bad byte, and goes on with that if it is made to. */
  overlookBadByte(): void {
    this.#badFrom = this.#source.bad?.at ?? Number.POSITIVE_INFINITY;
    this.#limit = Math.min(this.#limit, this.#badFrom);
  }

  #refill(count: number): void {
    const { bad, pieces } = this.#source;
    this.#bufferStart = this.pos;
    if (bad !== undefined && this.pos + count > this.#badFrom) {
      this.fail({ text: bad.problem, at: undefined, context: undefined, kind: 'reader' });
    }
    let limit: number;
    do {
      limit = pieces?.[this.#piece++] ?? Number.POSITIVE_INFINITY;
    } while (this.pos + count > limit);
    this.#limit = bad === undefined ? limit : Math.min(limit, this.#badFrom);
  }

  /** Moves on by one character that is no line break. */
  skip(): void {
    const c = this.text.charCodeAt(this.pos);
    if (this.newlines !== 0 && !isBlank(c)) this.newlines = 0;
    this.pos++;
    this.column++;
    if (c >= 0xd800 && c <= 0xdbff && isLowSurrogate(this.text.charCodeAt(this.pos))) {
      this.pos++;
      this.#pairs++;
    }
  }

  /** Moves behind a line break, if there is one here. */
  skipLine(): void {
    this.readLine();
  }

  /** Moves behind a line break and gives it as go-yaml stores it: CR, CRLF and NEL become LF. */
  readLine(): string {
    const c = this.text.charCodeAt(this.pos);
    let got = '\n';
    if (c === 13 && this.text.charCodeAt(this.pos + 1) === 10) this.pos += 2;
    else if (c === 13 || c === 10 || c === 0x85) this.pos++;
    else if (c === 0x2028 || c === 0x2029) {
      this.pos++;
      got = String.fromCharCode(c);
    } else return '';
    this.column = 0;
    this.line++;
    this.newlines++;
    return got;
  }

  /** Moves over a run of characters that holds no line break and gives it. */
  readTo(end: number): string {
    const text = this.text.slice(this.pos, end);
    let pairs = 0;
    for (let i = this.pos; i < end; i++) {
      const c = this.text.charCodeAt(i);
      if (this.newlines !== 0 && !isBlank(c)) this.newlines = 0;
      if (isLowSurrogate(c) && i > this.pos) pairs++;
    }
    this.column += end - this.pos - pairs;
    this.#pairs += pairs;
    this.pos = end;
    return text;
  }

  /** As {@link Cursor.readTo}, looking ahead behind each character as go-yaml does. */
  readRun(end: number, ahead: number): string {
    if (this.#limit === Number.POSITIVE_INFINITY) return this.readTo(end);
    const start = this.pos;
    while (this.pos < end) {
      this.skip();
      this.need(ahead);
    }
    return this.text.slice(start, end);
  }

  /** Throws the error that go-yaml gives for a problem. */
  fail(problem: Problem, code: YamlErrorCode = problem.kind === 'reader' ? 'YAML_ENCODING' : 'YAML_SYNTAX'): never {
    const line = goLine(problem, this.library);
    throw new YamlError({
      code,
      problem: problem.text,
      message: `yaml: ${line === 0 ? '' : `line ${line}: `}${problem.text}`,
      file: this.limits.file,
      mark: problem.at ?? this.mark(),
    });
  }

  /** Throws a scanner's error at the cursor. */
  scanError(text: string, context: Mark): never {
    return this.fail({ text, at: this.mark(), context, kind: 'scanner' });
  }
}

/** The line that go-yaml names: v2 takes the problem's and falls back to the context's, v3 the other way round; line 1 is never named. */
function goLine(problem: Problem, library: GoYaml): number {
  const step = problem.kind === 'scanner' ? 1 : 0;
  const at = problem.at?.line ?? 0;
  const context = problem.context?.line ?? 0;
  if (library === 'v2') return at !== 0 ? at + step : context;
  if (context !== 0) return context + step;
  return at !== 0 ? at + step : 0;
}
