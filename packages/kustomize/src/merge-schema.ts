import { fieldOf, isMap, isSeq, textOf, type KObject, type KValue } from './value.ts';
import { DEFINITIONS, KINDS, NAMES } from './merge-schema.generated.ts';

/** What a strategic merge needs to know of one definition: its fields' schemas and how its list merges. */
export interface MergeSchema {
  /** The schema of a field; undefined where the field is not known. */
  field(name: string): MergeSchema | undefined;
  /** The schema of a list's elements. */
  readonly elements: MergeSchema | undefined;
  /** Whether the list is merged element by element. */
  readonly merges: boolean;
  /** The merge keys; none: the elements are scalars that stand for themselves. */
  readonly keys: readonly string[];
}

/** Finds the schema of a kind. */
export interface MergeSchemas {
  kind(apiVersion: string, kind: string): MergeSchema | undefined;
}

class TableSchema implements MergeSchema {
  readonly #definition: number;
  readonly #shape: string;
  readonly merges: boolean;
  readonly keys: readonly string[];

  constructor(entry: readonly string[]) {
    this.#shape = entry[0] ?? 'o';
    this.#definition = Number(entry[1] ?? -1);
    const strategies = entry.slice(2);
    // `merge,retainKeys` is written as two strategies before the keys
    const words = strategies.filter((s) => s !== 'merge' && s !== 'retainKeys' && s !== 'replace');
    this.merges = strategies.includes('merge') && this.#shape === 'l';
    this.keys = words;
  }

  get elements(): MergeSchema | undefined {
    return this.#shape === 'l' && this.#definition >= 0 ? new TableSchema(['o', String(this.#definition)]) : undefined;
  }

  field(name: string): MergeSchema | undefined {
    if (this.#definition < 0 || this.#shape === 'l') return undefined;
    if (this.#shape === 'm') return new TableSchema(['o', String(this.#definition)]);
    return definitionFields(this.#definition).get(name);
  }
}

const FIELDS: (ReadonlyMap<string, MergeSchema> | undefined)[] = Array.from({ length: DEFINITIONS.length });

function definitionFields(index: number): ReadonlyMap<string, MergeSchema> {
  const known = FIELDS[index];
  if (known !== undefined) return known;
  const fields = new Map<string, MergeSchema>();
  for (const word of (DEFINITIONS[index] ?? '').split(' ')) {
    const colon = word.indexOf(':');
    fields.set(word.slice(0, colon), new TableSchema(word.slice(colon + 1).split(',')));
  }
  FIELDS[index] = fields;
  return fields;
}

const DEFINITION_OF: ReadonlyMap<string, number> = new Map(
  KINDS.flatMap((line) => line.split(' ')).map((word) => {
    const equals = word.indexOf('=');
    return [word.slice(0, equals), Number(word.slice(equals + 1))];
  }),
);

/** The merge keys of Kubernetes 1.21.2, which kustomize carries. */
export const builtinSchemas: MergeSchemas = {
  kind(apiVersion, kind) {
    const index = DEFINITION_OF.get(`${apiVersion}/${kind}`);
    return index === undefined ? undefined : new TableSchema(['o', String(index)]);
  },
};

/** How a schema of the user's own stands to the builtin one: alone, over it, or under it. */
export type SchemaMix = 'alone' | 'over' | 'under';

/** A Swagger document's definitions, and the builtin ones where both count. */
class Definitions {
  readonly #own: KObject;
  readonly #mix: SchemaMix;

  constructor(own: KObject, mix: SchemaMix) {
    this.#own = own;
    this.#mix = mix;
  }

  get(reference: string): KObject | MergeSchema | undefined {
    const name = reference
      .replace(/^#\/definitions\//, '')
      .replaceAll('~1', '/')
      .replaceAll('~0', '~');
    const own = fieldOf(this.#own, name);
    const mine = isMap(own) ? own : undefined;
    if (this.#mix === 'alone') return mine;
    return this.#mix === 'over' ? (mine ?? builtinDefinition(name)) : (builtinDefinition(name) ?? mine);
  }
}

function builtinDefinition(name: string): MergeSchema | undefined {
  const index = NAMES.flatMap((line) => line.split(' ')).indexOf(name);
  return index < 0 ? undefined : new TableSchema(['o', String(index)]);
}

/** The schema of a node of a Swagger document, references followed; the node's own list rules stay with it. */
function schemaOf(definitions: Definitions, node: KObject): MergeSchema | undefined {
  let at = node;
  for (let hops = 0; hops < 64; hops++) {
    const reference = textOf(fieldOf(at, '$ref'));
    if (reference === undefined) return new SwaggerSchema(definitions, at);
    const target = definitions.get(reference);
    if (target === undefined) return undefined;
    if ('merges' in target && typeof target.merges === 'boolean') return target as MergeSchema;
    at = target as KObject;
  }
  return undefined;
}

/** A schema out of a Swagger document that the user gave (`openapi.path`). */
class SwaggerSchema implements MergeSchema {
  readonly #definitions: Definitions;
  readonly #node: KObject;

  constructor(definitions: Definitions, node: KObject) {
    this.#definitions = definitions;
    this.#node = node;
  }

  get merges(): boolean {
    return (textOf(fieldOf(this.#node, 'x-kubernetes-patch-strategy')) ?? '').split(',').includes('merge');
  }

  get keys(): readonly string[] {
    if (textOf(fieldOf(this.#node, 'x-kubernetes-patch-strategy')) === undefined) return [];
    const list = fieldOf(this.#node, 'x-kubernetes-list-map-keys');
    if (isSeq(list)) return list.map((k) => textOf(k) ?? '');
    const key = textOf(fieldOf(this.#node, 'x-kubernetes-patch-merge-key'));
    return key === undefined ? [] : [key];
  }

  get elements(): MergeSchema | undefined {
    const items = fieldOf(this.#node, 'items');
    return fieldOf(this.#node, 'type') === 'array' && isMap(items) ? schemaOf(this.#definitions, items) : undefined;
  }

  field(name: string): MergeSchema | undefined {
    const own = fieldOf(fieldOf(this.#node, 'properties'), name) ?? fieldOf(this.#node, 'additionalProperties');
    return isMap(own) ? schemaOf(this.#definitions, own) : undefined;
  }
}

/** Reads a Swagger document: its definitions with `x-kubernetes-group-version-kind` become kinds. */
export function swaggerSchemas(document: KValue, mix: SchemaMix): MergeSchemas {
  const own = fieldOf(document, 'definitions');
  const kinds = new Map<string, KObject>();
  if (isMap(own)) {
    for (const node of Object.values(own)) {
      const list = fieldOf(node, 'x-kubernetes-group-version-kind');
      if (!isMap(node) || !isSeq(list)) continue;
      for (const gvk of list) {
        const group = textOf(fieldOf(gvk, 'group')) ?? '';
        const version = textOf(fieldOf(gvk, 'version')) ?? '';
        kinds.set(`${group === '' ? '' : `${group}/`}${version}/${textOf(fieldOf(gvk, 'kind')) ?? ''}`, node);
      }
    }
  }
  const definitions = new Definitions(isMap(own) ? own : {}, mix);
  return {
    kind(apiVersion, kind) {
      const node = kinds.get(`${apiVersion}/${kind}`);
      const mine = node === undefined ? undefined : new SwaggerSchema(definitions, node);
      if (mix === 'alone') return mine;
      const builtin = builtinSchemas.kind(apiVersion, kind);
      return mix === 'over' ? (mine ?? builtin) : (builtin ?? mine);
    },
  };
}
