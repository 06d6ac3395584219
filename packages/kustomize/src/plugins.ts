import { isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { parseYaml } from '@flux-ts/yaml';
import { failure, prefixed } from './errors.ts';
import type { FieldSpec } from './field-spec.ts';
import { generateConfigMap, generateSecret } from './generators/config-map.ts';
import { chartFromConfig, checkChart, inflate, type HelmOptions } from './generators/helm.ts';
import { generateIamPolicy } from './generators/iam-policy.ts';
import { any, int, map, readGoYaml, slice, struct, text, type GoType } from './go-struct.ts';
import { fieldSpecType, imageType, replacementFieldType, replicaType, selectorType } from './kustomization-schema.ts';
import type { GeneratorArgs, Image, Patch, RawFieldSpec, Replacement, Selector } from './kustomization.ts';
import type { Origin } from './origin.ts';
import { resourceYaml } from './output.ts';
import { gvkText, idText } from './res-id.ts';
import type { Resource } from './resource.ts';
import { imageTransformer } from './transformers/images.ts';
import { annotationsTransformer, labelTransformer } from './transformers/labels.ts';
import { hashTransformer, prefixTransformer, suffixTransformer } from './transformers/names.ts';
import { namespaceTransformer, type SubjectMode } from './transformers/namespace.ts';
import { jsonPatchTransformer, patchTransformer, strategicMergeTransformer } from './transformers/patches.ts';
import { replacementTransformer } from './transformers/replacements.ts';
import { replicaTransformer } from './transformers/replicas.ts';
import type { Transformer, TransformerContext } from './transformers/transformer.ts';
import { valueAddTransformer } from './transformers/value-add.ts';

/** A step that makes resources. */
export interface Generator {
  readonly name: string;
  readonly origin?: Origin;
  generate(): Resource[];
}

/** Fills in what a field spec leaves out. */
export function fullSpec(raw: RawFieldSpec): FieldSpec {
  return { group: raw.group ?? '', version: raw.version ?? '', kind: raw.kind ?? '', path: raw.path ?? '', create: raw.create === true };
}

function specsOf(config: JsonObject): readonly FieldSpec[] {
  const list = config['fieldSpecs'];
  return isArray(list) ? list.map((item) => fullSpec(item as unknown as RawFieldSpec)) : [];
}

const specs = slice(fieldSpecType);
const pairs = map(text);
const generatorFields = {
  namespace: text,
  name: text,
  behavior: text,
  literals: slice(text),
  files: slice(text),
  envs: slice(text),
  env: text,
  type: text,
  options: any,
};

const SHAPES: Readonly<Record<string, GoType>> = {
  AnnotationsTransformer: struct('AnnotationsTransformerPlugin', { annotations: pairs, fieldSpecs: specs }),
  LabelTransformer: struct('LabelTransformerPlugin', { labels: pairs, fieldSpecs: specs }),
  ImageTagTransformer: struct('ImageTagTransformerPlugin', { imageTag: imageType, fieldSpecs: specs }),
  PrefixTransformer: struct('PrefixTransformerPlugin', { prefix: text, fieldSpecs: specs }),
  SuffixTransformer: struct('SuffixTransformerPlugin', { suffix: text, fieldSpecs: specs }),
  PrefixSuffixTransformer: struct('PrefixTransformerPlugin', { prefix: text, suffix: text, fieldSpecs: specs }),
  ReplicaCountTransformer: struct('ReplicaCountTransformerPlugin', { replica: replicaType, fieldSpecs: specs }),
  PatchTransformer: struct('PatchTransformerPlugin', { path: text, patch: text, target: selectorType, options: any }),
  PatchJson6902Transformer: struct('PatchJson6902TransformerPlugin', { target: selectorType, path: text, jsonOp: text }),
  PatchStrategicMergeTransformer: struct('PatchStrategicMergeTransformerPlugin', { paths: slice(text), patches: text }),
  ReplacementTransformer: struct('ReplacementTransformerPlugin', { replacements: slice(replacementFieldType) }),
  ValueAddTransformer: struct('ValueAddTransformerPlugin', {
    value: text,
    targets: slice(struct('Target', { selector: selectorType, fieldPath: text, filePathPosition: int })),
    targetFilePath: text,
  }),
  NamespaceTransformer: struct('NamespaceTransformerPlugin', {
    metadata: any,
    fieldSpecs: specs,
    unsetOnly: { kind: 'bool' },
    setRoleBindingSubjects: text,
  }),
  ConfigMapGenerator: struct('ConfigMapGeneratorPlugin', { metadata: any, ...generatorFields }),
  SecretGenerator: struct('SecretGeneratorPlugin', { metadata: any, ...generatorFields }),
};

const GENERATORS = new Set(['ConfigMapGenerator', 'SecretGenerator', 'IAMPolicyGenerator', 'HelmChartInflationGenerator']);
const TRANSFORMERS = new Set([...Object.keys(SHAPES).filter((name) => !GENERATORS.has(name)), 'HashTransformer']);

function configOf(resource: Resource): JsonObject {
  // kustomize prints the resource and reads it back; so a box becomes the value that a reader sees
  const value = parseYaml(resourceYaml(resource));
  const shape = SHAPES[resource.id.kind];
  const read = shape === undefined ? value : readGoYaml(value, shape, { strict: false, coerce: true });
  return isObject(read) ? (read as JsonObject) : {};
}

function metadataText(config: JsonObject, field: string): string {
  const metadata = config['metadata'];
  const value: JsonValue | undefined = isObject(metadata) ? metadata[field] : undefined;
  return typeof value === 'string' ? value : '';
}

/** Which builtin a resource stands for. @throws where it is an external plugin or none that is known */
function builtin(resource: Resource, wanted: ReadonlySet<string>, what: 'generator' | 'transformer'): string {
  const { id } = resource;
  if (id.group !== '' || id.version !== 'builtin')
    throw failure(`external plugins disabled; unable to load external plugin '${resource.originalId.kind}'`);
  if (!GENERATORS.has(id.kind) && !TRANSFORMERS.has(id.kind)) throw failure(`unable to load builtin ${gvkText(id)}`);
  if (!wanted.has(id.kind)) throw failure(`plugin ${idText(resource.originalId)} not a ${what}`);
  return id.kind;
}

function configured<T>(resource: Resource, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw prefixed(`plugin ${idText(resource.originalId)} fails configuration`, error);
  }
}

/** The step that a resource of `transformers` or `validators` describes. @throws KustomizeError in kustomize's words */
export function transformerFrom(resource: Resource, context: TransformerContext): Transformer[] {
  const kind = builtin(resource, TRANSFORMERS, 'transformer');
  return configured(resource, () => makeTransformer(kind, configOf(resource), context));
}

function field(config: JsonObject, name: string): string {
  const value = config[name];
  return typeof value === 'string' ? value : '';
}

function needSpecs(config: JsonObject): readonly FieldSpec[] {
  if (config['fieldSpecs'] === undefined) throw failure('fieldSpecs is not expected to be nil');
  return specsOf(config);
}

function makeTransformer(kind: string, config: JsonObject, context: TransformerContext): Transformer[] {
  switch (kind) {
    case 'AnnotationsTransformer':
      return [annotationsTransformer((config['annotations'] ?? {}) as Record<string, string>, specsOf(config))];
    case 'LabelTransformer':
      return [labelTransformer((config['labels'] ?? {}) as Record<string, string>, specsOf(config))];
    case 'ImageTagTransformer':
      return [imageTransformer((config['imageTag'] ?? {}) as unknown as Image, specsOf(config))];
    case 'PrefixTransformer':
      return [prefixTransformer(field(config, 'prefix'), needSpecs(config))];
    case 'SuffixTransformer':
      return [suffixTransformer(field(config, 'suffix'), needSpecs(config))];
    case 'PrefixSuffixTransformer':
      return [prefixTransformer(field(config, 'prefix'), needSpecs(config)), suffixTransformer(field(config, 'suffix'), needSpecs(config))];
    case 'ReplicaCountTransformer':
      return [replicaTransformer((config['replica'] ?? {}) as { name?: string; count?: number }, specsOf(config))];
    case 'PatchTransformer':
      return [patchTransformer(config as unknown as Patch, context)];
    case 'PatchJson6902Transformer':
      return [jsonPatchTransformer(config as { target?: Selector; path?: string; jsonOp?: string }, context)];
    case 'PatchStrategicMergeTransformer':
      return [strategicMergeTransformer(config as { paths?: readonly string[]; patches?: string }, context)];
    case 'ReplacementTransformer':
      return [replacementTransformer((config['replacements'] ?? []) as unknown as Replacement[], context)];
    case 'ValueAddTransformer':
      return [valueAddTransformer(config, context)];
    case 'NamespaceTransformer':
      return [namespaceFrom(config)];
    default:
      return [hashTransformer()];
  }
}

const MODES = ['defaultOnly', 'none', 'allServiceAccounts'];

function namespaceFrom(config: JsonObject): Transformer {
  const mode = field(config, 'setRoleBindingSubjects');
  if (mode !== '' && !MODES.includes(mode)) {
    throw failure(`invalid value "${mode}" for setRoleBindingSubjects: must be one of "defaultOnly", "none" or "allServiceAccounts"`);
  }
  return namespaceTransformer({
    namespace: metadataText(config, 'namespace'),
    specs: specsOf(config),
    unsetOnly: config['unsetOnly'] === true,
    subjects: mode === '' ? 'defaultOnly' : (mode as SubjectMode),
  });
}

/** The step that a resource of `generators` describes. @throws KustomizeError in kustomize's words */
export function generatorFrom(resource: Resource, context: TransformerContext, helm: HelmOptions): Generator {
  const kind = builtin(resource, GENERATORS, 'generator');
  const config = configured(resource, () => configOf(resource));
  switch (kind) {
    case 'IAMPolicyGenerator':
      return { name: kind, generate: () => [generateIamPolicy(config)] };
    case 'HelmChartInflationGenerator': {
      const entry = chartFromConfig(config);
      configured(resource, () => checkChart(entry, helm));
      return { name: kind, generate: () => inflate(entry, helm, context) };
    }
    default: {
      const args = {
        ...config,
        name: field(config, 'name') || metadataText(config, 'name'),
        namespace: field(config, 'namespace') || metadataText(config, 'namespace'),
      } as unknown as GeneratorArgs;
      return {
        name: kind,
        generate: () => [kind === 'SecretGenerator' ? generateSecret(args, context.loader) : generateConfigMap(args, context.loader)],
      };
    }
  }
}
