import { define, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { formatGo, parseGoJson } from '@flux-ts/gotemplate';
import { ValuesError, valuesError } from '../errors.ts';
import { copyTable, type Table } from './tables.ts';

/** The largest list index that `a[n]=` may set. */
export const MAX_SET_INDEX = 65536;
/** The deepest `a.b.c` that may be set. */
export const MAX_SET_DEPTH = 30;

type Mode = 'typed' | 'string' | 'json' | 'literal' | 'file';
type Done = 'ok' | 'end';

function fail(message: string): never {
  throw valuesError('VALUES_SET', message);
}

function quoted(text: string): string {
  return formatGo('%q', [text]);
}

/** The type's name as Go's panic text about a wrong assertion has it. */
function goType(value: JsonValue): string {
  if (value === null) return 'nil';
  if (isArray(value)) return '[]interface {}';
  if (isObject(value)) return 'map[string]interface {}';
  return { string: 'string', boolean: 'bool', bigint: 'int64', number: 'float64' }[typeof value as 'string'];
}

function asList(value: JsonValue): JsonValue[] {
  if (isArray(value)) return value as JsonValue[];
  return fail(`unable to parse key: interface conversion: interface {} is ${goType(value)}, not []interface {}`);
}

function asTable(value: JsonValue): Table {
  if (isObject(value)) return value as Table;
  return fail(`unable to parse key: interface conversion: interface {} is ${goType(value)}, not map[string]interface {}`);
}

function typed(text: string): JsonValue {
  const lower = text.toLowerCase();
  if (lower === 'true') return true;
  if (lower === 'false') return false;
  if (lower === 'null') return null;
  if (text === '0') return 0n;
  if (/^[+-]?\d+$/.test(text) && !text.startsWith('0')) {
    const value = BigInt(text.replace(/^\+/, ''));
    if (BigInt.asIntN(64, value) === value) return value;
  }
  return text;
}

function setIndex(list: JsonValue[], index: number, value: JsonValue): JsonValue[] {
  if (index < 0) fail(`negative ${index} index not allowed`);
  if (index > MAX_SET_INDEX) fail(`index of ${index} is greater than maximum supported index of ${MAX_SET_INDEX}`);
  while (list.length < index) list.push(null);
  list[index] = value;
  return list;
}

/** The end of the JSON value that begins at `from`: brackets counted, strings skipped. */
function jsonEnd(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const ch = text[i] as string;
    if (ch === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
      if (depth === 0) return Math.min(i + 1, text.length);
    } else if (ch === '{' || ch === '[') depth++;
    else if (ch === '}' || ch === ']') {
      depth--;
      if (depth <= 0) return i + 1;
    } else if (depth === 0 && /[\s,]/.test(ch) && i > from) return i;
  }
  return text.length;
}

class SetParser {
  readonly #runes: readonly string[];
  readonly #mode: Mode;
  readonly #read: (text: string) => JsonValue;
  #at = 0;

  constructor(text: string, mode: Mode, read: (text: string) => JsonValue) {
    this.#runes = Array.from(text);
    this.#mode = mode;
    this.#read = read;
  }

  parse(data: Table): void {
    while (this.#key(data, 0) === 'ok');
  }

  /** Reads up to one of the stop characters; a backslash takes the next character as it is. */
  #until(stop: string): { readonly text: string; readonly last: string | undefined } {
    let text = '';
    while (this.#at < this.#runes.length) {
      const ch = this.#runes[this.#at++] as string;
      if (stop.includes(ch)) return { text, last: ch };
      if (ch === '\\' && this.#mode !== 'literal') {
        if (this.#at >= this.#runes.length) break;
        text += this.#runes[this.#at++] as string;
      } else text += ch;
    }
    return { text, last: undefined };
  }

  #key(data: Table, depth: number): Done {
    const { text, last } = this.#until(this.#mode === 'literal' ? '=[.' : '=[,.');
    if (last === undefined) return text === '' ? 'end' : fail(`key ${quoted(text)} has no value`);
    if (last === ',') fail(`key ${quoted(text)} has no value (cannot end with ,)`);
    if (last === '=') return this.#value((value) => set(data, text, value));
    const below = Object.hasOwn(data, text) ? (data[text] as JsonValue) : undefined;
    if (last === '[') {
      const index = this.#index();
      const [list, done] = this.#item(below === undefined ? [] : asList(below), index, depth);
      set(data, text, list);
      return done;
    }
    if (depth + 1 > MAX_SET_DEPTH) {
      fail(`value name nested level is greater than maximum supported nested level of ${MAX_SET_DEPTH}`);
    }
    const inner = below === undefined ? {} : asTable(below);
    const done = this.#key(inner, depth + 1);
    const empty = Object.keys(inner).length === 0;
    if (done === 'ok' && empty) fail(`key map ${quoted(text)} has no value`);
    if (!empty) set(data, text, inner);
    return done;
  }

  #index(): number {
    const { text, last } = this.#until(']');
    if (last === undefined) fail('error parsing index: EOF');
    if (!/^[+-]?\d+$/.test(text)) fail(`error parsing index: strconv.Atoi: parsing ${quoted(text)}: invalid syntax`);
    const index = Number(text);
    if (!Number.isSafeInteger(index)) fail(`error parsing index: strconv.Atoi: parsing ${quoted(text)}: value out of range`);
    return index;
  }

  #item(list: JsonValue[], index: number, depth: number): readonly [JsonValue[], Done] {
    if (index < 0) fail(`negative ${index} index not allowed`);
    const { text, last } = this.#until('[.=');
    if (text !== '')
      fail(`unexpected data at end of array index: [${Array.from(text, (ch) => formatGo('%q', [ch]).replace(/^"|"$/g, "'")).join(' ')}]`);
    if (last === undefined) return [list, 'end'];
    if (index > MAX_SET_INDEX) fail(`index of ${index} is greater than maximum supported index of ${MAX_SET_INDEX}`);
    const below = index < list.length ? (list[index] as JsonValue) : undefined;
    if (last === '=') {
      this.#value((value) => setIndex(list, index, value));
      return [list, 'ok'];
    }
    if (last === '[') {
      const next = this.#index();
      const [inner, done] = this.#item(below === undefined || below === null ? [] : asList(below), next, depth);
      return done === 'end' ? [list, done] : [setIndex(list, index, inner), 'ok'];
    }
    const inner: Table = isObject(below) ? (below as Table) : {};
    if (below !== undefined && !isObject(below)) list[index] = inner;
    const done = this.#key(inner, depth);
    return done === 'end' ? [list, done] : [setIndex(list, index, inner), 'ok'];
  }

  #value(store: (value: JsonValue) => void): Done {
    if (this.#mode === 'json') return this.#json(store);
    if (this.#mode === 'literal') {
      store(this.#until('').text);
      return 'ok';
    }
    if (this.#at >= this.#runes.length) {
      store('');
      return 'end';
    }
    store(this.#runes[this.#at] === '{' ? this.#list() : this.#read(this.#until(',').text));
    return 'ok';
  }

  #list(): JsonValue[] {
    this.#at++;
    const list: JsonValue[] = [];
    for (;;) {
      const { text, last } = this.#until(',}');
      if (last === undefined) fail("list must terminate with '}'");
      list.push(this.#read(text));
      if (last === '}') {
        if (this.#runes[this.#at] === ',') this.#at++;
        return list;
      }
    }
  }

  /** Skips blanks; says whether nothing or a comma (which it takes) came. */
  #blank(): boolean {
    for (; this.#at < this.#runes.length; this.#at++) {
      const ch = this.#runes[this.#at] as string;
      if (ch === ',') {
        this.#at++;
        return true;
      }
      if (!/\s/u.test(ch)) return false;
    }
    return true;
  }

  #json(store: (value: JsonValue) => void): Done {
    if (this.#blank()) {
      store(null);
      return 'ok';
    }
    const rest = this.#runes.slice(this.#at).join('');
    const end = jsonEnd(rest, 0);
    store(parseGoJson(rest.slice(0, end)));
    this.#at += Array.from(rest.slice(0, end)).length;
    this.#blank();
    return 'ok';
  }
}

function set(data: Table, key: string, value: JsonValue): void {
  if (key !== '') define(data, key, value);
}

function parseInto(into: JsonObject, parser: SetParser): JsonObject {
  const out = copyTable(into);
  try {
    parser.parse(out);
  } catch (error) {
    if (error instanceof ValuesError) throw error;
    throw valuesError('VALUES_SET', error instanceof Error ? error.message : String(error), error);
  }
  return out;
}

/**
 * Reads `a.b=1,c={x,y},d[0].e=true` into a copy of the values, as `--set`.
 * Integers become bigint (Go's int64), `true`, `false` and `null` what they say, everything else text.
 * @throws ValuesError VALUES_SET with Helm's text; indexes beyond 65536 and paths deeper than 30 are refused
 */
export function parseSet(text: string, into: JsonObject = {}): JsonObject {
  return parseInto(into, new SetParser(text, 'typed', typed));
}

/** As {@link parseSet} with every value as text: `--set-string`. */
export function parseSetString(text: string, into: JsonObject = {}): JsonObject {
  return parseInto(into, new SetParser(text, 'string', (value) => value));
}

/** As {@link parseSet} with JSON values: `--set-json`. An empty value is null. */
export function parseSetJson(text: string, into: JsonObject = {}): JsonObject {
  return parseInto(into, new SetParser(text, 'json', (value) => value));
}

/** One path and its value, in which no character has a meaning: `--set-literal`. */
export function parseSetLiteral(text: string, into: JsonObject = {}): JsonObject {
  return parseInto(into, new SetParser(text, 'literal', (value) => value));
}

/** As {@link parseSet} where values name files whose text is taken: `--set-file`. */
export function parseSetFile(text: string, into: JsonObject, readFile: (path: string) => string): JsonObject {
  return parseInto(into, new SetParser(text, 'file', readFile));
}
