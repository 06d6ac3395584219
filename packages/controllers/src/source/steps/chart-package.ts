import { isObject, type JsonObject } from '@flux-ts/base';
import { chartArchive, loadChart, mergeValues, withChartVersion, type Chart } from '@flux-ts/helm';
import { parseYaml, printYaml } from '@flux-ts/yaml';
import { chartFailure } from './chart-error.ts';

/** How values files are merged. */
export interface ValuesFilesOptions {
  readonly files: readonly string[];
  readonly ignoreMissing: boolean;
  /** Reads a file beside the chart, by a path from the source's root; undefined where there is none. */
  readonly readBeside?: (path: string) => Uint8Array | undefined;
}

/** A chart with its values replaced by merged files. */
export interface MergedChart {
  readonly chart: Chart;
  /** The files that were there, in order. */
  readonly files: readonly string[];
}

function readValues(bytes: Uint8Array, name: string): JsonObject {
  const value = parseYaml(bytes, { file: name });
  if (value === null) return {};
  if (!isObject(value)) throw chartFailure('ValuesFilesError', `unmarshaling values from '${name}' failed: not a mapping`);
  return value;
}

/** Replaces the values of a chart by the merge of files, later ones over earlier ones. @throws SourceFailure ValuesFilesError */
export function mergeValuesFiles(chart: Chart, options: ValuesFilesOptions): MergedChart {
  if (options.files.length === 0) return { chart, files: [] };
  let values: JsonObject = {};
  const found: string[] = [];
  for (const name of options.files) {
    const inside = chart.raw.find((f) => f.name === name.replace(/^\.\//, ''))?.data;
    const bytes = options.readBeside?.(name) ?? inside;
    if (bytes === undefined) {
      if (options.ignoreMissing) continue;
      throw chartFailure('ValuesFilesError', `no values file found at path '${name}'`);
    }
    values = mergeValues(values, readValues(bytes, name));
    found.push(name);
  }
  if (found.length === 0) return { chart, files: [] };
  const data = Buffer.from(printYaml(values));
  const raw = [...chart.raw.filter((f) => f.name !== 'values.yaml'), { name: 'values.yaml', data }];
  return { chart: loadChart({ files: raw }), files: found };
}

/** The version of a chart with build metadata added where there is some. */
export function packagedVersion(chart: Chart, metadata: string): string {
  const version = chart.metadata.version ?? '';
  if (metadata === '') return version;
  return version.includes('+') ? `${version}.${metadata}` : `${version}+${metadata}`;
}

/** Packs a chart under a version. */
export function packageChart(chart: Chart, version: string): Uint8Array {
  return chartArchive(chart.metadata.version === version ? chart : withChartVersion(chart, version));
}
