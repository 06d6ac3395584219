import { isPrintable, textToBytes } from './text.ts';

const HTML: Readonly<Record<string, string>> = { '\0': '\ufffd', '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Escapes a text for HTML, as Go's `html`. */
export function escapeHtml(text: string): string {
  // oxlint-disable-next-line no-control-regex -- NUL is one of the characters that Go replaces
  return text.replace(/[\u0000"'&<>]/g, (ch) => HTML[ch] as string);
}

const JS: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

/** Escapes a text for a JavaScript string, as Go's `js`. */
export function escapeJs(text: string): string {
  let out = '';
  for (const ch of text) {
    const rune = ch.codePointAt(0) as number;
    const hex = rune.toString(16).toUpperCase().padStart(4, '0');
    if (JS[ch] !== undefined) out += JS[ch];
    else if (rune < 0x20) out += `\\u${hex}`;
    else out += rune < 0x80 || isPrintable(rune) ? ch : `\\u${hex}`;
  }
  return out;
}

/** Escapes a text for the query of a URL, as Go's `urlquery`. */
export function escapeQuery(text: string): string {
  let out = '';
  for (const byte of textToBytes(text)) {
    const ch = String.fromCharCode(byte);
    if (/[A-Za-z0-9_.~-]/.test(ch)) out += ch;
    else out += byte === 0x20 ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}
