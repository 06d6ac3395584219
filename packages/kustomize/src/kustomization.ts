import type { JsonObject, JsonValue } from '@flux-ts/base';
import { failure } from './errors.ts';

/** Options of the generators. */
export interface GeneratorOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly disableNameSuffixHash?: boolean;
  readonly immutable?: boolean;
}

/** One configMapGenerator or secretGenerator entry. */
export interface GeneratorArgs {
  readonly name?: string;
  readonly namespace?: string;
  readonly behavior?: string;
  readonly literals?: readonly string[];
  readonly files?: readonly string[];
  readonly envs?: readonly string[];
  readonly env?: string;
  readonly options?: GeneratorOptions;
  /** The type of a Secret; default Opaque. */
  readonly type?: string;
}

/** What a patch or a replacement is aimed at: anchored patterns, and label selectors. Empty parts match anything. */
export interface Selector {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly annotationSelector?: string;
  readonly labelSelector?: string;
}

/** One patches entry. */
export interface Patch {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: Selector;
  readonly options?: { readonly allowNameChange?: boolean; readonly allowKindChange?: boolean };
}

/** One images entry. */
export interface Image {
  readonly name?: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly tagSuffix?: string;
  readonly digest?: string;
}

/** Options of a replacement's source or targets. */
export interface FieldOptions {
  readonly delimiter?: string;
  readonly index?: number;
  readonly create?: boolean;
}

/** One replacements entry. */
export interface Replacement {
  readonly source?: Selector & { readonly fieldPath?: string; readonly options?: FieldOptions };
  readonly sourceValue?: string;
  readonly targets?: readonly {
    readonly select?: Selector;
    readonly reject?: readonly Selector[];
    readonly fieldPaths?: readonly string[];
    readonly options?: FieldOptions;
  }[];
  readonly path?: string;
}

/** One vars entry. */
export interface Var {
  readonly name: string;
  readonly objref: {
    readonly apiVersion?: string;
    readonly group?: string;
    readonly version?: string;
    readonly kind?: string;
    readonly name?: string;
    readonly namespace?: string;
  };
  readonly fieldref?: { readonly fieldPath?: string };
}

/** One helmCharts entry. */
export interface HelmChart {
  readonly name?: string;
  readonly version?: string;
  readonly repo?: string;
  readonly releaseName?: string;
  readonly namespace?: string;
  readonly additionalValuesFiles?: readonly string[];
  readonly valuesFile?: string;
  readonly valuesInline?: JsonObject;
  readonly valuesMerge?: string;
  readonly includeCRDs?: boolean;
  readonly skipHooks?: boolean;
  readonly apiVersions?: readonly string[];
  readonly kubeVersion?: string;
  readonly nameTemplate?: string;
  readonly skipTests?: boolean;
  readonly debug?: boolean;
  readonly devel?: boolean;
}

/** How the output is sorted. */
export interface SortOptions {
  readonly order?: string;
  readonly legacySortOptions?: { readonly orderFirst?: readonly string[]; readonly orderLast?: readonly string[] };
}

/** A label transformer's entry. */
export interface LabelEntry {
  readonly pairs?: Readonly<Record<string, string>>;
  readonly includeSelectors?: boolean;
  readonly includeTemplates?: boolean;
  readonly fields?: readonly RawFieldSpec[];
}

/** A field spec as it is written. */
export interface RawFieldSpec {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly path?: string;
  readonly create?: boolean;
}

/** A kustomization.yaml, its old fields folded into today's. */
export interface Kustomization {
  readonly kind: string;
  readonly apiVersion: string;
  readonly openapi?: Readonly<Record<string, string>>;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly namespace?: string;
  readonly commonLabels?: Readonly<Record<string, string>>;
  readonly labels?: readonly LabelEntry[];
  readonly commonAnnotations?: Readonly<Record<string, string>>;
  readonly patchesStrategicMerge?: readonly string[];
  readonly patchesJson6902?: readonly Patch[];
  readonly patches?: readonly Patch[];
  readonly images?: readonly Image[];
  readonly replacements?: readonly Replacement[];
  readonly replicas?: readonly { readonly name?: string; readonly count?: number | bigint }[];
  readonly vars?: readonly Var[];
  readonly sortOptions?: SortOptions;
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly crds?: readonly string[];
  readonly configMapGenerator?: readonly GeneratorArgs[];
  readonly secretGenerator?: readonly GeneratorArgs[];
  readonly helmGlobals?: { readonly chartHome?: string; readonly configHome?: string };
  readonly helmCharts?: readonly HelmChart[];
  readonly generatorOptions?: GeneratorOptions;
  readonly configurations?: readonly string[];
  readonly generators?: readonly string[];
  readonly transformers?: readonly string[];
  readonly validators?: readonly string[];
  readonly buildMetadata?: readonly string[];
}

const FIX = "Run 'kustomize edit fix' to update your Kustomization automatically.";
const DEPRECATED = [
  ['bases', 'resources', FIX],
  ['commonLabels', 'labels', FIX],
  ['imageTags', 'images', FIX],
  ['patchesJson6902', 'patches', FIX],
  ['patchesStrategicMerge', 'patches', FIX],
  ['vars', 'replacements', `[EXPERIMENTAL] ${FIX}`],
] as const;

/** The warnings about fields that have newer names, in kustomize's words. */
export function deprecationWarnings(raw: JsonObject): string[] {
  return DEPRECATED.filter(([field]) => Object.hasOwn(raw, field)).map(
    ([field, now, fix]) => `# Warning: '${field}' is deprecated. Please use '${now}' instead. ${fix}`,
  );
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

function foldEnv(entries: JsonValue | undefined): JsonValue | undefined {
  if (entries === undefined) return undefined;
  return list(entries).map((entry) => {
    const { env, ...rest } = entry as JsonObject;
    return typeof env === 'string' && env !== '' ? { ...rest, envs: [...list(rest['envs']), env] } : (entry as JsonObject);
  });
}

function chartFromOld(entry: JsonValue): JsonObject {
  const old = entry as JsonObject;
  const pairs = {
    name: 'chartName',
    version: 'chartVersion',
    repo: 'chartRepoUrl',
    valuesFile: 'values',
    valuesInline: 'valuesLocal',
    valuesMerge: 'valuesMerge',
    releaseName: 'releaseName',
  };
  const out: Record<string, JsonValue> = {};
  for (const [now, was] of Object.entries(pairs)) if (old[was] !== undefined) out[now] = old[was];
  return out;
}

/** Folds old fields into today's and fills in kind and apiVersion. @throws KustomizeError where the file is empty or of another kind */
export function fixKustomization(raw: JsonObject, root: string): Kustomization {
  const { bases, imageTags, helmChartInflationGenerator, ...rest } = raw;
  const kind = typeof raw['kind'] === 'string' && raw['kind'] !== '' ? raw['kind'] : 'Kustomization';
  const wanted = kind === 'Component' ? 'kustomize.config.k8s.io/v1alpha1' : 'kustomize.config.k8s.io/v1beta1';
  const apiVersion = typeof raw['apiVersion'] === 'string' && raw['apiVersion'] !== '' ? raw['apiVersion'] : wanted;
  const out: Record<string, JsonValue> = { ...rest, kind, apiVersion };
  if (bases !== undefined) out['resources'] = [...list(raw['resources']), ...list(bases)];
  if (imageTags !== undefined) out['images'] = [...list(raw['images']), ...list(imageTags)];
  for (const field of ['configMapGenerator', 'secretGenerator']) if (raw[field] !== undefined) out[field] = foldEnv(raw[field]) ?? null;
  if (helmChartInflationGenerator !== undefined) {
    const old = list(helmChartInflationGenerator) as readonly JsonObject[];
    out['helmCharts'] = [...list(raw['helmCharts']), ...old.map(chartFromOld)];
    const last = (field: string): JsonValue | undefined => old.map((o) => o[field]).findLast((v) => v !== undefined && v !== '');
    const globals = { chartHome: last('chartHome'), configHome: last('helmHome') };
    if (raw['helmGlobals'] === undefined && (globals.chartHome !== undefined || globals.configHome !== undefined)) {
      out['helmGlobals'] = Object.fromEntries(Object.entries(globals).filter(([, v]) => v !== undefined)) as JsonObject;
    }
  }
  if (Object.keys(out).every((key) => key === 'kind' || key === 'apiVersion' || isZero(out[key] as JsonValue)))
    throw failure('kustomization.yaml is empty', 'KUSTOMIZE_CONFIG');
  const errors: string[] = [];
  if (kind !== 'Kustomization' && kind !== 'Component') errors.push('kind should be Kustomization or Component');
  if (apiVersion !== wanted) errors.push(`apiVersion for ${kind} should be ${wanted}`);
  if (errors.length > 0) throw failure(`Failed to read kustomization file under ${root}:\n${errors.join('\n')}`, 'KUSTOMIZE_CONFIG');
  return out as unknown as Kustomization;
}

/** What Go leaves at its zero value: empty text, false. Empty lists that were written count as something. */
function isZero(value: JsonValue): boolean {
  return value === '' || value === false || value === 0;
}
