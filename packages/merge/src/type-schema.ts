import { FluxError, isArray, isObject, own, type JsonValue } from '@flux-ts/base';

/** What a scalar may hold; `untyped` takes any scalar. */
export type ScalarKind = 'numeric' | 'string' | 'boolean' | 'untyped';

/** A reference to a type by name or in place; `elementRelationship` overrules that of the list or map it leads to. */
export interface TypeReference {
  readonly namedType?: string;
  readonly elementRelationship?: 'atomic' | 'associative' | 'separable';
  readonly scalar?: ScalarKind;
  readonly list?: ListDefinition;
  readonly map?: MapDefinition;
}

/** A list: `atomic` is owned as a whole; `associative` is a set, or a map by its `keys`. */
export interface ListDefinition {
  readonly elementType: TypeReference;
  readonly elementRelationship?: 'atomic' | 'associative' | 'separable';
  readonly keys?: readonly string[];
}

/** A map or struct: known `fields`, and the type of all other values where there may be some. */
export interface MapDefinition {
  readonly fields?: readonly FieldDefinition[];
  readonly elementType?: TypeReference;
  readonly elementRelationship?: 'atomic' | 'associative' | 'separable';
}

/** A known field of a map. `default` matters where the field is a list's key. */
export interface FieldDefinition {
  readonly name: string;
  readonly type: TypeReference;
  readonly default?: JsonValue;
}

/** What a type may be: any of the three forms. */
export interface AtomDefinition {
  readonly scalar?: ScalarKind;
  readonly list?: ListDefinition;
  readonly map?: MapDefinition;
}

/** Where named types come from. */
export interface TypeSource {
  /** The definition of a named type; undefined where there is none. */
  resolve(name: string): AtomDefinition | undefined;
}

/** A schema that refers to types it does not have. */
export class SchemaError extends FluxError<'SCHEMA_INVALID'> {}

/** A compiled list type. */
export interface ListType {
  readonly atomic: boolean;
  readonly keys: readonly string[];
  readonly element: TypeSchema;
  /** The defaults of the key fields, undefined where a key has none. */
  readonly keyDefaults: readonly (JsonValue | undefined)[];
}

/** A compiled map type. */
export interface MapType {
  readonly atomic: boolean;
  /** True where nothing is declared and everything is allowed. */
  readonly open: boolean;
  /** The type of a key, undefined where the schema does not declare it. */
  typeOf(key: string): TypeSchema | undefined;
  /** Tells whether the key is a known field. */
  isField(key: string): boolean;
}

/** A type, compiled: its parts are resolved at first use and kept. */
export class TypeSchema {
  /** The type's name, undefined where it was defined in place. */
  readonly name: string | undefined;
  readonly scalar: ScalarKind | undefined;
  readonly list: ListType | undefined;
  readonly map: MapType | undefined;
  /** True for the type of objects without a schema. */
  readonly deduced: boolean;
  /** Values that were found to fit (duplicates allowed): values never change, so they fit for good. */
  readonly fitting: WeakSet<object> = new WeakSet();
  /** Field sets that agree with this type: there is nothing to reconcile. */
  readonly reconciled: WeakSet<object> = new WeakSet();

  constructor(init: {
    name?: string | undefined;
    scalar?: ScalarKind | undefined;
    list?: ListType | undefined;
    map?: MapType | undefined;
    deduced?: boolean;
  }) {
    this.name = init.name;
    this.scalar = init.scalar;
    this.list = init.list;
    this.map = init.map;
    this.deduced = init.deduced ?? false;
  }
}

const COMPILERS = new WeakMap<TypeSource, Compiler>();

/**
 * Compiles a named type. The result is kept with the source, so asking again is cheap.
 * @throws SchemaError where the source has no such type
 */
export function compileType(source: TypeSource, name: string): TypeSchema {
  let compiler = COMPILERS.get(source);
  if (compiler === undefined) {
    compiler = new Compiler(source);
    COMPILERS.set(source, compiler);
  }
  return compiler.named(name);
}

/** Compiles a type that is given in place and may refer to the source's types. */
export function compileReference(source: TypeSource, reference: TypeReference): TypeSchema {
  return new Compiler(source).reference(reference);
}

/** Named types in structured-merge-diff's form (`types: [{name, scalar | list | map}]`), read from YAML or JSON. */
export function typesFromDefinitions(schema: JsonValue): TypeSource {
  const byName = new Map<string, AtomDefinition>();
  const types = isObject(schema) ? own(schema, 'types') : undefined;
  for (const type of isArray(types) ? types : []) {
    if (isObject(type) && typeof type['name'] === 'string') byName.set(type['name'], type as unknown as AtomDefinition);
  }
  return { resolve: (name) => byName.get(name) };
}

class Compiler {
  readonly #source: TypeSource;
  readonly #types = new Map<string, TypeSchema>();

  constructor(source: TypeSource) {
    this.#source = source;
  }

  named(name: string, relationship?: TypeReference['elementRelationship']): TypeSchema {
    const key = relationship === undefined ? name : `${name}\n${relationship}`;
    let type = this.#types.get(key);
    if (type === undefined) {
      const atom = this.#source.resolve(name);
      if (atom === undefined) throw new SchemaError({ code: 'SCHEMA_INVALID', message: `schema error: no type found matching: ${name}` });
      type = this.#atom(atom, name, relationship);
      this.#types.set(key, type);
    }
    return type;
  }

  reference(reference: TypeReference): TypeSchema {
    if (reference.namedType !== undefined) return this.named(reference.namedType, reference.elementRelationship);
    return this.#atom(reference, undefined, reference.elementRelationship);
  }

  #atom(atom: AtomDefinition, name: string | undefined, relationship: TypeReference['elementRelationship']): TypeSchema {
    return new TypeSchema({
      name,
      scalar: atom.scalar,
      list: atom.list === undefined ? undefined : this.#list(atom.list, relationship),
      map: atom.map === undefined ? undefined : this.#map(atom.map, relationship),
    });
  }

  #list(list: ListDefinition, relationship: TypeReference['elementRelationship']): ListType {
    const resolve = (): TypeSchema => this.reference(list.elementType);
    const defaultOf = (key: string): JsonValue | undefined => this.#fieldDefault(list.elementType, key);
    const keys = list.keys ?? [];
    let element: TypeSchema | undefined;
    let defaults: readonly (JsonValue | undefined)[] | undefined;
    return {
      atomic: (relationship ?? list.elementRelationship) !== 'associative',
      keys,
      get element(): TypeSchema {
        return (element ??= resolve());
      },
      get keyDefaults(): readonly (JsonValue | undefined)[] {
        return (defaults ??= keys.map(defaultOf));
      },
    };
  }

  #fieldDefault(reference: TypeReference, key: string): JsonValue | undefined {
    const atom = reference.namedType === undefined ? reference : this.#source.resolve(reference.namedType);
    return atom?.map?.fields?.find((field) => field.name === key)?.default ?? undefined;
  }

  #map(map: MapDefinition, relationship: TypeReference['elementRelationship']): MapType {
    const fields = new Map<string, TypeReference>();
    for (const field of map.fields ?? []) fields.set(field.name, field.type);
    const types = new Map<string, TypeSchema>();
    const elementType = map.elementType;
    let element: TypeSchema | undefined;
    return {
      atomic: (relationship ?? map.elementRelationship) === 'atomic',
      open: fields.size === 0 && isDeduced(elementType),
      typeOf: (key) => {
        const known = types.get(key);
        if (known !== undefined) return known;
        const reference = fields.get(key);
        if (reference === undefined) {
          if (element === undefined && elementType !== undefined && Object.keys(elementType).length > 0)
            element = this.reference(elementType);
          return element;
        }
        const type = this.reference(reference);
        types.set(key, type);
        return type;
      },
      isField: (key) => fields.has(key),
    };
  }
}

/** Tells whether a reference leads to the type of values without a schema. */
function isDeduced(reference: TypeReference | undefined): boolean {
  if (reference === undefined) return false;
  if (reference.namedType !== undefined) return reference.namedType === '__untyped_deduced_';
  return reference.scalar === 'untyped' && reference.list !== undefined && reference.map?.elementType?.namedType === '__untyped_deduced_';
}

function deduced(): TypeSchema {
  const atomic: TypeSchema = new TypeSchema({
    name: '__untyped_atomic_',
    scalar: 'untyped',
    list: {
      atomic: true,
      keys: [],
      keyDefaults: [],
      get element(): TypeSchema {
        return atomic;
      },
    },
    map: { atomic: true, open: true, typeOf: () => atomic, isField: () => false },
    deduced: true,
  });
  const type: TypeSchema = new TypeSchema({
    name: '__untyped_deduced_',
    scalar: 'untyped',
    list: { atomic: true, keys: [], keyDefaults: [], element: atomic },
    map: { atomic: false, open: true, typeOf: () => type, isField: () => false },
    deduced: true,
  });
  return type;
}

/** The type of objects that have no schema: maps are merged, lists and scalars are owned as a whole. */
export const deducedType: TypeSchema = deduced();

/** Gives the forms of a type that a value can take: the one that fits, or all where none does or there is no value. */
export function formOf(type: TypeSchema, value: JsonValue | undefined): 'scalar' | 'list' | 'map' | undefined {
  if (isArray(value)) {
    if (type.list !== undefined) return 'list';
  } else if (isObject(value)) {
    if (type.map !== undefined) return 'map';
  } else if (value !== undefined && value !== null && type.scalar !== undefined) {
    return 'scalar';
  }
  return type.map !== undefined ? 'map' : type.scalar !== undefined ? 'scalar' : type.list !== undefined ? 'list' : undefined;
}
