import { canonicalJson, isArray, isObject, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { PatchError } from './patch-error.ts';

/** What a strategic merge needs to know of a struct. */
export interface StrategicSchema {
  /** The struct's name, for messages. */
  readonly name: string;
  /** The facts of a field; undefined where the struct does not have it. */
  field(name: string): StrategicField | undefined;
}

/** What a strategic merge needs to know of a field. */
export interface StrategicField {
  /** `merge`, `replace`, `retainKeys`: none, one or two of them. */
  readonly strategies: readonly string[];
  /** The field by which the items of a merging list are known; empty: the items are scalars. */
  readonly mergeKey: string;
  readonly kind: 'struct' | 'list' | 'map' | 'scalar';
  /** The struct that the field, or the elements of its list or map, hold. */
  readonly schema: StrategicSchema | undefined;
}

/** A field's facts, ready for use. */
export interface Strategy {
  /** `merge`, `replace` or empty. */
  readonly action: string;
  readonly retainKeys: boolean;
  readonly mergeKey: string;
  /** Where the merge goes on inside the value; undefined where nothing is known. */
  readonly schema: StrategicSchema | undefined;
}

const UNKNOWN: Strategy = { action: '', retainKeys: false, mergeKey: '', schema: undefined };

/**
 * Looks a field up. Below a value without a schema everything is merged as plain JSON.
 * @throws PatchError where the struct does not have the field
 */
export function lookup(schema: StrategicSchema | undefined, key: string): Strategy {
  if (schema === undefined) return UNKNOWN;
  const field = schema.field(key);
  if (field === undefined)
    throw new PatchError('PATCH_INVALID', `unable to find api field in struct ${schema.name} for the json field ${JSON.stringify(key)}`);
  const actions = field.strategies.filter((strategy) => strategy !== 'retainKeys');
  if (actions.length > 1) throw new PatchError('PATCH_INVALID', `unexpected patch strategy: [${field.strategies.join(' ')}]`);
  return {
    action: actions[0] ?? '',
    retainKeys: actions.length < field.strategies.length,
    mergeKey: field.mergeKey,
    schema: field.kind === 'map' && field.schema !== undefined ? valuesOf(field.schema) : field.schema,
  };
}

/** A map of structs: every key holds one. */
function valuesOf(schema: StrategicSchema): StrategicSchema {
  return { name: schema.name, field: () => ({ strategies: [], mergeKey: '', kind: 'struct', schema }) };
}

/** The kind of a value as Go's reflection tells values apart. */
export function goTypeOf(value: JsonValue): string {
  if (value === null) return '%!s(<nil>)';
  if (isArray(value)) return '[]interface {}';
  if (isObject(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'bigint' ? 'int64' : typeof value === 'boolean' ? 'bool' : 'string';
}

/** A value as Go's `%v` prints it. */
export function goText(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (isObject(value)) {
    return `map[${sortedKeys(value)
      .map((key) => `${key}:${goText(value[key])}`)
      .join(' ')}]`;
  }
  return typeof value === 'string' ? value : canonicalJson(value);
}

/** A value that must be an object. @throws PatchError */
export function expectMap(value: JsonValue | undefined): JsonObject {
  if (isObject(value)) return value;
  throw new PatchError('PATCH_INVALID', `expected a map[string]interface {}, but received a ${goTypeOf(value ?? null)}`);
}

/** A value that must be a list. @throws PatchError */
export function expectList(value: JsonValue | undefined): readonly JsonValue[] {
  if (isArray(value)) return value;
  throw new PatchError('PATCH_INVALID', `expected a []interface {}, but received a ${goTypeOf(value ?? null)}`);
}

/** The value of an item's merge key. @throws PatchError */
export function mergeKeyOf(item: JsonValue, mergeKey: string): JsonValue {
  const map = expectMap(item);
  if (!Object.hasOwn(map, mergeKey))
    throw new PatchError('PATCH_INVALID', `map: ${goText(map)} does not contain declared merge key: ${mergeKey}`);
  return map[mergeKey] as JsonValue;
}

/** Whether lists of these items are lists of maps; all items must be of one kind. @throws PatchError */
export function holdsMaps(...lists: readonly (readonly JsonValue[])[]): boolean {
  let type: string | undefined;
  for (const item of lists.flat(1)) {
    const own = goTypeOf(item);
    if (type === undefined) {
      type = own;
      if (type === '[]interface {}') throw new PatchError('PATCH_INVALID', 'lists of lists are not supported');
    } else if (type !== own) {
      throw new PatchError('PATCH_INVALID', `list element types are not identical: [${lists.map(goText).join(' ')}]`);
    }
  }
  if (type === undefined) throw new PatchError('PATCH_INVALID', 'no elements in any of the given slices');
  return type === 'map[string]interface {}';
}

/** The directives that a patch may hold besides values. */
export const DIRECTIVE = '$patch';
/** Names the keys of a map that stay. */
export const RETAIN_KEYS = '$retainKeys';
/** Before the name of a list of scalars: items that go. */
export const DELETE_FROM_LIST = '$deleteFromPrimitiveList';
/** Before the name of a merging list: the order of its items. */
export const SET_ORDER = '$setElementOrder';
