import { GoError } from './errors.ts';
import { zeroValue } from './fields.ts';
import { byteLength, byteSlice, textToBytes } from './text.ts';
import { UINT8 } from './types.ts';
import { GoBytes, GoInt, GoNamedMap, goTypeOf, integerOf, typeName, typedSlice } from './values.ts';
import { GoObject, type MaybeValue, type TemplateMap, type TemplateValue } from './model.ts';

/** The type of what a pointer points to, or of the value itself. */
function targetName(value: MaybeValue): string {
  return goTypeOf(value)?.target?.name ?? typeName(value);
}

/** The number of elements: bytes of strings. @throws GoError with `len`'s text */
export function length(value: MaybeValue): number {
  if (value === undefined) throw new GoError('reflect: call of reflect.Value.Type on zero Value');
  if (value === null) throw new GoError('len of nil pointer');
  if (typeof value === 'string') return byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof GoBytes) return value.bytes.length;
  const kind = goTypeOf(value)?.kind;
  if (value instanceof GoObject) {
    if (kind === 'map' || kind === 'slice') return value.entries().length;
  } else if (kind === 'map') return Object.keys(value as TemplateMap).length;
  throw new GoError(`len of type ${targetName(value)}`);
}

function indexNumber(index: MaybeValue, cap: number): number {
  const whole = integerOf(index);
  if (whole === undefined) {
    if (index === undefined || index === null) throw new GoError('cannot index slice/array with nil');
    throw new GoError(`cannot index slice/array with type ${typeName(index)}`);
  }
  if (whole < 0 || whole > cap) throw new GoError(`index out of range: ${whole}`);
  return Number(whole);
}

function elementNumber(index: MaybeValue, size: number, what = 'slice'): number {
  const at = indexNumber(index, size);
  if (at >= size) throw new GoError(`reflect: ${what} index out of range`);
  return at;
}

function indexMap(map: MaybeValue, index: MaybeValue): MaybeValue {
  const elem = goTypeOf(map)?.elem;
  if (typeof index !== 'string') {
    if (index === undefined || index === null) throw new GoError('value is nil; should be of type string');
    throw new GoError(`value has type ${typeName(index)}; should be string`);
  }
  if (map instanceof GoNamedMap) return map.field(index) ?? zeroValue(elem);
  if (map instanceof GoObject) return map.entries().find(([key]) => key === index)?.[1] ?? zeroValue(elem);
  return Object.hasOwn(map as TemplateMap, index) ? (map as TemplateMap)[index] : zeroValue(elem);
}

function indexOnce(item: MaybeValue, index: MaybeValue): MaybeValue {
  if (item === null || item === undefined) throw new GoError('index of nil pointer');
  if (Array.isArray(item)) return item[elementNumber(index, item.length)];
  if (typeof item === 'string') {
    const bytes = textToBytes(item);
    return new GoInt(UINT8, bytes[elementNumber(index, bytes.length, 'string')] as number);
  }
  if (item instanceof GoBytes) return new GoInt(UINT8, item.bytes[elementNumber(index, item.bytes.length)] as number);
  const kind = goTypeOf(item)?.kind;
  if (kind === 'map') return indexMap(item, index);
  if (item instanceof GoObject && kind === 'slice') {
    const entries = item.entries();
    return (entries[elementNumber(index, entries.length)] as readonly [string, TemplateValue])[1];
  }
  throw new GoError(`can't index item of type ${targetName(item)}`);
}

/** Go's `index`. @throws GoError */
export function indexValue(item: MaybeValue, indexes: readonly MaybeValue[]): MaybeValue {
  if (item === undefined || item === null) throw new GoError('index of untyped nil');
  let at: MaybeValue = item;
  for (const index of indexes) at = indexOnce(at, index);
  return at;
}

/** Go's `slice`. @throws GoError */
export function sliceValue(item: MaybeValue, indexes: readonly MaybeValue[]): MaybeValue {
  if (item === undefined || item === null) throw new GoError('slice of untyped nil');
  if (indexes.length > 3) throw new GoError(`too many slice indexes: ${indexes.length}`);
  const isText = typeof item === 'string';
  if (!isText && !Array.isArray(item) && !(item instanceof GoBytes)) throw new GoError(`can't slice item of type ${targetName(item)}`);
  if (isText && indexes.length === 3) throw new GoError('cannot 3-index slice a string');
  const size = length(item);
  const at = indexes.map((index) => indexNumber(index, size));
  const from = at[0] ?? 0;
  const to = at[1] ?? size;
  if (from > to) throw new GoError(`invalid slice index: ${from} > ${to}`);
  if (at[2] !== undefined && to > at[2]) throw new GoError(`invalid slice index: ${to} > ${at[2]}`);
  if (isText) return byteSlice(item, from, to);
  if (item instanceof GoBytes) return new GoBytes(item.bytes.subarray(from, to));
  const type = goTypeOf(item);
  return type === undefined || type.elem?.kind === 'interface' ? item.slice(from, to) : typedSlice(type, item.slice(from, to));
}
