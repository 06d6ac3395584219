import { childPath } from './paths.ts';
import type { Chart } from './model.ts';

/** A file of a chart's crds/ folder. */
export interface CrdFile {
  /** Path inside its chart: `crds/x.yaml`. */
  readonly name: string;
  /** Path from the root chart on, as in `# Source:` lines. */
  readonly filename: string;
  readonly data: Uint8Array;
}

/** Gives the files of crds/ of a chart and, after them, of its subcharts. They are never templates. */
export function chartCrds(chart: Chart, path: string = chart.metadata.name): CrdFile[] {
  const own = chart.files
    .filter((file) => file.name.startsWith('crds/') && /\.(ya?ml|json)$/i.test(file.name))
    .map((file) => ({ name: file.name, filename: `${path}/${file.name}`, data: file.data }));
  return [...own, ...chart.subcharts.flatMap((child) => chartCrds(child, childPath(path, child)))];
}
