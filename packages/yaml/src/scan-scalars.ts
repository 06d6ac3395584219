import { hexValue, isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, isDigit } from './chars.ts';
import type { Cursor } from './cursor.ts';
import { YamlError, type Mark } from './errors.ts';
import { scanLineComment } from './scan-comments.ts';
import type { ScanState } from './scan-state.ts';
import { textToken, type ScalarStyle, type Token } from './tokens.ts';

function scalarToken(cursor: Cursor, place: { readonly start: Mark; readonly end: Mark }, value: string, style: ScalarStyle): Token {
  if (value.length > cursor.limits.maxScalarBytes) {
    const problem = `scalar longer than ${cursor.limits.maxScalarBytes} bytes`;
    throw new YamlError({ code: 'YAML_LIMIT', problem, message: `yaml: ${problem}`, file: cursor.limits.file, mark: place.start });
  }
  return textToken('scalar', place, value, { style });
}

/** Whether a document mark stands here: `---` or `...` at the start of a line. */
function atDocumentMark(cursor: Cursor): boolean {
  if (cursor.column !== 0) return false;
  const c = cursor.at(0);
  return (c === 45 || c === 46) && cursor.at(1) === c && cursor.at(2) === c && isBlankOrEnd(cursor.at(3));
}

/** White space between two parts of a flow scalar: blanks within a line, or line breaks that fold. */
class Gap {
  blanks = '';
  first = '';
  more = '';
  broken = false;

  /** Reads blanks and line breaks. @param onBlank looks at each blank behind a line break */
  read(cursor: Cursor, onBlank: (c: number) => void): void {
    for (let c = cursor.at(0); isBlank(c) || isBreak(c); c = cursor.at(0)) {
      if (isBlank(c)) {
        if (this.broken) {
          onBlank(c);
          cursor.skip();
        } else {
          let end = cursor.pos + 1;
          while (isBlank(cursor.text.charCodeAt(end))) end++;
          this.blanks += cursor.readRun(end, 1);
        }
      } else {
        cursor.need(2);
        if (this.broken) this.more += cursor.readLine();
        else {
          this.blanks = '';
          this.first = cursor.readLine();
          this.broken = true;
        }
      }
      cursor.need(1);
    }
  }

  /** Gives what the gap folds to, and forgets it. */
  take(): string {
    let out = this.blanks;
    if (this.broken) {
      if (this.first.startsWith('\n')) out = this.more === '' ? ' ' : this.more;
      else out = this.first + this.more;
    }
    this.blanks = this.first = this.more = '';
    this.broken = false;
    return out;
  }
}

/** Scans an unquoted scalar. */
export function scanPlainScalar(scanner: ScanState): Token {
  const { cursor } = scanner;
  const { text } = cursor;
  const flow = scanner.flowLevel > 0;
  const indent = scanner.indent + 1;
  const start = cursor.mark();
  let end = start;
  let value = '';
  const gap = new Gap();
  const onBlank = (c: number): void => {
    if (c === 9 && cursor.column < indent) cursor.scanError('found a tab character that violates indentation', start);
  };
  for (;;) {
    cursor.need(4);
    if (atDocumentMark(cursor) || cursor.at(0) === 35) break;
    const from = cursor.pos;
    let p = from;
    for (let c = text.charCodeAt(p); !isBlankOrEnd(c); c = text.charCodeAt(++p)) {
      if (c === 58 && isBlankOrEnd(text.charCodeAt(p + 1))) break;
      if (flow && (c === 44 || c === 63 || c === 91 || c === 93 || c === 123 || c === 125)) break;
    }
    if (p > from) {
      value += gap.take();
      value += cursor.readRun(p, 2);
      end = cursor.mark();
      cursor.need(2);
    }
    const c = cursor.at(0);
    if (!isBlank(c) && !isBreak(c)) break;
    cursor.need(1);
    gap.read(cursor, onBlank);
    if (!flow && cursor.column < indent) break;
  }
  if (gap.broken) scanner.simpleKeyAllowed = true;
  return scalarToken(cursor, { start, end }, value, 'plain');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const CODE_LENGTH: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function scanEscape(cursor: Cursor, start: Mark): string {
  const kind = cursor.text[cursor.pos + 1] as string;
  const length = CODE_LENGTH[kind];
  const simple = length === undefined ? ESCAPES[kind] : '';
  if (simple === undefined) cursor.scanError('found unknown escape character', start);
  cursor.skip();
  cursor.skip();
  if (length === undefined) return simple;
  cursor.need(length);
  let code = 0;
  for (let k = 0; k < length; k++) {
    const digit = hexValue(cursor.at(k));
    if (digit < 0) cursor.scanError('did not find expected hexdecimal number', start);
    code = code * 16 + digit;
  }
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) cursor.scanError('found invalid Unicode character escape code', start);
  for (let k = 0; k < length; k++) cursor.skip();
  return String.fromCodePoint(code);
}

/** Scans a quoted scalar. */
export function scanFlowScalar(scanner: ScanState, single: boolean): Token {
  const { cursor } = scanner;
  const { text } = cursor;
  const quote = single ? 39 : 34;
  const start = cursor.mark();
  const gap = new Gap();
  let value = '';
  cursor.skip();
  for (;;) {
    cursor.need(4);
    if (atDocumentMark(cursor)) cursor.scanError('found unexpected document indicator', start);
    if (cursor.at(0) === 0) cursor.scanError('found unexpected end of stream', start);
    for (let c = cursor.at(0); !isBlankOrEnd(c); c = cursor.at(0)) {
      let p = cursor.pos;
      while (!isBlankOrEnd(c) && c !== quote && (single || c !== 92)) c = text.charCodeAt(++p);
      if (p > cursor.pos) value += cursor.readRun(p, 2);
      else if (c === 92) {
        if (isBreak(cursor.at(1))) {
          cursor.need(3);
          cursor.skip();
          cursor.skipLine();
          gap.broken = true;
          break;
        }
        value += scanEscape(cursor, start);
      } else if (single && cursor.at(1) === 39) {
        value += "'";
        cursor.skip();
        cursor.skip();
      } else break;
      cursor.need(2);
    }
    cursor.need(1);
    if (cursor.at(0) === quote) break;
    gap.read(cursor, () => undefined);
    value += gap.take();
  }
  cursor.skip();
  return scalarToken(cursor, { start, end: cursor.mark() }, value, single ? 'single' : 'double');
}

interface BlockHeader {
  /** -1 strip, 0 clip, 1 keep. */
  chomping: number;
  increment: number;
}

function scanIndicator(cursor: Cursor, header: BlockHeader, start: Mark): boolean {
  const c = cursor.at(0);
  if (c === 43 || c === 45) {
    if (header.chomping !== 0) return false;
    header.chomping = c === 43 ? 1 : -1;
  } else if (isDigit(c)) {
    if (header.increment !== 0) return false;
    if (c === 48) cursor.scanError('found an indentation indicator equal to 0', start);
    header.increment = c - 48;
  } else return false;
  cursor.skip();
  cursor.need(1);
  return true;
}

interface Breaks {
  indent: number;
  text: string;
  end: Mark;
}

/** Reads indentation and empty lines; finds the indentation of the scalar where it is not known yet (0). */
function scanBlockBreaks(scanner: ScanState, breaks: Breaks, start: Mark): void {
  const { cursor } = scanner;
  breaks.end = cursor.mark();
  let widest = 0;
  for (;;) {
    cursor.need(1);
    while ((breaks.indent === 0 || cursor.column < breaks.indent) && cursor.at(0) === 32) {
      cursor.skip();
      cursor.need(1);
    }
    if (cursor.column > widest) widest = cursor.column;
    if ((breaks.indent === 0 || cursor.column < breaks.indent) && cursor.at(0) === 9) {
      cursor.scanError('found a tab character where an indentation space is expected', start);
    }
    if (!isBreak(cursor.at(0))) break;
    cursor.need(2);
    breaks.text += cursor.readLine();
    breaks.end = cursor.mark();
  }
  if (breaks.indent === 0) breaks.indent = Math.max(widest, scanner.indent + 1, 1);
}

/** Scans a `|` or `>` scalar. */
export function scanBlockScalar(scanner: ScanState, literal: boolean): Token {
  const { cursor } = scanner;
  const { text } = cursor;
  const start = cursor.mark();
  const header: BlockHeader = { chomping: 0, increment: 0 };
  cursor.skip();
  cursor.need(1);
  if (scanIndicator(cursor, header, start)) scanIndicator(cursor, header, start);
  while (isBlank(cursor.at(0))) {
    cursor.skip();
    cursor.need(1);
  }
  if (cursor.at(0) === 35) {
    if (cursor.library === 'v3') scanLineComment(scanner, start);
    scanner.skipComment();
  }
  if (!isBreakOrEnd(cursor.at(0))) cursor.scanError('did not find expected comment or line break', start);
  cursor.need(2);
  cursor.readLine();
  const breaks: Breaks = {
    indent: header.increment > 0 ? Math.max(scanner.indent, 0) + header.increment : 0,
    text: '',
    end: cursor.mark(),
  };
  scanBlockBreaks(scanner, breaks, start);
  cursor.need(1);
  let value = '';
  let lineBreak = '';
  let afterBlank = false;
  while (cursor.column === breaks.indent && cursor.at(0) !== 0) {
    const blank = isBlank(cursor.at(0));
    if (!literal && !afterBlank && !blank && lineBreak.startsWith('\n')) {
      if (breaks.text === '') value += ' ';
    } else value += lineBreak;
    value += breaks.text;
    breaks.text = '';
    afterBlank = blank;
    let end = cursor.pos;
    while (!isBreakOrEnd(text.charCodeAt(end))) end++;
    value += cursor.readRun(end, 1);
    cursor.need(2);
    lineBreak = cursor.readLine();
    scanBlockBreaks(scanner, breaks, start);
  }
  if (header.chomping !== -1) value += lineBreak;
  if (header.chomping === 1) value += breaks.text;
  return scalarToken(cursor, { start, end: breaks.end }, value, literal ? 'literal' : 'folded');
}
