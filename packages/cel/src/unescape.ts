const NAMED: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
  '?': '?',
};

/** A literal whose escapes name no character. */
export class UnescapeError extends Error {}

function body(token: string): { readonly text: string; readonly raw: boolean } {
  const prefix = /^[bBrR]*/.exec(token)?.[0] ?? '';
  const quoted = token.slice(prefix.length);
  const width = /^("""|''')/.test(quoted) ? 3 : 1;
  // carriage returns count as line ends
  return { text: quoted.slice(width, -width).replaceAll('\r\n', '\n').replaceAll('\r', '\n'), raw: /[rR]/.test(prefix) };
}

function codePoint(hex: string): string {
  const code = Number.parseInt(hex, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new UnescapeError('invalid unicode code point');
  return String.fromCodePoint(code);
}

/** Reads a text literal. @throws UnescapeError */
export function unescapeString(token: string): string {
  const { text, raw } = body(token);
  if (raw) return text;
  return text.replace(/\\([xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|[\s\S])/g, (_, escape: string) => {
    const named = NAMED[escape];
    if (named !== undefined) return named;
    return /^[0-3]/.test(escape) ? String.fromCodePoint(Number.parseInt(escape, 8)) : codePoint(escape.slice(1));
  });
}

/** Reads a bytes literal: octal and \x escapes are bytes, everything else is UTF-8. @throws UnescapeError */
export function unescapeBytes(token: string): Uint8Array {
  const { text, raw } = body(token);
  if (raw) return Buffer.from(text);
  const parts: Buffer[] = [];
  for (const match of text.matchAll(/\\([xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-3][0-7]{2}|[\s\S])|[^\\]+/g)) {
    const escape = match[1];
    if (escape === undefined) parts.push(Buffer.from(match[0]));
    else if (NAMED[escape] !== undefined) parts.push(Buffer.from(NAMED[escape]));
    else if (/^[xX]/.test(escape)) parts.push(Buffer.from([Number.parseInt(escape.slice(1), 16)]));
    else if (/^[0-3]/.test(escape)) parts.push(Buffer.from([Number.parseInt(escape, 8)]));
    else throw new UnescapeError('unicode escapes are not allowed in bytes');
  }
  return Buffer.concat(parts);
}
