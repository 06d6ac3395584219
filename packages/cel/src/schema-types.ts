import { getObject, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { escapeName } from './escape.ts';
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, listOf, mapOf, STRING, struct, TIMESTAMP, type CelType } from './types.ts';

const TEXT: JsonObject = { type: 'string' };
const METADATA: JsonObject = { type: 'object', properties: { name: TEXT, generateName: TEXT } };

function isType(schema: JsonValue | undefined, type: string): boolean {
  return isObject(schema) && schema['type'] === type;
}

/** A schema of a whole resource: `apiVersion`, `kind` and the names in `metadata` are known, and nothing else of `metadata`. */
export function withResourceFields(schema: JsonObject): JsonObject {
  const properties = getObject(schema, ['properties']) ?? {};
  const own = getObject(properties, ['metadata', 'properties']) ?? {};
  const complete =
    isType(properties['kind'], 'string') &&
    isType(properties['apiVersion'], 'string') &&
    isType(properties['metadata'], 'object') &&
    isType(own['name'], 'string') &&
    isType(own['generateName'], 'string');
  return complete ? schema : { ...schema, properties: { ...properties, kind: TEXT, apiVersion: TEXT, metadata: METADATA } };
}

/** Tells whether a schema is that of an embedded resource. */
export function isEmbedded(schema: JsonObject): boolean {
  return schema['x-kubernetes-embedded-resource'] === true;
}

function stringType(format: JsonValue | undefined): CelType {
  if (format === 'byte') return BYTES;
  if (format === 'duration') return DURATION;
  return format === 'date' || format === 'date-time' ? TIMESTAMP : STRING;
}

/**
 * Gives the type that rules see for a schema.
 * @param name what the types of objects in it are called in messages
 * @returns `undefined` for schemas without a type: rules do not see them
 * @see apiserver v0.36 pkg/cel/common/schemas.go
 */
export function schemaType(schema: JsonObject, name: string, resourceRoot: boolean): CelType | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) return DYN;
  const whole = resourceRoot ? withResourceFields(schema) : schema;
  switch (whole['type']) {
    case 'array': {
      const items = whole['items'];
      const item = isObject(items) ? schemaType(items, `${name}.@idx`, isEmbedded(items)) : undefined;
      return item === undefined ? undefined : listOf(item);
    }
    case 'object':
      return objectType(whole, name);
    case 'string':
      return stringType(whole['format']);
    case 'boolean':
      return BOOL;
    case 'number':
      return DOUBLE;
    case 'integer':
      return INT;
    default:
      return undefined;
  }
}

function objectType(schema: JsonObject, name: string): CelType | undefined {
  const additional = schema['additionalProperties'];
  if (isObject(additional)) {
    const value = schemaType(additional, `${name}.@elem`, isEmbedded(additional));
    return value === undefined ? undefined : mapOf(STRING, value);
  }
  const fields = new Map<string, CelType>();
  for (const [property, child] of Object.entries(getObject(schema, ['properties']) ?? {})) {
    const escaped = escapeName(property);
    const type = isObject(child) && escaped !== undefined ? schemaType(child, `${name}.${escaped}`, isEmbedded(child)) : undefined;
    if (escaped === undefined || type === undefined) continue;
    fields.set(escaped, type);
    // words of the language that can stand after a dot need no escape
    if (escaped === `__${property}__`) fields.set(property, type);
  }
  return struct(name, fields);
}
