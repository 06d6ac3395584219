import { FluxError, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { canonicalElement, compareElements, formatPath, type FieldPath, type PathElement } from './path-element.ts';

/** What stands for a field without fields; never changed, so that all of them can be the same one. */
const LEAF: JsonObject = Object.freeze({});

/** FieldsV1 that cannot be read. */
export class FieldSetError extends FluxError<'FIELDS_INVALID'> {}

const NO_MEMBERS: ReadonlySet<PathElement> = new Set();
const NO_CHILDREN: ReadonlyMap<PathElement, FieldSet> = new Map();

/** A set of field paths as a tree. Immutable; no child is empty. */
export class FieldSet {
  static readonly empty: FieldSet = new FieldSet(NO_MEMBERS, NO_CHILDREN);

  /** Elements at this level that belong to the set. */
  readonly members: ReadonlySet<PathElement>;
  /** What lies below an element, whether or not the element itself belongs to the set. */
  readonly children: ReadonlyMap<PathElement, FieldSet>;

  private constructor(members: ReadonlySet<PathElement>, children: ReadonlyMap<PathElement, FieldSet>) {
    this.members = members;
    this.children = children;
  }

  /** A set of these members and children; empty children are left out. Takes over both collections. */
  static from(members: ReadonlySet<PathElement> | undefined, children: ReadonlyMap<PathElement, FieldSet> | undefined): FieldSet {
    const m = members === undefined || members.size === 0 ? NO_MEMBERS : members;
    const c = children === undefined || children.size === 0 ? NO_CHILDREN : children;
    return m === NO_MEMBERS && c === NO_CHILDREN ? FieldSet.empty : new FieldSet(m, c);
  }

  /** The set of these paths; the empty path is left out, nobody owns a whole object. */
  static of(...paths: readonly FieldPath[]): FieldSet {
    const builder = new FieldSetBuilder();
    for (const path of paths) builder.insert(path);
    return builder.build();
  }

  /** Reads FieldsV1. @throws FieldSetError */
  static fromJson(fields: JsonValue): FieldSet {
    return readFields(fields) ?? FieldSet.empty;
  }

  get isEmpty(): boolean {
    return this === FieldSet.empty;
  }

  /** How many paths the set has. */
  get size(): number {
    let count = this.members.size;
    for (const child of this.children.values()) count += child.size;
    return count;
  }

  /** Tells whether a path, from its element `from` on, is in the set. */
  has(path: FieldPath, from = 0): boolean {
    const element = path[from];
    if (element === undefined) return false;
    return from === path.length - 1 ? this.members.has(element) : (this.children.get(element)?.has(path, from + 1) ?? false);
  }

  /** What lies below an element. */
  withPrefix(element: PathElement): FieldSet {
    return this.children.get(element) ?? FieldSet.empty;
  }

  equals(other: FieldSet): boolean {
    if (this === other) return true;
    if (this.members.size !== other.members.size || this.children.size !== other.children.size) return false;
    for (const member of this.members) if (!other.members.has(member)) return false;
    for (const [element, child] of this.children) {
      const match = other.children.get(element);
      if (match === undefined || !child.equals(match)) return false;
    }
    return true;
  }

  union(other: FieldSet): FieldSet {
    if (other.isEmpty || this === other) return this;
    if (this.isEmpty) return other;
    const children = new Map(this.children);
    for (const [element, child] of other.children) children.set(element, children.get(element)?.union(child) ?? child);
    return FieldSet.from(new Set([...this.members, ...other.members]), children);
  }

  intersection(other: FieldSet): FieldSet {
    if (this.isEmpty || other.isEmpty) return FieldSet.empty;
    if (this === other) return this;
    const members = new Set<PathElement>();
    for (const member of this.members) if (other.members.has(member)) members.add(member);
    const children = new Map<PathElement, FieldSet>();
    for (const [element, child] of this.children) {
      const match = other.children.get(element);
      const both = match === undefined ? FieldSet.empty : child.intersection(match);
      if (!both.isEmpty) children.set(element, both);
    }
    return FieldSet.from(members, children);
  }

  /** The paths that `other` does not have; a parent stays when only its child goes, and the other way round. */
  difference(other: FieldSet): FieldSet {
    return this.#without(other, false);
  }

  /** As {@link difference}, but a path in `other` takes everything below it along. */
  recursiveDifference(other: FieldSet): FieldSet {
    return this.#without(other, true);
  }

  #without(other: FieldSet, recursive: boolean): FieldSet {
    if (this.isEmpty || other.isEmpty) return this;
    let changed = false;
    const members = new Set<PathElement>();
    for (const member of this.members) {
      if (other.members.has(member)) changed = true;
      else members.add(member);
    }
    const children = new Map<PathElement, FieldSet>();
    for (const [element, child] of this.children) {
      if (recursive && other.members.has(element)) {
        changed = true;
        continue;
      }
      const minus = other.children.get(element);
      const rest = minus === undefined ? child : child.#without(minus, recursive);
      if (rest !== child) changed = true;
      if (!rest.isEmpty) children.set(element, rest);
    }
    return changed ? FieldSet.from(members, children) : this;
  }

  /** The paths that have nothing below them. */
  leaves(): FieldSet {
    const members = new Set<PathElement>();
    for (const member of this.members) if (!this.children.has(member)) members.add(member);
    const children = new Map<PathElement, FieldSet>();
    for (const [element, child] of this.children) children.set(element, child.leaves());
    return FieldSet.from(members, children);
  }

  /** Every path, members before what lies below, in upstream's order. */
  paths(): FieldPath[] {
    const out: FieldPath[] = [];
    const walk = (set: FieldSet, prefix: FieldPath): void => {
      for (const member of [...set.members].sort(compareElements)) out.push([...prefix, member]);
      for (const element of [...set.children.keys()].sort(compareElements)) walk(set.withPrefix(element), [...prefix, element]);
    };
    walk(this, []);
    return out;
  }

  /** FieldsV1, in upstream's order. Leaves share one empty object. */
  toJson(): JsonObject {
    return this.#write({});
  }

  #write(out: Record<string, JsonValue>): JsonObject {
    const elements = [...this.members];
    for (const element of this.children.keys()) if (!this.members.has(element)) elements.push(element);
    if (elements.length > 1) elements.sort(compareElements);
    for (const element of elements) {
      const child = this.children.get(element);
      out[element] = child === undefined ? LEAF : child.#write(this.members.has(element) ? { '.': LEAF } : {});
    }
    return out;
  }

  /** A text that two sets share only if they are equal; the same set built in another order may have another one. */
  signature(): string {
    let out = `${this.members.size};`;
    for (const member of this.members) out += `${member.length}:${member}`;
    for (const [element, child] of this.children) out += `${element.length}:${element}${child.signature()}`;
    return `${out};`;
  }

  /** One path a line, as messages show them. */
  toString(): string {
    return this.paths().map(formatPath).join('\n');
  }
}

/** Makes a {@link FieldSet} path by path. */
export class FieldSetBuilder {
  #members: Set<PathElement> | undefined;
  #children: Map<PathElement, FieldSetBuilder> | undefined;
  /** A ready set that lies here. */
  #ready: FieldSet | undefined;

  /** Adds a path that is not empty, from its element `from` on, and a whole set below it. */
  graft(path: FieldPath, below: FieldSet, from = 0): void {
    if (from < path.length) {
      if (from === path.length - 1) this.insert(path, from);
      if (from < path.length - 1 || !below.isEmpty) this.#descend(path[from] as PathElement).graft(path, below, from + 1);
    } else {
      this.#ready = this.#ready?.union(below) ?? below;
    }
  }

  /** Adds a path, from its element `from` on; the empty path is left out. */
  insert(path: FieldPath, from = 0): void {
    const element = path[from];
    if (element === undefined) return;
    if (from === path.length - 1) (this.#members ??= new Set()).add(element);
    else this.#descend(element).insert(path, from + 1);
  }

  #descend(element: PathElement): FieldSetBuilder {
    this.#children ??= new Map();
    let child = this.#children.get(element);
    if (child === undefined) {
      child = new FieldSetBuilder();
      this.#children.set(element, child);
    }
    return child;
  }

  build(): FieldSet {
    const own = this.#own();
    return this.#ready === undefined ? own : this.#ready.union(own);
  }

  #own(): FieldSet {
    if (this.#children === undefined) return FieldSet.from(this.#members, undefined);
    const children = new Map<PathElement, FieldSet>();
    for (const [element, child] of this.#children) children.set(element, child.build());
    return FieldSet.from(this.#members, children);
  }
}

/** Reads one level of FieldsV1; undefined: nothing in it. */
function readFields(fields: JsonValue): FieldSet | undefined {
  if (!isObject(fields)) throw new FieldSetError({ code: 'FIELDS_INVALID', message: 'expected an object' });
  let members: Set<PathElement> | undefined;
  let children: Map<PathElement, FieldSet> | undefined;
  for (const key of Object.keys(fields)) {
    if (key === '.') continue;
    const element = canonicalElement(key);
    if (element === undefined) {
      // elements of a later format are skipped, as upstream does; what has no format letter is refused
      if (!/^[^:]:/.test(key)) throw new FieldSetError({ code: 'FIELDS_INVALID', message: `missing colon: '${key}'` });
      if (/^[kvi]:/.test(key)) throw new FieldSetError({ code: 'FIELDS_INVALID', message: `parsing path element: ${key}` });
      continue;
    }
    const below = fields[key] as JsonValue;
    const child = readFields(below);
    if (child === undefined || Object.hasOwn(below as JsonObject, '.')) (members ??= new Set()).add(element);
    if (child !== undefined) (children ??= new Map()).set(element, child);
  }
  return members === undefined && children === undefined ? undefined : FieldSet.from(members, children);
}
