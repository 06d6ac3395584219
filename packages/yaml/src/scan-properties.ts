import { hexValue, isBlank, isBlankOrEnd, isBreak, isBreakOrEnd, isDigit, isWord, utf8Width } from './chars.ts';
import type { Cursor } from './cursor.ts';
import type { Mark } from './errors.ts';
import { bareToken, textToken, type Token } from './tokens.ts';

function readWord(cursor: Cursor): string {
  let end = cursor.pos;
  while (isWord(cursor.text.charCodeAt(end))) end++;
  cursor.need(1);
  return cursor.readRun(end, 1);
}

function skipBlanks(cursor: Cursor): void {
  cursor.need(1);
  while (isBlank(cursor.at(0))) {
    cursor.skip();
    cursor.need(1);
  }
}

const AFTER_ANCHOR = new Set('?:,]}%@`');

/** Scans `&name` or `*name`. */
export function scanAnchor(cursor: Cursor, kind: 'anchor' | 'alias'): Token {
  const start = cursor.mark();
  cursor.skip();
  const name = readWord(cursor);
  if (name === '' || !(isBlankOrEnd(cursor.at(0)) || AFTER_ANCHOR.has(cursor.text[cursor.pos] as string))) {
    cursor.scanError('did not find expected alphabetic or numeric character', start);
  }
  return textToken(kind, { start, end: cursor.mark() }, name);
}

function scanHandle(cursor: Cursor, directive: boolean, start: Mark): string {
  cursor.need(1);
  if (cursor.at(0) !== 33) cursor.scanError("did not find expected '!'", start);
  cursor.skip();
  const handle = `!${readWord(cursor)}`;
  if (cursor.at(0) === 33) {
    cursor.skip();
    return `${handle}!`;
  }
  if (directive && handle !== '!') cursor.scanError("did not find expected '!'", start);
  return handle;
}

const URI = new Set(";/?:@&=+$,.!~*'()[]%");

/** Reads `%xx` escapes of one character. */
function scanUriEscape(cursor: Cursor, start: Mark): string {
  const octets: number[] = [];
  for (let left = 1; left > 0; left--) {
    cursor.need(3);
    const high = hexValue(cursor.at(1));
    const low = hexValue(cursor.at(2));
    if (cursor.at(0) !== 37 || high < 0 || low < 0) cursor.scanError('did not find URI escaped octet', start);
    const octet = high * 16 + low;
    if (octets.length === 0) {
      left = utf8Width(octet);
      if (left === 0) cursor.scanError('found an incorrect leading UTF-8 octet', start);
    } else if ((octet & 0xc0) !== 0x80) cursor.scanError('found an incorrect trailing UTF-8 octet', start);
    octets.push(octet);
    for (let k = 0; k < 3; k++) cursor.skip();
  }
  return Buffer.from(octets).toString('utf8');
}

function scanUri(cursor: Cursor, head: string, start: Mark): string {
  let uri = head.slice(1);
  let found = head !== '';
  cursor.need(1);
  for (;;) {
    const c = cursor.at(0);
    if (c === 37) uri += scanUriEscape(cursor, start);
    else if (isWord(c) || URI.has(cursor.text[cursor.pos] as string)) {
      uri += cursor.text[cursor.pos] as string;
      cursor.skip();
    } else break;
    cursor.need(1);
    found = true;
  }
  if (!found) cursor.scanError('did not find expected tag URI', start);
  return uri;
}

/** Scans a tag: `!<uri>`, `!handle!suffix`, `!!suffix`, `!suffix` or `!`. */
export function scanTag(cursor: Cursor): Token {
  const start = cursor.mark();
  let handle = '';
  let suffix: string;
  cursor.need(2);
  if (cursor.at(1) === 60) {
    cursor.skip();
    cursor.skip();
    suffix = scanUri(cursor, '', start);
    if (cursor.at(0) !== 62) cursor.scanError("did not find the expected '>'", start);
    cursor.skip();
  } else {
    handle = scanHandle(cursor, false, start);
    if (handle.length > 1 && handle.endsWith('!')) suffix = scanUri(cursor, '', start);
    else {
      suffix = scanUri(cursor, handle, start);
      handle = '!';
      if (suffix === '') [handle, suffix] = [suffix, handle];
    }
  }
  cursor.need(1);
  if (!isBlankOrEnd(cursor.at(0))) cursor.scanError('did not find expected whitespace or line break', start);
  return textToken('tag', { start, end: cursor.mark() }, handle, { suffix });
}

function scanVersionNumber(cursor: Cursor, start: Mark): number {
  let value = 0;
  let digits = 0;
  cursor.need(1);
  while (isDigit(cursor.at(0))) {
    if (++digits > 2) cursor.scanError('found extremely long version number', start);
    value = value * 10 + cursor.at(0) - 48;
    cursor.skip();
    cursor.need(1);
  }
  if (digits === 0) cursor.scanError('did not find expected version number', start);
  return value;
}

function scanDirectiveValue(cursor: Cursor, name: string, start: Mark): Token {
  if (name === 'YAML') {
    skipBlanks(cursor);
    const major = scanVersionNumber(cursor, start);
    if (cursor.at(0) !== 46) cursor.scanError("did not find expected digit or '.' character", start);
    cursor.skip();
    const minor = scanVersionNumber(cursor, start);
    return { ...bareToken('version-directive', start, cursor.mark()), major, minor };
  }
  if (name !== 'TAG') cursor.scanError('found unknown directive name', start);
  skipBlanks(cursor);
  const handle = scanHandle(cursor, true, start);
  cursor.need(1);
  if (!isBlank(cursor.at(0))) cursor.scanError('did not find expected whitespace', start);
  skipBlanks(cursor);
  const suffix = scanUri(cursor, '', start);
  cursor.need(1);
  if (!isBlankOrEnd(cursor.at(0))) cursor.scanError('did not find expected whitespace or line break', start);
  return textToken('tag-directive', { start, end: cursor.mark() }, handle, { suffix });
}

/** Scans a %YAML or %TAG line. */
export function scanDirective(cursor: Cursor): Token {
  const start = cursor.mark();
  cursor.skip();
  const name = readWord(cursor);
  if (name === '') cursor.scanError('could not find expected directive name', start);
  if (!isBlankOrEnd(cursor.at(0))) cursor.scanError('found unexpected non-alphabetical character', start);
  const token = scanDirectiveValue(cursor, name, start);
  skipBlanks(cursor);
  if (cursor.at(0) === 35) {
    while (!isBreakOrEnd(cursor.at(0))) {
      cursor.skip();
      cursor.need(1);
    }
  }
  if (!isBreakOrEnd(cursor.at(0))) cursor.scanError('did not find expected comment or line break', start);
  if (isBreak(cursor.at(0))) {
    cursor.need(2);
    cursor.readLine();
  }
  return token;
}
