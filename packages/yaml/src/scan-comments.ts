import { isBlank, isBreak, isBreakOrEnd } from './chars.ts';
import type { Cursor } from './cursor.ts';
import type { Mark } from './errors.ts';
import type { ScanState } from './scan-state.ts';
import { ORIGIN } from './tokens.ts';

/** yaml.v3 looks this far ahead for a comment. */
const HORIZON = 512;

/** Moves to a `#` that is `ahead` units away and takes the comment up to the end of its line. */
function takeComment(cursor: Cursor, ahead: number): { readonly start: Mark; readonly text: string } {
  const target = cursor.pos + ahead;
  while (cursor.pos < target) {
    if (isBreak(cursor.at(0))) cursor.readLine();
    else cursor.skip();
    cursor.need(1);
  }
  const start = cursor.mark();
  let end = cursor.pos;
  while (!isBreakOrEnd(cursor.text.charCodeAt(end))) end++;
  return { start, text: cursor.readRun(end, 1) };
}

/** Takes a comment behind a token on the same line. */
export function scanLineComment(scanner: ScanState, token: Mark): void {
  const { cursor } = scanner;
  if (cursor.newlines > 0) return;
  let ahead = 0;
  while (ahead < HORIZON && cursor.canNeed(ahead + 1) && isBlank(cursor.at(ahead))) ahead++;
  if (ahead === HORIZON || cursor.at(ahead) !== 35) return;
  const { start, text } = takeComment(cursor, ahead);
  scanner.comments.push({ scan: ORIGIN, token, start, end: ORIGIN, head: '', line: text, foot: '' });
}

interface Gathering {
  text: string;
  scan: Mark;
  token: Mark;
  start: Mark;
}

/**
 * Takes the comments on lines of their own from here to the next token and sorts them as yaml.v3 does: a foot
 * belongs to what comes before it (an empty line or a dedent ends it), a head to what comes after.
 */
export function scanComments(scanner: ScanState, scanMark: Mark): void {
  const { cursor } = scanner;
  let token = scanner.lastToken(1);
  if (token?.kind === 'flow-entry') token = scanner.lastToken(2) ?? token;
  const got: Gathering = { text: '', scan: scanMark, token: token?.start ?? ORIGIN, start: ORIGIN };
  let nextIndent = Math.max(scanner.indent, 0);
  let recentEmpty = false;
  let firstEmpty = cursor.newlines <= 1;
  let line = cursor.line;
  let column = cursor.column;
  let footLine = -1;
  if (scanMark.line > 0) {
    footLine = cursor.line - cursor.newlines + 1;
    if (cursor.newlines === 0 && cursor.column > 1) footLine++;
  }
  let ahead = 0;
  const here = (by: number): Mark => ({ pos: cursor.pos + by, index: cursor.index + by, line, column });
  const endFoot = (): void => {
    const end = here(ahead);
    scanner.comments.push({ scan: got.scan, token: got.token, start: got.start, end, head: '', line: '', foot: got.text });
    got.scan = end;
    got.token = end;
    got.text = '';
  };
  for (; ahead < HORIZON && cursor.canNeed(ahead + 1); ahead++) {
    column++;
    const c = cursor.at(ahead);
    if (isBlank(c)) continue;
    const closesFlow = scanner.flowLevel > 0 && (c === 93 || c === 125);
    if (closesFlow || isBreakOrEnd(c)) {
      if (closesFlow || !recentEmpty) {
        const dedented = got.start.column - 1 < nextIndent;
        if (closesFlow || (firstEmpty && ((got.start.line === footLine && token?.kind !== 'value') || dedented))) {
          if (got.text !== '') {
            if (dedented) got.token = got.start;
            endFoot();
          }
        } else if (got.text !== '' && c !== 0) got.text += '\n';
      }
      if (!isBreak(c)) break;
      firstEmpty = false;
      recentEmpty = true;
      column = 0;
      line++;
      continue;
    }
    if (got.text !== '' && (closesFlow || (column - 1 < nextIndent && column !== got.start.column))) endFoot();
    if (c !== 35) break;
    if (got.text === '') got.start = here(ahead);
    else got.text += '\n';
    recentEmpty = false;
    const start = got.start;
    got.text += takeComment(cursor, ahead).text;
    got.start = start;
    ahead = 0;
    column = 0;
    line = cursor.line;
    nextIndent = Math.max(scanner.indent, 0);
  }
  if (got.text !== '') {
    scanner.comments.push({ scan: got.scan, token: got.start, start: got.start, end: here(ahead - 1), head: got.text, line: '', foot: '' });
  }
}
