import { GoComplex, GoBytes, GoInt, GoNamedInt, GoNamedMap } from './values.ts';
import { GO_TYPE, isPlain, GoObject, type GoValue, type MaybeValue } from './model.ts';

/** The number of elements of a GoObject of a map's or slice's kind. */
function sizeOf(object: GoObject): number {
  return object.entries().length;
}

/** Tells whether a value is true to `if`: not empty, not zero, not nil. Structs always are. */
export function truth(value: MaybeValue): boolean {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return value !== '';
    case 'number':
      return value !== 0; // NaN is not zero
    case 'bigint':
      return value !== 0n;
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  const type = isPlain(value) ? undefined : (value as GoValue)[GO_TYPE];
  if (value instanceof GoNamedMap) return truth(value.map);
  if (type === undefined || (type.kind === 'map' && !(value instanceof GoObject))) {
    for (const key in value) if (Object.hasOwn(value, key)) return true;
    return false;
  }
  if (value instanceof GoInt || value instanceof GoNamedInt) return value.value !== 0 && value.value !== 0n;
  if (value instanceof GoBytes) return value.bytes.length > 0;
  if (value instanceof GoComplex) return value.real !== 0 || value.imaginary !== 0;
  if (value instanceof GoObject && (type.kind === 'map' || type.kind === 'slice')) return sizeOf(value) > 0;
  return true;
}
