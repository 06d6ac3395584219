import { deepEqual, goJson, isArray, isObject, own, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { JsonPatchOperation } from './json-patch.ts';

/** How {@link createJsonPatch} compares. */
export interface JsonDiffOptions {
  /** Leaves a path (a JSON pointer) out of the comparison, with all that lies below. */
  readonly ignore?: (pointer: string) => boolean;
  /** Before every replace and remove, tests the old value. Default false. */
  readonly invertible?: boolean;
  /** Replaces an object or array as a whole where that is the shorter patch. Default false. */
  readonly rationalize?: boolean;
}

/**
 * The RFC 6902 patch that makes one document from the other: keys in sorted order, arrays item by item from the front,
 * what is left over removed or appended.
 */
export function createJsonPatch(from: JsonValue, to: JsonValue, options: JsonDiffOptions = {}): JsonPatchOperation[] {
  const differ = new Differ(options);
  differ.diff('', from, to);
  return differ.patch.map(({ operation }) => operation);
}

/** An operation and the length of its value, as the choice between many operations and one counts it. */
interface Sized {
  readonly operation: JsonPatchOperation;
  readonly valueBytes: number;
}

class Differ {
  patch: Sized[] = [];
  readonly #ignore: (pointer: string) => boolean;
  readonly #invertible: boolean;
  readonly #rationalize: boolean;

  constructor(options: JsonDiffOptions) {
    this.#ignore = options.ignore ?? ((): boolean => false);
    this.#invertible = options.invertible ?? false;
    this.#rationalize = options.rationalize ?? false;
  }

  diff(path: string, a: JsonValue, b: JsonValue): void {
    if (this.#ignore(path) || deepEqual(a, b)) return;
    const before = this.patch.length;
    if (isObject(a) && isObject(b)) this.#objects(path, a, b);
    else if (isArray(a) && isArray(b)) this.#arrays(path, a, b);
    else if (path === '' && kindOf(a) !== kindOf(b)) return this.#push({ op: 'add', path, value: b });
    else return this.#replace(path, a, b);
    if (this.#rationalize && this.patch.length > before) this.#shorten(path, before, [a, b]);
  }

  #objects(path: string, a: JsonObject, b: JsonObject): void {
    for (const key of sortedKeys({ ...a, ...b })) {
      const pointer = `${path}/${escapePointer(key)}`;
      const before = own(a, key);
      const after = own(b, key);
      if (before !== undefined && after !== undefined) this.diff(pointer, before, after);
      else if (this.#ignore(pointer)) continue;
      else if (before !== undefined) this.#remove(pointer, before);
      else if (after !== undefined) this.#push({ op: 'add', path: pointer, value: after });
    }
  }

  #arrays(path: string, a: readonly JsonValue[], b: readonly JsonValue[]): void {
    const shared = Math.min(a.length, b.length);
    for (let i = shared; i < a.length; i++) {
      // every removal moves the rest up, so the place stays the same
      if (!this.#ignore(`${path}/${i}`)) this.#remove(`${path}/${shared}`, a[i] as JsonValue);
    }
    for (let i = 0; i < shared; i++) this.diff(`${path}/${i}`, a[i] as JsonValue, b[i] as JsonValue);
    for (let i = shared; i < b.length; i++) {
      if (!this.#ignore(`${path}/${i}`)) this.#push({ op: 'add', path: `${path}/-`, value: b[i] as JsonValue });
    }
  }

  #replace(path: string, before: JsonValue, value: JsonValue): void {
    const valueBytes = bytesOf(value);
    if (this.#invertible) this.#push({ op: 'test', path, value: before }, valueBytes);
    this.#push({ op: 'replace', path, value }, valueBytes);
  }

  #remove(path: string, value: JsonValue): void {
    if (this.#invertible) this.#push({ op: 'test', path, value });
    this.#push({ op: 'remove', path });
  }

  /** Additions are counted without their values, as upstream counts them. */
  #push(operation: JsonPatchOperation, valueBytes = 0): void {
    this.patch.push({ operation, valueBytes });
  }

  /** Puts one replacement in the place of the operations since `before` where that is shorter. */
  #shorten(path: string, before: number, [from, to]: readonly [JsonValue, JsonValue]): void {
    const operations = this.patch.slice(before);
    const bytes = operations.reduce((sum, sized) => sum + lengthOf(sized), operations.length - 1);
    const whole: Sized = { operation: { op: 'replace', path, value: to }, valueBytes: bytesOf(to) };
    if (bytes <= lengthOf(whole)) return;
    this.patch = this.patch.slice(0, before);
    if (this.#invertible) this.#push({ op: 'test', path, value: from }, whole.valueBytes);
    this.patch.push(whole);
  }
}

function bytesOf(value: JsonValue): number {
  return Buffer.byteLength(goJson(value));
}

/** The bytes of an operation as JSON. */
function lengthOf({ operation, valueBytes }: Sized): number {
  const bare = '{"op":"","path":""}'.length + operation.op.length + Buffer.byteLength(operation.path ?? '');
  return operation.op === 'remove' ? bare : bare + ',"value":'.length + valueBytes;
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (isArray(value)) return 'array';
  return typeof value === 'bigint' ? 'number' : typeof value;
}

/** Writes a key as a token of a JSON pointer. */
export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
