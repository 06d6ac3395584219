import { isAscii } from './text.ts';

const DOTTED_CAPITAL_I = '\u0130';

/** Go's `unicode.ToUpper`: one code point for one code point; those whose capital is longer stay. */
export function upperRune(ch: string): string {
  const upper = ch.toUpperCase();
  return Array.from(upper).length === 1 ? upper : ch;
}

/** Go's `unicode.ToLower`: one code point for one code point. */
export function lowerRune(ch: string): string {
  if (ch === DOTTED_CAPITAL_I) return 'i';
  const lower = ch.toLowerCase();
  return Array.from(lower).length === 1 ? lower : ch;
}

const TITLE: Readonly<Record<string, string>> = {
  '\u01c4': '\u01c5',
  '\u01c5': '\u01c5',
  '\u01c6': '\u01c5',
  '\u01c7': '\u01c8',
  '\u01c8': '\u01c8',
  '\u01c9': '\u01c8',
  '\u01ca': '\u01cb',
  '\u01cb': '\u01cb',
  '\u01cc': '\u01cb',
  '\u01f1': '\u01f2',
  '\u01f2': '\u01f2',
  '\u01f3': '\u01f2',
};

/** Go's `unicode.ToTitle`. */
export function titleRune(ch: string): string {
  return TITLE[ch] ?? upperRune(ch);
}

/** Go's `strings.ToUpper`. */
export function upper(text: string): string {
  return isAscii(text) ? text.toUpperCase() : Array.from(text, upperRune).join('');
}

/** Go's `strings.ToLower`. */
export function lower(text: string): string {
  return isAscii(text) ? text.toLowerCase() : Array.from(text, lowerRune).join('');
}

/** Go's `unicode.IsUpper`. */
export function isUpper(ch: string): boolean {
  return /^\p{Lu}$/u.test(ch);
}

/** Go's `unicode.IsLower`. */
export function isLower(ch: string): boolean {
  return /^\p{Ll}$/u.test(ch);
}

/** Go's `unicode.IsSpace`. */
export function isSpaceRune(ch: string): boolean {
  return /^[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/.test(ch);
}

function separates(ch: string): boolean {
  if (/^[0-9A-Za-z_]$/.test(ch)) return false;
  if (ch <= '\u007f') return true;
  return !/^[\p{L}\p{Nd}]$/u.test(ch) && isSpaceRune(ch);
}

/** Go's `strings.Title`: the first letter of each word as a capital. */
export function title(text: string): string {
  let before = ' ';
  let out = '';
  for (const ch of text) {
    out += separates(before) ? titleRune(ch) : ch;
    before = ch;
  }
  return out;
}
