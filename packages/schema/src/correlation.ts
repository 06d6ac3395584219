import { canonicalJson, deepEqual, isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { SchemaNode } from './node.ts';

/** The key of an item in a list of type `map`; `undefined` where a part of it is missing or no scalar. */
function itemKey(item: JsonValue, names: readonly string[]): string | undefined {
  if (!isObject(item) || names.length === 0) return undefined;
  const key = names.map((name) => own(item, name));
  return key.every((part) => part !== undefined && part !== null && typeof part !== 'object') ? canonicalJson(key as JsonValue) : undefined;
}

/** The items of an old list of type `map` by their keys. */
export class OldItems {
  readonly #byKey: ReadonlyMap<string, JsonValue> | undefined;
  readonly #names: readonly string[];

  constructor(node: SchemaNode, old: JsonValue | undefined) {
    this.#names = node.listMapKeys;
    if (node.listType !== 'map' || !isArray(old)) return;
    const byKey = new Map<string, JsonValue>();
    // the first of two items with one key counts
    for (const item of old) {
      const key = itemKey(item, this.#names);
      if (key !== undefined && !byKey.has(key)) byKey.set(key, item);
    }
    this.#byKey = byKey;
  }

  get(item: JsonValue): JsonValue | undefined {
    const key = this.#byKey === undefined ? undefined : itemKey(item, this.#names);
    return key === undefined ? undefined : this.#byKey?.get(key);
  }
}

/**
 * A new value next to the old value that it stands for: fields by name, items of lists of type `map` by key,
 * nothing inside other lists. Errors of what did not change are dropped ("ratcheting").
 * @see apiserver v0.36 pkg/cel/common/equality.go
 */
export class Correlation {
  readonly #node: SchemaNode;
  readonly #value: JsonValue;
  readonly #old: JsonValue;
  readonly #children = new Map<string | number, Correlation>();
  #oldItems: OldItems | undefined;
  #equal: boolean | undefined;

  constructor(node: SchemaNode, value: JsonValue, old: JsonValue) {
    this.#node = node;
    this.#value = value;
    this.#old = old;
  }

  /** The pair below a key, or `undefined` where it is not in both. */
  key(name: string): Correlation | undefined {
    const value = isObject(this.#value) ? own(this.#value, name) : undefined;
    const old = isObject(this.#old) ? own(this.#old, name) : undefined;
    const node = this.#node.field(name);
    return value === undefined || old === undefined || node === undefined
      ? undefined
      : this.#child(name, () => new Correlation(node, value, old));
  }

  /** The pair of a list's item, or `undefined` where no old item has its key. */
  index(index: number): Correlation | undefined {
    const value = isArray(this.#value) ? this.#value[index] : undefined;
    const items = this.#node.items;
    if (value === undefined || items === undefined) return undefined;
    this.#oldItems ??= new OldItems(this.#node, this.#old);
    const old = this.#oldItems.get(value);
    return old === undefined ? undefined : this.#child(index, () => new Correlation(items, value, old));
  }

  /** Tells whether nothing changed; items of lists of type `map` may have moved. */
  get unchanged(): boolean {
    this.#equal ??= this.#compare();
    return this.#equal;
  }

  #child(key: string | number, make: () => Correlation): Correlation {
    let child = this.#children.get(key);
    if (child === undefined) {
      child = make();
      this.#children.set(key, child);
    }
    return child;
  }

  #compare(): boolean {
    const [value, old] = [this.#value, this.#old];
    if (isArray(value) && isArray(old)) {
      if (value.length !== old.length) return false;
      if (this.#node.listType !== 'map') return deepEqual(value, old);
      return value.every((_, i) => this.index(i)?.unchanged === true);
    }
    if (isObject(value) && isObject(old)) {
      const keys = Object.keys(value as JsonObject);
      return keys.length === Object.keys(old).length && keys.every((key) => this.key(key)?.unchanged === true);
    }
    return deepEqual(value, old);
  }
}
