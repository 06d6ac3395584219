import { evalError } from '../errors.ts';
import type { Implementation, Library } from '../functions.ts';
import { CelBytes, CelDuration, CelList, CelTimestamp, CelUint, equals, type CelValue } from '../values.ts';
import { STANDARD } from './standard.ts';

const less = STANDARD.implementations['_<_'] as Implementation;
const lessEquals = STANDARD.implementations['_<=_'] as Implementation;
const add = STANDARD.implementations['_+_'] as Implementation;

const ORDERED = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const SUMMABLE = ['int', 'uint', 'double', 'duration'];

function each(types: readonly string[], line: (type: string) => string): string {
  return types.map(line).join('\n');
}

function extreme(name: 'min' | 'max'): Implementation {
  return ([list]) => {
    if (!(list instanceof CelList)) return undefined;
    if (list.size === 0) throw evalError(`${name} called on empty list`);
    let best = list.at(0);
    for (const item of list) {
      const better = name === 'min' ? less([item, best]) : less([best, item]);
      if (better === undefined) return undefined;
      if (better === true) best = item;
    }
    return best;
  };
}

function zeroFor(value: CelValue | undefined): CelValue {
  if (value instanceof CelUint) return new CelUint(0n);
  if (value instanceof CelDuration) return new CelDuration(0n);
  return typeof value === 'number' ? 0 : 0n;
}

/** Kubernetes' lists: order, sums, extremes, positions. */
export const LISTS: Library = {
  signatures: [
    each(ORDERED, (t) => `list_${t}_is_sorted_bool: list(${t})::isSorted() -> bool`),
    each(SUMMABLE, (t) => `list_${t}_sum_${t}: list(${t})::sum() -> ${t}`),
    each(ORDERED, (t) => `list_${t}_max_${t}: list(${t})::max() -> ${t}`),
    each(ORDERED, (t) => `list_${t}_min_${t}: list(${t})::min() -> ${t}`),
    'list_a_index_of_int: list(A)::indexOf(A) -> int',
    'list_a_last_index_of_int: list(A)::lastIndexOf(A) -> int',
  ].join('\n'),
  implementations: {
    isSorted: ([list]) => {
      if (!(list instanceof CelList)) return undefined;
      for (let i = 1; i < list.size; i++) {
        const ordered = lessEquals([list.at(i - 1), list.at(i)]);
        if (ordered !== true) return ordered;
      }
      return true;
    },
    sum: ([list]) => {
      if (!(list instanceof CelList)) return undefined;
      let total: CelValue = zeroFor(list.size === 0 ? undefined : list.at(0));
      for (const item of list) {
        const next: CelValue | undefined = add([total, item]);
        if (next === undefined) return undefined;
        total = next;
      }
      return total;
    },
    max: extreme('max'),
    min: extreme('min'),
    indexOf: ([list, value]) =>
      list instanceof CelList ? BigInt(list.toArray().findIndex((item) => equals(item, value as CelValue))) : undefined,
    lastIndexOf: ([list, value]) =>
      list instanceof CelList ? BigInt(list.toArray().findLastIndex((item) => equals(item, value as CelValue))) : undefined,
  },
};

function flatten(list: CelList, depth: bigint): CelValue[] {
  return list.toArray().flatMap((item) => (item instanceof CelList && depth > 0n ? flatten(item, depth - 1n) : [item]));
}

function sameKind(a: CelValue, b: CelValue): boolean {
  return typeof a === typeof b && (typeof a !== 'object' || a?.constructor === b?.constructor);
}

function isComparable(value: CelValue): boolean {
  return (
    (value !== null && typeof value !== 'object') ||
    value instanceof CelUint ||
    value instanceof CelBytes ||
    value instanceof CelDuration ||
    value instanceof CelTimestamp
  );
}

/** Sorts a list by keys, one a value; stable. */
function sortByKeys(list: CelList, keys: CelList): CelList {
  if (list.size !== keys.size)
    throw evalError(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${list.size} and ${keys.size} elements respectively`,
    );
  if (list.size === 0) return list;
  if (!isComparable(keys.at(0))) throw evalError('list elements must be comparable');
  for (const key of keys) if (!sameKind(key, keys.at(0))) throw evalError('list elements must have the same type');
  const order = Array.from({ length: list.size }, (_, i) => i).sort((i, j) =>
    less([keys.at(i), keys.at(j)]) === true ? -1 : less([keys.at(j), keys.at(i)]) === true ? 1 : 0,
  );
  return new CelList(order.map((i) => list.at(i)));
}

/** The language's own library of lists. */
export const LISTS_EXTENSION: Library = {
  signatures: [
    'list_slice: list(T)::slice(int, int) -> list(T)',
    'list_flatten: list(list(T))::flatten() -> list(T)',
    'list_flatten_int: list(dyn)::flatten(int) -> list(dyn)',
    each(ORDERED, (t) => `list_${t}_sort: list(${t})::sort() -> list(${t})`),
    each(ORDERED, (t) => `list_${t}_sortByAssociatedKeys: list(T)::@sortByAssociatedKeys(list(${t})) -> list(T)`),
    'lists_range: lists.range(int) -> list(int)',
    'list_reverse: list(T)::reverse() -> list(T)',
    'list_distinct: list(T)::distinct() -> list(T)',
  ].join('\n'),
  implementations: {
    slice: ([list, start, end]) => {
      if (!(list instanceof CelList) || typeof start !== 'bigint' || typeof end !== 'bigint') return undefined;
      if (start < 0n || end < 0n) throw evalError(`cannot slice(${start}, ${end}), negative indexes not supported`);
      if (start > end) throw evalError(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
      if (end > BigInt(list.size)) throw evalError(`cannot slice(${start}, ${end}), list is length ${list.size}`);
      return new CelList(list.toArray().slice(Number(start), Number(end)));
    },
    flatten: ([list, depth]) => {
      if (!(list instanceof CelList)) return undefined;
      if (typeof depth === 'bigint' && depth < 0n) throw evalError('level must be non-negative');
      return new CelList(flatten(list, typeof depth === 'bigint' ? depth : 1n));
    },
    sort: ([list]) => (list instanceof CelList ? sortByKeys(list, list) : undefined),
    '@sortByAssociatedKeys': ([list, keys]) => (list instanceof CelList && keys instanceof CelList ? sortByKeys(list, keys) : undefined),
    'lists.range': ([count]) =>
      typeof count === 'bigint'
        ? new CelList(Array.from({ length: Number(count > 1_000_000n ? 1_000_000n : count) }, (_, i) => BigInt(i)))
        : undefined,
    reverse: ([list]) => (list instanceof CelList ? new CelList([...list].reverse()) : undefined),
    distinct: ([list]) =>
      list instanceof CelList
        ? new CelList(list.toArray().filter((item, i, all) => all.findIndex((other) => equals(other, item)) === i))
        : undefined,
  },
};

function containsAll(a: CelValue | undefined, b: CelValue | undefined): boolean {
  return a instanceof CelList && b instanceof CelList && b.toArray().every((item) => a.contains(item));
}

/** Lists as sets. */
export const SETS: Library = {
  signatures: `list_sets_contains_list: sets.contains(list(T), list(T)) -> bool
list_sets_equivalent_list: sets.equivalent(list(T), list(T)) -> bool
list_sets_intersects_list: sets.intersects(list(T), list(T)) -> bool`,
  implementations: {
    'sets.contains': ([a, b]) => containsAll(a, b),
    'sets.equivalent': ([a, b]) => containsAll(a, b) && containsAll(b, a),
    'sets.intersects': ([a, b]) => a instanceof CelList && b instanceof CelList && b.toArray().some((item) => a.contains(item)),
  },
};

/** Base64. */
export const ENCODERS: Library = {
  signatures: `base64_decode_string: base64.decode(string) -> bytes
base64_encode_bytes: base64.encode(bytes) -> string`,
  implementations: {
    'base64.decode': ([text]) => {
      if (typeof text !== 'string') return undefined;
      const clean = text.replace(/[\r\n]/g, '');
      const bad =
        /[^A-Za-z0-9+/=]/.exec(clean)?.index ??
        /=[^=]/.exec(clean)?.index ??
        (clean.replace(/=+$/, '').length % 4 === 1 ? clean.length : -1);
      if (bad >= 0) throw evalError(`illegal base64 data at input byte ${bad}`);
      return new CelBytes(Buffer.from(clean, 'base64'));
    },
    'base64.encode': ([bytes]) => (bytes instanceof CelBytes ? Buffer.from(bytes.bytes).toString('base64') : undefined),
  },
};
