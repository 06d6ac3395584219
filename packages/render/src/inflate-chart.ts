import { seededRandom, VirtualClock, type Clock, type Random } from '@flux-ts/base';
import { defaultCapabilities, loadChart, mergeValues, renderChart, type Chart, type Hook, type HelmCaches } from '@flux-ts/helm';
import type { InflateChart, InflateRequest } from '@flux-ts/kustomize';
import { RenderError, step } from './errors.ts';

/** What the helm engine behind `helmCharts` is given. */
export interface InflateOptions {
  readonly caches?: HelmCaches;
  readonly clock: Clock;
  readonly random: Random;
  /** Whose rules count. Default 4. */
  readonly helmVersion?: 3 | 4;
  /** Fetches a chart that does not lie beside the kustomization; without it that is an error. */
  readonly pull?: (chart: { readonly name: string; readonly version?: string; readonly repo?: string }) => Chart;
}

/** Makes the engine that kustomize's `helmCharts` are rendered with: `helm template` in process. */
export function chartInflater(options: InflateOptions): InflateChart {
  return (request) => inflate(request, options);
}

/** An engine whose clock stands still and whose chance repeats: for builds that must give the same text every time. */
export const inflateChart: InflateChart = chartInflater({ clock: new VirtualClock(), random: seededRandom(1), helmVersion: 3 });

function chartOf(request: InflateRequest, options: InflateOptions): Chart {
  const { chartPath } = request;
  if (chartPath !== undefined) return step('RENDER_CHART', '', () => loadChart({ fs: request.fs, path: chartPath }));
  if (options.pull === undefined) {
    throw new RenderError({
      code: 'RENDER_CHART',
      message: `the chart '${request.chart.name}' must be pulled from '${request.chart.repo ?? ''}', and this build was given no way to do so`,
    });
  }
  return options.pull(request.chart);
}

function releaseName(request: InflateRequest, options: InflateOptions): string {
  const template = request.nameTemplate ?? '';
  if (template.includes('{{'))
    throw new RenderError({
      code: 'RENDER_CHART',
      message: `nameTemplate '${template}' has template actions; only plain names are supported`,
    });
  if (template !== '') return template;
  if ((request.releaseName ?? '') !== '') return request.releaseName as string;
  return `${request.chart.name}-${Math.floor(options.clock.now() / 1000)}`;
}

function inflate(request: InflateRequest, options: InflateOptions): string {
  const chart = chartOf(request, options);
  const values = request.additionalValues.reduce((into, more) => mergeValues(into, more), request.values);
  const helmVersion = options.helmVersion ?? 4;
  const rendered = step('RENDER_CHART', '', () =>
    renderChart({
      chart,
      values,
      release: { name: releaseName(request, options), namespace: request.namespace ?? 'default' },
      capabilities: defaultCapabilities({ helmVersion, kubeVersion: request.kubeVersion, apiVersions: request.apiVersions }),
      helmVersion,
      clock: options.clock,
      random: options.random,
      includeCrds: request.includeCRDs,
      ...(options.caches === undefined ? {} : { caches: options.caches }),
    }),
  );
  if (request.skipHooks) return rendered.manifest;
  const hooks = rendered.hooks.filter((hook) => !(request.skipTests && isTest(hook)));
  return rendered.manifest + hooks.map((hook) => `---\n# Source: ${hook.path}\n${hook.manifest}\n`).join('');
}

function isTest(hook: Hook): boolean {
  return hook.events.includes('test');
}
