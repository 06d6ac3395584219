import type { JsonObject } from '@flux-ts/base';
import { printYaml } from '@flux-ts/yaml';
import type { Chart, ChartMetadata } from './model.ts';

/**
 * Tells which declared dependencies are not below charts/.
 * @returns Helm's text, or undefined where all are there
 */
export function checkDependencies(chart: Chart): string | undefined {
  const present = new Set(chart.subcharts.map((child) => child.metadata.name));
  const missing = (chart.metadata.dependencies ?? []).map((d) => d.name).filter((name) => !present.has(name));
  return missing.length === 0 ? undefined : `found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`;
}

/** Prints a Chart.yaml as Helm does: keys sorted, empty ones left out. */
export function printMetadata(metadata: ChartMetadata): string {
  const plain = JSON.parse(JSON.stringify(metadata)) as Record<string, JsonObject[string]>;
  if (metadata.dependencies?.length === 0) delete plain['dependencies'];
  return printYaml(plain);
}
