import { FluxError } from '@flux-ts/base';
import { ArchiveError } from '@flux-ts/archive';
import { BudgetError, ChartError, GoError, RenderError as HelmRenderError, TemplateError, ValuesError } from '@flux-ts/helm';
import { KustomizeError } from '@flux-ts/kustomize';
import { JsonPatchError, PatchError } from '@flux-ts/merge';
import { YamlError } from '@flux-ts/yaml';
import { RenderError } from '../errors.ts';

type ErrorClass = abstract new (...args: never) => Error;

/** The classes that keep their identity on the way, by a name of their own; others come back as the nearest class above. */
const CLASSES: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>([
  ['render', RenderError],
  ['helm.render', HelmRenderError],
  ['helm.values', ValuesError],
  ['helm.chart', ChartError],
  ['template', TemplateError],
  ['template.budget', BudgetError],
  ['template.go', GoError],
  ['kustomize', KustomizeError],
  ['merge.patch', PatchError],
  ['merge.json-patch', JsonPatchError],
  ['archive', ArchiveError],
  ['yaml', YamlError],
  ['flux', FluxError],
  ['range', RangeError],
  ['type', TypeError],
  ['syntax', SyntaxError],
]);

/**
 * How many causes are kept of each end of a long chain. An endless recursion gives one for each of its thousand rounds, and the
 * text of each holds those of all below: all of them together would be some hundred megabytes.
 */
const ENDS = 32;

interface WireError {
  /** A key of {@link CLASSES}; undefined: a plain Error. */
  readonly type: string | undefined;
  readonly message: string;
  readonly stack: string | undefined;
  readonly data: readonly (readonly [key: string, value: unknown, symbol: boolean])[];
}

/** A thrown value on its way: the error and, after it, the causes one after another; a cause that is no error ends the chain. */
export interface WireThrown {
  readonly errors: readonly WireError[];
  readonly last?: unknown;
}

function typeOf(error: Error): string | undefined {
  const chain = new Map<object, number>();
  for (let at = Object.getPrototypeOf(error) as object | null; at !== null; at = Object.getPrototypeOf(at) as object | null)
    chain.set(at, chain.size);
  let best: { readonly type: string; readonly distance: number } | undefined;
  for (const [type, { prototype }] of CLASSES) {
    const distance = chain.get(prototype as object);
    if (distance !== undefined && (best === undefined || distance < best.distance)) best = { type, distance };
  }
  return best?.type;
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false; // a function or the like: of no use on the other side
  }
}

function packError(error: Error, first: boolean): WireError {
  const data: WireError['data'][number][] = [];
  for (const key of Reflect.ownKeys(error)) {
    const property = Reflect.getOwnPropertyDescriptor(error, key);
    const name = typeof key === 'symbol' ? Symbol.keyFor(key) : key;
    if (name === undefined || property?.enumerable !== true || !isCloneable(property.value)) continue;
    data.push([name, property.value, typeof key === 'symbol']);
  }
  return { type: typeOf(error), message: error.message, stack: first ? error.stack : undefined, data };
}

/** Packs what was thrown. */
export function packThrown(thrown: unknown): WireThrown {
  const chain = new Set<Error>();
  let at = thrown;
  for (; at instanceof Error && !chain.has(at); at = at.cause) chain.add(at);
  const all = [...chain];
  const kept = all.length <= 2 * ENDS ? all : [...all.slice(0, ENDS), ...all.slice(-ENDS)];
  const errors = kept.map((error) => packError(error, error === thrown));
  return at === undefined || at instanceof Error || !isCloneable(at) ? { errors } : { errors, last: at };
}

/** Gives what was thrown: the same class, code, data and texts. */
export function unpackThrown(wire: WireThrown): unknown {
  let cause = wire.last;
  for (const each of [...wire.errors].reverse()) {
    const error = new Error(each.message, cause === undefined ? undefined : { cause });
    const type = each.type === undefined ? undefined : CLASSES.get(each.type);
    if (type !== undefined) Object.setPrototypeOf(error, type.prototype as object);
    for (const [key, value, symbol] of each.data) {
      Object.defineProperty(error, symbol ? Symbol.for(key) : key, { value, enumerable: true, configurable: true, writable: true });
    }
    if (each.stack !== undefined) error.stack = each.stack;
    cause = error;
  }
  return cause;
}
