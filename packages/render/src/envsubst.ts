import { FluxError, goJsonString } from '@flux-ts/base';
import { parseSubstitutions, type SubstNode } from './envsubst-parse.ts';
import { globMatch } from './glob.ts';

/** A variable that is not there, where that is an error. */
export class VariableNotSetError extends FluxError<'SUBST_MISSING'> {}

/** How expressions are expanded. */
export interface ExpandOptions {
  /** Whether a variable that is not there is an error (unless a default is given). */
  readonly strict: boolean;
}

const DEFAULTS = new Set(['-', '+', '=', '?', ':-', ':+', ':=', ':?']);

/**
 * Expands `${...}` in a text as Flux does: `${v}`, `${#v}`, `${v^}`, `${v^^}`, `${v,}`, `${v,,}`, `${v:n}`, `${v:n:m}`,
 * `${v#p}`, `${v##p}`, `${v%p}`, `${v%%p}`, `${v:-d}`, `${v:=d}`, `${v=d}`, `${v/a/b}`, `${v//a/b}`, `${v/#a/b}`, `${v/%a/b}`.
 * `$${v}` gives `${v}`, `$v` stays as it is.
 * @throws SubstituteSyntaxError where an expression cannot be read, VariableNotSetError in strict mode
 */
export function expand(text: string, variables: Readonly<Record<string, string>>, options: ExpandOptions): string {
  if (!text.includes('$')) return text;
  const run = (node: SubstNode): string => {
    if (node.kind === 'text') return node.text;
    const args = node.args.map(run);
    const known = Object.hasOwn(variables, node.variable);
    if (!known && options.strict && !DEFAULTS.has(node.operator)) {
      throw new VariableNotSetError({
        code: 'SUBST_MISSING',
        message: `variable not set (strict mode): ${goJsonString(node.variable, false)}`,
      });
    }
    return apply(node.operator, known ? (variables[node.variable] as string) : '', args);
  };
  return parseSubstitutions(text).map(run).join('');
}

function apply(operator: string, value: string, args: readonly string[]): string {
  const [first = '', second = ''] = args;
  switch (operator) {
    case ',':
      return changeFirst(value, (c) => c.toLowerCase());
    case ',,':
      return value.toLowerCase();
    case '^':
      return changeFirst(value, (c) => c.toUpperCase());
    case '^^':
      return value.toUpperCase();
    case '#':
      return args.length === 0 ? String(Buffer.byteLength(value)) : trimPrefix(value, first, 'shortest');
    case '##':
      return args.length === 0 ? value : trimPrefix(value, first, 'longest');
    case '%':
      return args.length === 0 ? value : trimSuffix(value, first, 'shortest');
    case '%%':
      return args.length === 0 ? value : trimSuffix(value, first, 'longest');
    case ':':
      return args.length === 0 ? value : substring(value, args);
    case '/#':
      return args.length === 2 && value.startsWith(first) ? replaceFirst(value, first, second) : value;
    case '/%':
      return args.length === 2 && value.endsWith(first) ? value.slice(0, value.length - first.length) + second : value;
    case '/':
      return args.length === 0 ? value : replaceFirst(value, first, second);
    case '//':
      return args.length === 0 ? value : replaceEvery(value, first, second);
    default:
      return value === '' && args.length > 0 ? args.join('') : value;
  }
}

function changeFirst(value: string, change: (char: string) => string): string {
  if (value === '') return value;
  const first = String.fromCodePoint(value.codePointAt(0) as number);
  const changed = change(first);
  return (changed.length === first.length ? changed : first) + value.slice(first.length);
}

function replaceFirst(value: string, from: string, to: string): string {
  const at = value.indexOf(from);
  return at < 0 ? value : value.slice(0, at) + to + value.slice(at + from.length);
}

function replaceEvery(value: string, from: string, to: string): string {
  if (from !== '') return value.split(from).join(to);
  // Go puts the replacement before every character and at the end
  return to + Array.from(value, (char) => char + to).join('');
}

function integer(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

/** Offsets count in UTF-8 bytes, as in the original. */
function substring(value: string, args: readonly string[]): string {
  const bytes = Buffer.from(value);
  let from = integer(args[0] as string);
  if (from === undefined) return value;
  if (from < 0) from = Math.max(0, bytes.length + from);
  const slice = (end: number): string => ((from as number) < bytes.length ? bytes.subarray(from, end).toString('utf8') : '');
  if (args.length === 1) return slice(bytes.length);
  const length = integer(args[1] as string);
  if (length === undefined) return value;
  if (length < 0) {
    const end = bytes.length + length;
    return end < from ? '' : slice(end);
  }
  return slice(Math.min(bytes.length, from + length));
}

function matches(pattern: string, text: string): boolean {
  return globMatch(pattern, text, { slashes: false });
}

function trimPrefix(value: string, pattern: string, which: 'shortest' | 'longest'): string {
  let shortest = '';
  try {
    for (let end = value.length; end > 0; end--) {
      const head = value.slice(0, end);
      if (!matches(pattern, head)) continue;
      if (which === 'longest') return value.slice(head.length);
      shortest = head;
    }
  } catch {
    return value; // a broken pattern changes nothing
  }
  return value.slice(shortest.length);
}

function reversed(text: string): string {
  return Array.from(text).toReversed().join('');
}

function trimSuffix(value: string, pattern: string, which: 'shortest' | 'longest'): string {
  return reversed(trimPrefix(reversed(value), reversed(pattern), which));
}
