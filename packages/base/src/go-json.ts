import { define, isArray, sortedKeys, type JsonObject, type JsonValue } from './json.ts';

const ESCAPED = /[\u0000-\u001f"\\<>&\u2028\u2029\ud800-\udfff]/;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

/** Quotes a string as Go's encoding/json does; with `escapeHtml`, `<`, `>` and `&` become `\u003c`, `\u003e`, `\u0026`. */
export function goJsonString(text: string, escapeHtml = true): string {
  if (!ESCAPED.test(text)) return `"${text}"`;
  let out = '"';
  for (const ch of text) {
    const code = ch.codePointAt(0) as number;
    const short = SHORT[ch];
    if (short !== undefined) out += short;
    else if (code < 0x20 || code === 0x2028 || code === 0x2029) out += `\\u${code.toString(16).padStart(4, '0')}`;
    else if (escapeHtml && (ch === '<' || ch === '>' || ch === '&')) out += `\\u00${code.toString(16)}`;
    else if (code >= 0xd800 && code <= 0xdfff) out += '\\ufffd';
    else out += ch;
  }
  return `${out}"`;
}

/** Prints a number as Go's encoding/json prints a float64: exponents below 1e-6 and from 1e21 on. */
export function goJsonNumber(value: number): string {
  if (Object.is(value, -0)) return '-0';
  const abs = Math.abs(value);
  if (abs !== 0 && (abs < 1e-6 || abs >= 1e21)) return value.toExponential();
  return String(value);
}

/** How {@link goJson} prints. */
export interface GoJsonOptions {
  /** Escape `<`, `>` and `&` as Go does by default. Default true. */
  readonly escapeHtml?: boolean;
  /** Keep the keys in insertion order, as for Go structs; default: sorted by bytes, as for Go maps. */
  readonly keepOrder?: boolean;
}

/**
 * Prints a value as Go's `json.Marshal` prints a map: keys sorted by bytes, no spaces.
 * This is also the canonical form that object digests are made of.
 */
export function goJson(value: JsonValue, options: GoJsonOptions = {}): string {
  const escapeHtml = options.escapeHtml ?? true;
  const print = (v: JsonValue): string => {
    if (v === null) return 'null';
    if (typeof v === 'string') return goJsonString(v, escapeHtml);
    if (typeof v === 'number') return goJsonNumber(v);
    if (typeof v !== 'object') return String(v);
    if (isArray(v)) return `[${v.map(print).join(',')}]`;
    const object = v as JsonObject;
    const keys = options.keepOrder === true ? Object.keys(object) : sortedKeys(object);
    return `{${keys.map((k) => `${goJsonString(k, escapeHtml)}:${print(object[k] as JsonValue)}`).join(',')}}`;
  };
  return print(value);
}

/** The canonical JSON of a value: sorted keys, no HTML escapes; equal values give equal text. */
export function canonicalJson(value: JsonValue): string {
  return goJson(value, { escapeHtml: false });
}

const LONG_DIGITS = /\d{16}/;

/**
 * Reads JSON and keeps integers beyond 2^53 exact as bigint. Native `JSON.parse` does the work unless
 * the text holds sixteen digits in a row.
 * @throws SyntaxError where the text is not JSON.
 */
export function parseJson(text: string): JsonValue {
  if (!LONG_DIGITS.test(text)) return JSON.parse(text) as JsonValue;
  const parsed = JSON.parse(text) as JsonValue; // checks the grammar and gives Go's duplicate rule: last wins
  return hasUnsafe(parsed) ? readExact(text) : parsed;
}

function hasUnsafe(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && !Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return false;
  return isArray(value) ? value.some(hasUnsafe) : Object.values(value).some((v) => hasUnsafe(v as JsonValue));
}

/** A plain recursive reader for text that JSON.parse has already accepted. */
function readExact(text: string): JsonValue {
  let at = 0;
  const space = (): void => {
    while (' \t\n\r'.includes(text[at] ?? 'x')) at++;
  };
  const string = (): string => {
    const start = at++;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    return JSON.parse(text.slice(start, ++at)) as string;
  };
  const value = (): JsonValue => {
    space();
    const ch = text[at];
    if (ch === '{') {
      const out: Record<string, JsonValue> = {};
      at++;
      for (space(); text[at] !== '}'; space()) {
        if (text[at] === ',') at++;
        space();
        const key = string();
        space();
        at++;
        define(out, key, value());
      }
      at++;
      return out;
    }
    if (ch === '[') {
      const out: JsonValue[] = [];
      at++;
      for (space(); text[at] !== ']'; space()) {
        if (text[at] === ',') at++;
        out.push(value());
      }
      at++;
      return out;
    }
    if (ch === '"') return string();
    const start = at;
    while (at < text.length && !',]} \t\n\r'.includes(text[at] as string)) at++;
    const token = text.slice(start, at);
    const parsed = JSON.parse(token) as JsonValue;
    return typeof parsed === 'number' && /^-?\d+$/.test(token) && !Number.isSafeInteger(parsed) ? BigInt(token) : parsed;
  };
  return value();
}

/** Prints a value as compact JSON in insertion order; bigint as its digits. Native `JSON.stringify` unless there is a bigint. */
export function stringifyJson(value: JsonValue): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof TypeError) return goJson(value, { escapeHtml: false, keepOrder: true });
    throw error;
  }
}
