import { failure, prefixed } from './errors.ts';
import { kindName, nodeText } from './node-text.ts';
import { gvkSelected, gvkText, idText, resIdOf, splitApiVersion, type Gvk } from './res-id.ts';
import { fieldOf, isMap, isNullish, isSeq, textOf, withField, type KObject, type KValue } from './value.ts';

/** A place in objects of some kinds: where labels, names, images and the like stand. */
export interface FieldSpec extends Gvk {
  /** Names separated by `/`; `\/` is a slash inside a name, `[]` marks a list. */
  readonly path: string;
  readonly create: boolean;
}

/** What is made where a path does not exist yet, and `undefined` for "make nothing". */
export type Creation = 'scalar' | 'map' | undefined;

/** Changes the value at a place; `undefined` stands for a scalar just made. */
export type FieldChange = (value: KValue) => KValue;

/** Splits a path at its delimiter; a backslash before the delimiter keeps it. A leading delimiter is dropped. */
export function splitPath(path: string, delimiter: string): string[] {
  let parts = path.split(delimiter);
  if (parts.length > 1 && parts[0] === '') parts = parts.slice(1);
  const out: string[] = [parts[0] as string];
  for (const part of parts.slice(1)) {
    const last = out[out.length - 1] as string;
    if (last.endsWith('\\')) out[out.length - 1] = last.slice(0, -1) + delimiter + part;
    else out.push(part);
  }
  return out;
}

/** Tells whether a spec is for an object's kind, by what the object says now. */
export function specMatches(spec: Gvk, object: KObject): boolean {
  if (spec.kind !== '' && textOf(fieldOf(object, 'kind')) !== spec.kind) return false;
  if (spec.group === '' && spec.version === '') return true;
  const { group, version } = splitApiVersion(textOf(fieldOf(object, 'apiVersion')) ?? '');
  return (spec.group === '' || spec.group === group) && (spec.version === '' || spec.version === version);
}

/** A spec ready to be applied: its path is split. */
export interface CompiledSpec extends FieldSpec {
  readonly steps: readonly SpecStep[];
}

/** One name of a path. */
export interface SpecStep {
  readonly name: string;
  /** Whether the path says that a list stands there. */
  readonly asList: boolean;
}

/** Splits a spec's path once; gives back one that is compiled. */
export function compileSpec(spec: FieldSpec): CompiledSpec {
  if ('steps' in spec) return spec as CompiledSpec;
  const steps = splitPath(spec.path, '/').map((raw) => {
    const asList = raw.endsWith('[]');
    return { name: asList ? raw.slice(0, -2) : raw, asList };
  });
  return { ...spec, steps };
}

/**
 * Changes every value that a spec leads to and gives the new object, or the same one where nothing changed.
 * The caller has checked {@link specMatches}.
 */
export function changeAtSpec(
  object: KObject,
  spec: CompiledSpec,
  how: { readonly create: Creation; readonly change: FieldChange },
): KObject {
  try {
    return walk(object, 0, { spec, create: spec.create ? how.create : undefined, change: how.change }) as KObject;
  } catch (error) {
    throw prefixed(`considering field '${spec.path}' of object ${idText(resIdOf(object))}`, error);
  }
}

interface Walk {
  readonly spec: CompiledSpec;
  readonly create: Creation;
  readonly change: FieldChange;
}

function walk(value: KValue, step: number, at: Walk): KValue {
  const { steps } = at.spec;
  if (step === steps.length) return at.change(value);
  if (isNullish(value)) return value;
  if (isSeq(value)) return walkSeq(value, step, at);
  if (!isMap(value)) throw failure('expected sequence or mapping node');
  const { name, asList } = steps[step] as SpecStep;
  if (name === '') throw failure('cannot set or create an empty field name');
  const child = fieldOf(value, name.trim());
  const last = step === steps.length - 1;
  if (child === undefined) {
    if (at.create === undefined || asList) return value;
    const made: KValue = last && at.create === 'scalar' ? '' : {};
    return withField(value, name, walk(made, step + 1, at));
  }
  let start = child;
  if (isNullish(child)) {
    if (at.create !== undefined && !asList) start = last && at.create === 'scalar' ? '' : {};
    else if (asList) start = [];
  }
  const next = walk(start, step + 1, at);
  return next === child ? value : withField(value, name, next);
}

function walkSeq(list: readonly KValue[], step: number, at: Walk): KValue {
  let out: KValue[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const item = list[i] as KValue;
    let next: KValue;
    try {
      next = walk(item, step, at);
    } catch (error) {
      throw prefixed(
        `visit traversal on path: [${at.spec.steps
          .slice(step)
          .map((s) => s.name + (s.asList ? '[]' : ''))
          .join(' ')}]`,
        error,
      );
    }
    if (next === item) continue;
    out ??= [...list];
    out[i] = next;
  }
  return out ?? list;
}

/** A change that sets entries of a mapping. */
export function setEntries(entries: Readonly<Record<string, string>>): FieldChange {
  const keys = Object.keys(entries);
  return (at) => {
    if (isNullish(at)) return { ...entries };
    if (!isMap(at)) throw wrongKind('MappingNode', at);
    return keys.every((key) => Object.hasOwn(at, key) && at[key] === entries[key]) ? at : { ...at, ...entries };
  };
}

/** The error about a value of the wrong shape. */
export function wrongKind(expected: string, got: KValue): Error {
  return failure(`wrong node kind: expected ${expected} but got ${kindName(got)}: node contents:\n${nodeText(got)}`);
}

/** Prints a spec as kustomize's messages do. */
export function specText(spec: FieldSpec): string {
  return `${gvkText(spec)}:${String(spec.create)}:${spec.path}`;
}

/** Adds a spec unless one that covers it is there. @throws where the two disagree about creating */
export function mergeSpec(specs: readonly FieldSpec[], more: FieldSpec): readonly FieldSpec[] {
  const same = specs.find((s) => gvkSelected(s, more) && s.path === more.path);
  if (same === undefined) return [...specs, more];
  if (same.create !== more.create) throw failure('conflicting fieldspecs');
  return specs;
}

/** Adds several specs with {@link mergeSpec}. */
export function mergeSpecs(specs: readonly FieldSpec[], more: readonly FieldSpec[]): readonly FieldSpec[] {
  let out = specs;
  for (const spec of more) out = mergeSpec(out, spec);
  return out;
}

/** The specs that fit an object's kind, remembered by kind: most objects are of few kinds. */
export class SpecIndex {
  readonly #specs: readonly CompiledSpec[];
  readonly #byKind = new Map<string, readonly CompiledSpec[]>();

  constructor(specs: readonly FieldSpec[]) {
    this.#specs = specs.map(compileSpec);
  }

  /** The specs for an object, in their order. */
  for(object: KObject): readonly CompiledSpec[] {
    const key = `${textOf(fieldOf(object, 'apiVersion')) ?? ''}|${textOf(fieldOf(object, 'kind')) ?? ''}`;
    let found = this.#byKind.get(key);
    if (found === undefined) {
      found = this.#specs.filter((spec) => specMatches(spec, object));
      this.#byKind.set(key, found);
    }
    return found;
  }

  /** Applies one change at all places of an object. */
  change(object: KObject, how: { readonly create: Creation; readonly change: FieldChange }): KObject {
    let out = object;
    for (const spec of this.for(object)) out = changeAtSpec(out, spec, how);
    return out;
  }
}
