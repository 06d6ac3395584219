import { isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { parseYaml, parseYamlStrict } from '@flux-ts/yaml';
import { withPrefix } from './errors.ts';
import type { NameReference, TransformerConfig } from './config-types.ts';
import { mergeSpec, type FieldSpec } from './field-spec.ts';
import { map, readGoYaml, structValue } from './go-struct.ts';
import { transformerConfigType } from './kustomization-schema.ts';
import type { RawFieldSpec } from './kustomization.ts';
import type { Loader } from './loader.ts';
import { fullSpec } from './plugins.ts';
import { DEFAULT_CONFIG, EMPTY_CONFIG, mergeConfigs } from './transformer-config.ts';

const DEFINITIONS = map(structValue('accumulator.OpenAPIDefinition'));

/** Reads the files of `configurations` and `crds`. @throws KustomizeError */
export function loadConfigs(
  paths: readonly string[],
  crds: readonly string[],
  loader: Loader,
): { readonly own: TransformerConfig; readonly crds: TransformerConfig } {
  let config = EMPTY_CONFIG;
  for (const path of paths) config = mergeConfigs(config, readConfig(parseYamlStrict(text(loader.load(path)), { file: path })));
  let fromCrds = EMPTY_CONFIG;
  for (const path of crds) {
    const loading = `loading CRDs [${crds.join(' ')}]`;
    const bytes = withPrefix(loading, () => text(loader.load(path)));
    const definitions = withPrefix(`${loading}: unable to parse open API definition from '${path}'`, () =>
      readGoYaml(parseYaml(bytes, { file: path }), DEFINITIONS, { strict: false }),
    );
    fromCrds = mergeConfigs(fromCrds, isObject(definitions) ? configOfDefinitions(definitions) : EMPTY_CONFIG);
  }
  return { own: mergeConfigs(DEFAULT_CONFIG, config), crds: fromCrds };
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

const LISTS = [
  'namePrefix',
  'nameSuffix',
  'namespace',
  'commonLabels',
  'labels',
  'templateLabels',
  'commonAnnotations',
  'varReference',
  'images',
  'replicas',
] as const;

function readConfig(value: JsonValue): TransformerConfig {
  const raw = readGoYaml(value ?? {}, transformerConfigType, { strict: true, coerce: true });
  const object = isObject(raw) ? (raw as JsonObject) : {};
  const out: Record<string, unknown> = {};
  for (const key of LISTS) out[key] = ((object[key] ?? []) as unknown as readonly RawFieldSpec[]).map(fullSpec);
  const references = (object['nameReference'] ?? []) as unknown as readonly (RawFieldSpec & {
    readonly fieldSpecs?: readonly RawFieldSpec[];
  })[];
  out['nameReference'] = references.map((one): NameReference => ({
    group: one.group ?? '',
    version: one.version ?? '',
    kind: one.kind ?? '',
    referrers: (one.fieldSpecs ?? []).map(fullSpec),
  }));
  return out as unknown as TransformerConfig;
}

interface Draft {
  annotations: readonly FieldSpec[];
  labels: readonly FieldSpec[];
  prefixes: readonly FieldSpec[];
  references: NameReference[];
}

/** What the definitions of custom kinds say about labels, annotations, names and references. */
function configOfDefinitions(definitions: JsonObject): TransformerConfig {
  let config = EMPTY_CONFIG;
  for (const name of Object.keys(definitions)) {
    const properties = propertiesOf(definitions, name);
    if (!['kind', 'apiVersion', 'metadata'].every((field) => Object.hasOwn(properties, field))) continue;
    const draft: Draft = { annotations: [], labels: [], prefixes: [], references: [] };
    collect(definitions, name, { kind: name.slice(name.lastIndexOf('.') + 1), path: [], draft });
    config = mergeConfigs(config, {
      ...EMPTY_CONFIG,
      commonAnnotations: draft.annotations,
      commonLabels: draft.labels,
      namePrefix: draft.prefixes,
      nameReference: draft.references,
    });
  }
  return config;
}

function propertiesOf(definitions: JsonObject, name: string): JsonObject {
  const definition = own(definitions, name);
  const schema = isObject(definition) ? (own(definition, 'Schema') ?? own(definition, 'schema')) : undefined;
  const properties = isObject(schema) ? own(schema, 'properties') : undefined;
  return isObject(properties) ? properties : {};
}

function collect(
  definitions: JsonObject,
  name: string,
  at: { readonly kind: string; readonly path: readonly string[]; readonly draft: Draft },
): void {
  const properties = propertiesOf(definitions, name);
  for (const property of Object.keys(properties)) {
    const schema = properties[property];
    if (!isObject(schema)) continue;
    const path = [...at.path, property];
    const spec = (steps: readonly string[]): FieldSpec => ({ group: '', version: '', kind: at.kind, path: steps.join('/'), create: false });
    const { draft } = at;
    if (typeof schema['x-kubernetes-annotation'] === 'string') draft.annotations = mergeSpec(draft.annotations, spec(path));
    if (typeof schema['x-kubernetes-label-selector'] === 'string') draft.labels = mergeSpec(draft.labels, spec(path));
    if (typeof schema['x-kubernetes-identity'] === 'string') draft.prefixes = mergeSpec(draft.prefixes, spec(path));
    const version = schema['x-kubernetes-object-ref-api-version'];
    const kind = schema['x-kubernetes-object-ref-kind'];
    if (typeof version === 'string' && typeof kind === 'string') {
      const key = schema['x-kubernetes-object-ref-name-key'];
      draft.references.push({ group: '', version, kind, referrers: [spec([...path, typeof key === 'string' ? key : 'name'])] });
    }
    const ref = schema['$ref'];
    if (typeof ref === 'string' && path.length < 64) collect(definitions, ref, { ...at, path });
  }
}
