import { isPrintable } from './analyze.ts';

/** Columns at which libyaml starts to fold. */
export const WIDTH = 80;

const PADS: readonly string[] = Array.from({ length: 200 }, (_, i) => ' '.repeat(i));

/** Spaces. */
export function pad(count: number): string {
  return PADS[count] ?? ' '.repeat(count);
}

function isBreak(c: number): boolean {
  return c === 10 || c === 13 || c === 0x85 || c === 0x2028 || c === 0x2029;
}

function isLow(c: number): boolean {
  return c >= 0xdc00 && c <= 0xdfff;
}

/** Where a scalar is written. */
export interface Place {
  /** Column of its first character. */
  readonly column: number;
  /** Indentation of its further lines. */
  readonly indent: number;
  /** Columns after which lines are folded; Infinity for keys and where folding is off. */
  readonly width: number;
}

/** Writes a text without quotes, folded at spaces. The text holds no line breaks. */
export function writePlain(text: string, place: Place): string {
  let out = '';
  let from = 0;
  let column = place.column;
  let spaces = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 32) {
      if (!spaces && column > place.width && text.charCodeAt(i + 1) !== 32) {
        out += `${text.slice(from, i)}\n${pad(place.indent)}`;
        from = i + 1;
        column = place.indent;
      } else column++;
      spaces = true;
    } else {
      spaces = false;
      if (!isLow(c)) column++;
    }
  }
  return out + text.slice(from);
}

/** Writes a text in single quotes, folded at spaces; a line break in it is kept by an empty line. */
export function writeSingle(text: string, place: Place): string {
  const last = text.length - 1;
  let out = "'";
  let column = place.column + 1;
  let spaces = false;
  let breaks = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 32) {
      if (!spaces && column > place.width && i > 0 && i < last && text.charCodeAt(i + 1) !== 32) {
        out += `\n${pad(place.indent)}`;
        column = place.indent;
      } else {
        out += ' ';
        column++;
      }
      spaces = true;
    } else if (isBreak(c)) {
      if (!breaks && c === 10) out += '\n';
      out += text[i] as string;
      column = 0;
      breaks = true;
    } else {
      if (breaks && column < place.indent) {
        out += pad(place.indent - column);
        column = place.indent;
      }
      out += c === 39 ? "''" : (text[i] as string);
      column += c === 39 ? 2 : isLow(c) ? 0 : 1;
      spaces = breaks = false;
    }
  }
  return `${out}'`;
}

const SHORT: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  27: '\\e',
  34: '\\"',
  92: '\\\\',
  0x85: '\\N',
  0xa0: '\\_',
  0x2028: '\\L',
  0x2029: '\\P',
};

function escape(code: number): string {
  const short = SHORT[code];
  if (short !== undefined) return short;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** Writes a text in double quotes, folded at spaces, with escapes for all that libyaml does not print. */
export function writeDouble(text: string, place: Place): string {
  const last = text.length - 1;
  let out = '"';
  let from = 0;
  let column = place.column + 1;
  let spaces = false;
  // libyaml looks for a byte order mark at the start of the text, not where it is: all that follows one is escaped
  const all = text.charCodeAt(0) === 0xfeff;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (all || c === 34 || c === 92 || c === 10 || c === 0x2028 || c === 0x2029 || !isPrintable(c)) {
      const code = text.codePointAt(i) as number;
      const escaped = escape(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code);
      out += text.slice(from, i) + escaped;
      if (code > 0xffff) i++;
      from = i + 1;
      column += escaped.length;
      spaces = false;
    } else if (c === 32) {
      if (!spaces && column > place.width && i > 0 && i < last) {
        out += `${text.slice(from, i)}\n${pad(place.indent)}`;
        from = i + 1;
        column = place.indent;
        if (text.charCodeAt(i + 1) === 32) {
          out += '\\';
          column++;
        }
      } else column++;
      spaces = true;
    } else {
      column++;
      spaces = false;
    }
  }
  return `${out}${text.slice(from)}"`;
}

/** The marks behind `|` or `>`: the indentation where the text starts with white space, then `-` or `+`. */
export function blockHints(text: string, indentStep: number): string {
  const first = text.charCodeAt(0);
  const indent = first === 32 || isBreak(first) ? String(indentStep) : '';
  const { length } = text;
  if (length === 0 || !isBreak(text.charCodeAt(length - 1))) return `${indent}-`;
  return length === 1 || isBreak(text.charCodeAt(length - 2)) ? `${indent}+` : indent;
}

/** Writes a `|` scalar. Ends behind its last line; a line break that follows it is the caller's. */
export function writeLiteral(text: string, indent: number, indentStep = 2): string {
  const lead = pad(indent);
  let out = `|${blockHints(text, indentStep)}\n`;
  if (text.includes('\u2028') || text.includes('\u2029')) return out + literalWithSeparators(text, lead);
  let from = 0;
  while (from < text.length) {
    let end = text.indexOf('\n', from);
    if (end < 0) end = text.length;
    if (end > from) out += lead + text.slice(from, end);
    if (end < text.length) out += '\n';
    from = end + 1;
  }
  return out.endsWith('\n') ? out.slice(0, -1) : out;
}

/** LS and PS break a line for libyaml too: what follows them is indented. */
function literalWithSeparators(text: string, lead: string): string {
  let out = '';
  let breaks = true;
  for (const ch of text) {
    const isSeparator = isBreak(ch.charCodeAt(0));
    if (breaks && !isSeparator) out += lead;
    out += ch;
    breaks = isSeparator;
  }
  return out.endsWith('\n') ? out.slice(0, -1) : out;
}
