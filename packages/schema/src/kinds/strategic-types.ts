import type { FieldInfo, TypeInfo, TypeTable } from './type-table.ts';
import { SPECIAL_TYPES } from './special-types.ts';

/** What a strategic merge patch needs to know of a struct. */
export interface StrategicTypes {
  /** The struct's name, for messages. */
  readonly name: string;
  /** The facts of a field; undefined where the struct does not have it. */
  field(name: string): StrategicField | undefined;
}

/** What a strategic merge patch needs to know of a field. */
export interface StrategicField {
  readonly strategies: readonly string[];
  readonly mergeKey: string;
  readonly kind: 'struct' | 'list' | 'map' | 'scalar';
  /** The struct that the field, or the elements of its list or map, hold. */
  readonly schema: StrategicTypes | undefined;
}

/** The strategic merge facts of a type. */
export function strategicTypes(table: TypeTable, type: TypeInfo): StrategicTypes {
  const fields = new Map<string, StrategicField>();
  return {
    name: type.name.slice(type.name.lastIndexOf('.') + 1),
    field: (name) => {
      const known = fields.get(name);
      if (known !== undefined) return known;
      const info = type.byName.get(name);
      if (info === undefined) return type.hasTypeMeta && (name === 'apiVersion' || name === 'kind') ? SCALAR : undefined;
      const field = strategicField(table, info);
      fields.set(name, field);
      return field;
    },
  };
}

const SCALAR: StrategicField = { strategies: [], mergeKey: '', kind: 'scalar', schema: undefined };

function strategicField(table: TypeTable, field: FieldInfo): StrategicField {
  const { type, strategies, mergeKey } = field;
  const struct = (name: string): StrategicTypes | undefined => {
    if (SPECIAL_TYPES.has(name)) return undefined;
    const found = table.get(name);
    return found.wrapper === undefined ? strategicTypes(table, found) : undefined;
  };
  if (type.kind === 'list')
    return { strategies, mergeKey, kind: 'list', schema: type.element.kind === 'message' ? struct(type.element.name) : undefined };
  if (type.kind === 'map')
    return { strategies, mergeKey, kind: 'map', schema: type.element.kind === 'message' ? struct(type.element.name) : undefined };
  if (type.kind !== 'message') return { ...SCALAR, strategies, mergeKey };
  const schema = struct(type.name);
  const wrapped = schema === undefined && !SPECIAL_TYPES.has(type.name);
  return { strategies, mergeKey, kind: schema !== undefined ? 'struct' : wrapped ? 'list' : 'scalar', schema };
}
