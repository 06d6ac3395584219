import { Lru, define, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { GO_TYPE, GoObject, GoValue, isPlain, type MaybeValue, type TemplateMap, type TemplateValue } from './model.ts';
import {
  ANY,
  ANY_MAP,
  ANY_SLICE,
  BOOL,
  BYTES,
  COMPLEX128,
  FLOAT64,
  INT,
  INT64,
  INT_SLICE,
  STRING,
  STRING_MAP,
  STRING_SLICE,
  mapType,
  type GoType,
} from './types.ts';

/** A Go integer of any width. `value` is a number where it is safe, else a bigint; always within the type's range. */
export class GoInt extends GoValue {
  readonly type: GoType;
  readonly value: number | bigint;

  constructor(type: GoType, value: number | bigint) {
    super();
    this.type = type;
    this.value = value;
  }

  get [GO_TYPE](): GoType {
    return this.type;
  }
}

/** A Go complex128. */
export class GoComplex extends GoValue {
  readonly real: number;
  readonly imaginary: number;

  constructor(real: number, imaginary: number) {
    super();
    this.real = real;
    this.imaginary = imaginary;
  }

  get [GO_TYPE](): GoType {
    return COMPLEX128;
  }
}

/** A Go []byte. */
export class GoBytes extends GoValue {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    super();
    this.bytes = bytes;
  }

  get [GO_TYPE](): GoType {
    return BYTES;
  }
}

/** A named type over a basic kind with a `String` method: time.Duration, time.Month, time.Weekday. */
export class GoNamedInt extends GoObject {
  readonly type: GoType;
  readonly value: number | bigint;
  readonly #text: string;

  constructor(type: GoType, value: number | bigint, text: string) {
    super();
    this.type = type;
    this.value = value;
    this.#text = text;
  }

  get [GO_TYPE](): GoType {
    return this.type;
  }

  override string(): string {
    return this.#text;
  }
}

class TypedArray extends Array<TemplateValue> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

class StringSlice extends TypedArray {
  get [GO_TYPE](): GoType {
    return STRING_SLICE;
  }
}

class IntSlice extends TypedArray {
  get [GO_TYPE](): GoType {
    return INT_SLICE;
  }
}

function fill<T extends TypedArray>(target: T, items: readonly TemplateValue[]): T {
  for (const item of items) target.push(item);
  return target;
}

/** A []string: still an array. */
export function stringSlice(items: readonly string[]): TemplateValue[] {
  return fill(new StringSlice(), items);
}

/** A []int: still an array; the items are GoInt. */
export function intSlice(items: readonly GoInt[]): TemplateValue[] {
  return fill(new IntSlice(), items);
}

/** A slice of any type: still an array. `type` is made by `sliceType`. */
export function typedSlice(type: GoType, items: readonly TemplateValue[]): TemplateValue[] {
  const out = fill(new TypedArray(), items);
  Object.defineProperty(out, GO_TYPE, { value: type });
  return out;
}

/** Marks Go's nil slices, which JSON prints as null. */
const NIL_SLICE: unique symbol = Symbol('nil slice');

/** A nil slice of a type: an empty array that JSON prints as null. */
export function nilSlice(type: GoType): TemplateValue[] {
  const out = typedSlice(type, []);
  Object.defineProperty(out, NIL_SLICE, { value: true });
  return out;
}

/** Tells whether a value is one of Go's nil slices. */
export function isNilSlice(value: MaybeValue): boolean {
  return Array.isArray(value) && value.length === 0 && (value as { [NIL_SLICE]?: boolean })[NIL_SLICE] === true;
}

const STRING_MAP_PROTOTYPE: object = Object.freeze({ [GO_TYPE]: STRING_MAP });

function withEntries(prototype: object, entries: Readonly<Record<string, TemplateValue>>): TemplateMap {
  const out = Object.create(prototype) as TemplateMap;
  for (const key of Object.keys(entries)) define(out as Record<string, JsonValue>, key, entries[key] as JsonValue);
  return out;
}

/** A map[string]string: still an object with own enumerable keys. The entries are copied. */
export function stringMap(entries: Readonly<Record<string, string>>): TemplateMap {
  return withEntries(STRING_MAP_PROTOTYPE, entries);
}

/** Prototypes by the names of types, so that maps of one type share a shape. */
const MAP_PROTOTYPES = new Lru<GoType, object>(256);

function mapPrototype(type: GoType): object {
  let prototype = MAP_PROTOTYPES.get(type);
  if (prototype === undefined) MAP_PROTOTYPES.set(type, (prototype = Object.freeze({ [GO_TYPE]: type })));
  return prototype;
}

/** A map of any type: still an object with own enumerable keys. `type` is made by `mapType`. The entries are copied. */
export function typedMap(type: GoType, entries: Readonly<Record<string, TemplateValue>>): TemplateMap {
  return withEntries(mapPrototype(type), entries);
}

/** Types of named maps by their names. */
const NAMED_TYPES = new Lru<string, GoType>(64);

function namedType(name: string): GoType {
  let type = NAMED_TYPES.get(name);
  if (type === undefined) NAMED_TYPES.set(name, (type = mapType(ANY, name)));
  return type;
}

/** A map of a named type over map[string]interface {} (`common.Values`). The entries are copied. */
export function namedMap(name: string, entries: Readonly<Record<string, TemplateValue>>): TemplateMap {
  return typedMap(namedType(name), entries);
}

/** A map of a named type that is a view of a plain map: what is set in either is set in both, as Go's conversion gives it. */
export class GoNamedMap extends GoObject {
  readonly type: GoType;
  readonly map: TemplateMap;

  /** @param name the type's name (`common.Values`) */
  constructor(name: string, map: TemplateMap) {
    super();
    this.type = namedType(name);
    this.map = map;
  }

  get [GO_TYPE](): GoType {
    return this.type;
  }

  override field(name: string): MaybeValue {
    return Object.hasOwn(this.map, name) ? this.map[name] : undefined;
  }

  override entries(): readonly (readonly [string, TemplateValue])[] {
    return sortedKeys(this.map as JsonObject).map((key) => [key, this.map[key] as TemplateValue]);
  }
}

/** The map behind a value of any map type whose keys are held here: plain, typed or named. */
export function mapOf(value: MaybeValue): TemplateMap | undefined {
  if (value instanceof GoNamedMap) return value.map;
  return isMap(value) ? value : undefined;
}

const SMALL = 1024;
const smallInts: readonly GoInt[] = Array.from({ length: SMALL + 128 }, (_, i) => new GoInt(INT, i - 128));
const smallInt64s: readonly GoInt[] = Array.from({ length: SMALL + 128 }, (_, i) => new GoInt(INT64, i - 128));

/** A Go int. The number must be an integer within 64 bits. */
export function goInt(value: number | bigint): GoInt {
  if (typeof value === 'number' && value >= -128 && value < SMALL) return smallInts[value + 128] as GoInt;
  return new GoInt(INT, value);
}

/** A Go int64. The number must be an integer within 64 bits. */
export function goInt64(value: number | bigint): GoInt {
  if (typeof value === 'number' && value >= -128 && value < SMALL) return smallInt64s[value + 128] as GoInt;
  return new GoInt(INT64, value);
}

/** The Go type of a value: `undefined` for nil and for reflect's invalid value. */
export function goTypeOf(value: MaybeValue): GoType | undefined {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'number':
      return FLOAT64;
    case 'boolean':
      return BOOL;
    case 'bigint':
      return INT64;
    case 'object':
      if (value === null) return undefined;
      if (isPlain(value)) return ANY_MAP;
      return (value as GoValue)[GO_TYPE] ?? (Array.isArray(value) ? ANY_SLICE : ANY_MAP);
    default:
      return undefined;
  }
}

/** What `%T` prints. */
export function typeName(value: MaybeValue): string {
  return goTypeOf(value)?.name ?? '<nil>';
}

/** What `reflect.ValueOf(value).Kind()` prints: `invalid` for nil. */
export function kindName(value: MaybeValue): string {
  return goTypeOf(value)?.kind ?? 'invalid';
}

/** Tells whether a value is a map whose entries are its own keys (plain or typed), and not a GoObject. */
export function isMap(value: MaybeValue): value is TemplateMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof GoValue);
}

/** The whole number that an integer value of any Go type holds, or `undefined` for everything else. */
export function integerOf(value: MaybeValue): number | bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (value instanceof GoInt || value instanceof GoNamedInt) return value.value;
  return undefined;
}
