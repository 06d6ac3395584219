import { RE2JS, RE2JSSyntaxException } from 're2js';
import { GoError } from './errors.ts';
import { nativeRegexp, type NativeRegexp } from './regexp-native.ts';

/** A regular expression as Go's regexp package has it: RE2, with the engine's own matcher where that gives the same. */
export class GoRegexp {
  readonly #pattern: string;
  readonly #native: NativeRegexp | undefined;
  #re2: RE2JS | undefined;

  /** @throws GoError with the text of Go's regexp package */
  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#native = nativeRegexp(pattern);
    if (this.#native === undefined) this.#re2 = compileRegexp(pattern);
  }

  /** The numbers of the named groups. */
  get names(): Readonly<Record<string, number>> {
    return this.#native === undefined ? this.#compiled().namedGroups() : {};
  }

  /** Whether it matches anywhere in a text. */
  test(text: string): boolean {
    if (this.#native?.takes(text) === true) return this.#native.find(text, 0) !== undefined;
    return this.#compiled().matcher(text).find();
  }

  /** What finds matches in a text, from a place on. */
  finder(text: string): (from: number) => Match | undefined {
    const native = this.#native;
    if (native?.takes(text) === true) {
      return (from) => {
        const span = native.find(text, from);
        return span === undefined ? undefined : { ...span, groups: [[span.start, span.end]] };
      };
    }
    const matcher = this.#compiled().matcher(text);
    return (from) => {
      if (!matcher.find(from)) return undefined;
      const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, i) =>
        matcher.start(i) < 0 ? undefined : ([matcher.start(i), matcher.end(i)] as const),
      );
      return { start: matcher.start(), end: matcher.end(), groups };
    };
  }

  #compiled(): RE2JS {
    return (this.#re2 ??= compileRegexp(this.#pattern));
  }
}

/** Compiles an RE2 expression. @throws GoError with the text of Go's regexp package */
export function compileRegexp(pattern: string): RE2JS {
  try {
    return compileLenient(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    throw new GoError(`error parsing regexp: ${syntaxText(error)}`, error);
  }
}

/** Go lets groups have the same name; here the first keeps it. */
function compileLenient(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException) || !error.getDescription().startsWith('duplicate capture group')) throw error;
    const seen = new Set<string>();
    const named = pattern.replace(/\(\?P?<(\w+)>/g, (group, name: string) => {
      if (seen.has(name)) return '(';
      seen.add(name);
      return group;
    });
    return RE2JS.compile(named);
  }
}

function syntaxText(error: RE2JSSyntaxException): string {
  return `${error.getDescription()}: \`${error.getPattern() ?? ''}\``;
}

/** One match: where it starts and ends, and its groups (start and end, or undefined). */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (readonly [number, number] | undefined)[];
}

/** All matches that do not overlap, as Go finds them: an empty match right after another is left out. At most `limit` where it is not negative. */
export function allMatches(re: GoRegexp, text: string, limit: number): Match[] {
  const out: Match[] = [];
  const find = re.finder(text);
  let at = 0;
  let lastEnd = -1;
  while (at <= text.length && (limit < 0 || out.length < limit)) {
    const match = find(at);
    if (match === undefined) break;
    const { start, end } = match;
    const empty = start === end;
    if (!(empty && start === lastEnd)) out.push(match);
    lastEnd = end;
    if (!empty) at = end;
    else at = start + ((text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
  }
  return out;
}

function groupText(text: string, match: Match, group: number | undefined): string {
  const range = group === undefined ? undefined : match.groups[group];
  return range === undefined ? '' : text.slice(range[0], range[1]);
}

/** Expands $1, ${1}, $name and $$ in a replacement, as Go's `Regexp.Expand`: the longest name counts, unknown ones are empty. */
export function expandTemplate(template: string, text: string, match: Match, names: Readonly<Record<string, number>>): string {
  return template.replace(
    /\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu,
    (_whole, braced: string | undefined, bare: string | undefined) => {
      const name = braced ?? bare;
      if (name === undefined) return '$';
      if (/^[0-9]+$/.test(name)) return groupText(text, match, Number(name));
      return groupText(text, match, names[name]);
    },
  );
}

/** Replaces all matches by what `replacement` gives. */
export function replaceMatches(re: GoRegexp, text: string, replacement: (match: Match) => string): string {
  let out = '';
  let at = 0;
  for (const match of allMatches(re, text, -1)) {
    out += text.slice(at, match.start) + replacement(match);
    at = match.end;
  }
  return out + text.slice(at);
}

/** Go's `Regexp.Split`. */
export function splitMatches(re: GoRegexp, pattern: string, text: string, count: number): string[] {
  if (count === 0) return [];
  if (pattern !== '' && text === '') return [''];
  const out: string[] = [];
  let from = 0;
  let end = 0;
  for (const match of allMatches(re, text, count)) {
    if (count > 0 && out.length === count - 1) break;
    end = match.start;
    if (match.end !== 0) out.push(text.slice(from, end));
    from = match.end;
  }
  if (end !== text.length) out.push(text.slice(from));
  return out;
}

/** Go's `regexp.QuoteMeta`. */
export function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}
