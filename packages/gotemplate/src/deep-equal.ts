import { GoBytes, GoInt, GoNamedInt, goTypeOf, integerOf, isNilSlice } from './values.ts';
import { GO_TYPE, GoObject, type GoValue, type MaybeValue, type TemplateMap, type TemplateValue } from './model.ts';

function equalMaps(a: TemplateMap, b: TemplateMap): boolean {
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && goDeepEqual(a[key], b[key]));
}

function equalLists(a: readonly TemplateValue[], b: readonly TemplateValue[]): boolean {
  return a.length === b.length && a.every((item, i) => goDeepEqual(item, b[i]));
}

/** Integers are held as number or, where they are large, as bigint. */
function sameWhole(a: MaybeValue, b: MaybeValue): boolean {
  return String(integerOf(a)) === String(integerOf(b));
}

/** Go's `reflect.DeepEqual`: types must be the same too (int 1 is not float64 1). */
export function goDeepEqual(a: MaybeValue, b: MaybeValue): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    const whole = integerOf(a);
    return whole !== undefined && goTypeOf(a)?.name === goTypeOf(b)?.name && sameWhole(a, b);
  }
  if (((a as GoValue)[GO_TYPE]?.name ?? '') !== ((b as GoValue)[GO_TYPE]?.name ?? '')) return false;
  if (Array.isArray(a)) return Array.isArray(b) && isNilSlice(a) === isNilSlice(b) && equalLists(a, b);
  if (Array.isArray(b)) return false;
  if (a instanceof GoInt || a instanceof GoNamedInt) return sameWhole(a, b);
  if (a instanceof GoBytes) return b instanceof GoBytes && Buffer.compare(a.bytes, b.bytes) === 0;
  if (a instanceof GoObject) {
    if (!(b instanceof GoObject)) return false;
    const [x, y] = [a.entries(), b.entries()];
    return (
      x.length === y.length && a.string() === b.string() && x.every(([key, item], i) => key === y[i]?.[0] && goDeepEqual(item, y[i]?.[1]))
    );
  }
  return equalMaps(a as TemplateMap, b as TemplateMap);
}
