import { define, isArray, isObject, own, sortedKeys, type JsonObject, type JsonValue } from '@flux-ts/base';
import { unpack, type FieldInfo, type TypeTable } from './type-table.ts';

interface Packed {
  readonly paths: Readonly<Record<string, string>>;
  readonly parameters: string;
  readonly definitions: Readonly<Record<string, string>>;
}

interface PackedDescriptions {
  readonly definitions: Readonly<Record<string, string>>;
  readonly operations: string;
}

interface Converted {
  readonly schema: JsonObject;
  readonly refersTo: ReadonlySet<string>;
}

const REF = '#/definitions/';
const SCHEMAS = '#/components/schemas/';

/** The OpenAPI v3 documents of the built-in group-versions, made from Swagger 2.0 sections when they are asked for. */
export class OpenApiDocuments {
  readonly #packed: Packed;
  readonly #descriptions: PackedDescriptions;
  readonly #table: TypeTable;
  readonly #sections = new Map<string, JsonObject>();
  readonly #schemas = new Map<string, Converted>();

  /** @param data the generated sections */
  constructor(table: TypeTable, data: { readonly openapi: string; readonly descriptions: string }) {
    this.#table = table;
    this.#packed = unpack(data.openapi);
    this.#descriptions = unpack(data.descriptions);
  }

  /** The documents' paths: `api/v1`, `apis/apps/v1`, `apis/apps`, `version`. */
  paths(): readonly string[] {
    return Object.keys(this.#packed.paths);
  }

  /** A whole document; undefined where there is none of that path. @param version what `info.version` says */
  document(path: string, version: string): JsonObject | undefined {
    const text = Object.hasOwn(this.#packed.paths, path) ? this.#packed.paths[path] : undefined;
    if (text === undefined) return undefined;
    const parameters = this.#section('parameters', this.#packed.parameters);
    const operations = this.#section('operations', this.#descriptions.operations);
    const paths: Record<string, JsonValue> = {};
    const roots = new Set<string>();
    const items = JSON.parse(text) as Readonly<Record<string, JsonObject>>;
    for (const [route, item] of Object.entries(items)) paths[route] = convertPath(item, { parameters, operations, roots });
    return {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version },
      paths,
      components: {
        schemas: this.schemas([...roots]),
        securitySchemes: {
          BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' },
        },
      },
    };
  }

  /** Schemas by name, with all that they refer to. */
  schemas(names: readonly string[]): JsonObject {
    const out = new Map<string, JsonValue>();
    const queue = [...names];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (out.has(name)) continue;
      const converted = this.#converted(name);
      if (converted === undefined) continue;
      out.set(name, converted.schema);
      queue.push(...converted.refersTo);
    }
    return Object.fromEntries([...out].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #section(key: string, text: string): JsonObject {
    let section = this.#sections.get(key);
    if (section === undefined) {
      section = JSON.parse(text) as JsonObject;
      this.#sections.set(key, section);
    }
    return section;
  }

  #lookup(kind: 'definitions' | 'descriptions', name: string): JsonObject | undefined {
    const dot = name.lastIndexOf('.');
    const pkg = name.slice(0, dot);
    const sections = kind === 'definitions' ? this.#packed.definitions : this.#descriptions.definitions;
    const text = Object.hasOwn(sections, pkg) ? sections[pkg] : undefined;
    const found = text === undefined ? undefined : own(this.#section(`${kind}/${pkg}`, text), name.slice(dot + 1));
    return isObject(found) ? found : undefined;
  }

  /** A schema is converted once: the documents share most of theirs. */
  #converted(name: string): Converted | undefined {
    let converted = this.#schemas.get(name);
    if (converted === undefined) {
      const refersTo = new Set<string>();
      const schema = this.#schema(name, (next) => void refersTo.add(next));
      if (schema === undefined) return undefined;
      converted = { schema, refersTo };
      this.#schemas.set(name, converted);
    }
    return converted;
  }

  #schema(name: string, refer: (name: string) => void): JsonObject | undefined {
    const definition = this.#lookup('definitions', name);
    if (definition === undefined) return undefined;
    const descriptions = this.#lookup('descriptions', name) ?? {};
    const type = this.#table.find(name);
    const out: Record<string, JsonValue> = {};
    const text = own(descriptions, '');
    if (text !== undefined) out['description'] = text;
    for (const key of Object.keys(definition)) {
      const value = definition[key] as JsonValue;
      if (key !== 'properties' || !isObject(value)) {
        out[key] = key === 'x-kubernetes-group-version-kind' || !isObject(value) ? value : convertSchema(value, refer);
        continue;
      }
      const properties: Record<string, JsonValue> = {};
      for (const property of sortedKeys(value)) {
        const schema = convertProperty(value[property] as JsonObject, type?.byName.get(property), refer);
        const description = own(descriptions, property);
        define(properties, property, description === undefined ? schema : { description, ...schema });
      }
      out['properties'] = properties;
    }
    return out;
  }
}

/** A property: a reference with company is wrapped, and defaults say what Go always has. */
function convertProperty(schema: JsonObject, field: FieldInfo | undefined, refer: (name: string) => void): JsonObject {
  const ref = own(schema, '$ref');
  const out: Record<string, JsonValue> = {};
  const value = defaultOf(field);
  if (value !== undefined) out['default'] = value;
  if (typeof ref === 'string') {
    const { $ref: _, ...rest } = schema;
    return { ...out, allOf: [convertSchema({ $ref: ref }, refer)], ...rest };
  }
  return { ...out, ...convertSchema(schema, refer) };
}

function defaultOf(field: FieldInfo | undefined): JsonValue | undefined {
  if (field === undefined || field.pointer) return field?.default as JsonValue | undefined;
  if (field.default !== undefined) return field.default as JsonValue;
  if (field.type.kind === 'message') return field.type.name.endsWith('Time') ? undefined : {};
  if (field.omitEmpty) return undefined;
  if (field.type.kind === 'string') return '';
  if (field.type.kind === 'bool') return false;
  return field.type.kind === 'int32' || field.type.kind === 'int64' ? 0 : undefined;
}

function convertSchema(schema: JsonObject, refer: (name: string) => void): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const key of Object.keys(schema)) {
    const value = schema[key] as JsonValue;
    if (key === '$ref' && typeof value === 'string') {
      const name = value.slice(REF.length);
      refer(name);
      out['$ref'] = SCHEMAS + name;
    } else if ((key === 'items' || key === 'additionalProperties') && isObject(value)) {
      const inner = convertSchema(value, refer);
      out[key] = '$ref' in inner ? { default: {}, allOf: [inner] } : inner;
    } else {
      out[key] = value;
    }
  }
  return out;
}

interface PathContext {
  readonly parameters: JsonObject;
  readonly operations: JsonObject;
  readonly roots: Set<string>;
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

function convertPath(item: JsonObject, context: PathContext): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const key of Object.keys(item)) {
    const value = item[key] as JsonValue;
    if (key === 'parameters') out[key] = convertParameters(value, context).parameters;
    else out[key] = METHODS.includes(key) && isObject(value) ? convertOperation(value, context) : value;
  }
  return out;
}

/** Parameters of their own, and the one that is the body. */
function convertParameters(
  value: JsonValue | undefined,
  context: PathContext,
): { readonly parameters: readonly JsonObject[]; readonly body: JsonObject | undefined } {
  const parameters: JsonObject[] = [];
  let body: JsonObject | undefined;
  for (const entry of isArray(value) ? value : []) {
    const ref = isObject(entry) ? own(entry, '$ref') : undefined;
    const found = typeof ref === 'string' ? own(context.parameters, ref.slice('#/parameters/'.length)) : entry;
    if (!isObject(found)) continue;
    if (found['in'] === 'body') {
      body = found;
      continue;
    }
    const { name, in: place, required, description, ...schema } = found;
    parameters.push({
      name: name ?? '',
      in: place ?? 'query',
      ...(description === undefined ? {} : { description }),
      ...(required === undefined ? {} : { required }),
      schema,
    });
  }
  return { parameters, body };
}

function convertOperation(operation: JsonObject, context: PathContext): JsonObject {
  const refer = (name: string): void => void context.roots.add(name);
  const { consumes, produces, schemes: _schemes, parameters, responses, operationId, ...rest } = operation;
  const converted = convertParameters(parameters, context);
  const description = typeof operationId === 'string' ? own(context.operations, operationId) : undefined;
  const out: Record<string, JsonValue> = { ...rest };
  if (description !== undefined) out['description'] = description;
  if (operationId !== undefined) out['operationId'] = operationId;
  if (converted.parameters.length > 0) out['parameters'] = converted.parameters;
  const content = (types: JsonValue | undefined, schema: JsonValue | undefined): JsonObject => {
    const media = isObject(schema) ? { schema: convertSchema(schema, refer) } : {};
    return Object.fromEntries((isArray(types) ? types : ['*/*']).map((type) => [String(type), media]));
  };
  if (converted.body !== undefined) {
    out['requestBody'] = {
      content: content(consumes, converted.body['schema']),
      ...(converted.body['required'] === true ? { required: true } : {}),
    };
  }
  const answers: Record<string, JsonValue> = {};
  for (const [code, answer] of Object.entries(isObject(responses) ? responses : {})) {
    const schema = isObject(answer) ? own(answer, 'schema') : undefined;
    answers[code] = { description: REASONS[code] ?? 'OK', ...(schema === undefined ? {} : { content: content(produces, schema) }) };
  }
  out['responses'] = answers;
  return out;
}

const REASONS: Readonly<Record<string, string>> = { '200': 'OK', '201': 'Created', '202': 'Accepted', '401': 'Unauthorized' };
