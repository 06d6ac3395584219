/** A pattern that cannot be read. */
export class GlobError extends Error {}

interface Options {
  /** Whether `*` and `?` stop at slashes. */
  readonly slashes: boolean;
}

/**
 * Matches a whole text against a shell pattern as Go's path.Match does: `*`, `?`, `[a-z]`, `[^a]`, `\x`.
 * @throws GlobError where the pattern is broken at a place that the match reaches
 */
export function globMatch(pattern: string, text: string, options: Options): boolean {
  let rest = pattern;
  let name = text;
  outer: while (rest !== '') {
    const chunk = takeChunk(rest);
    rest = chunk.rest;
    if (chunk.star && chunk.text === '') return !options.slashes || !name.includes('/');
    const here = matchChunk(chunk.text, name, options);
    if (here !== undefined && (here === '' || rest !== '')) {
      name = here;
      continue;
    }
    if (chunk.star) {
      for (let i = 0; i < name.length && (!options.slashes || name[i] !== '/'); i++) {
        const after = matchChunk(chunk.text, name.slice(i + 1), options);
        if (after === undefined || (rest === '' && after !== '')) continue;
        name = after;
        continue outer;
      }
    }
    checkRest(chunk.text, rest, options);
    return false;
  }
  return name === '';
}

/** Go checks what is left of the pattern before it says no. */
function checkRest(_chunk: string, pattern: string, options: Options): void {
  if (!options.slashes) return;
  let rest = pattern;
  while (rest !== '') {
    const chunk = takeChunk(rest);
    matchChunk(chunk.text, '', options);
    rest = chunk.rest;
  }
}

function takeChunk(pattern: string): { readonly star: boolean; readonly text: string; readonly rest: string } {
  let from = 0;
  while (pattern[from] === '*') from++;
  let inRange = false;
  let i = from;
  for (; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === '\\') {
      if (i + 1 < pattern.length) i++;
    } else if (c === '[') inRange = true;
    else if (c === ']') inRange = false;
    else if (c === '*' && !inRange) break;
  }
  return { star: from > 0, text: pattern.slice(from, i), rest: pattern.slice(i) };
}

/** What is left of the text when a chunk without stars matches its start. */
function matchChunk(chunk: string, text: string, options: Options): string | undefined {
  let at = 0;
  let failed = false;
  let i = 0;
  while (i < chunk.length) {
    if (!failed && at >= text.length) {
      if (!options.slashes) return undefined;
      failed = true; // the rest of the pattern is still read for errors
    }
    const c = chunk[i] as string;
    if (c === '[') {
      const code = failed ? 0 : (text.codePointAt(at) as number);
      if (!failed) at += code > 0xffff ? 2 : 1;
      const range = readRange(chunk, i + 1, code);
      i = range.end;
      if (!range.matches) {
        if (!options.slashes) return undefined;
        failed = true;
      }
    } else if (c === '?') {
      if (!failed) {
        if (options.slashes && text[at] === '/') failed = true;
        at += (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
      }
      i++;
    } else {
      let literal = c;
      if (c === '\\') {
        i++;
        if (i >= chunk.length) throw new GlobError('syntax error in pattern');
        literal = chunk[i] as string;
      }
      if (!failed) {
        if (text[at] !== literal) {
          if (!options.slashes) return undefined;
          failed = true;
        }
        at++;
      }
      i++;
    }
  }
  return failed ? undefined : text.slice(at);
}

function readRange(chunk: string, from: number, code: number): { readonly matches: boolean; readonly end: number } {
  let i = from;
  const negated = chunk[i] === '^';
  if (negated) i++;
  let matches = false;
  for (let count = 0; ; count++) {
    if (chunk[i] === ']' && count > 0) {
      i++;
      break;
    }
    const lo = readEscaped(chunk, i);
    i = lo.end;
    let hi = lo;
    if (chunk[i] === '-') {
      hi = readEscaped(chunk, i + 1);
      i = hi.end;
    }
    if (lo.code <= code && code <= hi.code) matches = true;
  }
  return { matches: matches !== negated, end: i };
}

function readEscaped(chunk: string, from: number): { readonly code: number; readonly end: number } {
  let i = from;
  const c = chunk[i];
  if (c === undefined || c === '-' || c === ']') throw new GlobError('syntax error in pattern');
  if (c === '\\') {
    i++;
    if (i >= chunk.length) throw new GlobError('syntax error in pattern');
  }
  const code = chunk.codePointAt(i) as number;
  i += code > 0xffff ? 2 : 1;
  if (i >= chunk.length) throw new GlobError('syntax error in pattern');
  return { code, end: i };
}
