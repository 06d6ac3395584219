import { define, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { formatGo, GoError } from '@flux-ts/gotemplate';

type Table = Record<string, JsonValue>;

const SIMPLE: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001b', '"': '"', '\\': '\\' };

/** Reads TOML 1.0. Integers become bigint, floats numbers, dates their RFC 3339 text. */
class Reader {
  readonly #text: string;
  #at = 0;
  readonly #root: Table = {};
  /** Tables that `[header]`s or dotted keys made, and lists of `[[headers]]`. */
  readonly #closed = new Set<object>();
  readonly #lists = new Set<object>();

  constructor(text: string) {
    this.#text = text.replaceAll('\r\n', '\n');
  }

  read(): JsonObject {
    let current = this.#root;
    for (;;) {
      this.#blank(true);
      const ch = this.#peek();
      if (ch === undefined) return this.#root;
      if (ch === '[') current = this.#header();
      else this.#pair(current, true);
      this.#endOfLine();
    }
  }

  #peek(offset = 0): string | undefined {
    return this.#text[this.#at + offset];
  }

  #fail(message: string): never {
    const line = this.#text.slice(0, this.#at).split('\n').length;
    throw new GoError(`toml: line ${line}: ${message}`);
  }

  #blank(lines: boolean): void {
    for (;;) {
      const ch = this.#peek();
      if (ch === ' ' || ch === '\t' || (lines && ch === '\n')) this.#at++;
      else if (ch === '#') {
        const end = this.#text.indexOf('\n', this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else return;
    }
  }

  #endOfLine(): void {
    this.#blank(false);
    const ch = this.#peek();
    if (ch === undefined) return;
    if (ch !== '\n')
      this.#fail(
        `expected a top-level item to end with a newline, comment, or EOF, but got ${formatGo('%q', [ch]).replace(/^"|"$/g, "'")} instead`,
      );
    this.#at++;
  }

  #keys(): string[] {
    const keys: string[] = [];
    for (;;) {
      this.#blank(false);
      const ch = this.#peek();
      if (ch === '"' || ch === "'") keys.push(ch === '"' ? this.#basic() : this.#literal());
      else {
        const bare = /^[A-Za-z0-9_-]+/.exec(this.#text.slice(this.#at, this.#at + 1024))?.[0];
        if (bare === undefined) {
          if (ch === undefined) this.#fail("unexpected EOF; expected key separator '='");
          this.#fail(
            ch === '='
              ? "unexpected '=': key name appears blank"
              : `invalid character at start of key: ${formatGo('%q', [ch]).replace(/^"|"$/g, "'")}`,
          );
        }
        keys.push(bare);
        this.#at += bare.length;
      }
      this.#blank(false);
      if (this.#peek() !== '.') return keys;
      this.#at++;
    }
  }

  #descend(from: Table, keys: readonly string[], why: 'header' | 'dotted'): Table {
    let at = from;
    for (const key of keys) {
      let next: JsonValue | undefined = Object.hasOwn(at, key) ? at[key] : undefined;
      if (next === undefined) {
        next = {};
        define(at, key, next);
        if (why === 'dotted') this.#closed.add(next);
      }
      if (isArray(next) && this.#lists.has(next)) next = next.at(-1) as JsonValue;
      if (!isObject(next)) this.#fail(`Key '${keys.join('.')}' has already been defined.`);
      at = next as Table;
    }
    return at;
  }

  #header(): Table {
    const isList = this.#peek(1) === '[';
    this.#at += isList ? 2 : 1;
    const keys = this.#keys();
    const end = isList ? ']]' : ']';
    if (!this.#text.startsWith(end, this.#at))
      this.#fail(`expected end of table name delimiter ']', but got ${this.#peek() === undefined ? 'EOF' : `'${this.#peek()}'`} instead`);
    this.#at += end.length;
    const parent = this.#descend(this.#root, keys.slice(0, -1), 'header');
    const name = keys.at(-1) as string;
    const there = Object.hasOwn(parent, name) ? parent[name] : undefined;
    if (isList) {
      const table: Table = {};
      if (there === undefined) {
        const list = [table];
        this.#lists.add(list);
        define(parent, name, list);
      } else if (isArray(there) && this.#lists.has(there)) (there as JsonValue[]).push(table);
      else this.#fail(`Key '${keys.join('.')}' has already been defined.`);
      return table;
    }
    if (there === undefined) define(parent, name, {});
    else if (!isObject(there) || this.#closed.has(there)) this.#fail(`Key '${keys.join('.')}' has already been defined.`);
    const table = parent[name] as Table;
    this.#closed.add(table);
    return table;
  }

  #pair(table: Table, lineOnly: boolean): void {
    const keys = this.#keys();
    this.#blank(false);
    if (this.#peek() !== '=') {
      const ch = this.#peek();
      if (ch === undefined) this.#fail("unexpected EOF; expected key separator '='");
      this.#fail(`expected '.' or '=', but got ${ch === '\n' ? "'\\n'" : `'${ch}'`} instead`);
    }
    this.#at++;
    this.#blank(!lineOnly);
    const holder = this.#descend(table, keys.slice(0, -1), 'dotted');
    const name = keys.at(-1) as string;
    if (Object.hasOwn(holder, name)) this.#fail(`Key '${keys.join('.')}' has already been defined.`);
    define(holder, name, this.#value(0));
  }

  #value(depth: number): JsonValue {
    if (depth > 500) this.#fail('values are nested too deeply');
    const ch = this.#peek();
    if (ch === undefined || ch === '\n')
      this.#fail(ch === undefined ? 'unexpected EOF; expected value' : "expected value but found '\\n' instead");
    if (ch === '"') return this.#text.startsWith('"""', this.#at) ? this.#multi('"') : this.#basic();
    if (ch === "'") return this.#text.startsWith("'''", this.#at) ? this.#multi("'") : this.#literal();
    if (ch === '[') return this.#array(depth);
    if (ch === '{') return this.#inlineTable();
    const word = /^[^\s,\]}#]+(?: \d\d:[^\s,\]}#]+)?/.exec(this.#text.slice(this.#at, this.#at + 256))?.[0] ?? '';
    this.#at += word.length;
    return this.#scalar(word);
  }

  #scalar(word: string): JsonValue {
    if (word === 'true' || word === 'false') return word === 'true';
    if (/^[+-]?(inf|nan)$/.test(word)) return word.endsWith('nan') ? Number.NaN : word.startsWith('-') ? -Infinity : Infinity;
    const plain = word.replace(/(?<=[0-9A-Fa-f])_(?=[0-9A-Fa-f])/g, '');
    if (/^0x[0-9A-Fa-f]+$|^0o[0-7]+$|^0b[01]+$/.test(plain)) return BigInt(plain);
    if (/^[+-]?(0|[1-9]\d*)$/.test(plain)) return BigInt(plain.replace(/^\+/, ''));
    if (/^[+-]?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(plain)) return Number(plain);
    const date = /^(\d{4}-\d\d-\d\d)?[Tt ]?(\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?)?$/.exec(word);
    if (date !== null && (date[1] !== undefined || date[2] !== undefined)) {
      const time = date[2] ?? '00:00:00';
      const seconds = date[2] !== undefined && date[3] === undefined ? `${time.slice(0, 5)}:00${time.slice(5)}` : time;
      const fraction = seconds.replace(/(\.\d*?)0+(?=$|[Zz+-])/, '$1').replace(/\.(?=$|[Zz+-])/, '');
      return `${date[1] ?? '0000-01-01'}T${/[Zz]$|[+-]\d\d:\d\d$/.test(fraction) ? fraction.toUpperCase() : `${fraction}Z`}`;
    }
    return this.#fail(`expected value but found ${formatGo('%q', [word])} instead`);
  }

  #array(depth: number): JsonValue[] {
    this.#at++;
    const out: JsonValue[] = [];
    for (;;) {
      this.#blank(true);
      if (this.#peek() === ']') break;
      out.push(this.#value(depth + 1));
      this.#blank(true);
      const ch = this.#peek();
      if (ch === ',') this.#at++;
      else if (ch !== ']') this.#fail(`expected a comma (',') or array terminator (']'), but got ${ch === undefined ? 'EOF' : `'${ch}'`}`);
    }
    this.#at++;
    return out;
  }

  #inlineTable(): JsonObject {
    this.#at++;
    const table: Table = {};
    this.#blank(false);
    while (this.#peek() !== '}') {
      this.#pair(table, true);
      this.#blank(false);
      const ch = this.#peek();
      if (ch === ',') {
        this.#at++;
        this.#blank(false);
      } else if (ch !== '}')
        this.#fail(`expected a comma or an inline table terminator '}', but got ${ch === undefined ? 'EOF' : `'${ch}'`} instead`);
    }
    this.#at++;
    this.#closed.add(table);
    return table;
  }

  #escape(): string {
    const ch = this.#peek();
    this.#at++;
    if (ch === undefined) this.#fail('unexpected EOF');
    const simple = SIMPLE[ch];
    if (simple !== undefined) return simple;
    const width = ch === 'u' ? 4 : ch === 'U' ? 8 : 0;
    const hex = this.#text.slice(this.#at, this.#at + width);
    if (width === 0 || !/^[0-9A-Fa-f]+$/.test(hex) || hex.length !== width) this.#fail(`invalid escape character '${ch}'`);
    this.#at += width;
    return String.fromCodePoint(Number.parseInt(hex, 16));
  }

  #basic(): string {
    this.#at++;
    let out = '';
    for (;;) {
      const ch = this.#peek();
      if (ch === undefined || ch === '\n')
        this.#fail(ch === undefined ? "unexpected EOF; expected '\"'" : 'strings cannot contain newlines');
      this.#at++;
      if (ch === '"') return out;
      out += ch === '\\' ? this.#escape() : ch;
    }
  }

  #literal(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    const out = this.#text.slice(this.#at + 1, end);
    if (end < 0 || out.includes('\n')) this.#fail('strings cannot contain newlines');
    this.#at = end + 1;
    return out;
  }

  #multi(mark: '"' | "'"): string {
    const fence = mark.repeat(3);
    this.#at += 3;
    if (this.#peek() === '\n') this.#at++;
    let out = '';
    while (!this.#text.startsWith(fence, this.#at)) {
      const ch = this.#peek();
      if (ch === undefined) this.#fail(`unexpected EOF; expected '${fence}'`);
      this.#at++;
      if (ch !== '\\' || mark === "'") out += ch;
      else if (/^[ \t]*\n/.test(this.#text.slice(this.#at))) {
        while (/[ \t\n]/.test(this.#peek() ?? 'x')) this.#at++;
      } else out += this.#escape();
    }
    this.#at += 3;
    // up to two more quotes belong to the text
    while (this.#peek() === mark && out.length > 0) {
      out += mark;
      this.#at++;
    }
    return out;
  }
}

/** Reads a TOML document. @throws GoError with the encoder's text: `toml: line 1: ...` */
export function readToml(text: string): JsonObject {
  return new Reader(text).read();
}
