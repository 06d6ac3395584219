import { getArray, getObject, getPath, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const CONTENT_TYPES = ['application/json', 'application/yaml'];
const PATCH_TYPES = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];

function parameter(name: string, type: string, description: string): JsonObject {
  return { name, in: 'query', description, schema: { type, uniqueItems: true } };
}

const DRY_RUN = parameter('dryRun', 'string', 'When present, indicates that modifications should not be persisted. Valid values are: All.');
const FIELD_MANAGER = parameter('fieldManager', 'string', 'A name for the actor that makes these changes.');
const FIELD_VALIDATION = parameter('fieldValidation', 'string', 'What to do with unknown or repeated fields: Ignore, Warn or Strict.');
const FORCE = parameter('force', 'boolean', 'Take fields over that other managers own; for apply patches only.');
const PRETTY = parameter('pretty', 'string', 'Accepted, without effect.');
const WRITE = [DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION];
const LIST = [
  parameter('allowWatchBookmarks', 'boolean', 'Send BOOKMARK events.'),
  parameter('continue', 'string', 'Where to go on, from an earlier answer.'),
  parameter('fieldSelector', 'string', 'Fields that objects must have.'),
  parameter('labelSelector', 'string', 'Labels that objects must have.'),
  parameter('limit', 'integer', 'The most objects in one answer.'),
  parameter('resourceVersion', 'string', 'The version to read.'),
  parameter('resourceVersionMatch', 'string', 'How resourceVersion is meant.'),
  parameter('sendInitialEvents', 'boolean', 'Send the state first, as events.'),
  parameter('timeoutSeconds', 'integer', 'How long the answer may take.'),
  parameter('watch', 'boolean', 'Send changes as they happen.'),
];

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schemaName: string;
}

/**
 * The OpenAPI v3 document of a group version that CRDs define: a schema for each kind and its list, and the paths whose
 * parameters tell clients what the server can do.
 */
export function customDocument(groupVersion: string, crds: readonly JsonObject[], metaSchemas: JsonObject): JsonObject {
  const [group = '', version = ''] = groupVersion.split('/');
  const schemas: Record<string, JsonValue> = { ...metaSchemas };
  const paths: Record<string, JsonValue> = {};
  for (const crd of crds) {
    const definition = (getArray(crd, ['spec', 'versions']) ?? [])
      .filter(isObject)
      .find((v) => v['name'] === version && v['served'] === true);
    if (definition === undefined) continue;
    const kind = getString(crd, ['spec', 'names', 'kind']) ?? '';
    const schemaName = `${group.split('.').reverse().join('.')}.${version}.${kind}`;
    const about: Kind = { group, version, kind, schemaName };
    schemas[schemaName] = kindSchema(getObject(definition, ['schema', 'openAPIV3Schema']) ?? {}, about);
    schemas[`${schemaName}List`] = listSchema(about, getString(crd, ['spec', 'names', 'listKind']) ?? `${kind}List`);
    Object.assign(paths, pathsOf(crd, definition, about));
  }
  return { openapi: '3.0.0', info: { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' }, paths, components: { schemas } };
}

function gvk({ group, version, kind }: Kind): JsonObject {
  return { group, version, kind };
}

function ref(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

function kindSchema(schema: JsonObject, about: Kind): JsonObject {
  const published = publish(schema) as JsonObject;
  const properties = {
    ...(published['properties'] as JsonObject | undefined),
    apiVersion: { type: 'string', description: 'APIVersion defines the versioned schema of this representation of an object.' },
    kind: { type: 'string', description: 'Kind is a string value representing the REST resource this object represents.' },
    metadata: { description: 'Standard object metadata.', allOf: [ref(`${META}.ObjectMeta`)] },
  };
  return { ...published, type: 'object', properties, 'x-kubernetes-group-version-kind': [gvk(about)] };
}

/** A schema as clients may read it: where unknown fields are kept, nothing below is promised. */
function publish(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map((s) => publish(s as JsonValue));
  if (!isObject(schema)) return schema;
  const out: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties' && isObject(value)) out[key] = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, publish(v)]));
    else if (key === 'items' || key === 'additionalProperties') out[key] = publish(value);
    else out[key] = value;
  }
  return out;
}

function listSchema(about: Kind, listKind: string): JsonObject {
  return {
    type: 'object',
    description: `${listKind} is a list of ${about.kind}`,
    required: ['items'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { allOf: [ref(`${META}.ListMeta`)] },
      items: { type: 'array', items: { allOf: [ref(about.schemaName)] } },
    },
    'x-kubernetes-group-version-kind': [gvk({ ...about, kind: listKind })],
  };
}

function pathsOf(crd: JsonObject, definition: JsonObject, about: Kind): Record<string, JsonValue> {
  const plural = getString(crd, ['spec', 'names', 'plural']) ?? '';
  const namespaced = getString(crd, ['spec', 'scope']) === 'Namespaced';
  const base = `/apis/${about.group}/${about.version}`;
  const collection = namespaced ? `${base}/namespaces/{namespace}/${plural}` : `${base}/${plural}`;
  const inPath = (name: string): JsonObject => ({ name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } });
  const outer = [...(namespaced ? [inPath('namespace')] : []), PRETTY];
  const list = operation('list', about, { parameters: LIST, answer: `${about.schemaName}List` });
  const out: Record<string, JsonValue> = {
    [collection]: {
      get: list,
      post: operation('post', about, { parameters: WRITE, body: CONTENT_TYPES }),
      delete: operation('deletecollection', about, { parameters: LIST, answer: `${META}.Status` }),
      parameters: outer,
    },
    [`${collection}/{name}`]: item(about, [inPath('name'), ...outer], true),
  };
  if (namespaced) out[`${base}/${plural}`] = { get: list, parameters: [PRETTY] };
  if (getPath(definition, ['subresources', 'status']) !== undefined)
    out[`${collection}/{name}/status`] = item(about, [inPath('name'), ...outer], false);
  return out;
}

function item(about: Kind, parameters: readonly JsonObject[], withDelete: boolean): JsonObject {
  return {
    get: operation('get', about, { parameters: [] }),
    put: operation('put', about, { parameters: WRITE, body: CONTENT_TYPES }),
    ...(withDelete ? { delete: operation('delete', about, { parameters: [DRY_RUN], answer: `${META}.Status` }) } : {}),
    patch: operation('patch', about, { parameters: [...WRITE, FORCE], body: PATCH_TYPES }),
    parameters,
  };
}

function operation(
  action: string,
  about: Kind,
  options: { readonly parameters: readonly JsonObject[]; readonly body?: readonly string[]; readonly answer?: string },
): JsonObject {
  const schema = ref(action === 'patch' ? `${META}.Patch` : about.schemaName);
  const content = Object.fromEntries((options.body ?? []).map((type) => [type, { schema }]));
  return {
    ...(options.parameters.length === 0 ? {} : { parameters: options.parameters }),
    ...(options.body === undefined ? {} : { requestBody: { content, required: true } }),
    responses: { '200': { description: 'OK', content: { 'application/json': { schema: ref(options.answer ?? about.schemaName) } } } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk(about),
  };
}
