import { isObject, type FileSystem, type JsonObject, type JsonValue } from '@flux-ts/base';
import { parseYaml } from '@flux-ts/yaml';
import { failure, prefixed } from '../errors.ts';
import type { HelmChart } from '../kustomization.ts';
import { isAbsolute, joinPath } from '../paths.ts';
import { mergeDocuments } from '../strategic-merge.ts';
import { Resource } from '../resource.ts';
import type { KObject, KValue } from '../value.ts';
import type { TransformerContext } from '../transformers/transformer.ts';

/** What `inflateChart` is asked to render. */
export interface InflateRequest {
  readonly fs: FileSystem;
  /** The chart's directory on `fs`; undefined: it is not there and must be pulled. */
  readonly chartPath: string | undefined;
  readonly chart: { readonly name: string; readonly version?: string; readonly repo?: string };
  readonly releaseName?: string;
  readonly namespace?: string;
  readonly nameTemplate?: string;
  /** The values, composed as `valuesMerge` says, one document; further files follow. */
  readonly values: JsonObject;
  readonly additionalValues: readonly JsonObject[];
  readonly includeCRDs: boolean;
  readonly skipHooks: boolean;
  readonly skipTests: boolean;
  readonly apiVersions: readonly string[];
  readonly kubeVersion?: string;
}

/** Renders a chart and gives its manifests as YAML. */
export type InflateChart = (request: InflateRequest) => string;

/** What the whole build says about helm. */
export interface HelmOptions {
  readonly enabled: boolean;
  readonly inflateChart: InflateChart | undefined;
  readonly kubeVersion?: string;
  readonly apiVersions?: readonly string[];
}

/** A chart with where charts lie. */
export type ChartEntry = HelmChart & { readonly chartHome?: string };

const MERGES = ['merge', 'override', 'replace'];

/** Checks a chart entry as kustomize does before it runs anything. @throws KustomizeError in kustomize's words */
export function checkChart(entry: ChartEntry, options: HelmOptions): void {
  if (!options.enabled) throw failure('must specify --enable-helm');
  if (options.inflateChart === undefined) throw failure('this build was given no helm engine', 'KUSTOMIZE_REMOTE');
  if ((entry.name ?? '') === '') throw failure('chart name cannot be empty');
  if (entry.valuesMerge !== undefined && entry.valuesMerge !== '' && !MERGES.includes(entry.valuesMerge)) {
    throw failure(`valuesMerge must be one of [${MERGES.join(' ')}]`);
  }
}

function readValues(bytes: Uint8Array): JsonObject {
  const value = parseYaml(Buffer.from(bytes).toString('utf8'));
  return isObject(value) ? value : {};
}

/** Renders a chart into resources. @throws KustomizeError */
export function inflate(entry: ChartEntry, options: HelmOptions, context: TransformerContext): Resource[] {
  checkChart(entry, options);
  const { loader } = context;
  const name = entry.name as string;
  const home = isAbsolute(entry.chartHome ?? '')
    ? (entry.chartHome as string)
    : joinPath(loader.root, (entry.chartHome ?? '') === '' ? 'charts' : (entry.chartHome as string));
  const versioned = (entry.version ?? '') !== '' && (entry.repo ?? '') !== '';
  const directory = joinPath(versioned ? joinPath(home, `${name}-${entry.version as string}`) : home, name);
  const present = loader.probe(directory) === 'directory';
  if (!present && (entry.repo ?? '') === '') throw failure(`no repo specified for pull, no chart found at '${directory}'`);
  if (!present) loader.reads.external = true;
  const additionalValues = (entry.additionalValuesFiles ?? []).map((file) => {
    try {
      return readValues(loader.load(file));
    } catch (error) {
      throw prefixed('could not load additionalValuesFile', error);
    }
  });
  const text = (options.inflateChart as InflateChart)({
    fs: loader.recordedFs,
    chartPath: present ? directory : undefined,
    chart: {
      name,
      ...(entry.version === undefined ? {} : { version: entry.version }),
      ...(entry.repo === undefined ? {} : { repo: entry.repo }),
    },
    ...(entry.releaseName === undefined ? {} : { releaseName: entry.releaseName }),
    ...(entry.namespace === undefined ? {} : { namespace: entry.namespace }),
    ...(entry.nameTemplate === undefined ? {} : { nameTemplate: entry.nameTemplate }),
    values: composeValues(entry, { directory, present }, context),
    additionalValues,
    includeCRDs: entry.includeCRDs === true,
    skipHooks: entry.skipHooks === true,
    skipTests: entry.skipTests === true,
    apiVersions: options.apiVersions ?? entry.apiVersions ?? [],
    ...kubeVersion(entry, options),
  });
  return readManifests(text, context);
}

function kubeVersion(entry: ChartEntry, options: HelmOptions): { readonly kubeVersion?: string } {
  const version = entry.kubeVersion ?? options.kubeVersion;
  return version === undefined ? {} : { kubeVersion: version };
}

function composeValues(
  entry: ChartEntry,
  at: { readonly directory: string; readonly present: boolean },
  context: TransformerContext,
): JsonObject {
  const { loader } = context;
  const own = entry.valuesFile ?? '';
  const file = own === '' ? joinPath(at.directory, 'values.yaml') : own;
  const inline = entry.valuesInline ?? {};
  const merge = entry.valuesMerge ?? 'override';
  // a chart that is still to be pulled brings its own values.yaml; helm merges it below these anyway
  const readable = at.present || own !== '';
  if (Object.keys(inline).length > 0 && merge === 'replace') return inline;
  const values = readable ? readValues(loader.load(file)) : {};
  if (Object.keys(inline).length === 0) return values;
  const [target, patch] = merge === 'merge' ? [inline, values] : [values, inline];
  return asObject(mergeDocuments(target as KValue, patch as KValue));
}

function asObject(value: KValue | undefined): JsonObject {
  return isObject(value) ? (value as JsonObject) : {};
}

function readManifests(text: string, context: TransformerContext): Resource[] {
  const objects = readRendered(text, context);
  return objects.map((object) => {
    const resource = new Resource(object);
    resource.state = { ...resource.state, helmGenerated: true };
    return resource;
  });
}

/** helm may print messages before the first document. */
function readRendered(text: string, context: TransformerContext): readonly KObject[] {
  try {
    return context.read(text, undefined);
  } catch (error) {
    const from = text.indexOf('\n---');
    if (from < 0) throw prefixed('could not parse bytes into resource map', error);
    return context.read(text.slice(from + 1), undefined);
  }
}

/** A chart entry of a file of its own. */
export function chartFromConfig(config: JsonValue): ChartEntry {
  return config as unknown as ChartEntry;
}
