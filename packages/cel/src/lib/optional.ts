import { evalError } from '../errors.ts';
import type { Library } from '../functions.ts';
import { CelBytes, CelDuration, CelList, CelMap, CelOptional, CelTimestamp, CelUint, NONE, type CelValue } from '../values.ts';

function isZero(value: CelValue): boolean {
  if (value === null || value === false || value === '' || value === 0 || value === 0n) return true;
  if (value instanceof CelUint) return value.value === 0n;
  if (value instanceof CelBytes) return value.bytes.length === 0;
  if (value instanceof CelList || value instanceof CelMap) return value.size === 0;
  if (value instanceof CelDuration) return value.nanos === 0n;
  if (value instanceof CelTimestamp) return value.nanos === -62_135_596_800n * 1_000_000_000n;
  return value instanceof CelOptional && value.value === undefined;
}

/** Values that may not be there. */
export const OPTIONAL: Library = {
  signatures: `optional_of: optional.of(V) -> optional_type(V)
optional_ofNonZeroValue: optional.ofNonZeroValue(V) -> optional_type(V)
optional_none: optional.none() -> optional_type(V)
optional_value: optional_type(V)::value() -> V
optional_hasValue: optional_type(V)::hasValue() -> bool
optional_or_optional: optional_type(V)::or(optional_type(V)) -> optional_type(V)
optional_orValue_value: optional_type(V)::orValue(V) -> V
list_optindex_optional_int: _[?_](list(V), int) -> optional_type(V)
optional_list_optindex_optional_int: _[?_](optional_type(list(V)), int) -> optional_type(V)
map_optindex_optional_value: _[?_](map(K, V), K) -> optional_type(V)
optional_map_optindex_optional_value: _[?_](optional_type(map(K, V)), K) -> optional_type(V)
optional_list_index_int: _[_](optional_type(list(V)), int) -> optional_type(V)
optional_map_index_value: _[_](optional_type(map(K, V)), K) -> optional_type(V)`,
  implementations: {
    'optional.of': ([v]) => new CelOptional(v as CelValue),
    'optional.ofNonZeroValue': ([v]) => (isZero(v as CelValue) ? NONE : new CelOptional(v as CelValue)),
    'optional.none': () => NONE,
    value: ([v]) => {
      if (!(v instanceof CelOptional)) return undefined;
      if (v.value === undefined) throw evalError('optional.none() dereference');
      return v.value;
    },
    hasValue: ([v]) => (v instanceof CelOptional ? v.value !== undefined : undefined),
    or: ([v, other]) => (v instanceof CelOptional && other instanceof CelOptional ? (v.value === undefined ? other : v) : undefined),
    orValue: ([v, other]) => (v instanceof CelOptional ? (v.value ?? orNull(v, other as CelValue)) : undefined),
  },
  types: ['optional_type'],
};

/** A null that is there is a value. */
function orNull(optional: CelOptional, other: CelValue): CelValue {
  return optional.value === null ? null : other;
}

/** Lists and what comes first and last in them, as Flux's newest language version has it. */
export const OPTIONAL_LISTS: Library = {
  signatures: `list_last: list(V)::last() -> optional_type(V)
list_first: list(V)::first() -> optional_type(V)
optional_unwrap: optional.unwrap(list(optional_type(V))) -> list(V)
optional_unwrapOpt: list(optional_type(V))::unwrapOpt() -> list(V)`,
  implementations: {
    first: ([v]) => (v instanceof CelList ? (v.size === 0 ? NONE : new CelOptional(v.at(0))) : undefined),
    last: ([v]) => (v instanceof CelList ? (v.size === 0 ? NONE : new CelOptional(v.at(v.size - 1))) : undefined),
    'optional.unwrap': ([v]) => unwrap(v as CelValue),
    unwrapOpt: ([v]) => unwrap(v as CelValue),
  },
};

function unwrap(list: CelValue): CelValue | undefined {
  if (!(list instanceof CelList)) return undefined;
  const out: CelValue[] = [];
  for (const item of list) {
    if (!(item instanceof CelOptional)) return undefined;
    if (item.value !== undefined) out.push(item.value);
  }
  return new CelList(out);
}
