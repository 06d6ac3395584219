import { isArray, isObject, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { RE2JS } from 're2js';
import { fieldPath, forbidden, formatFieldError, invalid, required, type FieldError } from './field-error.ts';
import { SchemaNode } from './node.ts';

/** Where a schema stands: what may be left out depends on it. */
type Place = 'root' | 'item' | 'field';

const JUNCTORS = ['anyOf', 'allOf', 'oneOf'] as const;
const NO_TYPE: Readonly<Record<Place, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};
/** What may stand only in the structure itself, not below `allOf` and the like; and what is said about it. */
const STRUCTURE_ONLY: readonly (readonly [keyword: string, words: string])[] = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
];

function isGiven(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  return !isArray(value) || value.length > 0;
}

/** A field below a path in a schema: "spec.x.properties[name]". */
export function propertyPath(at: string, name: string): string {
  return fieldPath.key(`${at}.properties`, name);
}

function isIntOrString(value: JsonValue | undefined): boolean {
  if (!isArray(value) || value.length !== 2) return false;
  return value.every((branch, i) => {
    if (!isObject(branch)) return false;
    const keys = Object.keys(branch).filter((key) => isGiven(branch[key]));
    return keys.length === 1 && branch['type'] === (i === 0 ? 'integer' : 'string');
  });
}

/** Goes through a schema and notes what keeps it from being structural. */
class FormCheck {
  readonly errors: FieldError[] = [];

  structure(node: SchemaNode, place: Place, at: string): void {
    if (node.type === 'array' && node.items === undefined) this.#add(required(`${at}.items`, 'must be specified'));
    if (node.items !== undefined) this.structure(node.items, 'item', `${at}.items`);
    for (const name of node.propertyNames) this.structure(node.property(name) as SchemaNode, 'field', propertyPath(at, name));
    if (place === 'root' && node.raw['additionalProperties'] !== undefined)
      this.#add(forbidden(`${at}.additionalProperties`, 'must not be used at the root'));
    if (node.additional !== undefined) this.structure(node.additional, 'field', `${at}.additionalProperties`);
    this.#extensions(node, at);
    const firstOfAll = node.branches('allOf')[0];
    this.#values(node, at, { anyOf: isIntOrString(node.raw['anyOf']), firstAllOf: isIntOrString(firstOfAll?.raw['anyOf']) });
    this.#type(node, place, at);
    this.#resourceFields(node, place, at);
  }

  #add(error: FieldError): void {
    this.errors.push(error);
  }

  #extensions(node: SchemaNode, at: string): void {
    if (!node.intOrString) return;
    for (const [set, keyword] of [
      [node.preserveUnknownFields, 'x-kubernetes-preserve-unknown-fields'],
      [node.embeddedResource, 'x-kubernetes-embedded-resource'],
    ] as const)
      if (set) this.#add(invalid(`${at}.${keyword}`, true, 'must be false if x-kubernetes-int-or-string is true'));
  }

  #type(node: SchemaNode, place: Place, at: string): void {
    const { type } = node;
    const words = 'must be object if x-kubernetes-embedded-resource is true';
    if (node.embeddedResource && type !== 'object')
      this.#add(type === '' ? required(`${at}.type`, words) : invalid(`${at}.type`, type, words));
    else if (type === '' && !node.intOrString && !node.preserveUnknownFields) this.#add(required(`${at}.type`, NO_TYPE[place]));
    if (place === 'root' && type !== '' && type !== 'object') this.#add(invalid(`${at}.type`, type, 'must be object at the root'));
    if (!node.embeddedResource) return;
    if (node.raw['additionalProperties'] !== undefined)
      this.#add(forbidden(`${at}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set'));
    if (!node.preserveUnknownFields && node.propertyNames.length === 0) {
      const why = 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
      this.#add(required(`${at}.properties`, why));
    }
  }

  #resourceFields(node: SchemaNode, place: Place, at: string): void {
    if (place !== 'root' && !node.embeddedResource) return;
    for (const name of ['kind', 'apiVersion']) {
      const type = node.property(name)?.type;
      if (type !== undefined && type !== 'string') this.#add(invalid(`${propertyPath(at, name)}.type`, type, 'must be string'));
    }
    const metadata = node.property('metadata');
    if (metadata === undefined) return;
    const metaAt = propertyPath(at, 'metadata');
    if (metadata.type !== 'object') this.#add(invalid(`${metaAt}.type`, metadata.type, 'must be object'));
    if (place !== 'root') return;
    const nameOnly = metadata.propertyNames.every((name) => name === 'name' || name === 'generateName');
    const others = Object.keys(metadata.raw).filter(
      (key) => !['type', 'default', 'properties'].includes(key) && (isGiven(metadata.raw[key]) || key === 'additionalProperties'),
    );
    if (!nameOnly || others.length > 0) {
      const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
      this.#add(forbidden(metaAt, why));
    }
  }

  /** @param skip parts that say "integer or string" and may */
  #values(node: SchemaNode, at: string, skip: { readonly anyOf: boolean; readonly firstAllOf: boolean }): void {
    for (const junctor of JUNCTORS) {
      if (junctor === 'anyOf' && skip.anyOf) continue;
      for (const [i, branch] of node.branches(junctor).entries())
        this.#nested(branch, fieldPath.index(`${at}.${junctor}`, i), junctor === 'allOf' && i === 0 && skip.firstAllOf);
    }
    if (node.negated !== undefined) this.#nested(node.negated, `${at}.not`, false);
    const pattern = node.raw['pattern'];
    if (typeof pattern !== 'string' || pattern === '') return;
    try {
      RE2JS.compile(pattern);
    } catch (error) {
      this.#add(invalid(`${at}.pattern`, pattern, `must be a valid regular expression, but isn't: ${(error as Error).message}`));
    }
  }

  #nested(node: SchemaNode, at: string, skipAnyOf: boolean): void {
    this.#values(node, at, { anyOf: skipAnyOf, firstAllOf: false });
    if (node.items !== undefined) this.#nested(node.items, `${at}.items`, false);
    for (const name of node.propertyNames) this.#nested(node.property(name) as SchemaNode, propertyPath(at, name), false);
    for (const [keyword, words] of STRUCTURE_ONLY)
      if (isGiven(node.raw[keyword]) || (keyword === 'default' && node.default !== undefined))
        this.#add(forbidden(`${at}.${keyword}`, words));
    if (node.property('metadata') !== undefined)
      this.#add(forbidden(propertyPath(at, 'metadata'), 'must not be specified in a nested context'));
  }

  /** Every field that is named below the root's `allOf` and the like has to be in the structure, too; upstream looks only at the root. */
  complete(values: SchemaNode, structure: SchemaNode, at: string, valuesAt: string): void {
    const inner: [SchemaNode, string][] = JUNCTORS.flatMap((junctor) =>
      values.branches(junctor).map((branch, i): [SchemaNode, string] => [branch, fieldPath.index(`${valuesAt}.${junctor}`, i)]),
    );
    if (values.negated !== undefined) inner.push([values.negated, `${valuesAt}.not`]);
    for (const [branch, branchAt] of inner) this.#completeNested(branch, structure, at, branchAt);
  }

  #completeNested(values: SchemaNode, structure: SchemaNode | undefined, at: string, valuesAt: string): void {
    if (structure === undefined) {
      this.#add(required(at, `because it is defined in ${valuesAt}`));
      return;
    }
    this.complete(values, structure, at, valuesAt);
    if (values.items !== undefined) this.#completeNested(values.items, structure.items, `${at}.items`, `${valuesAt}.items`);
    for (const name of values.propertyNames) {
      const field = values.property(name) as SchemaNode;
      this.#completeNested(field, structure.property(name), propertyPath(at, name), propertyPath(valuesAt, name));
    }
  }
}

/** What keeps a schema from being structural, sorted by text. */
export function formErrors(schema: JsonObject, at: string): FieldError[] {
  const check = new FormCheck();
  const root = new SchemaNode(schema);
  check.structure(root, 'root', at);
  check.complete(root, root, at, at);
  const byText = new Map(check.errors.map((error) => [error, formatFieldError(error)]));
  const text = (error: FieldError): string => byText.get(error) as string;
  return check.errors.sort((a, b) => (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0));
}

/** The keywords of a whole schema, from the top, that CustomResourceDefinitions do not know. */
export function unsupportedKeyword(schema: JsonObject): string | undefined {
  for (const key of ['id', '$schema', '$ref', 'patternProperties', 'dependencies', 'additionalItems', 'definitions']) {
    const value = schema[key];
    if (isGiven(value) && !(isObject(value) && sortedKeys(value).length === 0 && key !== 'additionalItems'))
      return `OpenAPIV3Schema '${key === '$schema' ? 'schema' : key}' is not supported`;
  }
  if (isArray(schema['items'])) return "OpenAPIV3Schema 'items' must be a schema, but is an array";
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    return "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
  const below = [schema['items'], schema['additionalProperties'], schema['not'], ...JUNCTORS.flatMap((j) => schema[j] ?? [])];
  const properties = schema['properties'];
  if (isObject(properties)) below.push(...Object.values(properties));
  for (const value of below) {
    const found = isObject(value) ? unsupportedKeyword(value) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
