import { chartError } from '../errors.ts';

/** One compiled pattern part of Go's filepath.Match. */
type Piece = { readonly kind: 'star' } | { readonly kind: 'any' } | { readonly kind: 'char'; readonly char: string } | ClassPiece;

interface ClassPiece {
  readonly kind: 'class';
  readonly negated: boolean;
  readonly ranges: readonly (readonly [string, string])[];
}

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

function fits(piece: Piece, ch: string): boolean {
  if (piece.kind === 'char') return piece.char === ch;
  if (ch === '/') return false;
  if (piece.kind === 'any') return true;
  if (piece.kind === 'star') return false;
  const code = ch.codePointAt(0) as number;
  const inside = piece.ranges.some(([a, b]) => (a.codePointAt(0) as number) <= code && code <= (b.codePointAt(0) as number));
  return inside !== piece.negated;
}

/** Matches as Go's filepath.Match on Unix: `*` and `?` stop at a slash. Linear in pattern times name. */
export function pathMatcher(pattern: string): (name: string) => boolean {
  const pieces = compile(pattern);
  const literal = pieces.every((piece) => piece.kind === 'char') ? pieces.map((piece) => piece.char).join('') : undefined;
  if (literal !== undefined) return (name) => name === literal;
  // most names are told apart by the first or the last character
  const [first] = pieces;
  const last = pieces.at(-1);
  return (name) => {
    if (first?.kind === 'char' && !name.startsWith(first.char)) return false;
    if (last?.kind === 'char' && !name.endsWith(last.char)) return false;
    const chars = Array.from(name);
    let reach: boolean[] = Array.from({ length: chars.length + 1 }, (_, i) => i === 0);
    for (const piece of pieces) {
      const next = Array.from({ length: chars.length + 1 }, () => false);
      for (let i = 0; i <= chars.length; i++) {
        if (piece.kind === 'star') next[i] = (reach[i] as boolean) || (i > 0 && (next[i - 1] as boolean) && chars[i - 1] !== '/');
        else if (i > 0) next[i] = (reach[i - 1] as boolean) && fits(piece, chars[i - 1] as string);
      }
      reach = next;
    }
    return reach[chars.length] as boolean;
  };
}

interface Rule {
  readonly negate: boolean;
  readonly mustDir: boolean;
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
  if (rule.startsWith('/')) return { negate, mustDir, match: pathMatcher(rule.slice(1)) };
  const matches = pathMatcher(rule);
  if (rule.includes('/')) return { negate, mustDir, match: matches };
  return { negate, mustDir, match: (path) => matches(path.slice(path.lastIndexOf('/') + 1)) };
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
    for (const rule of rules) {
      const wrongKind = rule.mustDir && !isDirectory;
      if (rule.negate) {
        if (wrongKind || !rule.match(path)) return true;
      } else if (!wrongKind && rule.match(path)) return true;
    }
    return false;
  };
}
