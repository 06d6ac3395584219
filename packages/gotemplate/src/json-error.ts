import { GoError } from './errors.ts';
import { goQuoteRune } from './quote.ts';

/** Finds what encoding/json would complain of in a text that is not JSON. */
class JsonChecker {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @throws GoError always, unless the text is JSON */
  check(): void {
    this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#invalid('after top-level value');
  }

  #invalid(context: string): never {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) {
      // at the end Go's scanner is fed a blank, which some states refuse
      throw new GoError(/literal \w+ |numeric|escape/.test(context) ? `invalid character ' ' ${context}` : 'unexpected end of JSON input');
    }
    const ch =
      code === 39
        ? `'\\''`
        : code === 34
          ? `'"'`
          : code > 127
            ? goQuoteRune(Buffer.from(String.fromCodePoint(code))[0] as number)
            : goQuoteRune(code);
    throw new GoError(`invalid character ${ch} ${context}`);
  }

  #space(): void {
    while (/^[ \t\r\n]$/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #value(): void {
    this.#space();
    const ch = this.#text[this.#at] ?? '';
    if (ch === '{' || ch === '[') {
      if (++this.#depth > 10_000) throw new GoError('exceeded max depth');
      if (ch === '{') this.#object();
      else this.#array();
      this.#depth--;
    } else if (ch === '"') this.#string();
    else if (ch === 't') this.#literal('true');
    else if (ch === 'f') this.#literal('false');
    else if (ch === 'n') this.#literal('null');
    else if (ch === '-' || (ch >= '0' && ch <= '9')) this.#number();
    else this.#invalid('looking for beginning of value');
  }

  #object(): void {
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === '}') {
      this.#at++;
      return;
    }
    for (;;) {
      this.#space();
      if (this.#text[this.#at] !== '"') this.#invalid('looking for beginning of object key string');
      this.#string();
      this.#space();
      if (this.#text[this.#at] !== ':') this.#invalid('after object key');
      this.#at++;
      this.#value();
      this.#space();
      const ch = this.#text[this.#at];
      if (ch !== ',' && ch !== '}') this.#invalid('after object key:value pair');
      this.#at++;
      if (ch === '}') return;
    }
  }

  #array(): void {
    this.#at++;
    this.#space();
    if (this.#text[this.#at] === ']') {
      this.#at++;
      return;
    }
    for (;;) {
      this.#value();
      this.#space();
      const ch = this.#text[this.#at];
      if (ch !== ',' && ch !== ']') this.#invalid('after array element');
      this.#at++;
      if (ch === ']') return;
    }
  }

  #string(): void {
    for (this.#at++; ; this.#at++) {
      const ch = this.#text[this.#at];
      if (ch === '"') break;
      if (ch === undefined || ch < ' ') this.#invalid('in string literal');
      if (ch === '\\') this.#escape();
    }
    this.#at++;
  }

  #escape(): void {
    const ch = this.#text[++this.#at] ?? '';
    if (ch === 'u') {
      for (let i = 0; i < 4; i++) {
        this.#at++;
        if (!/^[0-9a-fA-F]$/.test(this.#text[this.#at] ?? '')) this.#invalid('in \\u hexadecimal character escape');
      }
    } else if (ch === '' || !'bfnrt\\/"'.includes(ch)) this.#invalid('in string escape code');
  }

  #literal(word: string): void {
    for (let i = 1; i < word.length; i++) {
      this.#at++;
      if (this.#text[this.#at] !== word[i]) this.#invalid(`in literal ${word} (expecting ${goQuoteRune(word.charCodeAt(i))})`);
    }
    this.#at++;
  }

  #digits(context: string): void {
    if (!/^[0-9]$/.test(this.#text[this.#at] ?? '')) this.#invalid(context);
    while (/^[0-9]$/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #number(): void {
    if (this.#text[this.#at] === '-') this.#at++;
    if (this.#text[this.#at] === '0') this.#at++;
    else this.#digits('in numeric literal');
    if (this.#text[this.#at] === '.') {
      this.#at++;
      this.#digits('after decimal point in numeric literal');
    }
    if (/^[eE]$/.test(this.#text[this.#at] ?? '')) {
      this.#at++;
      if (/^[+-]$/.test(this.#text[this.#at] ?? '')) this.#at++;
      this.#digits('in exponent of numeric literal');
    }
  }
}

/** Throws what encoding/json says of a text that is not JSON. */
export function checkJson(text: string): void {
  new JsonChecker(text).check();
}
