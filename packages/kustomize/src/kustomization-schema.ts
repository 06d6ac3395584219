import { any, flag, from, int, int64, map, slice, struct, text, textType, type GoType } from './go-struct.ts';

const metadata = struct('ObjectMeta', { name: text, namespace: text, labels: map(text), annotations: map(text) });
const gvk = from('Gvk', { group: text, version: text, kind: text });
const resId = { ...from('ResId.Gvk', gvk), ...from('ResId', { name: text, namespace: text }) };
const fieldSpecFields = { group: text, version: text, kind: text, path: text, create: flag };

/** A field spec in a configuration. */
export const fieldSpecType: GoType = struct('FieldSpec', fieldSpecFields, gvk);

const selectorFields = {
  group: text,
  version: text,
  kind: text,
  name: text,
  namespace: text,
  annotationSelector: text,
  labelSelector: text,
};
/** What a patch or a replacement is aimed at. */
export const selectorType: GoType = struct('Selector', selectorFields, resId);

const fieldOptions = struct('FieldOptions', { delimiter: text, index: int, encoding: text, create: flag });
const replacementFields = {
  source: struct(
    'SourceSelector',
    { group: text, version: text, kind: text, name: text, namespace: text, fieldPath: text, options: fieldOptions },
    resId,
  ),
  targets: slice(
    struct('TargetSelector', { select: selectorType, reject: slice(selectorType), fieldPaths: slice(text), options: fieldOptions }),
  ),
  sourceValue: text,
};
/** A replacement in a file of its own. */
export const replacementType: GoType = struct('Replacement', replacementFields);
/** A replacement in a kustomization. */
export const replacementFieldType: GoType = struct(
  'ReplacementField',
  { ...replacementFields, path: text },
  from('Replacement', replacementFields),
);

const generatorOptions = struct('GeneratorOptions', {
  labels: map(text),
  annotations: map(text),
  disableNameSuffixHash: flag,
  immutable: flag,
});
const pairSources = { literals: slice(text), files: slice(text), envs: slice(text), env: text };
const generatorArgs = { namespace: text, name: text, behavior: text, options: generatorOptions };
const generatorFields = { ...generatorArgs, ...pairSources };
const generatorFrom = { ...from('GeneratorArgs', generatorArgs), ...from('GeneratorArgs.KvPairSources', pairSources) };
/** One configMapGenerator entry. */
export const configMapArgsType: GoType = struct('ConfigMapArgs', generatorFields, generatorFrom);
/** One secretGenerator entry. */
export const secretArgsType: GoType = struct('SecretArgs', { ...generatorFields, type: text }, generatorFrom);

const patchType = struct('Patch', {
  path: text,
  patch: text,
  target: selectorType,
  options: struct('PatchArgs', { allowNameChange: flag, allowKindChange: flag }),
});
/** One images entry. */
export const imageType: GoType = struct('Image', { name: text, newName: text, tagSuffix: text, newTag: text, digest: text });
/** One replicas entry. */
export const replicaType: GoType = struct('Replica', { name: text, count: int64 });
const helmGlobalsFields = { chartHome: text, configHome: text };
const helmChartFields = {
  name: text,
  version: text,
  repo: text,
  releaseName: text,
  namespace: text,
  additionalValuesFiles: slice(text),
  valuesFile: text,
  valuesInline: map(any),
  valuesMerge: text,
  includeCRDs: flag,
  skipHooks: flag,
  apiVersions: slice(text),
  kubeVersion: text,
  nameTemplate: text,
  skipTests: flag,
  debug: flag,
  devel: flag,
};
/** A helm chart as a generator of its own. */
export const helmInflationType: GoType = struct('HelmChartInflationGeneratorPlugin', {
  ...helmGlobalsFields,
  ...helmChartFields,
  apiVersion: text,
  kind: text,
  metadata,
});
const helmChartArgs = struct('HelmChartArgs', {
  chartName: text,
  chartVersion: text,
  chartRepoUrl: text,
  chartHome: text,
  chartRepoName: text,
  helmBin: text,
  helmHome: text,
  values: text,
  valuesLocal: map(any),
  valuesMerge: text,
  releaseName: text,
  releaseNamespace: text,
  extraArgs: slice(text),
});
/** sortOptions. */
export const sortOptionsType: GoType = struct('SortOptions', {
  order: textType('types.SortOrder'),
  legacySortOptions: struct('LegacySortOptions', { orderFirst: slice(text), orderLast: slice(text) }),
});
const varType = struct('Var', {
  name: text,
  objref: struct('Target', { apiVersion: text, group: text, version: text, kind: text, name: text, namespace: text }, gvk),
  fieldref: struct('FieldSelector', { fieldPath: text }),
});

/** All fields of a kustomization.yaml. */
export const KUSTOMIZATION_FIELDS: Readonly<Record<string, GoType>> = {
  kind: text,
  apiVersion: text,
  metadata,
  openapi: map(text),
  namePrefix: text,
  nameSuffix: text,
  namespace: text,
  commonLabels: map(text),
  labels: slice(struct('Label', { pairs: map(text), includeSelectors: flag, includeTemplates: flag, fields: slice(fieldSpecType) })),
  commonAnnotations: map(text),
  patchesStrategicMerge: slice(text),
  patchesJson6902: slice(patchType),
  patches: slice(patchType),
  images: slice(imageType),
  imageTags: slice(imageType),
  replacements: slice(replacementFieldType),
  replicas: slice(replicaType),
  vars: slice(varType),
  sortOptions: sortOptionsType,
  resources: slice(text),
  components: slice(text),
  crds: slice(text),
  bases: slice(text),
  configMapGenerator: slice(configMapArgsType),
  secretGenerator: slice(secretArgsType),
  helmGlobals: struct('HelmGlobals', helmGlobalsFields),
  helmCharts: slice(struct('HelmChart', helmChartFields)),
  helmChartInflationGenerator: slice(helmChartArgs),
  generatorOptions,
  configurations: slice(text),
  generators: slice(text),
  transformers: slice(text),
  validators: slice(text),
  buildMetadata: slice(text),
};

/** A kustomization.yaml. */
export const kustomizationType: GoType = struct('Kustomization', KUSTOMIZATION_FIELDS, from('TypeMeta', { kind: text, apiVersion: text }));

const specs = slice(fieldSpecType);
/** A file of `configurations`. */
export const transformerConfigType: GoType = struct('TransformerConfig', {
  namePrefix: specs,
  nameSuffix: specs,
  namespace: specs,
  commonLabels: specs,
  labels: specs,
  templateLabels: specs,
  commonAnnotations: specs,
  nameReference: slice(struct('NameBackReferences', { group: text, version: text, kind: text, fieldSpecs: specs })),
  varReference: specs,
  images: specs,
  replicas: specs,
});
