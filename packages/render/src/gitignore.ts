import { globMatch } from './glob.ts';

/** What a pattern says about a path. */
export type IgnoreVerdict = 'exclude' | 'include' | undefined;

/** One line of an ignore file, read. */
export interface IgnorePattern {
  /** The directory that the pattern is about, as steps from the root. */
  readonly domain: readonly string[];
  readonly steps: readonly string[];
  /** Whether the line started with `!`. */
  readonly includes: boolean;
  readonly directoriesOnly: boolean;
}

/** Reads one line of an ignore file. */
export function parseIgnorePattern(line: string, domain: readonly string[]): IgnorePattern {
  let text = line;
  const includes = text.startsWith('!');
  if (includes) text = text.slice(1);
  if (!text.endsWith('\\ ')) text = text.replace(/ +$/, '');
  const directoriesOnly = text.endsWith('/');
  if (directoriesOnly) text = text.slice(0, -1);
  return { domain: [...domain], steps: text.split('/'), includes, directoriesOnly };
}

/** Reads the lines of an ignore file; empty ones and comments are left out. */
export function parseIgnorePatterns(text: string, domain: readonly string[]): IgnorePattern[] {
  return text
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
    .filter((line) => !line.startsWith('#') && line.trim() !== '')
    .map((line) => parseIgnorePattern(line, domain));
}

function nameMatches(pattern: string, name: string): boolean | undefined {
  try {
    return globMatch(pattern, name, { slashes: true });
  } catch {
    return undefined;
  }
}

/** What one pattern says about a path. @param path steps from the root */
export function matchPattern(pattern: IgnorePattern, path: readonly string[], isDirectory: boolean): IgnoreVerdict {
  const { domain } = pattern;
  if (path.length <= domain.length || domain.some((name, i) => path[i] !== name)) return undefined;
  const rest = path.slice(domain.length);
  const matches = pattern.steps.length > 1 ? matchSteps(pattern, rest, isDirectory) : matchAnyName(pattern, rest, isDirectory);
  if (!matches) return undefined;
  return pattern.includes ? 'include' : 'exclude';
}

function matchAnyName(pattern: IgnorePattern, path: readonly string[], isDirectory: boolean): boolean {
  for (let i = 0; i < path.length; i++) {
    const match = nameMatches(pattern.steps[0] as string, path[i] as string);
    if (match === undefined) return false;
    if (!match) continue;
    return !(pattern.directoriesOnly && !isDirectory && i === path.length - 1);
  }
  return false;
}

function matchSteps(pattern: IgnorePattern, path: readonly string[], isDirectory: boolean): boolean {
  let matched = false;
  let anyDepth = false;
  let at = 0;
  for (let i = 0; i < pattern.steps.length; i++) {
    const step = pattern.steps[i] as string;
    if (step === '') {
      anyDepth = false;
      continue;
    }
    if (step === '**') {
      if (i === pattern.steps.length - 1) break;
      anyDepth = true;
      continue;
    }
    if (step.includes('**') || at >= path.length) return false;
    if (!anyDepth) {
      if (nameMatches(step, path[at] as string) !== true) return false;
      matched = true;
      at++;
      continue;
    }
    anyDepth = false;
    while (at < path.length) {
      const match = nameMatches(step, path[at] as string);
      at++;
      if (match === undefined) return false;
      if (match) {
        matched = true;
        break;
      }
      if (at >= path.length) matched = false;
    }
  }
  return matched && !(pattern.directoriesOnly && !isDirectory && at >= path.length);
}

/** Tells whether a path is ignored: the last pattern that says anything counts. @param path steps from the root */
export function matchIgnore(patterns: readonly IgnorePattern[], path: readonly string[], isDirectory: boolean): boolean {
  for (let i = patterns.length - 1; i >= 0; i--) {
    const verdict = matchPattern(patterns[i] as IgnorePattern, path, isDirectory);
    if (verdict !== undefined) return verdict === 'exclude';
  }
  return false;
}
