import { KyamlScalar, readKyamlScalar } from '@flux-ts/yaml';
import { prefixed, failure } from './errors.ts';
import { splitPath, wrongKind } from './field-spec.ts';
import { nodeText } from './node-text.ts';
import { goRegexp } from './selectors.ts';
import { fieldOf, isMap, isNullish, isScalar, isSeq, rawText, withField, type KObject, type KValue } from './value.ts';

/** Splits a field path at dots; dots in brackets stay, and brackets without `=` are only quotes. */
export function splitFieldPath(path: string): string[] {
  const split = splitPath(path, '.');
  const out: string[] = [];
  for (let i = 0; i < split.length; i++) {
    const part = split[i] as string;
    if (!part.startsWith('[') || part.endsWith(']')) {
      out.push(part);
      continue;
    }
    const bracketed = [part];
    while (i < split.length - 1) {
      i++;
      bracketed.push(split[i] as string);
      if ((split[i] as string).endsWith(']')) break;
    }
    const joined = bracketed.join('.');
    out.push(joined.includes('=') ? joined : joined.replace(/^[[\]]+|[[\]]+$/g, ''));
  }
  return out;
}

/** Tells whether a step picks list elements (`[name=x]`). */
export function isListStep(step: string): boolean {
  return step.startsWith('[') && step.endsWith(']');
}

function isIndex(step: string): boolean {
  return /^\+?\d+$/.test(step);
}

/** What is made at the end of a path that does not exist. */
export type CreateKind = 'scalar' | 'map' | 'seq' | undefined;

/** Stands for a scalar that has just been made: it has no type of its own yet. */
export const MADE_SCALAR: KyamlScalar = new KyamlScalar('', '!!str', '');

function empty(kind: CreateKind): KValue {
  return kind === 'seq' ? [] : kind === 'map' ? {} : MADE_SCALAR;
}

function kindFor(next: string | undefined, create: CreateKind): CreateKind {
  if (next === undefined) return create;
  return isListStep(next) || isIndex(next) ? 'seq' : 'map';
}

/** Splits `[name=value]`. @throws where there is no `=` */
export function splitListStep(step: string): readonly [string, string] {
  const inner = step.replace(/\]$/, '').replace(/^\[/, '');
  const equals = inner.indexOf('=');
  if (equals < 0) throw failure('list path element must contain fieldName=fieldValue for element to match');
  return [inner.slice(0, equals), inner.slice(equals + 1)];
}

/** How {@link changeMatches} works. */
export interface MatchOptions {
  readonly steps: readonly string[];
  readonly create: CreateKind;
  /** Gives the new value of a match. */
  readonly change: (value: KValue) => KValue;
}

/**
 * Changes every value that a field path leads to: names, `[name=pattern]`, indices and `*`.
 * @returns the new value, and how many matched
 * @throws KustomizeError where the path runs into a value of the wrong shape or an index is too large
 */
export function changeMatches(root: KValue, options: MatchOptions): { readonly value: KValue; readonly matches: number } {
  let matches = 0;
  const value = visit(root, 0, {
    ...options,
    change: (v) => {
      matches++;
      return options.change(v);
    },
  });
  return { value, matches };
}

function visit(value: KValue, at: number, options: MatchOptions): KValue {
  const step = options.steps[at];
  if (step === undefined) return options.change(value);
  if (isIndex(step)) return visitIndex(value, at, options);
  if (isListStep(step)) return visitList(value, at, options);
  if (step === '*') return mapElements(value, (item) => visit(item, at + 1, options));
  return visitField(value, at, options);
}

function elements(value: KValue): readonly KValue[] {
  if (isNullish(value)) return [];
  if (!isSeq(value)) throw wrongKind('SequenceNode', value);
  return value;
}

function mapElements(value: KValue, change: (item: KValue) => KValue): KValue {
  const list = elements(value);
  const next = list.map(change);
  return next.every((item, i) => item === list[i]) ? value : next;
}

function visitField(value: KValue, at: number, options: MatchOptions): KValue {
  const name = options.steps[at] as string;
  if (isNullish(value)) return value;
  if (!isMap(value)) throw wrongKind('MappingNode', value);
  let child = fieldOf(value, name);
  if (child === undefined) {
    if (options.create === undefined) return value;
    child = empty(kindFor(options.steps[at + 1], options.create));
  }
  if (isScalar(child) && !isNullish(child) && at + 1 < options.steps.length) return value;
  const next = visit(child, at + 1, options);
  return withField(value, name, next);
}

function visitIndex(value: KValue, at: number, options: MatchOptions): KValue {
  const index = Number(options.steps[at]);
  let list = elements(value);
  if (list.length === index && options.create !== undefined) list = [...list, empty(kindFor(options.steps[at + 1], options.create))];
  if (list.length < index + 1) throw failure(`index ${index} specified but only ${list.length} elements found`);
  const next = visit(list[index] as KValue, at + 1, options);
  return next === list[index] && list === value ? value : list.map((item, i) => (i === index ? next : item));
}

function elementText(value: KValue): string {
  return (isScalar(value) ? rawText(value) : nodeText(value)).trim();
}

function visitList(value: KValue, at: number, options: MatchOptions): KValue {
  const [field, pattern] = splitListStep(options.steps[at] as string);
  const matches = goRegexp(pattern);
  let found = false;
  const one = (item: KValue): KValue => {
    if (field === '') {
      if (!matches(elementText(item))) return item;
      found = true;
      return options.change(item);
    }
    const own = fieldOf(item, field);
    if (own === undefined || !matches(elementText(own))) return item;
    found = true;
    return visit(item, at + 1, options);
  };
  const next = mapElements(value, one);
  if (found || options.create === undefined) return next;
  const plain = readKyamlScalar(pattern);
  const made: KValue = field === '' ? plain : { [field]: plain };
  if (!matches(pattern))
    throw prefixed(`failed to create element for ${JSON.stringify(options.steps[at])}`, failure('the pattern does not match itself'));
  return [...elements(value), one(made)];
}

/**
 * Looks a value up by literal steps: names, `[name=value]`, indices and `-` for the last element.
 * @throws KustomizeError where a step meets a value of the wrong shape
 */
export function lookup(root: KValue, steps: readonly string[]): KValue | undefined {
  let at: KValue | undefined = root;
  for (const raw of steps) {
    const step = raw.trim();
    if (step === '') continue;
    if (isNullish(at)) return undefined;
    if (/^[+-]?\d+$/.test(step)) {
      if (Number(step) < 0) throw failure(`array index ${step} cannot be negative`);
      at = elements(at)[Number(step)];
    } else if (step === '-') at = elements(at).at(-1);
    else if (isListStep(step)) at = findElement(at, step);
    else {
      if (!isMap(at)) throw wrongKind('MappingNode', at);
      at = fieldOf(at as KObject, step);
    }
    if (at === undefined) return undefined;
  }
  return at;
}

function findElement(list: KValue, step: string): KValue | undefined {
  const [field, wanted] = splitListStep(step);
  const items = elements(list);
  if (field === '') return items.find((item) => isScalar(item) && rawText(item) === wanted);
  return items.find((item) => isMap(item) && Object.hasOwn(item, field) && rawText(item[field]) === wanted);
}
