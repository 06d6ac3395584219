import { getPath, isArray, isObject, setPath, type JsonObject, type JsonValue } from '@flux-ts/base';

/** An object in the making: what is written goes into copies along the path, what is read is the state so far. */
export class Draft {
  #value: JsonObject;

  constructor(value: JsonObject) {
    this.#value = value;
  }

  /** The object as it is now; the one given where nothing was written. */
  get value(): JsonObject {
    return this.#value;
  }

  /** The value at a path; undefined where it is missing or null. */
  get(...path: readonly string[]): JsonValue | undefined {
    return getPath(this.#value, path) ?? undefined;
  }

  /** The text at a path, empty where there is none. */
  text(...path: readonly string[]): string {
    const value = this.get(...path);
    return typeof value === 'string' ? value : '';
  }

  /** The object at a path. */
  object(...path: readonly string[]): JsonObject | undefined {
    const value = this.get(...path);
    return isObject(value) ? value : undefined;
  }

  /** The list at a path, empty where there is none. */
  list(...path: readonly string[]): readonly JsonValue[] {
    const value = this.get(...path);
    return isArray(value) ? value : [];
  }

  set(path: readonly string[], value: JsonValue): void {
    this.#value = setPath(this.#value, path, value) as JsonObject;
  }

  /** Sets what is missing, for pointers: a zero that was given stays. */
  fill(path: readonly string[], value: JsonValue): void {
    if (this.get(...path) === undefined) this.set(path, value);
  }

  /** Sets what is missing or empty, for values that are no pointers. */
  fillZero(path: readonly string[], value: JsonValue): void {
    const present = this.get(...path);
    if (present === undefined || present === '' || present === 0) this.set(path, value);
  }

  /** Changes every object of a list. */
  each(path: readonly string[], change: (item: Draft) => void): void {
    const items = this.list(...path);
    let changed = false;
    const next = items.map((item) => {
      if (!isObject(item)) return item;
      const draft = new Draft(item);
      change(draft);
      if (draft.value !== item) changed = true;
      return draft.value;
    });
    if (changed) this.set(path, next);
  }
}
