import { define, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { fieldElement, formatElement, type PathElement } from './path-element.ts';
import { formOf, type ListType, type MapType, type ScalarKind, type TypeSchema } from './type-schema.ts';
import { scalarProblem } from './typed-validate.ts';
import { itemElement, Walk } from './walk.ts';

/**
 * Merges an applied configuration over a live value of the same type: maps and associative lists by item, everything else
 * as a whole. Nothing is removed. Items of a list keep the live order, shared items the configuration's.
 * @returns undefined where neither side has anything
 * @throws TypedError
 */
export function mergeTyped(type: TypeSchema, live: JsonValue | undefined, config: JsonValue | undefined): JsonValue | undefined {
  const walk = new Walk();
  const out = new Merger(walk).value(type, live, config);
  walk.finish();
  return out;
}

class Merger {
  readonly #walk: Walk;

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  value(type: TypeSchema, live: JsonValue | undefined, config: JsonValue | undefined): JsonValue | undefined {
    if (config === undefined) return live;
    const form = formOf(type, config);
    if (live !== undefined && formOf(type, live) !== form) this.#check(type, formOf(type, live), live, config);
    switch (form) {
      case 'map':
        return this.#map(type.map as MapType, live, config);
      case 'list':
        return this.#list(type.list as ListType, live, config);
      case 'scalar':
        this.#scalar(type.scalar as ScalarKind, live, config);
        return config;
      default:
        this.#walk.problem(`schema error: invalid atom: ${type.name === undefined ? 'inlined' : `named type: ${type.name}`}`);
        return undefined;
    }
  }

  /** A change from one form to another: the live form only has its say on what is wrong. */
  #check(type: TypeSchema, form: string | undefined, live: JsonValue, config: JsonValue): void {
    if (form === 'scalar') this.#scalar(type.scalar as ScalarKind, live, config);
  }

  #scalar(kind: ScalarKind, live: JsonValue | undefined, config: JsonValue): void {
    const left = scalarProblem(kind, live, 'lhs: ');
    const right = scalarProblem(kind, config, 'rhs: ');
    if (right === undefined || (left === undefined && live !== undefined)) return;
    if (left !== undefined) this.#walk.problem(left);
    this.#walk.problem(right);
  }

  #map(map: MapType, live: JsonValue | undefined, config: JsonValue): JsonValue | undefined {
    const left = isObject(live) ? live : undefined;
    const right = isObject(config) ? config : undefined;
    // where both are empty the configuration's own way of being empty ({} or null) is kept
    if (map.atomic || (isEmpty(left) && isEmpty(right))) return sameText(live, config) ? live : config;
    const out: Record<string, JsonValue> = {};
    let count = 0;
    // what the configuration leaves as it is stays the live value itself, so that nobody has to compare it again
    let changed = false;
    for (const key of Object.keys(left ?? {})) {
      const item =
        right !== undefined && Object.hasOwn(right, key)
          ? this.#field(map, key, (left as JsonObject)[key], right[key])
          : (left as JsonObject)[key];
      if (item !== (left as JsonObject)[key]) changed = true;
      if (item === undefined) continue;
      define(out, key, item);
      count++;
    }
    for (const key of Object.keys(right ?? {})) {
      if (left !== undefined && Object.hasOwn(left, key)) continue;
      changed = true;
      const item = this.#field(map, key, undefined, (right as JsonObject)[key]);
      if (item === undefined) continue;
      define(out, key, item);
      count++;
    }
    return count === 0 ? undefined : changed ? out : left;
  }

  #field(map: MapType, key: string, live: JsonValue | undefined, config: JsonValue | undefined): JsonValue | undefined {
    this.#walk.path.push(fieldElement(key));
    const type = map.typeOf(key);
    let out: JsonValue | undefined;
    if (type === undefined) this.#walk.problem('schema error: invalid atom: inlined');
    else out = this.value(type, live, config);
    this.#walk.path.pop();
    return out;
  }

  #list(list: ListType, live: JsonValue | undefined, config: JsonValue): JsonValue | undefined {
    const left = isArray(live) ? live : undefined;
    const right = isArray(config) ? config : undefined;
    if (list.atomic || ((left?.length ?? 0) === 0 && (right?.length ?? 0) === 0)) return sameText(live, config) ? live : config;
    return this.#items(list, left ?? [], right ?? []);
  }

  #items(list: ListType, live: readonly JsonValue[], config: readonly JsonValue[]): JsonValue | undefined {
    const before = this.#walk.problems.length;
    const right = this.#index(list, config, false);
    const left = this.#index(list, live, true);
    if (this.#walk.problems.length > before) return undefined;
    const out: JsonValue[] = [];
    const shared = right.elements.filter((element) => left.items.has(element));
    let nextShared = 0;
    const merged = new Set<PathElement>();
    const take = (element: PathElement, mine: JsonValue | undefined, theirs: JsonValue | undefined): void => {
      this.#walk.path.push(element);
      const item = this.value(list.element, mine, theirs);
      this.#walk.path.pop();
      if (item !== undefined) out.push(item);
    };
    let l = 0;
    let r = 0;
    while (l < left.elements.length || r < right.elements.length) {
      const mine = left.elements[l];
      const theirs = right.elements[r];
      if (mine !== undefined && theirs !== undefined) {
        if (mine === theirs) {
          merged.add(mine);
          take(mine, left.items.get(mine), right.items.get(mine));
          l++;
          r++;
          nextShared++;
          continue;
        }
        // a shared item, but not the one whose turn it is: it comes at the configuration's place
        if (right.items.has(mine) && nextShared < shared.length && shared[nextShared] !== mine) {
          l++;
          continue;
        }
      }
      if (mine !== undefined) {
        if (!right.items.has(mine)) {
          take(mine, live[l], undefined);
          l++;
          continue;
        }
        if (merged.has(mine)) l++;
      }
      if (theirs !== undefined) {
        merged.add(theirs);
        take(theirs, left.items.get(theirs), right.items.get(theirs));
        r++;
        if (shared[nextShared] === theirs) nextShared++;
      }
    }
    if (out.length === 0) return undefined;
    return out.length === live.length && out.every((item, i) => item === live[i]) ? live : out;
  }

  /** The items by their elements; one that occurs twice is not merged with anything, it counts as null. */
  #index(
    list: ListType,
    items: readonly JsonValue[],
    allowDuplicates: boolean,
  ): { elements: PathElement[]; items: Map<PathElement, JsonValue> } {
    const elements: PathElement[] = [];
    const byElement = new Map<PathElement, JsonValue>();
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as JsonValue;
      const found = itemElement(list, item);
      if ('problem' in found) {
        this.#walk.problem(`element ${i}: ${found.problem}`);
        break;
      }
      const known = byElement.has(found.element);
      if (known && !allowDuplicates) {
        this.#walk.problem(`duplicate entries for key ${formatElement(found.element)}`);
        continue;
      }
      byElement.set(found.element, known ? null : item);
      elements.push(found.element);
    }
    return { elements, items: byElement };
  }
}

/** Whether two values print the same, the order of keys included. */
function sameText(a: JsonValue | undefined, b: JsonValue): boolean {
  if (a === b) return true;
  if (isArray(a)) return isArray(b) && a.length === b.length && a.every((item, i) => sameText(item, b[i] as JsonValue));
  if (!isObject(a) || !isObject(b)) return false;
  const left = Object.keys(a);
  const right = Object.keys(b);
  return left.length === right.length && left.every((key, i) => key === right[i] && sameText(a[key], b[key] as JsonValue));
}

function isEmpty(object: JsonObject | undefined): boolean {
  if (object === undefined) return true;
  for (const _ in object) return false;
  return true;
}
