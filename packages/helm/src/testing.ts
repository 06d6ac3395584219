import { seededRandom, VirtualClock } from '@flux-ts/base';
import { loadChart } from './chart/load.ts';
import type { Chart } from './chart/model.ts';
import { renderChart, type Rendered, type RenderInput } from './render/render-chart.ts';

/** Makes a chart of texts for tests; without a Chart.yaml it gets one of name `c`. @internal */
export function chartOf(files: Readonly<Record<string, string>>): Chart {
  const all = { 'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n', ...files };
  return loadChart({ files: Object.entries(all).map(([name, text]) => ({ name, data: Buffer.from(text) })) });
}

/** Renders a chart of texts for tests, as release `r` in namespace `ns`. @internal */
export function renderFiles(files: Readonly<Record<string, string>>, input: Partial<RenderInput> = {}): Rendered {
  return renderChart({
    chart: chartOf(files),
    values: {},
    release: { name: 'r', namespace: 'ns' },
    clock: new VirtualClock(),
    random: seededRandom(1),
    ...input,
  });
}
