import { formatFloat } from './go-number.ts';

/** A value as go-yaml decodes it, before it becomes JSON; map keys keep their type. */
export type GoValue = null | boolean | number | bigint | string | GoFloat | GoMap | GoValue[];

/** A float64 that must not be taken for an int (only where the difference shows). */
export class GoFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** A map[interface{}]interface{}: entries by typed key. */
export class GoMap {
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

function floatSyntax(value: number): string {
  const text = formatFloat(value);
  if (text === '.inf') return '+Inf';
  if (text === '-.inf') return '-Inf';
  return text === '.nan' ? 'NaN' : text;
}

/** Orders map keys as Go's fmt does: nil, then by type (ints, floats, strings ...) and value. */
function keyRank(key: GoValue): number {
  if (key === null) return 0;
  if (typeof key === 'boolean') return 1;
  if (typeof key === 'number' || typeof key === 'bigint') return 2;
  return key instanceof GoFloat ? 3 : 4;
}

function compareKeys(a: GoValue, b: GoValue): number {
  const rank = keyRank(a) - keyRank(b);
  if (rank !== 0) return rank;
  const x = a instanceof GoFloat ? a.value : a;
  const y = b instanceof GoFloat ? b.value : b;
  return (x as string) < (y as string) ? -1 : (x as string) > (y as string) ? 1 : 0;
}

/** Prints a value in Go syntax, as `%#v` does. */
export function goSyntax(value: GoValue): string {
  if (value === null) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (value instanceof GoFloat) return floatSyntax(value.value);
  if (typeof value === 'bigint' && value >= 2n ** 63n) return `0x${value.toString(16)}`;
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (value instanceof GoMap) {
    const entries = [...value.entries.values()].sort((a, b) => compareKeys(a.key, b.key));
    return `map[interface {}]interface {}{${entries.map((e) => `${goSyntax(e.key)}:${goSyntax(e.value)}`).join(', ')}}`;
  }
  return String(value);
}

/** Prints a value of an interface variable in Go syntax: a bare nil is `<nil>`. */
export function goSyntaxTop(value: GoValue): string {
  return value === null ? '<nil>' : goSyntax(value);
}
