import { chartError } from '../errors.ts';

/** One compiled pattern part of Go's filepath.Match. */
type Piece = { readonly kind: 'star' } | { readonly kind: 'any' } | { readonly kind: 'char'; readonly char: string } | ClassPiece;

interface ClassPiece {
  readonly kind: 'class';
  readonly negated: boolean;
  readonly ranges: readonly (readonly [string, string])[];
}

const SLASH = 47;

function badPattern(): never {
  throw chartError('CHART_INVALID', 'syntax error in pattern');
}

function readClass(pattern: readonly string[], at: number): readonly [ClassPiece, number] {
  let i = at + 1;
  const negated = pattern[i] === '^';
  if (negated) i++;
  const ranges: (readonly [string, string])[] = [];
  const one = (): string => {
    let ch = pattern[i];
    if (ch === undefined || ch === '-' || (ch === ']' && ranges.length > 0)) badPattern();
    if (ch === '\\') ch = pattern[++i];
    if (ch === undefined) badPattern();
    i++;
    return ch;
  };
  while (pattern[i] !== ']' || ranges.length === 0) {
    if (pattern[i] === ']') badPattern();
    const low = one();
    let high = low;
    if (pattern[i] === '-') {
      i++;
      high = one();
    }
    ranges.push([low, high]);
    if (i >= pattern.length) badPattern();
  }
  return [{ kind: 'class', negated, ranges }, i + 1];
}

function compile(pattern: string): Piece[] {
  const chars = Array.from(pattern);
  const out: Piece[] = [];
  for (let i = 0; i < chars.length;) {
    const ch = chars[i] as string;
    if (ch === '[') {
      const [piece, next] = readClass(chars, i);
      out.push(piece);
      i = next;
      continue;
    }
    if (ch === '\\') {
      const escaped = chars[i + 1];
      if (escaped === undefined) badPattern();
      out.push({ kind: 'char', char: escaped });
      i += 2;
      continue;
    }
    out.push(ch === '*' ? { kind: 'star' } : ch === '?' ? { kind: 'any' } : { kind: 'char', char: ch });
    i++;
  }
  return out;
}

/** The length of the character that a piece takes at a place of a name, 0 where it does not fit. Stars are not asked. */
function taken(piece: Piece, name: string, at: number): number {
  if (piece.kind === 'char') return name.startsWith(piece.char, at) ? piece.char.length : 0;
  const code = name.codePointAt(at);
  if (code === undefined || code === SLASH) return 0;
  if (piece.kind === 'class') {
    const inside = piece.ranges.some(([a, b]) => (a.codePointAt(0) as number) <= code && code <= (b.codePointAt(0) as number));
    if (inside === piece.negated) return 0;
  }
  return code > 0xffff ? 2 : 1;
}

/**
 * Tells whether pieces match the whole of a name. Only the last star is ever widened: a slash stops every star and is matched by
 * nothing but itself, so that widening an earlier one finds nothing more.
 */
function matches(pieces: readonly Piece[], name: string): boolean {
  let at = 0;
  let next = 0;
  let star = -1;
  let starEnd = 0;
  for (;;) {
    const piece = pieces[next];
    if (piece === undefined && at === name.length) return true;
    if (piece?.kind === 'star') {
      star = next++;
      starEnd = at;
      continue;
    }
    const length = piece === undefined ? 0 : taken(piece, name, at);
    if (length > 0) {
      at += length;
      next++;
      continue;
    }
    const code = star < 0 ? undefined : name.codePointAt(starEnd);
    if (code === undefined || code === SLASH) return false;
    starEnd += code > 0xffff ? 2 : 1;
    at = starEnd;
    next = star + 1;
  }
}

function isOpen(piece: Piece): boolean {
  return piece.kind !== 'char';
}

function literal(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (piece.kind === 'char' ? piece.char : '')).join('');
}

/** Matches as Go's filepath.Match on Unix: `*` and `?` stop at a slash. Linear in pattern times name. */
export function pathMatcher(pattern: string): (name: string) => boolean {
  const pieces = compile(pattern);
  const first = pieces.findIndex(isOpen);
  const whole = literal(pieces);
  if (first < 0) return (name) => name === whole;
  const last = pieces.findLastIndex(isOpen);
  // most names are told apart by what begins or ends them
  const head = literal(pieces.slice(0, first));
  const tail = literal(pieces.slice(last + 1));
  if (first === last && pieces[first]?.kind === 'star') {
    return (name) => {
      const end = name.length - tail.length;
      if (end < head.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
      const slash = name.indexOf('/', head.length);
      return slash < 0 || slash >= end;
    };
  }
  return (name) => name.startsWith(head) && name.endsWith(tail) && matches(pieces, name);
}

interface Rule {
  readonly negate: boolean;
  readonly mustDir: boolean;
  /** Only the last step of a path is looked at. */
  readonly onlyName: boolean;
  readonly match: (path: string) => boolean;
}

function parseRule(line: string): Rule | undefined {
  let rule = line.trim();
  if (rule === '' || rule.startsWith('#')) return undefined;
  if (rule.includes('**')) throw chartError('CHART_INVALID', 'double-star (**) syntax is not supported');
  const negate = rule.startsWith('!');
  if (negate) rule = rule.slice(1);
  const mustDir = rule.endsWith('/');
  if (mustDir) rule = rule.slice(0, -1);
  const rooted = rule.startsWith('/');
  return { negate, mustDir, onlyName: !rule.includes('/'), match: pathMatcher(rooted ? rule.slice(1) : rule) };
}

/**
 * Reads a .helmignore. Its `!` rules are Helm's, not git's: what a `!` rule does not match is ignored.
 * `templates/.?*` is always ignored.
 * @returns whether a path of the chart is left out
 * @throws ChartError CHART_INVALID for `**` and broken patterns
 */
export function helmIgnore(text: string): (path: string, isDirectory: boolean) => boolean {
  const rules = [...text.replace(/^\ufeff/, '').split('\n'), 'templates/.?*'].map(parseRule).filter((r) => r !== undefined);
  return (path, isDirectory) => {
    if (path === '' || path === '.') return false;
    const name = path.slice(path.lastIndexOf('/') + 1);
    for (const rule of rules) {
      const fits = (!rule.mustDir || isDirectory) && rule.match(rule.onlyName ? name : path);
      if (fits !== rule.negate) return true;
    }
    return false;
  };
}
