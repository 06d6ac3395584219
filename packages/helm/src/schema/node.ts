import { isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { valuesError } from '../errors.ts';

/** A draft of JSON Schema; the year for the newer two. */
export type Draft = 4 | 6 | 7 | 2019 | 2020;

/** A schema, or a part of one, that a value can be checked against. */
export interface SchemaNode {
  readonly value: JsonValue;
  readonly draft: Draft;
  /** The resource (root or `$id`) that the node belongs to. */
  readonly resource: SchemaResource;
}

/** A part of a schema document with an identity of its own. */
export interface SchemaResource {
  readonly url: string;
  readonly draft: Draft;
  readonly root: JsonValue;
  readonly anchors: ReadonlyMap<string, JsonValue>;
  readonly dynamicAnchors: ReadonlyMap<string, JsonValue>;
}

const LISTS: readonly string[] = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'];
const MAPS: readonly string[] = ['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas', 'dependencies'];
const SINGLE: readonly string[] = [
  'not',
  'additionalProperties',
  'items',
  'additionalItems',
  'propertyNames',
  'contains',
  'if',
  'then',
  'else',
  'unevaluatedProperties',
  'unevaluatedItems',
];

/** What only a schema with names of its own has in its text; a property that is called `id` is none. */
const NAMES = /"(?:\$?id|\$anchor|\$dynamicAnchor)"\s*:\s*"|"\$recursiveAnchor"/;

/** The schemas directly below one. */
function children(schema: JsonObject): JsonValue[] {
  const out: JsonValue[] = [];
  for (const key of LISTS) {
    const value = own(schema, key);
    if (isArray(value)) out.push(...value);
  }
  for (const key of MAPS) {
    const value = own(schema, key);
    if (isObject(value)) out.push(...Object.values(value));
  }
  for (const key of SINGLE) {
    const value = own(schema, key);
    if (isObject(value)) out.push(value);
  }
  return out;
}

function draftOf(schema: JsonValue, inherited: Draft): Draft {
  const name = isObject(schema) ? own(schema, '$schema') : undefined;
  if (typeof name !== 'string') return inherited;
  const url = name.replace(/^http:/, 'https:').replace(/#\/?$/, '');
  const known: Readonly<Record<string, Draft>> = {
    'https://json-schema.org/schema': 2020,
    'https://json-schema.org/draft/2020-12/schema': 2020,
    'https://json-schema.org/draft/2019-09/schema': 2019,
    'https://json-schema.org/draft-07/schema': 7,
    'https://json-schema.org/draft-06/schema': 6,
    'https://json-schema.org/draft-04/schema': 4,
  };
  const draft = known[url];
  if (draft === undefined) {
    throw valuesError('VALUES_SCHEMA', `failing loading ${JSON.stringify(name)}: schemas are not fetched, and this dialect is not known`);
  }
  return draft;
}

interface Draftable {
  url: string;
  draft: Draft;
  root: JsonValue;
  anchors: Map<string, JsonValue>;
  dynamicAnchors: Map<string, JsonValue>;
}

/** A schema document: finds what references name. Nothing outside the document is ever read. */
export class SchemaDocument {
  readonly #resources = new Map<string, Draftable>();
  readonly #nodes = new WeakMap<object, SchemaNode>();
  readonly root: SchemaNode;
  /** Whether `unevaluatedProperties` or `unevaluatedItems` occur anywhere. */
  readonly tracksEvaluation: boolean;

  constructor(schema: JsonValue, text: string) {
    this.tracksEvaluation = text.includes('"unevaluated');
    const resource = this.#add('file:///values.schema.json', schema, draftOf(schema, 2020));
    this.root = { value: schema, draft: resource.draft, resource };
    if (NAMES.test(text)) this.#index(schema, resource, new Set());
  }

  #add(url: string, root: JsonValue, draft: Draft): Draftable {
    const resource = { url, draft, root, anchors: new Map<string, JsonValue>(), dynamicAnchors: new Map<string, JsonValue>() };
    this.#resources.set(url, resource);
    return resource;
  }

  #index(schema: JsonValue, outer: Draftable, seen: Set<JsonValue>): void {
    if (!isObject(schema) || seen.has(schema)) return;
    seen.add(schema);
    let resource = outer;
    const isRef = outer.draft < 2019 && Object.hasOwn(schema, '$ref');
    const id = isRef ? undefined : own(schema, outer.draft === 4 ? 'id' : '$id');
    if (typeof id === 'string' && id !== '') {
      const [path, fragment] = id.split('#', 2) as [string, string | undefined];
      if (path !== '') {
        const url = join(outer.url, path);
        if (schema === outer.root) {
          this.#resources.set(url, outer);
          outer.url = url;
        } else resource = this.#add(url, schema, draftOf(schema, outer.draft));
      }
      if (fragment !== undefined && fragment !== '' && outer.draft < 2019) resource.anchors.set(fragment, schema);
    }
    for (const key of ['$anchor', '$dynamicAnchor']) {
      const anchor = own(schema, key);
      if (typeof anchor !== 'string' || resource.draft < 2019) continue;
      resource.anchors.set(anchor, schema);
      if (key === '$dynamicAnchor') resource.dynamicAnchors.set(anchor, schema);
    }
    if (resource !== outer || schema === resource.root) this.#nodes.set(schema, { value: schema, draft: resource.draft, resource });
    for (const child of children(schema)) this.#index(child, resource, seen);
  }

  /** The node of a schema that stands inside another. */
  node(value: JsonValue, parent: SchemaNode): SchemaNode {
    if (typeof value !== 'object' || value === null) return { value, draft: parent.draft, resource: parent.resource };
    let node = this.#nodes.get(value);
    if (node === undefined) {
      node = { value, draft: parent.draft, resource: parent.resource };
      this.#nodes.set(value, node);
    }
    return node;
  }

  /**
   * What a `$ref` names.
   * @throws ValuesError VALUES_SCHEMA where it leads out of the document (nothing is fetched) or nowhere
   */
  resolve(ref: string, from: SchemaNode): SchemaNode {
    const hash = ref.indexOf('#');
    const path = hash < 0 ? ref : ref.slice(0, hash);
    const fragment = hash < 0 ? '' : decodeURIComponent(ref.slice(hash + 1));
    const url = path === '' ? from.resource.url : join(from.resource.url, path);
    const resource = this.#resources.get(url);
    if (resource === undefined) {
      // unresolved names are let pass, as upstream does; so are the dialects' own schemas
      if (url.startsWith('urn:') || /^https?:\/\/json-schema\.org\//.test(url))
        return { value: true, draft: from.draft, resource: from.resource };
      throw valuesError('VALUES_SCHEMA', `failing loading ${JSON.stringify(url)}: references to other documents are not followed`);
    }
    const base: SchemaNode = { value: resource.root, draft: resource.draft, resource };
    if (fragment === '') return this.node(resource.root, base);
    const target = fragment.startsWith('/') ? pointer(resource.root, fragment) : resource.anchors.get(fragment);
    if (target === undefined) {
      const what = fragment.startsWith('/') ? 'json-pointer in' : 'anchor in';
      throw valuesError('VALUES_SCHEMA', `${what} ${JSON.stringify(`${url}#${fragment}`)} not found`);
    }
    return this.node(target, base);
  }
}

function join(base: string, ref: string): string {
  try {
    return new URL(ref, base).href.replace(/#$/, '');
  } catch {
    return ref;
  }
}

function pointer(root: JsonValue, path: string): JsonValue | undefined {
  let at: JsonValue | undefined = root;
  for (const token of path.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isArray(at)) at = at[Number(key)];
    else at = isObject(at) ? own(at, key) : undefined;
  }
  return at;
}
