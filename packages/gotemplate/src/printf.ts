import { noFlags, type Flags } from './fmt-flags.ts';
import { formatArgument, formatValue } from './fmt.ts';
import { GoInt, goTypeOf, integerOf } from './values.ts';
import type { MaybeValue } from './model.ts';

/** Widths, precisions and indexes above this are refused. */
const TOO_LARGE = 1_000_000;

/** Reads a format from left to right. */
class FormatReader {
  readonly #format: string;
  readonly #args: readonly MaybeValue[];
  #at = 0;
  #argument = 0;
  #reordered = false;
  #goodIndex = true;

  constructor(format: string, args: readonly MaybeValue[]) {
    this.#format = format;
    this.#args = args;
  }

  /** Formats everything. */
  run(): string {
    const format = this.#format;
    let out = '';
    while (this.#at < format.length) {
      const percent = format.indexOf('%', this.#at);
      if (percent < 0) {
        out += format.slice(this.#at);
        break;
      }
      out += format.slice(this.#at, percent);
      this.#at = percent + 1;
      out += this.#verb();
    }
    return this.#reordered || this.#argument >= this.#args.length ? out : out + this.#extra();
  }

  #extra(): string {
    const rest = this.#args.slice(this.#argument).map((value) => {
      return value === null || value === undefined ? '<nil>' : `${goTypeOf(value)?.name ?? ''}=${formatValue(value)}`;
    });
    return `%!(EXTRA ${rest.join(', ')})`;
  }

  #flags(f: Flags): void {
    for (; this.#at < this.#format.length; this.#at++) {
      switch (this.#format[this.#at]) {
        case '#':
          f.sharp = true;
          break;
        case '0':
          f.zero = true;
          break;
        case '+':
          f.plus = true;
          break;
        case '-':
          f.minus = true;
          break;
        case ' ':
          f.space = true;
          break;
        default:
          return;
      }
    }
  }

  #number(): number | undefined {
    let value: number | undefined;
    for (; this.#at < this.#format.length; this.#at++) {
      const digit = this.#format.charCodeAt(this.#at) - 48;
      if (digit < 0 || digit > 9) break;
      value = (value ?? 0) * 10 + digit;
      if (value > TOO_LARGE) {
        this.#at = this.#format.length;
        return undefined;
      }
    }
    return value;
  }

  /** Reads `[n]`. @returns whether there was one */
  #index(): boolean {
    const format = this.#format;
    if (format[this.#at] !== '[') return false;
    this.#reordered = true;
    const close = format.indexOf(']', this.#at);
    if (close < 0) {
      this.#at++;
      this.#goodIndex = false;
      return false;
    }
    const digits = format.slice(this.#at + 1, close);
    this.#at = close + 1;
    const index = /^\d{1,7}$/.test(digits) ? Number(digits) - 1 : -1;
    if (index >= 0 && index < this.#args.length) {
      this.#argument = index;
      return true;
    }
    this.#goodIndex = false;
    return /^\d{1,7}$/.test(digits);
  }

  #star(): number | undefined {
    const value = integerOf(this.#args[this.#argument]);
    if (this.#argument < this.#args.length) this.#argument++;
    return value !== undefined && value <= TOO_LARGE && value >= -TOO_LARGE ? Number(value) : undefined;
  }

  /** Reads width and precision. @returns what goes wrong, as text, and whether an index came last */
  #widthAndPrecision(f: Flags): { text: string; afterIndex: boolean } {
    let text = '';
    let afterIndex = this.#index();
    if (this.#format[this.#at] === '*') {
      this.#at++;
      f.width = this.#star();
      if (f.width === undefined) text += '%!(BADWIDTH)';
      else if (f.width < 0) {
        f.width = -f.width;
        f.minus = true;
        f.zero = false;
      }
      afterIndex = false;
    } else {
      f.width = this.#number();
      if (afterIndex && f.width !== undefined) this.#goodIndex = false;
    }
    if (this.#format[this.#at] !== '.') return { text, afterIndex };
    this.#at++;
    if (afterIndex) this.#goodIndex = false;
    afterIndex = this.#index();
    if (this.#format[this.#at] !== '*') {
      f.precision = this.#number() ?? 0;
      return { text, afterIndex };
    }
    this.#at++;
    f.precision = this.#star();
    if (f.precision !== undefined && f.precision < 0) f.precision = undefined;
    if (f.precision === undefined) text += '%!(BADPREC)';
    return { text, afterIndex: false };
  }

  #verb(): string {
    const f = noFlags();
    this.#goodIndex = true;
    this.#flags(f);
    const { text, afterIndex } = this.#widthAndPrecision(f);
    if (!afterIndex) this.#index();
    if (this.#at >= this.#format.length) return `${text}%!(NOVERB)`;
    const verb = String.fromCodePoint(this.#format.codePointAt(this.#at) as number);
    this.#at += verb.length;
    if (verb === '%') return `${text}%`;
    if (!this.#goodIndex) return `${text}%!${verb}(BADINDEX)`;
    if (this.#argument >= this.#args.length) return `${text}%!${verb}(MISSING)`;
    if (verb === 'v' || verb === 'w') {
      f.sharpV = f.sharp;
      f.sharp = false;
      f.plusV = f.plus;
      f.plus = false;
    }
    return text + formatArgument(f, this.#args[this.#argument++], verb);
  }
}

/** The text of an argument under `%s`, `%d` or `%v` where it is what nearly every format asks for. */
function usualText(verb: number, value: MaybeValue): string | undefined {
  if (typeof value === 'string') return verb === 115 || verb === 118 ? value : undefined;
  if (verb === 118) return value === null || value === undefined ? undefined : formatValue(value);
  return verb === 100 && value instanceof GoInt ? String(value.value) : undefined;
}

/** Formats where every verb is plain and has its argument; undefined where the reader must look. */
function formatUsual(format: string, args: readonly MaybeValue[]): string | undefined {
  let out = '';
  let at = 0;
  let next = 0;
  for (let percent = format.indexOf('%'); percent >= 0; percent = format.indexOf('%', at)) {
    const text = next < args.length ? usualText(format.charCodeAt(percent + 1), args[next++]) : undefined;
    if (text === undefined) return undefined;
    out += format.slice(at, percent) + text;
    at = percent + 2;
  }
  return next === args.length ? out + format.slice(at) : undefined;
}

/** `fmt.Sprintf`, with its texts for wrong verbs, missing and extra arguments. */
export function formatGo(format: string, args: readonly MaybeValue[]): string {
  return formatUsual(format, args) ?? new FormatReader(format, args).run();
}
