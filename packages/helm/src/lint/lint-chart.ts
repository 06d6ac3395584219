import { compareBytes, errorMessage, getString, isObject, type Clock, type FileSystem, type JsonObject, type Random } from '@flux-ts/base';
import { parseYamlDocuments } from '@flux-ts/yaml';
import { loadChart } from '../chart/load.ts';
import type { Chart, ChartMetadata } from '../chart/model.ts';
import { RenderError } from '../errors.ts';
import { defaultCapabilities, parseKubeVersion } from '../render/capabilities.ts';
import { renderChart } from '../render/render-chart.ts';
import { validateValues } from '../schema/validate-values.ts';
import { coalesceValues } from '../values/coalesce.ts';
import { readValues } from '../values/read.ts';
import { lintChartfile } from './chartfile.ts';
import { lintManifest } from './manifest.ts';
import type { LintMessage, Report } from './message.ts';

/** What is examined, and with which values. */
export interface LintInput {
  readonly fs: FileSystem;
  /** The name of the chart's folder. */
  readonly folderName: string;
  readonly values: JsonObject;
  readonly namespace?: string;
  readonly kubeVersion?: string;
  readonly skipSchemaValidation?: boolean;
  readonly clock: Clock;
  readonly random: Random;
}

function lintValues(input: LintInput, chart: Chart | undefined, report: Report): void {
  const path = 'values.yaml';
  if (input.fs.stat(`/${path}`)?.kind !== 'file') return report('INFO', path, 'file does not exist');
  try {
    readValues(input.fs.read(`/${path}`));
  } catch (error) {
    return report('ERROR', path, `unable to parse YAML: ${errorMessage(error)}`);
  }
  if (chart?.schema === undefined || input.skipSchemaValidation === true) return;
  try {
    validateValues({ ...chart, subcharts: [] }, coalesceValues({ ...chart, subcharts: [] }, input.values));
  } catch (error) {
    const lead = `values don't meet the specifications of the schema(s) in the following chart(s):\n${chart.metadata.name}:\n`;
    report('ERROR', path, errorMessage(error).replace(lead, '').replace(/\n$/, ''));
  }
}

function lintTemplates(input: LintInput, chart: Chart, report: Report): void {
  const path = 'templates/';
  const stat = input.fs.stat('/templates');
  if (stat === undefined) return report('WARNING', path, 'directory does not exist');
  if (stat.kind !== 'directory') return report('ERROR', path, 'not a directory');
  const kubeVersion = input.kubeVersion;
  const capabilities = defaultCapabilities(kubeVersion === undefined ? {} : { kubeVersion });
  let files: ReadonlyMap<string, string>;
  try {
    const rendered = renderChart({
      chart,
      values: input.values,
      release: { name: 'test-release', namespace: input.namespace ?? 'default' },
      capabilities,
      skipSchemaValidation: input.skipSchemaValidation ?? false,
      lint: true,
      clock: input.clock,
      random: input.random,
    });
    files = rendered.files;
  } catch (error) {
    if (!(error instanceof RenderError) || error.files === undefined) return report('ERROR', path, errorMessage(error));
    files = error.files;
  }
  const kube = parseKubeVersion(capabilities.kubeVersion.version);
  for (const file of [...chart.templates].sort((a, b) => compareBytes(a.name, b.name))) {
    const extension = /\.[^./]*$/.exec(file.name)?.[0] ?? '';
    if (!['.yaml', '.yml', '.tpl', '.txt'].includes(extension)) {
      report('ERROR', file.name, `file extension '${extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt`);
      continue;
    }
    if (extension !== '.yaml' && extension !== '.yml') continue;
    const text = files.get(`${chart.metadata.name}/${file.name}`) ?? '';
    if (text.trim() === '') continue;
    lintManifest(text, { path: file.name, kube: { major: Number(kube.major), minor: Number(kube.minor) }, report });
  }
}

function lintDependencies(chart: Chart, metadata: ChartMetadata, folderName: string, report: Report): void {
  const declared = new Set((metadata.dependencies ?? []).map((d) => d.name));
  const present = new Set(chart.subcharts.map((c) => c.metadata.name));
  const missing = [...declared].filter((name) => !present.has(name));
  if (missing.length > 0) report('WARNING', folderName, `chart directory is missing these dependencies: ${missing.join(',')}`);
  const undeclared = [...present].filter((name) => !declared.has(name));
  if (undeclared.length > 0) report('ERROR', folderName, `chart metadata is missing these dependencies: ${undeclared.join(',')}`);
}

function lintCrds(chart: Chart, report: Report): void {
  for (const file of chart.files) {
    if (!file.name.startsWith('crds/') || !/\.(ya?ml|json)$/i.test(file.name)) continue;
    try {
      for (const { value } of parseYamlDocuments(Buffer.from(file.data).toString('utf8'))) {
        if (!isObject(value)) continue;
        if (!(getString(value, ['apiVersion']) ?? '').startsWith('apiextensions.k8s.io'))
          report('ERROR', file.name, "apiVersion is not in 'apiextensions.k8s.io'");
        if (getString(value, ['kind']) !== 'CustomResourceDefinition')
          report('ERROR', file.name, "object kind is not 'CustomResourceDefinition'");
      }
    } catch (error) {
      report('ERROR', file.name, `unable to parse YAML: ${errorMessage(error)}`);
    }
  }
}

/** Examines a chart's folder with the rules of `helm lint`: Chart.yaml, values, templates, dependencies, CRDs. */
export function lintChart(input: LintInput): LintMessage[] {
  const messages: LintMessage[] = [];
  const report: Report = (severity, path, message) => void messages.push({ severity, path, message });
  const metadata = lintChartfile(input.fs, report);
  if (metadata === undefined) return messages;
  let chart: Chart | undefined;
  let problem: unknown;
  try {
    chart = loadChart({ fs: input.fs, path: '/' });
  } catch (error) {
    problem = error;
  }
  lintValues(input, chart, report);
  if (chart === undefined) {
    report('ERROR', 'templates/', errorMessage(problem));
    report('ERROR', input.folderName, `unable to load chart\n\t${errorMessage(problem)}`);
    return messages;
  }
  lintTemplates(input, chart, report);
  lintDependencies(chart, metadata, input.folderName, report);
  lintCrds(chart, report);
  return messages;
}
