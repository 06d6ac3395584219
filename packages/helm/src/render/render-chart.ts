import { isObject, type Clock, type JsonObject, type Random } from '@flux-ts/base';
import type { BudgetLimits } from '@flux-ts/gotemplate';
import { parseYamlDocuments } from '@flux-ts/yaml';
import { chartCrds, type CrdFile } from '../chart/crds.ts';
import type { Chart } from '../chart/model.ts';
import { RenderError, ValuesError, valuesError } from '../errors.ts';
import { validateValues } from '../schema/validate-values.ts';
import { coalesceValues, type CoalesceOptions, type HelmMajor } from '../values/coalesce.ts';
import { isCompatibleRange, processDependencies } from '../values/dependencies.ts';
import { defaultCapabilities, type Capabilities } from './capabilities.ts';
import { executeTemplates, HelmCaches, type ReleaseInfo } from './engine.ts';
import type { Lookup } from './functions.ts';
import type { Hook } from './hooks.ts';
import { sortManifests, sourceBlock, type Manifest } from './manifests.ts';
import { postRendered, type PostRender } from './post-render.ts';

/** What a chart is rendered with. */
export interface RenderInput {
  readonly chart: Chart;
  /** What the user gave, over the chart's defaults. */
  readonly values: JsonObject;
  readonly release: ReleaseInfo;
  readonly clock: Clock;
  readonly random: Random;
  /** Default: those of a Helm that knows no cluster. */
  readonly capabilities?: Capabilities;
  /** Reads the cluster for `lookup`; without it every lookup is empty. */
  readonly lookup?: Lookup;
  /** Whose rules count where the two differ. Default 4. */
  readonly helmVersion?: HelmMajor;
  readonly caches?: HelmCaches;
  readonly budget?: BudgetLimits;
  readonly skipSchemaValidation?: boolean;
  /** Put the files of crds/ in front of the manifest. */
  readonly includeCrds?: boolean;
  /** Subcharts' NOTES.txt too. */
  readonly subNotes?: boolean;
  /** `required` and `fail` only warn; no lookups. */
  readonly lint?: boolean;
  /** A missing key is an error. */
  readonly strict?: boolean;
  readonly warn?: (message: string) => void;
  readonly postRender?: PostRender;
}

/** One object of a rendered manifest and the template file that it came from. */
export interface ManifestObject {
  readonly object: JsonObject;
  readonly source: string;
}

/** What rendering gives. */
export interface Rendered {
  /** The chart as rendered: dependencies processed. */
  readonly chart: Chart;
  /** All documents but hooks, in the order of installation, as Helm prints and stores them. */
  readonly manifest: string;
  readonly hooks: readonly Hook[];
  readonly notes: string;
  readonly crds: readonly CrdFile[];
  /** The output of each template file, as it was before it was split. */
  readonly files: ReadonlyMap<string, string>;
  /** The user's values as given. */
  readonly config: JsonObject;
  /** The values that the templates saw; made when asked for. */
  readonly values: JsonObject;
  /** The objects of the manifest, in order; made when asked for. */
  objects(): readonly ManifestObject[];
}

function checkKubeVersion(chart: Chart, capabilities: Capabilities): void {
  const range = chart.metadata.kubeVersion;
  const version = capabilities.kubeVersion.normalized;
  if (range === undefined || isCompatibleRange(range, version)) return;
  const message = `chart requires kubeVersion: ${range} which is incompatible with Kubernetes ${version}`;
  throw new RenderError({ code: 'RENDER_KUBE_VERSION', message });
}

function dependenciesProcessed(input: RenderInput, options: CoalesceOptions): Chart {
  try {
    return processDependencies(input.chart, input.values, options);
  } catch (error) {
    if (!(error instanceof ValuesError) || options.helmVersion === 3) throw error;
    throw valuesError(error.code, `chart dependencies processing failed: ${error.message}`, error);
  }
}

/** Takes NOTES.txt out of the files. */
function takeNotes(files: Map<string, string>, root: string, subNotes: boolean): string {
  let notes = '';
  for (const [path, text] of files) {
    if (!path.endsWith('NOTES.txt')) continue;
    files.delete(path);
    if (!subNotes && path !== `${root}/templates/NOTES.txt`) continue;
    notes += notes === '' ? text : `\n${text}`;
  }
  return notes;
}

function objectsOf(text: string): ManifestObject[] {
  const out: ManifestObject[] = [];
  for (const document of parseYamlDocuments(text)) {
    if (!isObject(document.value)) continue;
    out.push({ object: document.value, source: /^# Source: (.*)$/m.exec(document.text)?.[1] ?? '' });
  }
  return out;
}

function objectsOfManifests(crds: readonly CrdFile[], manifests: readonly Manifest[]): ManifestObject[] {
  const own = manifests.flatMap(({ value, path }) => (isObject(value) ? [{ object: value, source: path }] : []));
  return [...crds.flatMap((crd) => objectsOf(`# Source: ${crd.filename}\n${Buffer.from(crd.data).toString('utf8')}`)), ...own];
}

/**
 * Renders a chart as `helm template` and an installation do: dependencies, values, schema, templates, hooks, order, notes.
 * Pure: nothing is read but through `lookup`; equal input (and no use of chance or time) gives equal output.
 * @throws ValuesError, RenderError with Helm's text
 */
export function renderChart(input: RenderInput): Rendered {
  const helmVersion = input.helmVersion ?? 4;
  const warn = input.warn;
  const options = { helmVersion, warn };
  const caches = input.caches ?? new HelmCaches();
  const capabilities = input.capabilities ?? defaultCapabilities({ helmVersion });
  const chart = dependenciesProcessed(input, options);
  const values = coalesceValues(chart, input.values, options);
  if (input.skipSchemaValidation !== true) validateValues(chart, values, caches.schemas);
  checkKubeVersion(chart, capabilities);
  const { release, lookup, clock, random, budget = {}, lint = false, strict = false } = input;
  const rendered = executeTemplates({
    chart,
    values,
    release,
    capabilities,
    lookup,
    helmVersion,
    caches,
    clock,
    random,
    budget,
    lint,
    strict,
    warn,
  });
  const files = new Map(rendered);
  const notes = takeNotes(files, chart.metadata.name, input.subNotes ?? false);
  const crds = chartCrds(chart);
  const shown = input.includeCrds === true ? crds : [];
  const sorted = postRendered(files, {
    helmVersion,
    postRender: input.postRender,
    sort: (f) => sortManifests(f, helmVersion, caches.documents),
  });
  const head = shown.map((crd) => sourceBlock(crd.filename, Buffer.from(crd.data).toString('utf8'))).join('');
  const printed = head + sorted.manifests.map((m) => sourceBlock(m.path, m.content)).join('');
  const manifest = input.postRender !== undefined && sorted.postponed ? input.postRender.run(printed) : printed;
  let objects: readonly ManifestObject[] | undefined;
  let seen: JsonObject | undefined;
  return {
    chart,
    manifest,
    hooks: sorted.hooks,
    notes,
    crds,
    files: rendered,
    config: input.values,
    get values(): JsonObject {
      seen ??= coalesceValues(chart, input.values, options);
      return seen;
    },
    objects(): readonly ManifestObject[] {
      objects ??= manifest === printed ? objectsOfManifests(shown, sorted.manifests) : objectsOf(manifest);
      return objects;
    },
  };
}
