import { Lru } from '@flux-ts/base';
import { RE2JS } from 're2js';
import { evalError } from '../errors.ts';
import type { Library } from '../functions.ts';
import { CelList } from '../values.ts';

/** Compiled patterns; the key is the pattern itself. */
const COMPILED = new Lru<string, RE2JS>(500);

/** Compiles a pattern. @throws CelError with Go's text */
export function compilePattern(pattern: string): RE2JS {
  const known = COMPILED.get(pattern);
  if (known !== undefined) return known;
  try {
    const compiled = RE2JS.compile(pattern);
    COMPILED.set(pattern, compiled);
    return compiled;
  } catch (error) {
    throw evalError((error as Error).message);
  }
}

/** Tells whether a pattern is found anywhere in a text. */
export function matchesPattern(text: string, pattern: string): boolean {
  return compilePattern(pattern).matcher(text).find();
}

function findAll(text: string, pattern: string, limit: number): CelList {
  const matcher = compilePattern(pattern).matcher(text);
  const out: string[] = [];
  while ((limit < 0 || out.length < limit) && matcher.find()) out.push(matcher.group() ?? '');
  return new CelList(out);
}

/** Kubernetes' searches with patterns. */
export const REGEX: Library = {
  signatures: `string_find_string: string::find(string) -> string
string_find_all_string: string::findAll(string) -> list(string)
string_find_all_string_int: string::findAll(string, int) -> list(string)`,
  implementations: {
    find: ([text, pattern]) => {
      if (typeof text !== 'string' || typeof pattern !== 'string') return undefined;
      const matcher = compilePattern(pattern).matcher(text);
      return matcher.find() ? (matcher.group() ?? '') : '';
    },
    findAll: ([text, pattern, limit]) => {
      if (typeof text !== 'string' || typeof pattern !== 'string' || (limit !== undefined && typeof limit !== 'bigint')) return undefined;
      return findAll(text, pattern, limit === undefined ? -1 : Number(limit));
    },
  },
};
