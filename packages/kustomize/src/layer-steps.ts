import { prefixed } from './errors.ts';
import type { TransformerConfig } from './config-types.ts';
import { configText } from './config-text.ts';
import { mergeSpec, mergeSpecs, type FieldSpec } from './field-spec.ts';
import { generateConfigMap, generateSecret, mergeOptions } from './generators/config-map.ts';
import { checkChart, inflate, type ChartEntry, type HelmOptions } from './generators/helm.ts';
import type { GeneratorArgs, Kustomization, LabelEntry } from './kustomization.ts';
import type { Origin } from './origin.ts';
import { joinPath } from './paths.ts';
import { fullSpec, type Generator } from './plugins.ts';
import { imageTransformer } from './transformers/images.ts';
import { annotationsTransformer, labelTransformer } from './transformers/labels.ts';
import { prefixTransformer, suffixTransformer } from './transformers/names.ts';
import { namespaceTransformer } from './transformers/namespace.ts';
import { jsonPatchTransformer, patchTransformer, strategicMergeTransformer } from './transformers/patches.ts';
import { replacementTransformer } from './transformers/replacements.ts';
import { replicaTransformer } from './transformers/replicas.ts';
import type { Transformer, TransformerContext } from './transformers/transformer.ts';

/** What the steps of a layer are made from. */
export interface LayerStepInput {
  readonly kustomization: Kustomization;
  readonly config: TransformerConfig;
  readonly context: TransformerContext;
  readonly helm: HelmOptions;
  readonly helmNamespace: string;
  readonly origin: Origin | undefined;
  readonly fileName: string;
}

/** The builtin steps that a kustomization asks for, in kustomize's order. */
export function layerSteps(input: LayerStepInput): { generators(): Generator[]; transformers(): Transformer[] } {
  return { generators: () => generators(input), transformers: () => transformers(input) };
}

function builtinOrigin(input: LayerStepInput, kind: string): { readonly origin?: Origin } {
  const { origin } = input;
  if (origin === undefined) return {};
  return {
    origin: {
      ...(origin.repo === undefined ? {} : { repo: origin.repo }),
      ...(origin.ref === undefined ? {} : { ref: origin.ref }),
      configuredIn: joinPath(origin.path ?? '', input.fileName),
      configuredBy: { apiVersion: 'builtin', kind },
    },
  };
}

function configure<T>(kind: string, config: object, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw prefixed(`trouble configuring builtin ${kind} with config: \`\n${configText(config)}\``, error);
  }
}

function generators(input: LayerStepInput): Generator[] {
  const { kustomization: k, context, helm } = input;
  const withOptions = (args: GeneratorArgs): GeneratorArgs => {
    const options = mergeOptions(args.options, k.generatorOptions);
    return options === undefined ? args : { ...args, options };
  };
  const out: Generator[] = [];
  for (const args of k.configMapGenerator ?? []) {
    out.push({
      name: 'ConfigMapGenerator',
      ...builtinOrigin(input, 'ConfigMapGenerator'),
      generate: () => [generateConfigMap(withOptions(args), context.loader)],
    });
  }
  for (const args of k.secretGenerator ?? []) {
    out.push({
      name: 'SecretGenerator',
      ...builtinOrigin(input, 'SecretGenerator'),
      generate: () => [generateSecret(withOptions(args), context.loader)],
    });
  }
  for (const chart of k.helmCharts ?? []) {
    const namespace = (chart.namespace ?? '') || (k.namespace ?? '') || input.helmNamespace;
    const entry: ChartEntry = { ...k.helmGlobals, ...chart, ...(namespace === '' ? {} : { namespace }) };
    configure('HelmChartInflationGenerator', entry, () => checkChart(entry, helm));
    out.push({
      name: 'HelmChartInflationGenerator',
      ...builtinOrigin(input, 'HelmChartInflationGenerator'),
      generate: () => inflate(entry, helm, context),
    });
  }
  return out;
}

const METADATA_LABELS: FieldSpec = { group: '', version: '', kind: '', path: 'metadata/labels', create: true };

function labelSpecs(label: LabelEntry, config: TransformerConfig): readonly FieldSpec[] {
  try {
    let specs = mergeSpecs((label.fields ?? []).map(fullSpec), config.labels);
    if (label.includeSelectors === true) return mergeSpecs(specs, config.commonLabels);
    if (label.includeTemplates === true) specs = mergeSpecs(specs, config.templateLabels);
    return mergeSpec(specs, METADATA_LABELS);
  } catch (error) {
    throw prefixed('failed to merge labels', error);
  }
}

function transformers(input: LayerStepInput): Transformer[] {
  const { kustomization: k, config, context } = input;
  const out: Transformer[] = [];
  const add = (made: Transformer): void => void out.push({ ...made, ...builtinOrigin(input, made.name) });
  const sm = k.patchesStrategicMerge ?? [];
  if (sm.length > 0)
    add(configure('PatchStrategicMergeTransformer', { paths: sm }, () => strategicMergeTransformer({ paths: sm }, context)));
  for (const patch of k.patches ?? []) add(configure('PatchTransformer', patch, () => patchTransformer(patch, context)));
  if ((k.namespace ?? '') !== '') add(namespaceTransformer({ namespace: k.namespace as string, specs: config.namespace }));
  if ((k.namePrefix ?? '') !== '') add(prefixTransformer(k.namePrefix as string, config.namePrefix));
  if ((k.nameSuffix ?? '') !== '') add(suffixTransformer(k.nameSuffix as string, config.nameSuffix));
  const labels = k.labels ?? [];
  const common = k.commonLabels ?? {};
  if (labels.length > 0 || Object.keys(common).length > 0) {
    for (const label of labels) add(labelTransformer(label.pairs ?? {}, labelSpecs(label, config)));
    add(labelTransformer(common, config.commonLabels));
  }
  const annotations = k.commonAnnotations ?? {};
  if (Object.keys(annotations).length > 0) add(annotationsTransformer(annotations, config.commonAnnotations));
  for (const { target, path, patch } of k.patchesJson6902 ?? []) {
    const entry = {
      ...(target === undefined ? {} : { target }),
      ...(path === undefined ? {} : { path }),
      ...(patch === undefined ? {} : { jsonOp: patch }),
    };
    add(configure('PatchJson6902Transformer', entry, () => jsonPatchTransformer(entry, context)));
  }
  for (const replica of k.replicas ?? []) add(replicaTransformer(replica, config.replicas));
  for (const image of k.images ?? []) add(imageTransformer(image, config.images));
  const replacements = k.replacements ?? [];
  if (replacements.length > 0)
    add(configure('ReplacementTransformer', { Replacements: replacements }, () => replacementTransformer(replacements, context)));
  return out;
}
