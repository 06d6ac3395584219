import type { JsonObject, JsonValue } from '@flux-ts/base';

/** The type of a field, as it is written down once; schemas, TypeScript types and documentation are made from it. */
export interface Shape {
  /** The OpenAPI v3 keywords of this node alone: without properties, items and words. */
  readonly keywords: JsonObject;
  readonly fields?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly values?: Shape;
  /** The name of the TypeScript type, for shapes that have one. */
  readonly typeName?: string;
}

/** A rule of `x-kubernetes-validations`. */
export interface Rule extends JsonObject {
  readonly rule: string;
  readonly message: string;
}

/** A text. */
export function string(keywords: JsonObject = {}): Shape {
  return { keywords: { type: 'string', ...keywords } };
}

/** One of a few texts. */
export function oneOf(values: readonly string[], keywords: JsonObject = {}): Shape {
  return string({ enum: values, ...keywords });
}

/** A point in time. */
export function time(): Shape {
  return string({ format: 'date-time' });
}

/** A span of time; without years, days or anything below a millisecond. */
export function duration(keywords: JsonObject = {}): Shape {
  return string({ pattern: String.raw`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`, ...keywords });
}

/** A span of time in minutes at most. */
export function shortDuration(keywords: JsonObject = {}): Shape {
  return string({ pattern: String.raw`^([0-9]+(\.[0-9]+)?(ms|s|m))+$`, ...keywords });
}

/** A whole number. */
export function integer(keywords: JsonObject = {}): Shape {
  return { keywords: { type: 'integer', ...keywords } };
}

/** A whole number of 64 bits. */
export function int64(keywords: JsonObject = {}): Shape {
  return integer({ format: 'int64', ...keywords });
}

/** True or false. */
export function boolean(keywords: JsonObject = {}): Shape {
  return { keywords: { type: 'boolean', ...keywords } };
}

/** A list. */
export function list(items: Shape, keywords: JsonObject = {}): Shape {
  return { keywords: { type: 'array', ...keywords }, items };
}

/** Names with values of one type. */
export function map(values: Shape, keywords: JsonObject = {}): Shape {
  return { keywords: { type: 'object', ...keywords }, values };
}

/** Any JSON value; what is in it is kept. */
export function anything(): Shape {
  return { keywords: { 'x-kubernetes-preserve-unknown-fields': true } };
}

/** Fields; a name that ends in `!` is required. */
export function object(fields: Readonly<Record<string, Shape>>, keywords: JsonObject = {}): Shape {
  const named: Record<string, Shape> = {};
  const required: string[] = [];
  for (const [key, shape] of Object.entries(fields)) {
    const name = key.replace(/!$/, '');
    if (name !== key) required.push(name);
    named[name] = shape;
  }
  return { keywords: { type: 'object', ...keywords }, fields: named, ...(required.length === 0 ? {} : { required: required.sort() }) };
}

/** The same shape with a name for its TypeScript type. */
export function named(typeName: string, shape: Shape): Shape {
  return { ...shape, typeName };
}

/** The same shape with more keywords, such as a default. */
export function withKeywords(shape: Shape, keywords: JsonObject): Shape {
  return { ...shape, keywords: { ...shape.keywords, ...keywords } };
}

/** Rules, as pairs of expression and message. */
export function rules(...pairs: readonly (readonly [rule: string, message: string])[]): {
  readonly 'x-kubernetes-validations': readonly Rule[];
} {
  return { 'x-kubernetes-validations': pairs.map(([rule, message]) => ({ message, rule })) };
}

/** Gives the words for a field by its path. */
export type DocSource = (path: readonly string[]) => string | undefined;

/** Makes the OpenAPI v3 schema of a shape, with words where there are any. */
export function toSchema(shape: Shape, docs: DocSource, path: readonly string[] = []): JsonObject {
  const out: Record<string, JsonValue> = {};
  const words = docs(path);
  if (words !== undefined) out['description'] = words;
  Object.assign(out, shape.keywords);
  if (shape.fields !== undefined) {
    const properties: Record<string, JsonValue> = {};
    for (const name of Object.keys(shape.fields).sort()) properties[name] = toSchema(shape.fields[name] as Shape, docs, [...path, name]);
    out['properties'] = properties;
  }
  if (shape.required !== undefined) out['required'] = shape.required;
  if (shape.items !== undefined) out['items'] = toSchema(shape.items, docs, [...path, '[]']);
  if (shape.values !== undefined) out['additionalProperties'] = toSchema(shape.values, docs, [...path, '{}']);
  return out;
}
