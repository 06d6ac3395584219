import { compareBytes, errorMessage, type FileSystem, type JsonObject } from '@flux-ts/base';
import { ChartError, chartError, type ChartErrorCode } from '../errors.ts';
import type { HelmMajor } from '../values/coalesce.ts';
import { readValues } from '../values/read.ts';
import { archiveFiles, directoryFiles, type LoadLimits } from './files.ts';
import { readLock, readMetadata, readRequirements, validateMetadata } from './metadata.ts';
import type { Chart, ChartFile, ChartLock, ChartMetadata } from './model.ts';

/** Where a chart comes from: files, a packaged archive, or a folder of a file system. */
export type ChartSource =
  { readonly files: readonly ChartFile[] } | { readonly archive: Uint8Array } | { readonly fs: FileSystem; readonly path: string };

/** How a chart is read: bounds, and the Helm whose rules count (default 4). */
export interface LoadOptions extends LoadLimits {
  readonly helmVersion?: HelmMajor;
}

/**
 * Loads a chart with its subcharts. Links are never followed out of the file system's root.
 * @throws ChartError with Helm's text
 */
export function loadChart(source: ChartSource, limits: LoadOptions = {}): Chart {
  if ('archive' in source) return chartOf(archiveFiles(source.archive, limits), limits, 0);
  if ('files' in source) return chartOf(source.files, limits, 0);
  return chartOf(directoryFiles(source.fs, source.path, limits), limits, 0);
}

function attempt<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const code: ChartErrorCode = error instanceof ChartError ? error.code : 'CHART_YAML';
    throw chartError(code, `${what}: ${errorMessage(error)}`, error);
  }
}

interface Parts {
  metadata: ChartMetadata | undefined;
  lock: ChartLock | undefined;
  values: JsonObject;
  schema: Uint8Array | undefined;
  readonly templates: ChartFile[];
  readonly files: ChartFile[];
  readonly below: Map<string, ChartFile[]>;
}

function place(file: ChartFile, parts: Parts, helmVersion: HelmMajor | undefined): void {
  const isV1 = parts.metadata?.apiVersion === 'v1';
  if (file.name === 'Chart.yaml') return;
  if (file.name === 'Chart.lock') parts.lock = attempt('cannot load Chart.lock', () => readLock(file.data));
  else if (file.name === 'values.yaml') parts.values = attempt('cannot load values.yaml', () => readValues(file.data, helmVersion));
  else if (file.name === 'values.schema.json') parts.schema = file.data;
  else if (file.name === 'requirements.yaml') {
    const dependencies = attempt('cannot load requirements.yaml', () => readRequirements(file.data));
    if (parts.metadata !== undefined && dependencies !== undefined) {
      const { type, ...rest } = parts.metadata;
      parts.metadata = { ...rest, dependencies, ...(type === undefined ? {} : { type }) };
    }
    if (isV1) parts.files.push(file);
  } else if (file.name === 'requirements.lock') {
    parts.lock = attempt('cannot load requirements.lock', () => readLock(file.data));
    if (isV1) parts.files.push(file);
  } else if (file.name.startsWith('templates/')) parts.templates.push(file);
  else if (file.name.startsWith('charts/') && !file.name.endsWith('.prov')) {
    const name = file.name.slice('charts/'.length);
    const first = name.split('/', 1)[0] as string;
    const group = parts.below.get(first);
    if (group === undefined) parts.below.set(first, [{ ...file, name }]);
    else group.push({ ...file, name });
  } else parts.files.push(file);
}

function subchart(name: string, files: readonly ChartFile[], context: { readonly limits: LoadOptions; readonly depth: number }): Chart {
  if (!name.endsWith('.tgz')) {
    const inner = files.filter((f) => f.name.includes('/')).map((f) => ({ ...f, name: f.name.slice(f.name.indexOf('/') + 1) }));
    return chartOf(inner, context.limits, context.depth + 1);
  }
  const file = files[0] as ChartFile;
  if (file.name !== name) throw chartError('CHART_INVALID', `error unpacking subchart tar: expected ${name}, got ${file.name}`);
  return chartOf(archiveFiles(file.data, context.limits), context.limits, context.depth + 1);
}

function chartOf(files: readonly ChartFile[], limits: LoadOptions, depth: number): Chart {
  if (depth > 64) throw chartError('CHART_TOO_LARGE', 'charts are nested too deeply');
  const parts: Parts = { metadata: undefined, lock: undefined, values: {}, schema: undefined, templates: [], files: [], below: new Map() };
  const chartYaml = files.find((f) => f.name === 'Chart.yaml');
  if (chartYaml !== undefined) parts.metadata = attempt('cannot load Chart.yaml', () => readMetadata(chartYaml.data));
  for (const file of files) place(file, parts, limits.helmVersion);
  const metadata = parts.metadata;
  if (metadata === undefined) throw chartError('CHART_MISSING_FILE', 'Chart.yaml file is missing');
  validateMetadata(metadata);
  const subcharts: Chart[] = [];
  for (const name of [...parts.below.keys()].sort(compareBytes)) {
    if (/^[_.]/.test(name)) continue;
    const group = parts.below.get(name) as ChartFile[];
    subcharts.push(attempt(`error unpacking subchart ${name} in ${metadata.name}`, () => subchart(name, group, { limits, depth })));
  }
  return {
    metadata,
    ...(parts.lock === undefined ? {} : { lock: parts.lock }),
    values: parts.values,
    ...(parts.schema === undefined ? {} : { schema: parts.schema }),
    templates: parts.templates,
    files: parts.files,
    raw: files,
    subcharts,
  };
}

/** The same chart with another version, as Flux does when it adds a digest or a commit. */
export function withChartVersion(chart: Chart, version: string): Chart {
  return { ...chart, metadata: { ...chart.metadata, version } };
}
