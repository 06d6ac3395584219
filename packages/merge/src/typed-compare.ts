import { deepEqual, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { FieldSet, FieldSetBuilder } from './field-set.ts';
import { fieldElement, type PathElement } from './path-element.ts';
import { formOf, type ListType, type MapType, type ScalarKind, type TypeSchema } from './type-schema.ts';
import { scalarProblem } from './typed-validate.ts';
import { itemElement, Walk } from './walk.ts';

/** How two values of a type differ; no path is in two of the sets. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** Compares two values of a type. @throws TypedError */
export function compareTyped(type: TypeSchema, before: JsonValue | undefined, after: JsonValue | undefined): Comparison {
  const walk = new Walk();
  const comparer = new Comparer(walk);
  if (before === undefined && after === undefined) walk.problem('at least one of lhs and rhs must be provided');
  else comparer.value(type, before, after);
  walk.finish();
  return { added: comparer.added.build(), modified: comparer.modified.build(), removed: comparer.removed.build() };
}

/** Takes the same fields out of all three sets, with all that lies below. */
export function excludeFromComparison(comparison: Comparison, fields: FieldSet | undefined): Comparison {
  if (fields === undefined || fields.isEmpty) return comparison;
  return {
    added: comparison.added.recursiveDifference(fields),
    modified: comparison.modified.recursiveDifference(fields),
    removed: comparison.removed.recursiveDifference(fields),
  };
}

class Comparer {
  readonly added = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();
  readonly #walk: Walk;

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  /** One of the two sides is there. */
  value(type: TypeSchema, before: JsonValue | undefined, after: JsonValue | undefined): void {
    if (before === after) return;
    if (before === undefined && this.#walk.path.length > 0) {
      // all of it is new
      const below = everythingIn(type, after as JsonValue);
      if (below !== undefined) return this.added.graft(this.#walk.path, below);
    }
    const left = formOf(type, before);
    const right = formOf(type, after);
    let leaf: boolean;
    if (after === undefined) leaf = this.#form(type, left, before, after);
    else if (before === undefined || left === right) leaf = this.#form(type, right, before, after);
    else {
      this.#form(type, left, before, after);
      leaf = this.#form(type, right, before, after);
    }
    if (leaf) return;
    if (before === undefined) this.added.insert(this.#walk.path);
    else if (after === undefined) this.removed.insert(this.#walk.path);
  }

  /** @returns whether the value was compared as a whole */
  #form(
    type: TypeSchema,
    form: 'scalar' | 'list' | 'map' | undefined,
    before: JsonValue | undefined,
    after: JsonValue | undefined,
  ): boolean {
    switch (form) {
      case 'map': {
        const map = type.map as MapType;
        const left = isObject(before) ? before : undefined;
        const right = isObject(after) ? after : undefined;
        if (map.atomic || (isEmpty(left) && isEmpty(right))) return this.#whole(before, after);
        this.#fields(map, left, right);
        return false;
      }
      case 'list': {
        const list = type.list as ListType;
        const left = isArray(before) ? before : [];
        const right = isArray(after) ? after : [];
        if (list.atomic || (left.length === 0 && right.length === 0)) return this.#whole(before, after);
        this.#items(list, left, right);
        return false;
      }
      case 'scalar': {
        const left = scalarProblem(type.scalar as ScalarKind, before, 'lhs: ');
        const right = scalarProblem(type.scalar as ScalarKind, after, 'rhs: ');
        if (left !== undefined && right !== undefined) {
          this.#walk.problem(left);
          this.#walk.problem(right);
          return false;
        }
        return this.#whole(before, after);
      }
      default:
        this.#walk.problem(`schema error: invalid atom: ${type.name === undefined ? 'inlined' : `named type: ${type.name}`}`);
        return false;
    }
  }

  #whole(before: JsonValue | undefined, after: JsonValue | undefined): true {
    if (before === undefined) this.added.insert(this.#walk.path);
    else if (after === undefined) this.removed.insert(this.#walk.path);
    else if (!deepEqual(before, after)) this.modified.insert(this.#walk.path);
    return true;
  }

  #below(element: PathElement, type: TypeSchema | undefined, before: JsonValue | undefined, after: JsonValue | undefined): void {
    this.#walk.path.push(element);
    if (type === undefined) this.#walk.problem('schema error: invalid atom: inlined');
    else this.value(type, before, after);
    this.#walk.path.pop();
  }

  #fields(map: MapType, before: JsonObject | undefined, after: JsonObject | undefined): void {
    for (const key of Object.keys(before ?? {})) {
      const left = (before as JsonObject)[key];
      const right = after !== undefined && Object.hasOwn(after, key) ? after[key] : undefined;
      if (left !== right) this.#below(fieldElement(key), map.typeOf(key), left, right);
    }
    for (const key of Object.keys(after ?? {})) {
      if (before !== undefined && Object.hasOwn(before, key)) continue;
      this.#below(fieldElement(key), map.typeOf(key), undefined, (after as JsonObject)[key]);
    }
  }

  #items(list: ListType, before: readonly JsonValue[], after: readonly JsonValue[]): void {
    if (before.length === after.length && before.every((item, i) => item === after[i])) return;
    const left = this.#group(list, before);
    const right = this.#group(list, after);
    if (left === undefined || right === undefined) return;
    for (const [element, mine] of left) this.#group2(list, element, mine, right.get(element) ?? []);
    for (const [element, theirs] of right) if (!left.has(element)) this.#group2(list, element, [], theirs);
  }

  /** The items of one element: usually one on each side; several are compared as a whole. */
  #group2(list: ListType, element: PathElement, left: readonly JsonValue[], right: readonly JsonValue[]): void {
    if (left.length <= 1 && right.length <= 1) return this.#below(element, list.element, left[0], right[0]);
    const path = [...this.#walk.path, element];
    if (left.length > 1 && right.length > 1) {
      if (!deepEqual(left, right)) this.modified.insert(path);
    } else if (left.length > 1) {
      // duplicates are gone: the mark of their element goes, what is left of them is new
      if (right.length > 0) this.#below(element, list.element, undefined, right[0]);
      this.removed.insert(path);
    } else {
      if (left.length > 0) this.#below(element, list.element, left[0], undefined);
      this.added.insert(path);
    }
  }

  #group(list: ListType, items: readonly JsonValue[]): Map<PathElement, JsonValue[]> | undefined {
    const groups = new Map<PathElement, JsonValue[]>();
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as JsonValue;
      const found = itemElement(list, item);
      if ('problem' in found) {
        this.#walk.problem(`element ${i}: ${found.problem}`);
        return undefined;
      }
      const group = groups.get(found.element);
      if (group === undefined) groups.set(found.element, [item]);
      else group.push(item);
    }
    return groups;
  }
}

/** Every path of a value, parents too; undefined where something is wrong with it. */
function everythingIn(type: TypeSchema, value: JsonValue): FieldSet | undefined {
  const form = formOf(type, value);
  if (form === undefined) return undefined;
  const whole = form === 'scalar' || (form === 'map' ? type.map?.atomic === true : type.list?.atomic === true);
  if (whole) return FieldSet.empty;
  if (form === 'list') return isArray(value) ? everythingInList(type.list as ListType, value) : FieldSet.empty;
  if (!isObject(value)) return FieldSet.empty;
  let members: Set<PathElement> | undefined;
  let children: Map<PathElement, FieldSet> | undefined;
  for (const key of Object.keys(value)) {
    const typeOfKey = (type.map as MapType).typeOf(key);
    const below = typeOfKey === undefined ? undefined : everythingIn(typeOfKey, value[key] as JsonValue);
    if (below === undefined) return undefined;
    const element = fieldElement(key);
    (members ??= new Set()).add(element);
    if (!below.isEmpty) (children ??= new Map()).set(element, below);
  }
  return FieldSet.from(members, children);
}

function everythingInList(list: ListType, items: readonly JsonValue[]): FieldSet | undefined {
  const members = new Set<PathElement>();
  const children = new Map<PathElement, FieldSet>();
  for (const item of items) {
    const found = itemElement(list, item);
    if ('problem' in found) return undefined;
    const { element } = found;
    // nobody can tell the fields of duplicates apart
    const below = members.has(element) ? FieldSet.empty : everythingIn(list.element, item);
    if (below === undefined) return undefined;
    members.add(element);
    if (below.isEmpty) children.delete(element);
    else children.set(element, below);
  }
  return FieldSet.from(members, children);
}

function isEmpty(object: JsonObject | undefined): boolean {
  if (object === undefined) return true;
  for (const _ in object) return false;
  return true;
}
