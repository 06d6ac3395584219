import { fieldOf, isMap, isSeq, textOf, type KObject, type KValue } from './value.ts';
import { DEFINITIONS, KINDS } from './merge-schema.generated.ts';

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

/** A schema out of a Swagger document that the user gave (`openapi.path`). */
class SwaggerSchema implements MergeSchema {
  readonly #definitions: KObject;
  readonly #node: KObject;

  constructor(definitions: KObject, node: KObject) {
    this.#definitions = definitions;
    this.#node = resolveRef(definitions, node);
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
    const type = fieldOf(this.#node, 'type');
    const items = fieldOf(this.#node, 'items');
    return type === 'array' && isMap(items) ? new SwaggerSchema(this.#definitions, items) : undefined;
  }

  field(name: string): MergeSchema | undefined {
    const own = fieldOf(fieldOf(this.#node, 'properties'), name) ?? fieldOf(this.#node, 'additionalProperties');
    return isMap(own) ? new SwaggerSchema(this.#definitions, own) : undefined;
  }
}

function resolveRef(definitions: KObject, node: KObject): KObject {
  let at = node;
  for (let hops = 0; hops < 64; hops++) {
    const ref = textOf(fieldOf(at, '$ref'));
    if (ref === undefined) return at;
    const target = fieldOf(
      definitions,
      ref
        .replace(/^#\/definitions\//, '')
        .replaceAll('~1', '/')
        .replaceAll('~0', '~'),
    );
    if (!isMap(target)) return {};
    at = target;
  }
  return {};
}

/** Reads a Swagger document: its definitions with `x-kubernetes-group-version-kind` become kinds. */
export function swaggerSchemas(document: KValue): MergeSchemas {
  const definitions = fieldOf(document, 'definitions');
  const kinds = new Map<string, KObject>();
  if (isMap(definitions)) {
    for (const node of Object.values(definitions)) {
      const list = fieldOf(node, 'x-kubernetes-group-version-kind');
      if (!isMap(node) || !isSeq(list)) continue;
      for (const gvk of list) {
        const group = textOf(fieldOf(gvk, 'group')) ?? '';
        const version = textOf(fieldOf(gvk, 'version')) ?? '';
        kinds.set(`${group === '' ? '' : `${group}/`}${version}/${textOf(fieldOf(gvk, 'kind')) ?? ''}`, node);
      }
    }
  }
  return {
    kind(apiVersion, kind) {
      const node = kinds.get(`${apiVersion}/${kind}`);
      return node === undefined || !isMap(definitions) ? undefined : new SwaggerSchema(definitions, node);
    },
  };
}

/** Asks several sources, the first that knows a kind answers. */
export function firstSchemas(...sources: readonly MergeSchemas[]): MergeSchemas {
  return {
    kind(apiVersion, kind) {
      for (const source of sources) {
        const found = source.kind(apiVersion, kind);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}
