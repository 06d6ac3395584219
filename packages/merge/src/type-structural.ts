import { getString, isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import {
  compileReference,
  type AtomDefinition,
  type FieldDefinition,
  type ListDefinition,
  type MapDefinition,
  type TypeReference,
  type TypeSchema,
  type TypeSource,
} from './type-schema.ts';

/** How {@link typeFromStructural} reads a schema. */
export interface StructuralOptions {
  /** The schema is of a whole object: apiVersion, kind and metadata are known fields of it. Default true. */
  readonly root?: boolean;
  /** Unknown fields are kept everywhere, as old definitions could ask for. Default false. */
  readonly preserveUnknownFields?: boolean;
}

/**
 * The type of a custom resource from its OpenAPI v3 schema: `x-kubernetes-list-type`, `-list-map-keys`, `-map-type`,
 * `-preserve-unknown-fields`, `-embedded-resource` and the defaults of key fields count.
 */
export function typeFromStructural(schema: JsonObject, options: StructuralOptions = {}): TypeSchema {
  const atom = atomOf(schema, options.preserveUnknownFields ?? false, options.root ?? true);
  return compileReference(SOURCE, atom);
}

const DEDUCED: TypeReference = { namedType: '__untyped_deduced_' };
const ATOMIC: TypeReference = { namedType: '__untyped_atomic_' };
const STRING: TypeReference = { scalar: 'string' };
const UNTYPED: TypeReference = { scalar: 'untyped' };

const fields = (types: Readonly<Record<string, TypeReference>>): FieldDefinition[] =>
  Object.entries(types).map(([name, type]) => ({ name, type }));

const OWNER_REFERENCE: TypeReference = {
  map: {
    fields: fields({
      apiVersion: STRING,
      blockOwnerDeletion: { scalar: 'boolean' },
      controller: { scalar: 'boolean' },
      kind: STRING,
      name: STRING,
      uid: STRING,
    }),
    elementRelationship: 'atomic',
  },
};

const MANAGED_FIELDS_ENTRY: TypeReference = {
  map: {
    fields: fields({
      apiVersion: STRING,
      fieldsType: STRING,
      fieldsV1: DEDUCED,
      manager: STRING,
      operation: STRING,
      subresource: STRING,
      time: UNTYPED,
    }),
  },
};

/** Object metadata, which no custom resource defines for itself. */
const OBJECT_META: AtomDefinition = {
  map: {
    fields: fields({
      annotations: { map: { elementType: STRING } },
      creationTimestamp: UNTYPED,
      deletionGracePeriodSeconds: { scalar: 'numeric' },
      deletionTimestamp: UNTYPED,
      finalizers: { list: { elementType: STRING, elementRelationship: 'associative' } },
      generateName: STRING,
      generation: { scalar: 'numeric' },
      labels: { map: { elementType: STRING } },
      managedFields: { list: { elementType: MANAGED_FIELDS_ENTRY, elementRelationship: 'atomic' } },
      name: STRING,
      namespace: STRING,
      ownerReferences: { list: { elementType: OWNER_REFERENCE, elementRelationship: 'associative', keys: ['uid'] } },
      resourceVersion: STRING,
      selfLink: STRING,
      uid: STRING,
    }),
  },
};

const DEDUCED_ATOM: AtomDefinition = {
  scalar: 'untyped',
  list: { elementType: ATOMIC, elementRelationship: 'atomic' },
  map: { elementType: DEDUCED, elementRelationship: 'separable' },
};
const ATOMIC_ATOM: AtomDefinition = {
  scalar: 'untyped',
  list: { elementType: ATOMIC, elementRelationship: 'atomic' },
  map: { elementType: ATOMIC, elementRelationship: 'atomic' },
};

const META_NAME = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const NAMED: ReadonlyMap<string, AtomDefinition> = new Map([
  ['__untyped_deduced_', DEDUCED_ATOM],
  ['__untyped_atomic_', ATOMIC_ATOM],
  [META_NAME, OBJECT_META],
]);
const SOURCE: TypeSource = { resolve: (name) => NAMED.get(name) };

/** The definitions of the two untyped types and of object metadata, for sources that refer to them. */
export function commonDefinition(name: string): AtomDefinition | undefined {
  return NAMED.get(name);
}

function atomOf(schema: JsonObject, preserve: boolean, resource: boolean): AtomDefinition {
  const keep = preserve || schema['x-kubernetes-preserve-unknown-fields'] === true;
  switch (getString(schema, ['type']) ?? '') {
    case 'object':
      return { map: mapOf(schema, keep, resource || schema['x-kubernetes-embedded-resource'] === true) };
    case 'array':
      return { list: listOf(schema, keep) };
    case 'integer':
    case 'number':
      return { scalar: 'numeric' };
    case 'boolean':
      return { scalar: 'boolean' };
    case 'string':
      return { scalar: ['', 'byte'].includes(getString(schema, ['format']) ?? '') ? 'string' : 'untyped' };
    default:
      return DEDUCED_ATOM;
  }
}

function mapOf(schema: JsonObject, preserve: boolean, resource: boolean): MapDefinition {
  const properties = own(schema, 'properties');
  const known = new Map<string, FieldDefinition>();
  for (const [name, member] of Object.entries(isObject(properties) ? properties : {})) {
    if (!isObject(member)) continue;
    const value = own(member, 'default');
    known.set(name, { name, type: atomOf(member, preserve, false), ...(value === undefined ? {} : { default: value }) });
  }
  if (resource) {
    known.set('apiVersion', { name: 'apiVersion', type: STRING });
    known.set('kind', { name: 'kind', type: STRING });
    known.set('metadata', { name: 'metadata', type: { namedType: META_NAME } });
  }
  const elementType = elementOf(schema, preserve || (known.size === 0 && own(schema, 'additionalProperties') === undefined), preserve);
  return {
    fields: [...known.values()],
    ...(elementType === undefined ? {} : { elementType }),
    elementRelationship: schema['x-kubernetes-map-type'] === 'atomic' ? 'atomic' : 'separable',
  };
}

/** The type of keys that are no known field: undefined where there may be none. */
function elementOf(schema: JsonObject, open: boolean, preserve: boolean): TypeReference | undefined {
  const additional: JsonValue | undefined = own(schema, 'additionalProperties');
  if (isObject(additional)) return atomOf(additional, preserve, false);
  return additional === true || (additional === undefined && open) ? DEDUCED : undefined;
}

function listOf(schema: JsonObject, preserve: boolean): ListDefinition {
  const items = own(schema, 'items');
  const elementType = isObject(items) ? atomOf(items, preserve, false) : DEDUCED;
  const keys = own(schema, 'x-kubernetes-list-map-keys');
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return { elementType, elementRelationship: 'associative' };
    case 'map':
      return { elementType, elementRelationship: 'associative', keys: isArray(keys) ? keys.map(String) : [] };
    default:
      return { elementType, elementRelationship: 'atomic' };
  }
}
