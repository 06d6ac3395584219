import { define, isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { displayDuration, displayTimestamp } from './display.ts';
import { evalError } from './errors.ts';
import { typeNameOf } from './type-names.ts';
import {
  CelBytes,
  CelDuration,
  CelList,
  CelMap,
  CelOpaque,
  CelOptional,
  CelTimestamp,
  CelTypeValue,
  CelUint,
  INT_MAX,
  INT_MIN,
  type CelValue,
} from './values.ts';

/** An array of JSON as a list; items are turned into values when they are looked at. */
class JsonList extends CelList {
  readonly #json: readonly JsonValue[];

  constructor(json: readonly JsonValue[]) {
    super([]);
    this.#json = json;
  }

  override get size(): number {
    return this.#json.length;
  }

  override at(index: number): CelValue {
    return fromJson(this.#json[index] as JsonValue);
  }

  override toArray(): readonly CelValue[] {
    return this.#json.map(fromJson);
  }
}

/** An object of JSON as a map; values are turned when they are looked at. */
class JsonMap extends CelMap {
  readonly #json: JsonObject;

  constructor(json: JsonObject) {
    super([]);
    this.#json = json;
  }

  override get size(): number {
    return Object.keys(this.#json).length;
  }

  override keys(): readonly CelValue[] {
    return Object.keys(this.#json).sort();
  }

  override find(key: CelValue): CelValue | undefined {
    const value = typeof key === 'string' ? own(this.#json, key) : undefined;
    return value === undefined ? undefined : fromJson(value);
  }
}

/** Turns JSON into a value: whole numbers become ints, others doubles. */
export function fromJson(json: JsonValue): CelValue {
  if (typeof json === 'number') return Number.isInteger(json) && Math.abs(json) < 2 ** 63 ? BigInt(json) : json;
  if (typeof json === 'bigint') return json >= INT_MIN && json <= INT_MAX ? json : Number(json);
  if (isArray(json)) return new JsonList(json);
  return isObject(json) ? new JsonMap(json) : json;
}

/**
 * Turns a value into JSON, as Go's conversion to a protobuf Value does; ints beyond 2^53 stay whole.
 * @throws CelError for what JSON has no form for (opaque values, optionals that hold nothing are null)
 */
export function toJson(value: CelValue): JsonValue {
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof CelUint) return toJson(value.value);
  if (value instanceof CelBytes) return Buffer.from(value.bytes).toString('base64');
  if (value instanceof CelTimestamp) return displayTimestamp(value);
  if (value instanceof CelDuration) return displayDuration(value.nanos);
  if (value instanceof CelTypeValue) return value.name;
  if (value instanceof CelOptional) return value.value === undefined ? null : toJson(value.value);
  if (value instanceof CelList) return Array.from(value, toJson);
  if (value instanceof CelMap) {
    const out: Record<string, JsonValue> = {};
    for (const key of value.keys()) define(out, keyText(key), toJson(value.get(key)));
    return out;
  }
  throw evalError(`type conversion error from '${typeNameOf(value satisfies CelOpaque)}' to 'google.protobuf.Value'`);
}

function keyText(key: CelValue): string {
  const json = toJson(key);
  return typeof json === 'string' ? json : String(json as number);
}
