import { isArray, isObject, stringifyJson, type JsonObject, type JsonValue } from '@flux-ts/base';

/**
 * Prints stored objects as compact JSON. Half of an object is the fields that its managers own, and objects of one shape share
 * those values: they are printed once.
 */
export class Printer {
  readonly #fields = new WeakMap<JsonObject, string>();

  /** What `JSON.stringify` prints. */
  print(object: JsonObject): string {
    const { metadata } = object;
    if (!isObject(metadata) || !isArray(metadata['managedFields'])) return stringifyJson(object);
    return members(object, 'metadata', () => members(metadata, 'managedFields', (entries) => this.#entries(entries)));
  }

  #entries(entries: JsonValue): string {
    if (!isArray(entries)) return stringifyJson(entries);
    return `[${entries.map((entry) => (isObject(entry) ? members(entry, 'fieldsV1', (fields) => this.#owned(fields)) : stringifyJson(entry))).join(',')}]`;
  }

  #owned(fields: JsonValue): string {
    if (!isObject(fields)) return stringifyJson(fields);
    let text = this.#fields.get(fields);
    if (text === undefined) {
      text = stringifyJson(fields);
      this.#fields.set(fields, text);
    }
    return text;
  }
}

/** An object's JSON, with one member printed in another way. */
function members(object: JsonObject, special: string, print: (value: JsonValue) => string): string {
  let out = '';
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    out += `${out === '' ? '{' : ','}${JSON.stringify(key)}:${key === special ? print(value) : stringifyJson(value)}`;
  }
  return out === '' ? '{}' : `${out}}`;
}
