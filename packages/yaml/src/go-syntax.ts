import { compareBytes } from '@flux-ts/base';
import { splitUtf8 } from './base64.ts';
import { formatFloat } from './go-number.ts';

/** A value as go-yaml decodes it, before it becomes JSON; map keys keep their type. */
export type GoValue = null | boolean | number | bigint | string | GoFloat | GoBytes | GoSyntax | GoMap | GoValue[];

/** A float64 that must not be taken for an int (only where the difference shows). */
export class GoFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A string that may hold bytes that are no text. */
export class GoBytes {
  readonly bytes: Buffer;
  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

/** A value whose Go syntax is known. */
export class GoSyntax {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A map of interface{} or string keys: entries by typed key. */
export class GoMap {
  readonly keyType: 'interface {}' | 'string';
  constructor(keyType: 'interface {}' | 'string' = 'interface {}') {
    this.keyType = keyType;
  }
  readonly entries = new Map<string, { readonly key: GoValue; value: GoValue }>();
}

const SHORT: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}\p{Zs}]/u;

/** Quotes a string as Go's strconv.Quote does. */
export function goQuote(text: string): string {
  let out = '"';
  for (const ch of text) {
    const code = ch.codePointAt(0) as number;
    const short = SHORT[ch];
    if (short !== undefined) out += short;
    else if (ch === ' ' || !UNPRINTABLE.test(ch)) out += ch;
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (code < 0x10000) out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += `\\U${code.toString(16).padStart(8, '0')}`;
  }
  return `${out}"`;
}

function quotePart(part: string | number): string {
  return typeof part === 'number' ? `\\x${part.toString(16).padStart(2, '0')}` : goQuote(part).slice(1, -1);
}

function floatSyntax(value: number): string {
  const text = formatFloat(value);
  if (text === '.inf') return '+Inf';
  if (text === '-.inf') return '-Inf';
  return text === '.nan' ? 'NaN' : text;
}

/** Orders map keys as Go's fmt does: nil, then by type (in the order that Go's linker gives them) and value. */
function keyRank(key: GoValue): number {
  if (key === null) return 0;
  if (typeof key === 'string') return 1;
  if (typeof key === 'bigint' && key >= 2n ** 63n) return 2;
  if (typeof key === 'number' || typeof key === 'bigint') return 3;
  return key instanceof GoFloat ? 4 : 5;
}

function compareKeys(a: GoValue, b: GoValue): number {
  const rank = keyRank(a) - keyRank(b);
  if (rank !== 0) return rank;
  const x = a instanceof GoFloat ? a.value : a;
  const y = b instanceof GoFloat ? b.value : b;
  if (typeof x === 'string') return compareBytes(x, y as string);
  return (x as number) < (y as number) ? -1 : (x as number) > (y as number) ? 1 : 0;
}

/** Prints a value in Go syntax, as `%#v` does. */
export function goSyntax(value: GoValue): string {
  if (value === null) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (value instanceof GoFloat) return floatSyntax(value.value);
  if (value instanceof GoSyntax) return value.text;
  if (value instanceof GoBytes) return `"${splitUtf8(value.bytes).map(quotePart).join('')}"`;
  if (typeof value === 'bigint' && value >= 2n ** 63n) return `0x${value.toString(16)}`;
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (value instanceof GoMap) {
    const entries = [...value.entries.values()].sort((a, b) => compareKeys(a.key, b.key));
    return `map[${value.keyType}]interface {}{${entries.map((e) => `${goSyntax(e.key)}:${goSyntax(e.value)}`).join(', ')}}`;
  }
  return String(value);
}

/** Prints a value of an interface variable in Go syntax: a bare nil is `<nil>`. */
export function goSyntaxTop(value: GoValue): string {
  return value === null ? '<nil>' : goSyntax(value);
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** A time in Go syntax. @param text RFC 3339 */
export function timeSyntax(text: string): string {
  const [, year, month, day, hour, minute, second, fraction, zone] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)(?:\.(\d+))?(.*)$/.exec(
    text,
  ) as unknown as string[];
  const numbers = [day, hour, minute, second, (fraction ?? '').padEnd(9, '0')].map(Number).join(', ');
  return `time.Date(${Number(year)}, time.${MONTHS[Number(month) - 1] as string}, ${numbers}, ${zone === 'Z' ? 'time.UTC' : 'time.Location("")'})`;
}
