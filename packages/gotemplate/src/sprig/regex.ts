import { Lru } from '@flux-ts/base';
import { GoError } from '../errors.ts';
import { goFunc } from '../functions.ts';
import { goQuote } from '../quote.ts';
import { allMatches, GoRegexp, expandTemplate, quoteMeta, replaceMatches, splitMatches } from '../regexp.ts';
import { STRING_SLICE } from '../types.ts';
import { nilSlice, stringSlice, type GoInt } from '../values.ts';
import type { GoFunc, MaybeValue } from '../model.ts';

type Texts = readonly [string, string, string];
type Run = (re: GoRegexp, args: readonly MaybeValue[]) => MaybeValue;

const KEPT = 256;

function texts(found: readonly string[], isNil: boolean): MaybeValue {
  return isNil ? nilSlice(STRING_SLICE) : stringSlice(found);
}

/** The functions of regular expressions. Compiled expressions are kept with the functions. */
export function regexFunctions(): readonly GoFunc[] {
  const cache = new Lru<string, GoRegexp>(KEPT);
  const compile = (pattern: string): GoRegexp => {
    let expression = cache.get(pattern);
    if (expression === undefined) cache.set(pattern, (expression = new GoRegexp(pattern)));
    return expression;
  };
  const mustCompile = (pattern: string): GoRegexp => {
    try {
      return compile(pattern);
    } catch (error) {
      if (error instanceof GoError) throw new GoError(`regexp: Compile(${quoteForPanic(pattern)}): ${error.message}`, error);
      throw error;
    }
  };
  const pair = (name: string, params: readonly string[], run: Run): GoFunc[] => [
    goFunc(name, params, (args: readonly MaybeValue[]) => run(mustCompile(args[0] as string), args)),
    goFunc(`mustR${name.slice(1)}`, params, (args: readonly MaybeValue[]) => run(compile(args[0] as string), args)),
  ];
  const match = (pattern: string, text: string): boolean => compile(pattern).test(text);
  return [
    goFunc('mustRegexMatch', ['string', 'string'], ([pattern, text]: [string, string]) => match(pattern, text)),
    goFunc('regexMatch', ['string', 'string'], ([pattern, text]: [string, string]) => {
      try {
        return match(pattern, text);
      } catch (error) {
        if (error instanceof GoError) return false;
        throw error;
      }
    }),
    ...pair('regexFind', ['string', 'string'], (re, [, text]) => {
      const [found] = allMatches(re, text as string, 1);
      return found === undefined ? '' : (text as string).slice(found.start, found.end);
    }),
    ...pair('regexFindAll', ['string', 'string', 'int'], (re, [, text, count]) => {
      const found = allMatches(re, text as string, Number((count as GoInt).value));
      return texts(
        found.map((m) => (text as string).slice(m.start, m.end)),
        found.length === 0,
      );
    }),
    ...pair('regexReplaceAll', ['string', 'string', 'string'], (re, args) => {
      const [, text, replacement] = args as unknown as Texts;
      if (!replacement.includes('$')) return replaceMatches(re, text, () => replacement);
      const { names } = re;
      return replaceMatches(re, text, (m) => expandTemplate(replacement, text, m, names));
    }),
    ...pair('regexReplaceAllLiteral', ['string', 'string', 'string'], (re, args) => {
      const [, text, replacement] = args as unknown as Texts;
      return replaceMatches(re, text, () => replacement);
    }),
    ...pair('regexSplit', ['string', 'string', 'int'], (re, [pattern, text, count]) => {
      const n = Number((count as GoInt).value);
      return texts(splitMatches(re, pattern as string, text as string, n), n === 0);
    }),
    goFunc('regexQuoteMeta', ['string'], ([text]: [string]) => quoteMeta(text)),
  ];
}

function quoteForPanic(pattern: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters cannot stand between backquotes
  return /[`\u0000-\u0008\u000a-\u001f\u007f]/.test(pattern) ? goQuote(pattern) : `\`${pattern}\``;
}
