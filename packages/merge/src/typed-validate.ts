import { canonicalJson, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { fieldElement, formatElement, indexElement, type PathElement } from './path-element.ts';
import { formOf, type ListType, type MapType, type ScalarKind, type TypeSchema } from './type-schema.ts';
import { itemElement, Walk } from './walk.ts';

/** Checks a value against a type. `allowDuplicates`: list items may occur twice, as in stored objects. @throws TypedError */
export function validateTyped(type: TypeSchema, value: JsonValue, options: { readonly allowDuplicates?: boolean } = {}): void {
  if (fitsRoot(type, value, options.allowDuplicates ?? false)) return;
  const walk = new Walk();
  new Validator(walk, options.allowDuplicates ?? false).value(type, value);
  walk.finish();
}

/**
 * Whether a whole object fits, without an account of what is wrong. What lies below the root was often there in the version
 * before: it is looked at once.
 */
function fitsRoot(type: TypeSchema, value: JsonValue, allowDuplicates: boolean): boolean {
  if (!allowDuplicates || type.map === undefined || !isObject(value)) return fits(type, value, allowDuplicates);
  for (const key of Object.keys(value)) {
    const below = type.map.typeOf(key);
    if (below === undefined) return false;
    const item = value[key] as JsonValue;
    if (typeof item === 'object' && item !== null && below.fitting.has(item)) continue;
    if (!fits(below, item, allowDuplicates)) return false;
    if (typeof item === 'object' && item !== null && key !== 'metadata') below.fitting.add(item);
  }
  return true;
}

function fits(type: TypeSchema, value: JsonValue, allowDuplicates: boolean): boolean {
  switch (formOf(type, value)) {
    case 'map': {
      if (!isObject(value)) return value === null;
      const map = type.map as MapType;
      for (const key of Object.keys(value)) {
        const below = map.typeOf(key);
        if (below === undefined || !fits(below, value[key] as JsonValue, allowDuplicates)) return false;
      }
      return true;
    }
    case 'scalar':
      return scalarProblem(type.scalar as ScalarKind, value) === undefined;
    case 'list':
      return value === null || (isArray(value) && fitsList(type.list as ListType, value, allowDuplicates));
    default:
      return false;
  }
}

function fitsList(list: ListType, value: readonly JsonValue[], allowDuplicates: boolean): boolean {
  const seen = list.atomic || allowDuplicates ? undefined : new Set<PathElement>();
  for (const item of value) {
    if (!list.atomic) {
      const found = itemElement(list, item);
      if ('problem' in found || seen?.has(found.element) === true) return false;
      seen?.add(found.element);
    }
    if (!fits(list.element, item, allowDuplicates)) return false;
  }
  return true;
}

/** What is wrong with a scalar, undefined where it fits. Null fits everywhere. */
export function scalarProblem(kind: ScalarKind, value: JsonValue | undefined, prefix = ''): string | undefined {
  if (value === undefined || value === null) return undefined;
  const is = typeof value === 'bigint' ? 'number' : typeof value;
  if (kind === 'numeric') return is === 'number' ? undefined : `${prefix}expected numeric (int or float), got ${goTypeName(value)}`;
  if (kind === 'string') return is === 'string' ? undefined : `${prefix}expected string, got ${show(value)}`;
  if (kind === 'boolean') return is === 'boolean' ? undefined : `${prefix}expected boolean, got ${show(value)}`;
  return is === 'object' ? `${prefix}expected any scalar, got ${show(value)}` : undefined;
}

function goTypeName(value: JsonValue): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return isArray(value) ? '[]interface {}' : 'map[string]interface {}';
}

/** A value as upstream's messages show the unexpected. */
function show(value: JsonValue): string {
  return typeof value === 'object' ? `&{${showInner(value)}}` : `&{${String(typeof value === 'string' ? value : canonicalJson(value))}}`;
}

function showInner(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(showInner).join(' ')}]`;
  if (isObject(value)) {
    return `map[${Object.keys(value)
      .sort()
      .map((key) => `${key}:${showInner(value[key] as JsonValue)}`)
      .join(' ')}]`;
  }
  return value === null ? '<nil>' : String(value);
}

class Validator {
  readonly #walk: Walk;
  readonly #allowDuplicates: boolean;

  constructor(walk: Walk, allowDuplicates: boolean) {
    this.#walk = walk;
    this.#allowDuplicates = allowDuplicates;
  }

  value(type: TypeSchema, value: JsonValue): void {
    switch (formOf(type, value)) {
      case 'map':
        return this.#map(type.map as MapType, value);
      case 'scalar': {
        const problem = scalarProblem(type.scalar as ScalarKind, value);
        return problem === undefined ? undefined : this.#walk.problem(problem);
      }
      case 'list':
        return this.#list(type.list as ListType, value);
      default:
        return this.#walk.problem(`schema error: invalid atom: ${type.name === undefined ? 'inlined' : `named type: ${type.name}`}`);
    }
  }

  #list(list: ListType, value: JsonValue): void {
    if (value === null) return;
    if (!isArray(value)) return this.#walk.problem(`expected list, got ${show(value)}`);
    const seen = list.atomic ? undefined : new Set<PathElement>();
    for (let i = 0; i < value.length; i++) {
      const item = value[i] as JsonValue;
      let element: PathElement;
      if (seen === undefined) {
        element = indexElement(i);
      } else {
        const found = itemElement(list, item);
        // without an element deeper problems have no place to be reported at
        if ('problem' in found) return this.#walk.problem(`element ${i}: ${found.problem}`);
        element = found.element;
        if (!this.#allowDuplicates && seen.has(element)) this.#walk.problem(`duplicate entries for key ${formatElement(element)}`);
        seen.add(element);
      }
      this.#below(element, list.element, item);
    }
  }

  #map(map: MapType, value: JsonValue): void {
    if (value === null) return;
    if (!isObject(value)) return this.#walk.problem(`expected map, got ${show(value)}`);
    const object: JsonObject = value;
    for (const key of Object.keys(object)) {
      const type = map.typeOf(key);
      if (type === undefined) {
        this.#walk.path.push(fieldElement(key));
        this.#walk.problem('field not declared in schema');
        this.#walk.path.pop();
        return; // one such field is enough to refuse the map
      }
      this.#below(fieldElement(key), type, object[key] as JsonValue);
    }
  }

  #below(element: PathElement, type: TypeSchema, value: JsonValue): void {
    this.#walk.path.push(element);
    this.value(type, value);
    this.#walk.path.pop();
  }
}
