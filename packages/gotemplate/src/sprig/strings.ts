import { GoError } from '../errors.ts';
import { formatValue } from '../fmt.ts';
import { goFunc } from '../functions.ts';
import { goQuote } from '../quote.ts';
import { byteLength, byteSlice, isAscii, textToBytes, trimSpace } from '../text.ts';
import { toText } from '../cast.ts';
import { isSpaceRune, lower, title, upper } from '../unicode-case.ts';
import { stringMap, stringSlice, type GoInt } from '../values.ts';
import { joinWords, pascalCase, swapCase, untitle } from '../word-case.ts';
import { wrapText } from '../wrap.ts';
import type { CallContext, GoFunc, MaybeValue, TemplateMap, TemplateValue } from '../model.ts';

function int(value: GoInt): number {
  return Number(value.value);
}

/** Repeats a text. @throws GoError for negative counts */
function repeat(text: string, count: number, ctx: CallContext): string {
  if (count < 0) throw new GoError('strings: negative Repeat count');
  if (text.length * count > ctx.budget.outputBytes) ctx.budget.outputExceeded();
  return text.repeat(count);
}

function indent([spaces, text]: [GoInt, string], ctx: CallContext): string {
  const pad = repeat(' ', int(spaces), ctx);
  if (!text.includes('\n')) return pad + text;
  return pad + text.replaceAll('\n', `\n${pad}`);
}

function trunc([count, text]: [GoInt, string]): string {
  const n = int(count);
  if (n >= 0 && text.length <= n && isAscii(text)) return text;
  const size = byteLength(text);
  if (n < 0 && size + n > 0) return byteSlice(text, size + n);
  return n >= 0 && size > n ? byteSlice(text, 0, n) : text;
}

/** Cuts `text[from:to]` with the panics of Go's runtime. */
function cut(text: string, from: number, to: number | undefined): string {
  const size = byteLength(text);
  const end = to ?? size;
  if (end < 0) throw new GoError(`runtime error: slice bounds out of range [:${end}]`);
  if (end > size) throw new GoError(`runtime error: slice bounds out of range [:${end}] with length ${size}`);
  if (from > end) throw new GoError(`runtime error: slice bounds out of range [${from}:${end}]`);
  return byteSlice(text, from, end);
}

function substr([start, end, text]: [GoInt, GoInt, string]): string {
  const [from, to] = [int(start), int(end)];
  if (from < 0) return cut(text, 0, to);
  return to < 0 || to > byteLength(text) ? cut(text, from, undefined) : cut(text, from, to);
}

function abbreviate(text: string, offset: number, width: number): string {
  const size = byteLength(text);
  if (text === '' || width < 4) return '';
  if (size <= width) return text;
  let from = Math.min(offset, size);
  if (size - from < width - 3) from = size - (width - 3);
  if (from <= 4) return `${byteSlice(text, 0, width - 3)}...`;
  if (width < 7) return '';
  if (from + width - 3 < size) return `...${abbreviate(byteSlice(text, from), 0, width - 3)}`;
  return `...${byteSlice(text, size - (width - 3))}`;
}

/** Splits a text as Go's `strings.Split`: at every separator, or into characters where it is empty. */
function splitAll(text: string, separator: string): string[] {
  return separator === '' ? Array.from(text) : text.split(separator);
}

function splitCount(text: string, separator: string, count: number): string[] {
  if (count === 0) return [];
  const parts = splitAll(text, separator);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

function numbered(parts: readonly string[]): TemplateMap {
  return stringMap(Object.fromEntries(parts.map((part, i) => [`_${i}`, part])));
}

function trimSet(text: string, set: string): string {
  const chars = new Set(set);
  const all = Array.from(text);
  let from = 0;
  let to = all.length;
  while (from < to && chars.has(all[from] as string)) from++;
  while (to > from && chars.has(all[to - 1] as string)) to--;
  return all.slice(from, to).join('');
}

/** The characters that goutils sees: it takes every byte for one. */
function byteChars(text: string): string[] {
  return isAscii(text) ? Array.from(text) : Array.from(textToBytes(text), (byte) => String.fromCharCode(byte));
}

function nospace([text]: [string]): string {
  const chars = byteChars(text);
  const kept = chars.filter((ch) => !isSpaceRune(ch));
  return kept.length === chars.length ? text : kept.join('');
}

function initials([text]: [string]): string {
  const chars = byteChars(text);
  return chars.filter((ch, i) => !isSpaceRune(ch) && (i === 0 || isSpaceRune(chars[i - 1] as string))).join('');
}

type Values = readonly MaybeValue[];
const present = (value: MaybeValue): value is TemplateValue => value !== null && value !== undefined;

function quote(args: Values): string {
  if (args.length === 1 && typeof args[0] === 'string') return goQuote(args[0]);
  return args
    .filter(present)
    .map((arg) => goQuote(toText(arg)))
    .join(' ');
}

function replace([old, to, text]: [string, string, string], ctx: CallContext): string {
  if (old !== '') {
    const out = text.replaceAll(old, () => to);
    return out;
  }
  const chars = Array.from(text);
  if (to.length * chars.length > ctx.budget.outputBytes) ctx.budget.outputExceeded();
  return to + chars.map((ch) => ch + to).join('');
}

/** The functions of strings, those of regular expressions, encodings and chance left out. */
export const STRINGS: readonly GoFunc[] = [
  goFunc('hello', [], () => 'Hello!'),
  goFunc('upper', ['string'], ([text]: [string]) => upper(text)),
  goFunc('lower', ['string'], ([text]: [string]) => lower(text)),
  goFunc('title', ['string'], ([text]: [string]) => title(text)),
  goFunc('untitle', ['string'], ([text]: [string]) => untitle(text)),
  goFunc('trim', ['string'], ([text]: [string]) => trimSpace(text)),
  goFunc('trimAll', ['string', 'string'], ([set, text]: [string, string]) => trimSet(text, set)),
  goFunc('trimall', ['string', 'string'], ([set, text]: [string, string]) => trimSet(text, set)),
  goFunc('trimPrefix', ['string', 'string'], ([prefix, text]: [string, string]) =>
    text.startsWith(prefix) ? text.slice(prefix.length) : text,
  ),
  goFunc('trimSuffix', ['string', 'string'], ([suffix, text]: [string, string]) =>
    suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text,
  ),
  goFunc('trunc', ['int', 'string'], trunc),
  goFunc('substr', ['int', 'int', 'string'], substr),
  goFunc('abbrev', ['int', 'string'], ([width, text]: [GoInt, string]) => (int(width) < 4 ? text : abbreviate(text, 0, int(width)))),
  goFunc('abbrevboth', ['int', 'int', 'string'], ([left, right, text]: [GoInt, GoInt, string]) =>
    int(right) < 4 || (int(left) > 0 && int(right) < 7) ? text : abbreviate(text, int(left), int(right)),
  ),
  goFunc('repeat', ['int', 'string'], ([count, text]: [GoInt, string], ctx) => repeat(text, int(count), ctx)),
  goFunc('nospace', ['string'], nospace),
  goFunc('initials', ['string'], initials),
  goFunc('swapcase', ['string'], ([text]: [string]) => swapCase(text)),
  goFunc('snakecase', ['string'], ([text]: [string]) => joinWords(text, '_')),
  goFunc('kebabcase', ['string'], ([text]: [string]) => joinWords(text, '-')),
  goFunc('camelcase', ['string'], ([text]: [string]) => pascalCase(text)),
  goFunc('wrap', ['int', 'string'], ([width, text]: [GoInt, string]) =>
    wrapText(text, { width: int(width), lineBreak: '\n', cutWords: false }),
  ),
  goFunc('wrapWith', ['int', 'string', 'string'], ([width, lineBreak, text]: [GoInt, string, string]) =>
    wrapText(text, { width: int(width), lineBreak, cutWords: true }),
  ),
  goFunc('contains', ['string', 'string'], ([part, text]: [string, string]) => text.includes(part)),
  goFunc('hasPrefix', ['string', 'string'], ([prefix, text]: [string, string]) => text.startsWith(prefix)),
  goFunc('hasSuffix', ['string', 'string'], ([suffix, text]: [string, string]) => text.endsWith(suffix)),
  goFunc('quote', ['...any'], quote),
  goFunc('squote', ['...any'], (args: Values) =>
    args
      .filter(present)
      .map((arg) => `'${formatValue(arg)}'`)
      .join(' '),
  ),
  goFunc('cat', ['...any'], (args: Values) => args.filter(present).map(formatValue).join(' ')),
  goFunc('indent', ['int', 'string'], indent),
  goFunc('nindent', ['int', 'string'], (args: [GoInt, string], ctx) => `\n${indent(args, ctx)}`),
  goFunc('replace', ['string', 'string', 'string'], replace),
  goFunc('plural', ['string', 'string', 'int'], ([one, many, count]: [string, string, GoInt]) => (int(count) === 1 ? one : many)),
  goFunc('toString', ['any'], ([value]: [MaybeValue]) => toText(value)),
  goFunc('split', ['string', 'string'], ([separator, text]: [string, string]) => numbered(splitAll(text, separator))),
  goFunc('splitn', ['string', 'int', 'string'], ([separator, count, text]: [string, GoInt, string]) =>
    numbered(splitCount(text, separator, int(count))),
  ),
  goFunc('splitList', ['string', 'string'], ([separator, text]: [string, string]) => stringSlice(splitAll(text, separator))),
];
