import { gzip, packTar, type PackEntry } from '@flux-ts/archive';
import { isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { printYaml } from '@flux-ts/yaml';
import { chartError } from '../errors.ts';
import type { Chart } from './model.ts';

/** How a chart is packaged. */
export interface PackageOptions {
  /** Modification time of every file. Default 0: equal charts give equal bytes. */
  readonly mtimeSeconds?: number;
}

/** What Helm writes into the gzip header of every package. */
const MARK = '+aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=';

function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

function entriesOf(chart: Chart, folder: string): PackEntry[] {
  const { metadata, lock } = chart;
  if (metadata.name.includes('/') || metadata.name === '..' || metadata.name === '.') {
    throw chartError('CHART_INVALID', `${JSON.stringify(metadata.name)} is not a valid chart name`);
  }
  const base = `${folder}${metadata.name}`;
  const { dependencies, ...rest } = metadata;
  const shown = metadata.apiVersion === 'v1' || dependencies === undefined || dependencies.length === 0 ? rest : metadata;
  const out: PackEntry[] = [{ path: `${base}/Chart.yaml`, bytes: printYaml(plain(shown)) }];
  if (metadata.apiVersion === 'v2' && lock !== undefined) out.push({ path: `${base}/Chart.lock`, bytes: printYaml(plain(lock)) });
  for (const file of chart.raw) if (file.name === 'values.yaml') out.push({ path: `${base}/values.yaml`, bytes: file.data });
  if (chart.schema !== undefined) {
    checkJson(chart.schema);
    out.push({ path: `${base}/values.schema.json`, bytes: chart.schema });
  }
  for (const file of [...chart.templates, ...chart.files]) out.push({ path: `${base}/${file.name}`, bytes: file.data });
  for (const child of chart.subcharts) out.push(...entriesOf(child, `${base}/charts/`));
  return out;
}

function checkJson(schema: Uint8Array): void {
  try {
    const value = JSON.parse(Buffer.from(schema).toString('utf8')) as JsonValue;
    if (isObject(value) || typeof value === 'boolean') return;
  } catch (error) {
    throw chartError('CHART_INVALID', 'invalid JSON in values.schema.json', error);
  }
}

/**
 * Packages a chart as `helm package` does: the same files in the same order with the same headers, only that all times are
 * one given time, so that equal charts give equal bytes.
 * @throws ChartError CHART_INVALID for a name that is a path
 */
export function chartArchive(chart: Chart, options: PackageOptions = {}): Uint8Array {
  const tar = packTar(entriesOf(chart, ''), {
    order: 'given',
    directories: false,
    fileMode: 0o644,
    execMode: 0o644,
    mtimeSeconds: options.mtimeSeconds ?? 0,
  });
  return gzip(tar, { extra: Buffer.from(MARK), comment: 'Helm' });
}
