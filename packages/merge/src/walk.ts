import {
  compareBytes,
  FluxError,
  goJsonNumber,
  goJsonString,
  isArray,
  isObject,
  own,
  type JsonObject,
  type JsonValue,
} from '@flux-ts/base';
import { formatPath, keyElement, valueElement, type FieldPath, type PathElement } from './path-element.ts';
import type { ListType } from './type-schema.ts';

/** What is wrong at one place of a typed value. */
export interface TypedProblem {
  readonly path: FieldPath;
  readonly message: string;
}

/** A value that does not fit its type; `errors` lists every problem. */
export class TypedError extends FluxError<'TYPED_INVALID'> {
  readonly errors: readonly TypedProblem[];

  constructor(errors: readonly TypedProblem[]) {
    const lines = errors.map(({ path, message }) => (path.length === 0 ? message : `${formatPath(path)}: ${message}`));
    super({
      code: 'TYPED_INVALID',
      message: lines.length === 1 ? (lines[0] as string) : ['errors:', ...lines.map((line) => `  ${line}`)].join('\n'),
    });
    this.errors = errors;
  }
}

/** Where a walker stands and what it has found wrong so far. */
export class Walk {
  readonly path: PathElement[] = [];
  readonly problems: TypedProblem[] = [];

  problem(message: string): void {
    this.problems.push({ path: [...this.path], message });
  }

  /** @throws TypedError where something was wrong */
  finish(): void {
    if (this.problems.length > 0) throw new TypedError(this.problems);
  }
}

const quote = (text: string): string => JSON.stringify(text);

/**
 * Gives the element that stands for a list's item; for an item that cannot have one, what is wrong with it.
 * Key fields that are left out take their default; without one they are left out of the element too, but not all of them.
 */
export function itemElement(list: ListType, item: JsonValue): { readonly element: PathElement } | { readonly problem: string } {
  if (list.keys.length === 0) {
    if (isObject(item)) return { problem: "associative list without keys has an element that's a map type" };
    if (isArray(item)) return { problem: 'not supported: associative list with lists as elements' };
    if (item === null) return { problem: "associative list without keys has an element that's an explicit null" };
    return { element: valueElement(item) };
  }
  if (item === null) return { problem: 'associative list with keys may not have a null element' };
  if (!isObject(item)) return { problem: 'associative list with keys may not have non-map elements' };
  const key = list.keys[0] as string;
  if (list.keys.length === 1) {
    const value = own(item, key);
    // the usual case, written without a detour over an object
    if (typeof value === 'string') return { element: `k:{${quoted(key)}:${quoted(value)}}` };
  }
  const text = scalarKeys(list, item);
  if (text !== undefined) return { element: text };
  const keys: Record<string, JsonValue> = {};
  let found = false;
  for (let i = 0; i < list.keys.length; i++) {
    const name = list.keys[i] as string;
    const value = own(item, name) ?? (Object.hasOwn(item, name) ? null : list.keyDefaults[i]);
    if (value === undefined) continue;
    keys[name] = value;
    found = true;
  }
  if (!found) {
    return {
      problem: `associative list with keys has an element that omits all key fields [${list.keys.map(quote).join(' ')}] (and doesn't have default values for any key fields)`,
    };
  }
  return { element: keyElement(keys) };
}

/** The element of an item whose keys are declared in order and are all texts and numbers; undefined: the general way. */
function scalarKeys(list: ListType, item: JsonObject): PathElement | undefined {
  let out = '';
  for (let i = 0; i < list.keys.length; i++) {
    const name = list.keys[i] as string;
    if (i > 0 && compareBytes(list.keys[i - 1] as string, name) >= 0) return undefined;
    const value = own(item, name) ?? list.keyDefaults[i];
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    out += `${i === 0 ? '' : ','}${quoted(name)}:${typeof value === 'string' ? quoted(value) : goJsonNumber(value)}`;
  }
  return `k:{${out}}`;
}

function quoted(key: string): string {
  return goJsonString(key, false);
}
