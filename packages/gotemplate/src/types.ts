/** The names of reflect.Kind that values of templates can have. */
export type GoKind =
  | 'invalid'
  | 'bool'
  | 'int'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float32'
  | 'float64'
  | 'complex128'
  | 'func'
  | 'interface'
  | 'map'
  | 'ptr'
  | 'slice'
  | 'string'
  | 'struct';

/** What is known of a Go type: its name as `%T` prints it, its kind, and the type of its elements. */
export interface GoType {
  readonly name: string;
  readonly kind: GoKind;
  /** Of slices and maps. */
  readonly elem?: GoType;
  /** The package-free form that `reflect.Kind` would give a pointer's target; set for pointers only. */
  readonly target?: GoType;
}

const basic = (name: GoKind): GoType => ({ name, kind: name });

/** bool */
export const BOOL: GoType = basic('bool');
/** string */
export const STRING: GoType = basic('string');
/** int */
export const INT: GoType = basic('int');
/** int64 */
export const INT64: GoType = basic('int64');
/** uint8, Go's byte */
export const UINT8: GoType = basic('uint8');
/** uint32 */
export const UINT32: GoType = basic('uint32');
/** uint64 */
export const UINT64: GoType = basic('uint64');
/** float64 */
export const FLOAT64: GoType = basic('float64');
/** complex128 */
export const COMPLEX128: GoType = basic('complex128');
/** interface {} */
export const ANY: GoType = { name: 'interface {}', kind: 'interface' };

/** The type of a slice with these elements. */
export function sliceType(elem: GoType, name = `[]${elem.name}`): GoType {
  return { name, kind: 'slice', elem };
}

/** The type of a map from string to these elements; a name of its own for named types. */
export function mapType(elem: GoType, name = `map[string]${elem.name}`): GoType {
  return { name, kind: 'map', elem };
}

/** A struct type, as `%T` names it (`sprig.certificate`). */
export function structType(name: string): GoType {
  return { name, kind: 'struct' };
}

/** A pointer to a type (`*semver.Version`). */
export function pointerType(target: GoType): GoType {
  return { name: `*${target.name}`, kind: 'ptr', target };
}

/** []interface {} */
export const ANY_SLICE: GoType = sliceType(ANY);
/** map[string]interface {} */
export const ANY_MAP: GoType = mapType(ANY);
/** []string */
export const STRING_SLICE: GoType = sliceType(STRING);
/** []int */
export const INT_SLICE: GoType = sliceType(INT);
/** map[string]string */
export const STRING_MAP: GoType = mapType(STRING);
/** []byte */
export const BYTES: GoType = sliceType(UINT8);
