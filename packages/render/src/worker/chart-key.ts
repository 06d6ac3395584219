import { createHash, type Hash } from 'node:crypto';
import { serialize } from 'node:v8';
import type { Chart } from '@flux-ts/helm';

function add(hash: Hash, chart: Chart): void {
  const { metadata, lock, values, loadedName, schema } = chart;
  hash.update(serialize([metadata, lock, values, loadedName, schema, chart.subcharts.length]));
  for (const files of [chart.templates, chart.files]) {
    hash.update(`\n${files.length}\n`);
    for (const file of files) hash.update(`${JSON.stringify(file.name)} ${file.data.length}\n`).update(file.data);
  }
  for (const child of chart.subcharts) add(hash, child);
}

/** The digest of everything in a chart that rendering looks at. */
export function chartDigest(chart: Chart): string {
  const hash = createHash('sha256');
  add(hash, chart);
  return hash.digest('hex');
}

/** About how many bytes a chart holds. */
export function chartBytes(chart: Chart): number {
  const own = [...chart.templates, ...chart.files].reduce((sum, file) => sum + file.data.length + file.name.length, 1024);
  return chart.subcharts.reduce((sum, child) => sum + chartBytes(child), own);
}

/** The chart without the copies of its files as they were loaded, which rendering does not read. */
export function withoutRaw(chart: Chart): Chart {
  return { ...chart, raw: [], subcharts: chart.subcharts.map(withoutRaw) };
}
