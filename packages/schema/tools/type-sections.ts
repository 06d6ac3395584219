/** Upstream's tables, as they are read. */
export interface Tables {
  readonly protobuf: {
    readonly messages: Readonly<Record<string, Readonly<Record<string, readonly [string, string, string?, string?]>>>>;
    readonly goFields: Readonly<
      Record<string, Readonly<Record<string, readonly [string, string, (string | null)?, (string | null)?, (string | null)?]>>>
    >;
  };
  readonly swagger: Swagger;
  readonly lists: readonly (readonly [string, string, string, readonly string[] | null, string])[];
  readonly defaults: readonly (readonly [string, string, unknown])[];
  /** The schema of server-side apply, for defaults that are zero values. */
  readonly mergeSchema: {
    readonly types: readonly {
      readonly name: string;
      readonly map?: { readonly fields?: readonly { readonly name: string; readonly default?: unknown }[] };
    }[];
  };
}

/** What of a Swagger 2.0 document is used. */
export interface Swagger {
  readonly definitions: Readonly<Record<string, Schema>>;
  readonly paths: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A schema of a Swagger 2.0 document. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
}

type Row = (string | number | null)[];
interface Type {
  /** Rows of [JSON name, protobuf number, type, flags, list, strategy, merge key, default as JSON]. */
  f: Row[];
  /** The map is atomic. */
  a?: 1;
  /** A list that stands for itself: the type of its elements. */
  w?: string;
  /** Objects of the type carry apiVersion and kind. */
  k?: 1;
}

const SCALARS: Readonly<Record<string, string>> = { string: 's', bool: 'b', int32: 'i', int64: 'l', double: 'd', bytes: 'y' };

/** The OpenAPI name of a protobuf message. */
function openName(message: string): string {
  return message
    .replace(/^k8s\.io\.api\./, 'io.k8s.api.')
    .replace(/^k8s\.io\.apimachinery\./, 'io.k8s.apimachinery.')
    .replace(/^k8s\.io\.apiextensions_apiserver\./, 'io.k8s.apiextensions-apiserver.');
}

/** Splits a type's name into package and short name. */
export function splitName(name: string): [string, string] {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
}

/** All types by package; each package is a JSON text of its own, so that it is only read when a kind needs it. */
export function typeSections(tables: Tables): Record<string, string> {
  const sections = new Map<string, Record<string, Type>>();
  const put = (name: string, type: Type): void => {
    const [pkg, short] = splitName(name);
    const section = sections.get(pkg) ?? {};
    sections.set(pkg, section);
    section[short] = type;
  };
  for (const message of Object.keys(tables.protobuf.messages)) put(openName(message), fromMessage(message, tables));
  for (const name of Object.keys(tables.swagger.definitions)) {
    const [pkg, short] = splitName(name);
    if (sections.get(pkg)?.[short] === undefined) put(name, fromSchema(name, tables));
  }
  return Object.fromEntries([...sections].sort(([a], [b]) => (a < b ? -1 : 1)).map(([pkg, types]) => [pkg, JSON.stringify(types)]));
}

interface Facts {
  readonly lists: Map<string, readonly [string, readonly string[] | null]>;
  readonly defaults: Map<string, unknown>;
}

const FACTS = new WeakMap<Tables, Facts>();

function factsOf(tables: Tables): Facts {
  let facts = FACTS.get(tables);
  if (facts === undefined) {
    facts = {
      lists: new Map(tables.lists.map(([name, path, kind, keys]) => [`${name}/${path}`, [kind, keys]])),
      defaults: new Map([
        ...zeroDefaults(tables),
        ...tables.defaults.map(([name, path, value]): [string, unknown] => [`${name}/${path}`, value]),
      ]),
    };
    FACTS.set(tables, facts);
  }
  return facts;
}

/** Defaults that are zero values; those of structs say nothing. */
function zeroDefaults(tables: Tables): [string, unknown][] {
  return tables.mergeSchema.types.flatMap(({ name, map }) =>
    (map?.fields ?? [])
      .filter((field) => field.default !== undefined && typeof field.default !== 'object')
      .map((field): [string, unknown] => [`${name}/${field.name}`, field.default]),
  );
}

function listText(facts: Facts, name: string, field: string): string | null {
  const found = facts.lists.get(`${name}/${field}`);
  if (found === undefined) return null;
  const [kind, keys] = found;
  return kind === 'map' ? `m${(keys ?? []).join(',')}` : kind === 'set' ? 's' : kind === 'atomic' ? 'a' : kind === 'granular' ? 'g' : null;
}

function trim(row: Row): Row {
  while (row.length > 4 && row.at(-1) === null) row.pop();
  return row;
}

const OUTER = new WeakMap<Tables, Map<string, string>>();

/** The type whose schema has a message's fields: its own, or the one that inlines it. */
function schemaName(message: string, tables: Tables): string {
  const own = openName(message);
  if (Object.hasOwn(tables.swagger.definitions, own)) return own;
  let outer = OUTER.get(tables);
  if (outer === undefined) {
    outer = new Map();
    for (const [parent, fields] of Object.entries(tables.protobuf.goFields)) {
      for (const [number, [json, flags]] of Object.entries(fields)) {
        const type = tables.protobuf.messages[parent]?.[number]?.[1];
        if (json === '' && flags.includes('i') && type !== undefined && !outer.has(type)) outer.set(type, openName(parent));
      }
    }
    OUTER.set(tables, outer);
  }
  return outer.get(message) ?? own;
}

function fromMessage(message: string, tables: Tables): Type {
  const name = schemaName(message, tables);
  const [pkg] = splitName(openName(message));
  const facts = factsOf(tables);
  const fields = tables.protobuf.messages[message] ?? {};
  const go = tables.protobuf.goFields[message];
  const properties = tables.swagger.definitions[name]?.properties;
  const typeText = (type: string): string => {
    const scalar = SCALARS[type];
    if (scalar !== undefined) return scalar;
    const [target, short] = splitName(openName(type));
    return target === pkg ? `.${short}` : `${target}.${short}`;
  };
  const required = new Set(tables.swagger.definitions[name]?.required);
  const rows: Row[] = [];
  for (const [number, [protoName, type, shape]] of Object.entries(fields)) {
    const [json, flags, , strategy, mergeKey] = go?.[number] ?? [protoName, required.has(protoName) ? '' : 'o'];
    if (json === '-') continue;
    const inline = flags.includes('i') && json === '';
    const hidden = properties !== undefined && !inline && !Object.hasOwn(properties, json);
    const prefix = shape === 'repeated' ? '[]' : shape === 'map' ? '{}' : '';
    const value = defaultOf(facts, `${name}/${json}`, flags);
    rows.push(
      trim([
        json,
        Number(number),
        prefix + typeText(type),
        flags.replace(/[sm]/g, '') + (hidden ? 'h' : ''),
        listText(facts, name, json),
        strategy ?? properties?.[json]?.['x-kubernetes-patch-strategy'] ?? null,
        mergeKey ?? properties?.[json]?.['x-kubernetes-patch-merge-key'] ?? null,
        value === undefined ? null : JSON.stringify(value),
      ]),
    );
  }
  // fields that have got another name since
  const known = new Set([...rows.map(([json]) => json), ...inlined(message, tables)]);
  for (const [json, property] of Object.entries(name === openName(message) ? (properties ?? {}) : {})) {
    if (json !== 'apiVersion' && json !== 'kind' && !known.has(json)) {
      rows.push(schemaRow(name, json, { property, tables }));
    }
  }
  const out: Type = { f: rows };
  if (facts.lists.get(`${name}/`)?.[0] === 'atomic') out.a = 1;
  const hasMeta =
    properties === undefined
      ? known.has('metadata') && !/Template(Spec)?$/.test(name)
      : Object.hasOwn(properties, 'apiVersion') && Object.hasOwn(properties, 'kind');
  if (hasMeta && !known.has('apiVersion')) out.k = 1;
  const [only] = rows;
  if (go === undefined && rows.length === 1 && only?.[0] === 'items') out.w = String(only[2]).slice(2);
  return out;
}

/** The JSON names of fields that belong to inlined structs. */
function inlined(message: string, tables: Tables): string[] {
  return Object.entries(tables.protobuf.messages[message] ?? {}).flatMap(([number, [, type]]) => {
    const go = tables.protobuf.goFields[message]?.[number];
    if (go === undefined || go[0] !== '' || !go[1].includes('i')) return [];
    return [...Object.values(tables.protobuf.goFields[type] ?? {}).map(([json]) => json), ...inlined(type, tables)];
  });
}

/** A default that matters: what is zero anyway says nothing, unless the field may be absent. */
function defaultOf(facts: Facts, key: string, flags: string): unknown {
  const value = facts.defaults.get(key);
  const zero = value === '' || value === 0 || value === false;
  return zero && !flags.includes('o') && !flags.includes('p') ? undefined : value;
}

/** A field of which only the OpenAPI schema is known. */
function schemaRow(name: string, json: string, { property, tables }: { readonly property: Schema; readonly tables: Tables }): Row {
  const facts = factsOf(tables);
  const [pkg] = splitName(name);
  const typeText = (of: Schema): string => {
    if (of.$ref !== undefined) {
      const [target, short] = splitName(of.$ref.slice('#/definitions/'.length));
      return target === pkg ? `.${short}` : `${target}.${short}`;
    }
    if (of.items !== undefined) return `[]${typeText(of.items)}`;
    if (of.additionalProperties !== undefined) return `{}${typeText(of.additionalProperties)}`;
    if (of.type === 'integer') return of.format === 'int64' ? 'l' : 'i';
    if (of.type === 'number') return 'd';
    if (of.type === 'boolean') return 'b';
    return of.format === 'byte' ? 'y' : 's';
  };
  // without Go's own facts: structs called metadata, spec and status are values, others may be absent
  const struct = property.$ref !== undefined && !['metadata', 'spec', 'status'].includes(json);
  const flags = tables.swagger.definitions[name]?.required?.includes(json) === true ? '' : struct ? 'op' : 'o';
  const value = defaultOf(facts, `${name}/${json}`, flags);
  return trim([
    json,
    0,
    typeText(property),
    flags,
    listText(facts, name, json),
    property['x-kubernetes-patch-strategy'] ?? null,
    property['x-kubernetes-patch-merge-key'] ?? null,
    value === undefined ? null : JSON.stringify(value),
  ]);
}

function fromSchema(name: string, tables: Tables): Type {
  const properties = tables.swagger.definitions[name]?.properties ?? {};
  const hasMeta = Object.hasOwn(properties, 'apiVersion') && Object.hasOwn(properties, 'kind');
  const rows = Object.entries(properties)
    .filter(([json]) => !hasMeta || (json !== 'apiVersion' && json !== 'kind'))
    .map(([json, property]) => schemaRow(name, json, { property, tables }));
  const out: Type = { f: rows };
  if (hasMeta) out.k = 1;
  if (factsOf(tables).lists.get(`${name}/`)?.[0] === 'atomic') out.a = 1;
  return out;
}
