import { evalError, noSuchOverload } from '../errors.ts';
import type { Library } from '../functions.ts';
import { CelList, type CelValue } from '../values.ts';
import { formatString, type FormatStyle } from './format-string.ts';

function outOfRange(index: bigint): Error {
  return evalError(`index out of range: ${index}`);
}

/** The index of a text inside another, in code points; with `last` the one farthest back. */
function indexOf(text: string, part: string, { offset, last }: { readonly offset: bigint | undefined; readonly last: boolean }): bigint {
  const chars = Array.from(text);
  const wanted = Array.from(part);
  if (part === '') return offset ?? (last ? BigInt(chars.length) : 0n);
  const start = offset ?? (last ? BigInt(chars.length - 1) : 0n);
  if (last && offset === undefined && chars.length < wanted.length) return -1n;
  if (start < 0n) throw outOfRange(start);
  if (start >= BigInt(chars.length)) return -1n;
  const found = (i: number): boolean => wanted.every((ch, j) => chars[i + j] === ch);
  if (last) {
    for (let i = Math.min(Number(start), chars.length - wanted.length); i >= 0; i--) if (found(i)) return BigInt(i);
    return -1n;
  }
  for (let i = Number(start); i + wanted.length <= chars.length; i++) if (found(i)) return BigInt(i);
  return -1n;
}

function substring(text: string, start: bigint, end: bigint | undefined): string {
  const chars = Array.from(text);
  const size = BigInt(chars.length);
  if (end !== undefined && start > end) throw evalError(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > size) throw outOfRange(start);
  if (end !== undefined && end > size) throw outOfRange(end);
  return chars.slice(Number(start), end === undefined ? undefined : Number(end)).join('');
}

function replace(text: string, [from, to]: readonly [string, string], limit: bigint | undefined): string {
  if (limit === undefined || limit < 0n)
    return from === ''
      ? `${to}${Array.from(text)
          .map((ch) => ch + to)
          .join('')}`
      : text.replaceAll(from, () => to);
  const parts = from === '' ? ['', ...Array.from(text)] : text.split(from);
  const count = Math.min(Number(limit), parts.length - 1);
  if (from === '') return limit === 0n ? text : Array.from(text).reduce((out, ch, i) => out + ch + (i + 1 < Number(limit) ? to : ''), to);
  return (
    parts.slice(0, count + 1).join(to) +
    parts
      .slice(count + 1)
      .map((part) => from + part)
      .join('')
  );
}

function split(text: string, separator: string, limit: bigint | undefined): CelList {
  if (limit === 0n) return new CelList([]);
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  if (limit === undefined || limit < 0n || parts.length <= Number(limit)) return new CelList(parts);
  const count = Number(limit);
  return new CelList([...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)]);
}

function join(list: CelValue | undefined, separator: string | undefined): string | undefined {
  if (!(list instanceof CelList)) return undefined;
  const parts: string[] = [];
  for (const item of list) {
    if (typeof item !== 'string') throw noSuchOverload(separator === undefined ? 'join(list)' : 'join(list, string)');
    parts.push(item);
  }
  return parts.join(separator ?? '');
}

const QUOTED: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};
const SPACE = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';
const TRIM = new RegExp(`^${SPACE}+|${SPACE}+$`, 'g');

const SIGNATURES = `string_char_at_int: string::charAt(int) -> string
string_index_of_string: string::indexOf(string) -> int
string_index_of_string_int: string::indexOf(string, int) -> int
string_last_index_of_string: string::lastIndexOf(string) -> int
string_last_index_of_string_int: string::lastIndexOf(string, int) -> int
string_lower_ascii: string::lowerAscii() -> string
string_replace_string_string: string::replace(string, string) -> string
string_replace_string_string_int: string::replace(string, string, int) -> string
string_split_string: string::split(string) -> list(string)
string_split_string_int: string::split(string, int) -> list(string)
string_substring_int: string::substring(int) -> string
string_substring_int_int: string::substring(int, int) -> string
string_trim: string::trim() -> string
string_upper_ascii: string::upperAscii() -> string
string_format: string::format(list(dyn)) -> string
strings_quote: strings.quote(string) -> string
list_join: list(string)::join() -> string
list_join_string: list(string)::join(string) -> string`;

/** Texts: searching, cutting, joining, formatting. @param style as the version of the library has it: Kubernetes' is `quoted`, Flux's `plain` */
export function stringsLibrary(style: FormatStyle): Library {
  return {
    signatures: SIGNATURES,
    implementations: {
      charAt: ([text, index]) => {
        if (typeof text !== 'string' || typeof index !== 'bigint') return undefined;
        const chars = Array.from(text);
        if (index < 0n || index > BigInt(chars.length)) throw outOfRange(index);
        return chars[Number(index)] ?? '';
      },
      indexOf: ([text, part, offset]) =>
        typeof text === 'string' && typeof part === 'string'
          ? indexOf(text, part, { offset: offset as bigint | undefined, last: false })
          : undefined,
      lastIndexOf: ([text, part, offset]) =>
        typeof text === 'string' && typeof part === 'string'
          ? indexOf(text, part, { offset: offset as bigint | undefined, last: true })
          : undefined,
      lowerAscii: ([text]) => (typeof text === 'string' ? text.replace(/[A-Z]/g, (ch) => ch.toLowerCase()) : undefined),
      upperAscii: ([text]) => (typeof text === 'string' ? text.replace(/[a-z]/g, (ch) => ch.toUpperCase()) : undefined),
      replace: ([text, from, to, limit]) =>
        typeof text === 'string' && typeof from === 'string' && typeof to === 'string'
          ? replace(text, [from, to], limit as bigint | undefined)
          : undefined,
      split: ([text, separator, limit]) =>
        typeof text === 'string' && typeof separator === 'string' ? split(text, separator, limit as bigint | undefined) : undefined,
      substring: ([text, start, end]) =>
        typeof text === 'string' && typeof start === 'bigint' ? substring(text, start, end as bigint | undefined) : undefined,
      trim: ([text]) => (typeof text === 'string' ? text.replace(TRIM, '') : undefined),
      format: ([text, args]) => (typeof text === 'string' && args instanceof CelList ? formatString(text, args, style) : undefined),
      'strings.quote': ([text]) => (typeof text === 'string' ? `"${Array.from(text, (ch) => QUOTED[ch] ?? ch).join('')}"` : undefined),
      join: ([list, ...rest]) => (rest.every((separator) => typeof separator === 'string') ? join(list, rest[0]) : undefined),
    },
  };
}

/** What newer versions of the library add. */
export const STRINGS_REVERSE: Library = {
  signatures: 'string_reverse: string::reverse() -> string',
  implementations: { reverse: ([text]) => (typeof text === 'string' ? Array.from(text).reverse().join('') : undefined) },
};
