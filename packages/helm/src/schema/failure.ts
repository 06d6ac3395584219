import type { JsonValue } from '@flux-ts/base';
import { isArray, isObject } from '@flux-ts/base';
import { formatGo } from '@flux-ts/gotemplate';

/** What a value does wrong, where, and for which inner reasons. */
export interface SchemaFailure {
  readonly kind: 'leaf' | 'group' | 'reference';
  readonly path: readonly string[];
  readonly message: string;
  readonly causes: readonly SchemaFailure[];
}

/** Quotes a text in single quotes as the schema library of Helm does. */
export function quoteText(text: string): string {
  const inner = formatGo('%q', [text]).slice(1, -1);
  return `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** Prints a primitive as it stands in messages. */
export function displayValue(value: JsonValue): string {
  if (typeof value === 'string') return quoteText(value);
  if (isArray(value) || isObject(value)) return 'value';
  return value === null ? '<nil>' : String(value);
}

/** The JSON pointer of a path. */
export function pointerText(path: readonly string[]): string {
  return path.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function display(failure: SchemaFailure, indent: number, out: string[]): void {
  const skip = failure.kind === 'reference' && failure.causes.length === 1;
  if (!skip) out.push(`${'  '.repeat(indent)}- at ${quoteText(pointerText(failure.path))}: ${failure.message}`);
  for (const cause of failure.causes) display(cause, skip ? indent : indent + 1, out);
}

/** The lines of a failed check: one a reason, inner reasons indented. */
export function failureText(failure: SchemaFailure): string {
  const out: string[] = [];
  for (const cause of failure.kind === 'group' ? failure.causes : [failure]) display(cause, 0, out);
  return out.join('\n');
}
