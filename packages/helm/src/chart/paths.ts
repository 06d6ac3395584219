import type { Chart } from './model.ts';

/** The full path of a subchart: its parent's path, `charts`, its name (or alias). */
export function childPath(parentPath: string, child: Chart): string {
  return `${parentPath}/charts/${child.metadata.name}`;
}

/**
 * The path that the subcharts of a chart build on. Helm 3 goes on with the name before an alias where the chart declares
 * no dependencies of its own.
 */
export function basePath(chart: Chart, path: string, helmVersion: 3 | 4): string {
  if (helmVersion === 4 || chart.loadedName === undefined || chart.metadata.dependencies !== undefined) return path;
  return path.slice(0, path.length - chart.metadata.name.length) + chart.loadedName;
}
