import { evalError, noSuchOverload } from './errors.ts';

/** An unsigned 64-bit number; plain `bigint` is a signed one, plain `number` a double. */
export class CelUint {
  readonly value: bigint;
  constructor(value: bigint) {
    this.value = value;
  }
}

/** Bytes. */
export class CelBytes {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** A span of time in nanoseconds. */
export class CelDuration {
  readonly nanos: bigint;
  constructor(nanos: bigint) {
    this.nanos = nanos;
  }
}

/** A point in time: nanoseconds since the epoch, and the minutes east of UTC that it was written with. */
export class CelTimestamp {
  readonly nanos: bigint;
  readonly offsetMinutes: number;
  constructor(nanos: bigint, offsetMinutes = 0) {
    this.nanos = nanos;
    this.offsetMinutes = offsetMinutes;
  }
}

/** A type as a value: what `type()` gives. */
export class CelTypeValue {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A value that may not be there. */
export class CelOptional {
  readonly value: CelValue | undefined;
  constructor(value: CelValue | undefined) {
    this.value = value;
  }
}

/** The optional that holds nothing. */
export const NONE: CelOptional = new CelOptional(undefined);

/** A value of a library's own type, such as an IP address; equal when its text is. */
export class CelOpaque {
  readonly typeName: string;
  /** What two values of the type are compared by. */
  readonly identity: string;
  readonly data: unknown;
  constructor(typeName: string, identity: string, data: unknown) {
    this.typeName = typeName;
    this.identity = identity;
    this.data = data;
  }
}

/** Any value of an expression. */
export type CelValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | CelUint
  | CelBytes
  | CelDuration
  | CelTimestamp
  | CelTypeValue
  | CelOptional
  | CelOpaque
  | CelList
  | CelMap;

/** The smallest and the largest int. */
export const INT_MIN: bigint = -(2n ** 63n);
/** The largest int. */
export const INT_MAX: bigint = 2n ** 63n - 1n;
/** The largest uint. */
export const UINT_MAX: bigint = 2n ** 64n - 1n;

/** The number of an int, uint or double; `undefined` for anything else. */
export function numericOf(value: CelValue): bigint | number | undefined {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  return value instanceof CelUint ? value.value : undefined;
}

/** Equality of numbers whatever their types; NaN equals nothing. */
export function sameNumber(a: bigint | number, b: bigint | number): boolean {
  if (typeof a === 'bigint') return typeof b === 'bigint' ? a === b : Number.isInteger(b) && a === BigInt(b);
  return typeof b === 'bigint' ? sameNumber(b, a) : a === b;
}

/** Equality as CEL has it: values of different types are different, numbers are compared by what they are worth. */
export function equals(a: CelValue, b: CelValue): boolean {
  const x = numericOf(a);
  if (x !== undefined) {
    const y = numericOf(b);
    return y !== undefined && sameNumber(x, y);
  }
  if (a instanceof CelList) return a.equalTo(b);
  if (a instanceof CelMap) return a.equalTo(b);
  if (a === null || typeof a !== 'object') return a === b;
  if (a instanceof CelBytes) return b instanceof CelBytes && Buffer.compare(a.bytes, b.bytes) === 0;
  if (a instanceof CelDuration) return b instanceof CelDuration && a.nanos === b.nanos;
  if (a instanceof CelTimestamp) return b instanceof CelTimestamp && a.nanos === b.nanos;
  if (a instanceof CelTypeValue) return b instanceof CelTypeValue && a.name === b.name;
  if (a instanceof CelOptional) {
    if (!(b instanceof CelOptional)) return false;
    return a.value === undefined || b.value === undefined ? a.value === b.value : equals(a.value, b.value);
  }
  return a instanceof CelOpaque && b instanceof CelOpaque && a.typeName === b.typeName && a.identity === b.identity;
}

/** A text that is the same for keys that are equal. */
export function mapKeyOf(key: CelValue): string {
  if (typeof key === 'string') return `s${key}`;
  if (typeof key === 'boolean') return key ? 'bt' : 'bf';
  const number = numericOf(key);
  if (number !== undefined) return `n${typeof number === 'number' && Number.isInteger(number) ? String(BigInt(number)) : String(number)}`;
  return 'other';
}

/** A list. Kubernetes' lists of type `set` and `map` compare and add differently; they are subclasses. */
export class CelList {
  readonly #items: readonly CelValue[];

  constructor(items: readonly CelValue[]) {
    this.#items = items;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The item at an index that is inside the list. */
  at(index: number): CelValue {
    return this.#items[index] as CelValue;
  }

  *[Symbol.iterator](): Generator<CelValue> {
    for (let i = 0; i < this.size; i++) yield this.at(i);
  }

  /** All items. */
  toArray(): readonly CelValue[] {
    return this.#items;
  }

  /** The item at an index of any value; an int-like double counts. */
  get(index: CelValue): CelValue {
    const i = toIndex(index);
    if (i < 0 || i >= this.size) throw evalError(`index out of bounds: ${String(i)}`);
    return this.at(i);
  }

  equalTo(other: CelValue): boolean {
    if (!(other instanceof CelList) || other.size !== this.size) return false;
    for (let i = 0; i < this.size; i++) if (!equals(this.at(i), other.at(i))) return false;
    return true;
  }

  concat(other: CelValue): CelList {
    if (!(other instanceof CelList)) throw noSuchOverload();
    return new CelList([...this, ...other]);
  }

  contains(value: CelValue): boolean {
    for (const item of this) if (equals(item, value)) return true;
    return false;
  }
}

function toIndex(index: CelValue): number {
  if (typeof index === 'bigint') return Number(index);
  if (typeof index === 'number' && Number.isInteger(index)) return index;
  if (typeof index === 'object' && index !== null && 'value' in index && typeof index.value === 'bigint') return Number(index.value);
  throw evalError(`unsupported index type '${indexTypeName(index)}' in list`);
}

function indexTypeName(value: CelValue): string {
  if (value === null) return 'null_type';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' ? 'double' : typeof value;
}

/** Prints a key as cel-go does in "no such key". */
export function displayKey(key: CelValue): string {
  if (key instanceof CelUint) return String(key.value);
  return typeof key === 'object' && key !== null ? 'object' : String(key);
}

/** A map. Objects of JSON and objects with a schema are subclasses. */
export class CelMap {
  readonly #entries: ReadonlyMap<string, readonly [key: CelValue, value: CelValue]>;

  constructor(entries: Iterable<readonly [key: CelValue, value: CelValue]>) {
    const map = new Map<string, readonly [CelValue, CelValue]>();
    for (const entry of entries) map.set(mapKeyOf(entry[0]), entry);
    this.#entries = map;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The keys in the order in which a loop sees them. */
  keys(): readonly CelValue[] {
    return [...this.#entries.values()].map(([key]) => key);
  }

  /** The value of a key, or `undefined` where it is not there. */
  find(key: CelValue): CelValue | undefined {
    return this.#entries.get(mapKeyOf(key))?.[1];
  }

  /** The value of a key. @throws CelError where it is not there */
  get(key: CelValue): CelValue {
    const value = this.find(key);
    if (value === undefined) throw evalError(`no such key: ${displayKey(key)}`);
    return value;
  }

  equalTo(other: CelValue): boolean {
    if (!(other instanceof CelMap) || other.size !== this.size) return false;
    for (const key of this.keys()) {
      const theirs = other.find(key);
      if (theirs === undefined || !equals(this.get(key), theirs)) return false;
    }
    return true;
  }
}
