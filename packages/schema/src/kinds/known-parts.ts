import { isObject, type JsonObject, type JsonValue } from '@flux-ts/base';

/**
 * Values of root fields that were found right and in canonical form once. Values never change, so they need not be looked at
 * again: a patch of the labels does not cost a walk through the spec.
 */
export class KnownParts {
  readonly #fields = new WeakMap<JsonObject, string>();

  /** Whether this value was found right in this field. */
  has(field: string, value: JsonValue | undefined): boolean {
    return isObject(value) && this.#fields.get(value) === field;
  }

  /** Takes what a finished object says as right. */
  add(object: JsonObject): void {
    for (const field in object) {
      const value = object[field];
      // metadata differs from version to version
      if (field !== 'metadata' && isObject(value) && this.#fields.get(value) === undefined) this.#fields.set(value, field);
    }
  }
}
