import { didYouMean, parseDuration } from '@flux-ts/base';

/** The types of flags, with pflag's names. */
export type FlagType = 'string' | 'bool' | 'int' | 'duration' | 'strings' | 'stringArray' | 'stringToString';

/** One flag of a command. */
export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  readonly type: FlagType;
  /** As it would be typed. */
  readonly default?: string;
  readonly usage: string;
  /** Also holds for commands below. */
  readonly persistent?: boolean;
  readonly hidden?: boolean;
}

/** A command line that cannot be read. */
export class UsageError extends Error {}

/** The flags that were given, over their defaults. */
export class Flags {
  readonly #specs: ReadonlyMap<string, FlagSpec>;
  readonly #given = new Map<string, string[]>();

  constructor(specs: ReadonlyMap<string, FlagSpec>) {
    this.#specs = specs;
  }

  /** Takes note of a value. @throws UsageError with pflag's text where it does not fit the type */
  set(spec: FlagSpec, text: string): void {
    const label = spec.short === undefined ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
    const fail = (why: string): never => {
      throw new UsageError(`invalid argument ${JSON.stringify(text)} for "${label}" flag: ${why}`);
    };
    if (spec.type === 'bool' && !/^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text))
      fail(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
    if (spec.type === 'int' && !/^[+-]?\d+$/.test(text)) fail(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
    if (spec.type === 'duration') {
      try {
        parseDuration(text);
      } catch (error) {
        fail((error as Error).message);
      }
    }
    if (spec.type === 'stringToString' && text.split(',').some((pair) => !pair.includes('=')))
      fail(`${text} must be formatted as key=value`);
    this.#given.set(spec.name, [...(this.#given.get(spec.name) ?? []), text]);
  }

  /** Whether the flag stood on the command line. */
  changed(name: string): boolean {
    return this.#given.has(name);
  }

  string(name: string): string {
    return this.#given.get(name)?.at(-1) ?? this.#specs.get(name)?.default ?? '';
  }

  bool(name: string): boolean {
    return /^(1|t|true)$/i.test(this.string(name));
  }

  int(name: string): number {
    return Number(this.string(name) || '0');
  }

  /** In milliseconds. */
  duration(name: string): number {
    const text = this.string(name);
    return text === '' ? 0 : parseDuration(text);
  }

  /** All values; those of type `strings` are split at commas. */
  strings(name: string): readonly string[] {
    const spec = this.#specs.get(name);
    const given = this.#given.get(name) ?? (spec?.default === undefined || spec.default === '' ? [] : [spec.default]);
    return spec?.type === 'strings' ? given.flatMap((text) => text.split(',')) : given;
  }

  /** The pairs of a `key=value` flag. */
  pairs(name: string): ReadonlyMap<string, string> {
    const pairs = (this.#given.get(name) ?? []).flatMap((text) => text.split(','));
    return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
  }
}

/**
 * Reads flags as pflag does (`--name value`, `--name=value`, `-n value`, `-nvalue`, `-abc`, `--`), anywhere on the line.
 * @returns the flags and the words that are none
 * @throws UsageError with pflag's text
 */
export function parseFlags(
  words: readonly string[],
  specs: readonly FlagSpec[],
): { readonly flags: Flags; readonly args: readonly string[] } {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const byShort = new Map(specs.filter((spec) => spec.short !== undefined).map((spec) => [spec.short as string, spec]));
  const flags = new Flags(byName);
  const args: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === '--') {
      args.push(...words.slice(i + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') args.push(word);
    else if (word.startsWith('--')) i += long(word, words[i + 1], { byName, flags });
    else i += shorts(word, words[i + 1], { byShort, flags });
  }
  return { flags, args };
}

function long(
  word: string,
  next: string | undefined,
  at: { readonly byName: ReadonlyMap<string, FlagSpec>; readonly flags: Flags },
): number {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const spec = at.byName.get(name);
  if (spec === undefined) {
    const near = didYouMean(name, at.byName.keys());
    throw new UsageError(`unknown flag: --${name}${near === undefined ? '' : ` (did you mean --${near}?)`}`);
  }
  if (equals >= 0) return (at.flags.set(spec, word.slice(equals + 1)), 0);
  if (spec.type === 'bool') return (at.flags.set(spec, 'true'), 0);
  if (next === undefined) throw new UsageError(`flag needs an argument: --${name}`);
  return (at.flags.set(spec, next), 1);
}

function shorts(
  word: string,
  next: string | undefined,
  at: { readonly byShort: ReadonlyMap<string, FlagSpec>; readonly flags: Flags },
): number {
  for (let i = 1; i < word.length; i++) {
    const letter = word[i] as string;
    const spec = at.byShort.get(letter);
    if (spec === undefined) throw new UsageError(`unknown shorthand flag: '${letter}' in ${word}`);
    const rest = word.slice(i + 1);
    if (rest.startsWith('=')) return (at.flags.set(spec, rest.slice(1)), 0);
    if (spec.type === 'bool') {
      at.flags.set(spec, 'true');
      continue;
    }
    if (rest !== '') return (at.flags.set(spec, rest), 0);
    if (next === undefined) throw new UsageError(`flag needs an argument: '${letter}' in ${word}`);
    return (at.flags.set(spec, next), 1);
  }
  return 0;
}
