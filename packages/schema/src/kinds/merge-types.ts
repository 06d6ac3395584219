import type { FieldInfo, FieldType, TypeInfo, TypeTable } from './type-table.ts';

/** A reference to a type, in structured-merge-diff's form. */
export interface MergeTypeReference extends MergeAtom {
  readonly namedType?: string;
  readonly elementRelationship?: 'atomic' | 'associative' | 'separable';
}

/** What a type may be, in structured-merge-diff's form. */
export interface MergeAtom {
  readonly scalar?: 'numeric' | 'string' | 'boolean' | 'untyped';
  readonly list?: {
    readonly elementType: MergeTypeReference;
    readonly elementRelationship: 'atomic' | 'associative';
    readonly keys?: readonly string[];
  };
  readonly map?: {
    readonly fields?: readonly { readonly name: string; readonly type: MergeTypeReference; readonly default?: string | number | boolean }[];
    readonly elementType?: MergeTypeReference;
    readonly elementRelationship?: 'atomic' | 'separable';
  };
}

const DEDUCED: MergeTypeReference = { namedType: '__untyped_deduced_' };
const ATOMIC: MergeTypeReference = { namedType: '__untyped_atomic_' };
const DEDUCED_ATOM: MergeAtom = {
  scalar: 'untyped',
  list: { elementType: ATOMIC, elementRelationship: 'atomic' },
  map: { elementType: DEDUCED, elementRelationship: 'separable' },
};
const ATOMIC_ATOM: MergeAtom = {
  scalar: 'untyped',
  list: { elementType: ATOMIC, elementRelationship: 'atomic' },
  map: { elementType: ATOMIC, elementRelationship: 'atomic' },
};
const UNTYPED: MergeAtom = { scalar: 'untyped' };
const FREE_MAP: MergeAtom = { map: { elementType: DEDUCED } };

/** What lies in a field of this type is owned as a whole. */
const RAW = 'io.k8s.apimachinery.pkg.runtime.RawExtension';
const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const SPECIAL: ReadonlyMap<string, MergeAtom> = new Map([
  ['__untyped_deduced_', DEDUCED_ATOM],
  ['__untyped_atomic_', ATOMIC_ATOM],
  [`${META}.Time`, UNTYPED],
  [`${META}.MicroTime`, UNTYPED],
  [`${META}.Duration`, { scalar: 'string' }],
  [`${META}.FieldsV1`, FREE_MAP],
  [RAW, FREE_MAP],
  ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', UNTYPED],
  ['io.k8s.apimachinery.pkg.api.resource.Quantity', UNTYPED],
]);

/** The types of built-in kinds for server-side apply, by OpenAPI name. */
export class MergeTypes {
  readonly #table: TypeTable;

  constructor(table: TypeTable) {
    this.#table = table;
  }

  /** The definition of a type; undefined where there is none. */
  resolve(name: string): MergeAtom | undefined {
    const special = SPECIAL.get(name);
    if (special !== undefined) return special;
    if (/\.apiextensions\.v1(beta1)?\.JSON(SchemaPropsOr\w+)?$/.test(name)) return DEDUCED_ATOM;
    const type = this.#table.find(name);
    return type === undefined ? undefined : atomOf(type);
  }
}

function atomOf(type: TypeInfo): MergeAtom {
  if (type.wrapper !== undefined) return { list: { elementType: referenceTo(type.wrapper), elementRelationship: 'atomic' } };
  const fields = type.fields
    .filter((field) => !field.hidden)
    .map((field) => {
      const value = defaultOf(field);
      return { name: field.name, type: fieldReference(field), ...(value === undefined ? {} : { default: value }) };
    });
  if (type.hasTypeMeta) for (const name of ['apiVersion', 'kind']) fields.push({ name, type: { scalar: 'string' } });
  // a struct without fields is an object that may hold anything
  if (fields.length === 0) return FREE_MAP;
  return { map: { fields, ...(type.atomic ? { elementRelationship: 'atomic' } : {}) } };
}

/** The schema's default: the given one, or the zero value of a scalar that Go always has. */
function defaultOf(field: FieldInfo): string | number | boolean | undefined {
  if (typeof field.default === 'string' || typeof field.default === 'number' || typeof field.default === 'boolean') return field.default;
  if (field.omitEmpty || field.pointer) return undefined;
  switch (field.type.kind) {
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'double':
      return 0;
    default:
      return undefined;
  }
}

function fieldReference(field: FieldInfo): MergeTypeReference {
  const { type } = field;
  if (type.kind === 'list') {
    const elementType = referenceTo(type.element);
    if (field.list === 's') return { list: { elementType, elementRelationship: 'associative' } };
    if (field.list === 'm') return { list: { elementType, elementRelationship: 'associative', keys: field.listKeys } };
    if (field.list === undefined && field.strategies.includes('merge')) {
      return { list: { elementType, elementRelationship: 'associative', ...(field.mergeKey === '' ? {} : { keys: [field.mergeKey] }) } };
    }
    return { list: { elementType, elementRelationship: 'atomic' } };
  }
  if (field.list === 'g' && type.kind === 'message') return { ...referenceTo(type), elementRelationship: 'separable' };
  if (field.list !== 'a') return referenceTo(type);
  if (type.kind === 'map') return { map: { elementType: referenceTo(type.element), elementRelationship: 'atomic' } };
  return { ...referenceTo(type), elementRelationship: 'atomic' };
}

function referenceTo(type: FieldType): MergeTypeReference {
  switch (type.kind) {
    case 'message':
      return type.name === RAW ? ATOMIC : { namedType: type.name };
    case 'list':
      return { list: { elementType: referenceTo(type.element), elementRelationship: 'atomic' } };
    case 'map':
      return { map: { elementType: referenceTo(type.element) } };
    case 'bool':
      return { scalar: 'boolean' };
    case 'string':
    case 'bytes':
      return { scalar: 'string' };
    default:
      return { scalar: 'numeric' };
  }
}
