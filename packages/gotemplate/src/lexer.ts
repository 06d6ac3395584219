// Long because one scanner reads all tokens over one position.
/** What a token of a template is. */
export type TokenType =
  | 'error'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'complex'
  | 'assign'
  | 'declare'
  | 'eof'
  | 'field'
  | 'identifier'
  | 'leftDelim'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelim'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable'
  | 'block'
  | 'break'
  | 'continue'
  | 'dot'
  | 'define'
  | 'else'
  | 'end'
  | 'if'
  | 'nil'
  | 'range'
  | 'template'
  | 'with';

/** A token: its type, where it starts (UTF-16 offset in the text), and its source (an error's message). */
export interface Token {
  readonly type: TokenType;
  readonly start: number;
  readonly value: string;
}

const KEYWORDS: ReadonlyMap<string, TokenType> = new Map<string, TokenType>([
  ['.', 'dot'],
  ['block', 'block'],
  ['break', 'break'],
  ['continue', 'continue'],
  ['define', 'define'],
  ['else', 'else'],
  ['end', 'end'],
  ['if', 'if'],
  ['nil', 'nil'],
  ['range', 'range'],
  ['template', 'template'],
  ['with', 'with'],
]);

const SPACE = 32;
const TAB = 9;
const CR = 13;
const LF = 10;
const MINUS = 45;
const EOF = -1;
const LETTER_OR_DIGIT = /^[\p{L}\p{Nd}]$/u;

function isSpace(code: number): boolean {
  return code === SPACE || code === LF || code === TAB || code === CR;
}

/** Whether a UTF-16 unit is an ASCII letter, digit or underscore. */
function isWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95;
}

function isAlphaNumeric(code: number): boolean {
  return code < 128 ? isWord(code) : LETTER_OR_DIGIT.test(String.fromCodePoint(code));
}

/** Prints a code point as Go's `%#U`: U+0021 '!'. */
function goUnicode(code: number): string {
  if (code < 0) return `U+FFFFFFFFFFFFFFFF`;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(String.fromCodePoint(code)) ? `${name} '${String.fromCodePoint(code)}'` : name;
}

/** Reads a template's text token by token, as Go's text/template/parse does with its default delimiters. */
export class Lexer {
  readonly #text: string;
  readonly #quote: (text: string) => string;
  #pos = 0;
  #start = 0;
  #parens = 0;
  #inside = false;
  #failed = false;

  /** @param quote prints a text as `%q`, for messages */
  constructor(text: string, quote: (text: string) => string) {
    this.#text = text;
    this.#quote = quote;
  }

  /** The next token; `eof` for ever at the end and after an error. */
  next(): Token {
    if (this.#failed) return { type: 'eof', start: this.#start, value: 'EOF' };
    return this.#inside ? this.#action() : this.#textOrDelimiter();
  }

  /** Where the next token is looked for. */
  get position(): number {
    return this.#pos;
  }

  /** Goes on elsewhere. @param inside the place is inside of an action */
  seek(position: number, inside: boolean): void {
    this.#pos = position;
    this.#start = position;
    this.#parens = 0;
    this.#inside = inside;
    this.#failed = false;
  }

  #emit(type: TokenType): Token {
    const token = { type, start: this.#start, value: this.#text.slice(this.#start, this.#pos) };
    this.#start = this.#pos;
    return token;
  }

  #error(message: string): Token {
    this.#failed = true;
    return { type: 'error', start: this.#start, value: message };
  }

  #code(at = this.#pos): number {
    return at < this.#text.length ? (this.#text.codePointAt(at) as number) : EOF;
  }

  #step(code: number): void {
    if (code !== EOF) this.#pos += code > 0xffff ? 2 : 1;
  }

  #textOrDelimiter(): Token {
    for (;;) {
      const text = this.#text;
      const open = text.indexOf('{{', this.#pos);
      if (open < 0) {
        this.#pos = text.length;
        if (this.#pos > this.#start) return this.#emit('text');
        return { type: 'eof', start: this.#pos, value: 'EOF' };
      }
      const trims = text.charCodeAt(open + 2) === MINUS && isSpace(text.charCodeAt(open + 3));
      let end = open;
      if (trims) while (end > this.#start && isSpace(text.charCodeAt(end - 1))) end--;
      this.#pos = end;
      const token = end > this.#start ? this.#emit('text') : undefined;
      this.#pos = open;
      this.#start = open;
      if (token !== undefined) return token;
      const body = open + (trims ? 4 : 2);
      if (text.startsWith('/*', body)) {
        const failed = this.#comment(body);
        if (failed !== undefined) return failed;
        continue;
      }
      this.#pos = open + 2;
      const delimiter = this.#emit('leftDelim');
      this.#inside = true;
      this.#pos = body;
      this.#start = body;
      this.#parens = 0;
      return delimiter;
    }
  }

  #comment(body: number): Token | undefined {
    this.#start = body;
    const close = this.#text.indexOf('*/', body + 2);
    if (close < 0) return this.#error('unclosed comment');
    this.#pos = close + 2;
    const right = this.#atRight();
    if (right === 0) return this.#error('comment ends before closing delimiter');
    this.#pos += right;
    if (right > 2) this.#skipSpaces();
    this.#start = this.#pos;
    return undefined;
  }

  #skipSpaces(): void {
    const text = this.#text;
    const { length } = text;
    let pos = this.#pos;
    while (pos < length && isSpace(text.charCodeAt(pos))) pos++;
    this.#pos = pos;
  }

  /** The length of the right delimiter here (4 with its trim marker), or 0. */
  #atRight(at = this.#pos): number {
    const text = this.#text;
    if (text.startsWith('}}', at)) return 2;
    return text.charCodeAt(at + 1) === MINUS && isSpace(text.charCodeAt(at)) && text.startsWith('}}', at + 2) ? 4 : 0;
  }

  #rightDelimiter(length: number): Token {
    if (length > 2) this.#pos += 2;
    this.#start = this.#pos;
    this.#pos += 2;
    const token = this.#emit('rightDelim');
    if (length > 2) this.#skipSpaces();
    this.#start = this.#pos;
    this.#inside = false;
    return token;
  }

  #action(): Token {
    const right = this.#atRight();
    if (right > 0) return this.#parens === 0 ? this.#rightDelimiter(right) : this.#error('unclosed left paren');
    const code = this.#code();
    if (code === EOF) return this.#error('unclosed action');
    if (isSpace(code)) return this.#space();
    if (code === 46 || code === 36 || (code > 57 && isWord(code))) {
      const token = this.#usual(code);
      if (token !== undefined) return token;
    }
    this.#step(code);
    switch (code) {
      case 61: // =
        return this.#emit('assign');
      case 58: // :
        if (this.#code() !== 61) {
          this.#step(this.#code());
          return this.#error('expected :=');
        }
        this.#pos++;
        return this.#emit('declare');
      case 124: // |
        return this.#emit('pipe');
      case 34: // "
        return this.#quoted(34, 'string', 'unterminated quoted string');
      case 39: // '
        return this.#quoted(39, 'charConstant', 'unterminated character constant');
      case 96: {
        const close = this.#text.indexOf('`', this.#pos);
        if (close < 0) return this.#error('unterminated raw quoted string');
        this.#pos = close + 1;
        return this.#emit('rawString');
      }
      case 36: // $
        return this.#fieldOrVariable('variable');
      case 46: {
        const next = this.#text.charCodeAt(this.#pos);
        if (this.#pos < this.#text.length && (next < 48 || next > 57)) return this.#fieldOrVariable('field');
        this.#pos--;
        return this.#number();
      }
      case 40: // (
        this.#parens++;
        return this.#emit('leftParen');
      case 41: // )
        return --this.#parens < 0 ? this.#error('unexpected right paren') : this.#emit('rightParen');
      default:
        return this.#word(code);
    }
  }

  /** A word, field or variable of ASCII letters before what may follow it; everything else takes the long way. */
  #usual(first: number): Token | undefined {
    const text = this.#text;
    const start = this.#pos;
    let end = start + 1;
    let code = text.charCodeAt(end);
    // a digit behind a dot makes a number
    if (first === 46 && (code < 58 || !isWord(code))) return undefined;
    while (isWord(code)) code = text.charCodeAt(++end);
    const ends = isSpace(code) || code === 46 || code === 41 || code === 124 || code === 40 || code === 58 || code === 44;
    if (!ends && (code !== 125 || text.charCodeAt(end + 1) !== 125)) return undefined;
    const value = text.slice(start, end);
    this.#pos = end;
    this.#start = end;
    if (first === 46) return { type: 'field', start, value };
    if (first === 36) return { type: 'variable', start, value };
    const type = KEYWORDS.get(value) ?? (value === 'true' || value === 'false' ? 'bool' : 'identifier');
    return { type, start, value };
  }

  #word(code: number): Token {
    if (code === 43 || code === MINUS || (code >= 48 && code <= 57)) {
      this.#pos--;
      return this.#number();
    }
    if (isAlphaNumeric(code)) return this.#identifier();
    if (code > SPACE && code < 127) return this.#emit('char');
    return this.#error(`unrecognized character in action: ${goUnicode(code)}`);
  }

  #space(): Token {
    this.#skipSpaces();
    const right = this.#atRight(this.#pos - 1);
    if (right > 2) {
      this.#pos--; // the last space belongs to the trim marker
      if (this.#pos === this.#start) return this.#rightDelimiter(right);
    }
    return this.#emit('space');
  }

  #identifier(): Token {
    let code = this.#code();
    while (code !== EOF && isAlphaNumeric(code)) {
      this.#step(code);
      code = this.#code();
    }
    if (!this.#atTerminator(code)) return this.#error(`bad character ${goUnicode(code)}`);
    const word = this.#text.slice(this.#start, this.#pos);
    return this.#emit(KEYWORDS.get(word) ?? (word === 'true' || word === 'false' ? 'bool' : 'identifier'));
  }

  #fieldOrVariable(type: 'field' | 'variable'): Token {
    let code = this.#code();
    if (this.#atTerminator(code)) return this.#emit(type === 'variable' ? 'variable' : 'dot');
    while (code !== EOF && isAlphaNumeric(code)) {
      this.#step(code);
      code = this.#code();
    }
    return this.#atTerminator(code) ? this.#emit(type) : this.#error(`bad character ${goUnicode(code)}`);
  }

  #atTerminator(code: number): boolean {
    if (code === EOF || isSpace(code)) return true;
    // . , | : ) (
    if (code === 46 || code === 44 || code === 124 || code === 58 || code === 41 || code === 40) return true;
    return code === 125 && this.#text.startsWith('}}', this.#pos);
  }

  #quoted(quote: number, type: TokenType, unterminated: string): Token {
    for (;;) {
      let code = this.#code();
      this.#step(code);
      if (code === quote) return this.#emit(type);
      if (code === 92) {
        code = this.#code();
        this.#step(code);
        if (code !== EOF && code !== LF) continue;
      }
      if (code === EOF || code === LF) return this.#error(unterminated);
    }
  }

  #number(): Token {
    const text = this.#text;
    // nearly all are short whole numbers
    let end = this.#pos;
    while (end < text.length && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++;
    const after = text.charCodeAt(end);
    if (end > this.#pos && (isSpace(after) || after === 41 || after === 125)) {
      this.#pos = end;
      return this.#emit('number');
    }
    if (!this.#scanNumber()) return this.#badNumber();
    const sign = this.#code();
    if (sign === 43 || sign === MINUS) {
      if (!this.#scanNumber() || this.#text[this.#pos - 1] !== 'i') return this.#badNumber();
      return this.#emit('complex');
    }
    return this.#emit('number');
  }

  #badNumber(): Token {
    return this.#error(`bad number syntax: ${this.#quote(this.#text.slice(this.#start, this.#pos))}`);
  }

  #acceptAll(valid: string): void {
    while (this.#accept(valid));
  }

  #accept(valid: string): boolean {
    const ch = this.#text[this.#pos];
    if (ch === undefined || !valid.includes(ch)) return false;
    this.#pos++;
    return true;
  }

  #scanNumber(): boolean {
    this.#accept('+-');
    let digits = '0123456789_';
    if (this.#accept('0')) {
      if (this.#accept('xX')) digits = '0123456789abcdefABCDEF_';
      else if (this.#accept('oO')) digits = '01234567_';
      else if (this.#accept('bB')) digits = '01_';
    }
    this.#acceptAll(digits);
    if (this.#accept('.')) this.#acceptAll(digits);
    if ((digits.length === 11 && this.#accept('eE')) || (digits.length === 23 && this.#accept('pP'))) {
      this.#accept('+-');
      this.#acceptAll('0123456789_');
    }
    this.#accept('i');
    const next = this.#code();
    if (next === EOF || !isAlphaNumeric(next)) return true;
    this.#step(next);
    return false;
  }
}
