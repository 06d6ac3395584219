import { canonicalJson, deepEqual, getArray, getObject, isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { evalError, noSuchOverload } from './errors.ts';
import { escapeName, unescapeName } from './escape.ts';
import { fromJson, toJson } from './json-values.ts';
import { parseGoDuration, parseRfc3339 } from './lib/time-values.ts';
import { isEmbedded, withResourceFields } from './schema-types.ts';
import { CelBytes, CelDuration, CelList, CelMap, CelOpaque, CelTimestamp, equals, type CelValue } from './values.ts';

function goTypeOf(value: JsonValue): string {
  if (isArray(value)) return '[]interface {}';
  if (isObject(value)) return 'map[string]interface {}';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return typeof value === 'number' && !Number.isInteger(value) ? 'float64' : 'int64';
}

/** Tells whether Go reads a value of JSON as an int64. */
function isInt(value: JsonValue): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 63);
}

/** A list whose items have a schema. */
class SchemaList extends CelList {
  readonly json: readonly JsonValue[];
  readonly itemSchema: JsonObject;

  constructor(json: readonly JsonValue[], itemSchema: JsonObject) {
    super([]);
    this.json = json;
    this.itemSchema = itemSchema;
  }

  override get size(): number {
    return this.json.length;
  }

  override at(index: number): CelValue {
    return schemaValue(this.json[index] as JsonValue, this.itemSchema);
  }

  override toArray(): readonly CelValue[] {
    return this.json.map((item) => schemaValue(item, this.itemSchema));
  }

  override concat(other: CelValue): CelList {
    if (!(other instanceof CelList)) throw noSuchOverload();
    return new SchemaList([...this.json, ...jsonItems(other)], this.itemSchema);
  }
}

function jsonItems(list: CelList): readonly JsonValue[] {
  return list instanceof SchemaList ? list.json : Array.from(list, jsonOf);
}

/** The JSON behind a value. */
function jsonOf(value: CelValue): JsonValue {
  if (value instanceof SchemaList) return value.json;
  return value instanceof SchemaMap ? value.json : toJson(value);
}

/** A list of type `set`: order does not count, nothing is added twice. */
class SetList extends SchemaList {
  override equalTo(other: CelValue): boolean {
    if (!(other instanceof CelList) || other.size !== this.size) return false;
    const mine = new Set(this.json.map((item) => canonicalJson(item)));
    return jsonItems(other).every((item) => mine.has(canonicalJson(item)));
  }

  override concat(other: CelValue): CelList {
    if (!(other instanceof CelList)) throw noSuchOverload();
    const seen = new Set(this.json.map((item) => canonicalJson(item)));
    const added: JsonValue[] = [];
    for (const item of jsonItems(other)) {
      const key = canonicalJson(item);
      if (!seen.has(key)) added.push(item);
      seen.add(key);
    }
    return new SetList([...this.json, ...added], this.itemSchema);
  }
}

/** A list of type `map`: items are known by their keys, order does not count, adding replaces. */
class MapList extends SchemaList {
  readonly #keys: readonly string[];

  constructor(json: readonly JsonValue[], itemSchema: JsonObject, keys: readonly string[]) {
    super(json, itemSchema);
    this.#keys = keys;
  }

  #keyOf(item: JsonValue): string {
    return canonicalJson(this.#keys.map((key) => (isObject(item) ? (own(item, key) ?? null) : null)));
  }

  override equalTo(other: CelValue): boolean {
    if (!(other instanceof CelList) || other.size !== this.size) return false;
    const mine = new Map(this.json.map((item) => [this.#keyOf(item), item]));
    for (const item of other) {
      const counterpart = mine.get(this.#keyOf(jsonOf(item)));
      if (counterpart === undefined || !equals(schemaValue(counterpart, this.itemSchema), item)) return false;
    }
    return true;
  }

  override concat(other: CelValue): CelList {
    if (!(other instanceof CelList)) throw noSuchOverload();
    const items = [...this.json];
    const places = new Map(items.map((item, i) => [this.#keyOf(item), i]));
    for (const item of jsonItems(other)) {
      const place = places.get(this.#keyOf(item));
      if (place === undefined) items.push(item);
      else items[place] = item;
    }
    return new MapList(items, this.itemSchema, this.#keys);
  }
}

/** An object with a schema: of its properties, those that are declared are seen, under their escaped names. */
class SchemaMap extends CelMap {
  readonly json: JsonObject;
  readonly #properties: JsonObject | undefined;
  readonly #values: JsonObject | undefined;

  constructor(json: JsonObject, schema: JsonObject) {
    super([]);
    this.json = json;
    const whole = isEmbedded(schema) ? withResourceFields(schema) : schema;
    const additional = whole['additionalProperties'];
    this.#properties = getObject(whole, ['properties']);
    this.#values = this.#properties === undefined && isObject(additional) ? additional : undefined;
  }

  #schemaOf(key: string): JsonObject | undefined {
    if (this.#properties === undefined) return this.#values;
    const schema = own(this.#properties, key);
    return isObject(schema) ? schema : undefined;
  }

  override get size(): number {
    return Object.keys(this.json).length;
  }

  override keys(): readonly CelValue[] {
    const keys = Object.keys(this.json).filter((key) => this.#schemaOf(key) !== undefined);
    return keys.map((key) => (this.#properties === undefined ? key : (escapeName(key) ?? key))).sort();
  }

  override find(key: CelValue): CelValue | undefined {
    if (typeof key !== 'string') return undefined;
    const name = this.#properties === undefined ? key : unescapeName(key);
    const value = name === undefined ? undefined : own(this.json, name);
    // a null of an object's property counts as not there
    if (name === undefined || value === undefined || (this.#properties !== undefined && value === null)) return undefined;
    const schema = this.#schemaOf(name);
    return schema === undefined ? undefined : schemaValue(value, schema);
  }

  override equalTo(other: CelValue): boolean {
    if (!(other instanceof CelMap) || other.size !== this.size) return false;
    for (const [key, value] of Object.entries(this.json)) {
      if (this.#schemaOf(key) !== undefined) {
        const name = this.#properties === undefined ? key : (escapeName(key) ?? key);
        const [mine, theirs] = [this.find(name), other.find(name)];
        if ((mine === undefined) !== (theirs === undefined)) return false;
        if (mine !== undefined && theirs !== undefined && !equals(mine, theirs)) return false;
      } else if (other instanceof SchemaMap) {
        const theirs = own(other.json, key);
        if (theirs !== undefined && !deepEqual(value, theirs)) return false;
      } else throw noSuchOverload();
    }
    return true;
  }
}

const WORDED: readonly (readonly [pattern: RegExp, nanos: bigint])[] = [
  [/^(ns|nano.*)$/i, 1n],
  [/^(us|µs|micro.*)$/i, 1000n],
  [/^(ms|milli.*)$/i, 1_000_000n],
  [/^(s|sec.*)$/i, 1_000_000_000n],
  [/^(m|min.*)$/i, 60_000_000_000n],
  [/^(h|hr|hour.*)$/i, 3_600_000_000_000n],
  [/^(d|day.*)$/i, 86_400_000_000_000n],
  [/^(w|wk|week.*)$/i, 604_800_000_000_000n],
];

/** Reads a duration in words, such as "2 days 3 hours"; `undefined` where there is none in the text. */
function parseWordedDuration(text: string): bigint | undefined {
  let total: bigint | undefined;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)\s*([A-Za-zµ]+)/g)) {
    for (const [pattern, nanos] of WORDED) if (pattern.test(unit)) total = (total ?? 0n) + BigInt(count) * nanos;
  }
  return total;
}

function stringValue(value: JsonValue, format: JsonValue | undefined): CelValue {
  if (typeof value !== 'string') throw evalError(`invalid data, expected string, got ${goTypeOf(value)}`);
  switch (format) {
    case 'duration': {
      const nanos = parseGoDuration(value) ?? parseWordedDuration(value);
      if (nanos === undefined) throw evalError(`Invalid duration ${value}: unable to parse ${value} as duration`);
      return new CelDuration(nanos);
    }
    case 'date': {
      const date = /^\d{4}-\d\d-\d\d$/.test(value) ? parseRfc3339(`${value}T00:00:00Z`) : undefined;
      if (date === undefined) throw evalError(`Invalid date formatted string ${value}: cannot parse it`);
      return date;
    }
    case 'date-time': {
      // nothing at all is the epoch, and a time without a zone is in UTC
      const time = value === '' ? new CelTimestamp(0n) : parseRfc3339(/\dT\d\d:\d\d:\d\d(\.\d+)?$/.test(value) ? `${value}Z` : value);
      if (time === undefined) throw evalError(`Invalid date-time formatted string ${value}: cannot parse it`);
      return new CelTimestamp(time.nanos, time.offsetMinutes);
    }
    case 'byte':
      return new CelBytes(Buffer.from(value, 'base64'));
    default:
      return value;
  }
}

function listValue(value: JsonValue, schema: JsonObject): CelValue {
  if (!isArray(value)) throw evalError('invalid data, expected an array for the provided schema with type=array');
  const items = schema['items'];
  if (!isObject(items)) throw evalError('invalid array type, expected Items with a non-empty Schema');
  const type = schema['x-kubernetes-list-type'];
  if (type === 'set') return new SetList(value, items);
  return type === 'map'
    ? new MapList(value, items, (getArray(schema, ['x-kubernetes-list-map-keys']) ?? []) as readonly string[])
    : new SchemaList(value, items);
}

/**
 * Turns JSON into the value that rules see for it.
 * @throws CelError where the JSON is not what the schema says
 * @see apiserver v0.36 pkg/cel/common/valuesunstructured.go
 */
export function schemaValue(value: JsonValue, schema: JsonObject): CelValue {
  if (value === null) {
    if (schema['nullable'] === true) return null;
    throw evalError('invalid data, got null for schema with nullable=false');
  }
  if (schema['x-kubernetes-int-or-string'] === true) {
    if (typeof value === 'string') return value;
    if (isInt(value)) return BigInt(value);
    throw evalError('invalid data, expected XIntOrString value to be either a string or integer');
  }
  switch (schema['type']) {
    case 'object':
      if (!isObject(value)) throw evalError('invalid data, expected a map for the provided schema with type=object');
      return new SchemaMap(value, schema);
    case 'array':
      return listValue(value, schema);
    case 'string':
      return stringValue(value, schema['format']);
    case 'number':
      if (typeof value !== 'number' && typeof value !== 'bigint') throw evalError(`invalid data, expected float, got ${goTypeOf(value)}`);
      return Number(value);
    case 'integer':
      if (isInt(value)) return fromJson(value);
      throw evalError(`invalid data, expected int, got ${goTypeOf(value)}`);
    case 'boolean':
      if (typeof value !== 'boolean') throw evalError(`invalid data, expected bool, got ${goTypeOf(value)}`);
      return value;
    default:
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) return new CelOpaque('unknown', canonicalJson(value), value);
  throw evalError(
    `invalid type, expected object, array, number, integer, boolean or string, or no type with x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is true, got ${typeof schema['type'] === 'string' ? schema['type'] : ''}`,
  );
}
