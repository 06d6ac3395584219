import { deserialize, serialize } from 'node:v8';
import type { JsonObject } from '@flux-ts/base';
import { chartCrds, coalesceValues, type Chart, type Hook } from '@flux-ts/helm';
import type { HelmReleaseInput, HelmReleaseRender } from '../render-release.ts';
import type { RenderedObject } from '../render-kustomization.ts';

/** A chart of the result, as what differs from the chart at the same place of the input. */
interface WireChart {
  /** The place of the chart that it was made of: its number when a parent is counted before its subcharts. */
  readonly at: number;
  readonly metadata?: Chart['metadata'];
  readonly values?: JsonObject;
  readonly loadedName?: string;
  readonly subcharts: readonly WireChart[];
}

/** Where one object lies in the buffer. */
interface WireObject {
  readonly from: number;
  readonly to: number;
  readonly digest: string;
  readonly origin: string;
}

/**
 * A result on its way: texts as they are, objects in one buffer that is handed over, each read when it is asked for.
 * V8's own format, not JSON: it keeps bigint, -0 and texts with stray bytes, at the same speed.
 */
export interface WireRender {
  readonly manifest: string;
  readonly notes: string;
  readonly hooks: readonly Hook[];
  readonly files: ReadonlyMap<string, string>;
  readonly configDigest: string;
  readonly chart: WireChart;
  readonly objects: readonly WireObject[];
  readonly buffer: Uint8Array<ArrayBuffer>;
}

function inOrder(chart: Chart, out: Chart[] = []): Chart[] {
  out.push(chart);
  for (const child of chart.subcharts) inOrder(child, out);
  return out;
}

/** Dependencies are processed by copying charts; the list of templates is what a copy shares with its original. */
function wireChart(chart: Chart, originals: ReadonlyMap<Chart['templates'], readonly [number, Chart]>): WireChart {
  const found = originals.get(chart.templates);
  if (found === undefined) throw new TypeError(`chart ${chart.metadata.name} is none of those that were given`);
  const [at, original] = found;
  return {
    at,
    ...(chart.metadata === original.metadata ? {} : { metadata: chart.metadata }),
    ...(chart.values === original.values ? {} : { values: chart.values }),
    ...(chart.loadedName === undefined ? {} : { loadedName: chart.loadedName }),
    subcharts: chart.subcharts.map((child) => wireChart(child, originals)),
  };
}

function readChart(wire: WireChart, originals: readonly Chart[]): Chart {
  const original = originals[wire.at] as Chart;
  const { at: _, ...differs } = wire;
  return { ...original, ...differs, subcharts: wire.subcharts.map((child) => readChart(child, originals)) };
}

/** Packs a result. @param input the chart that was rendered */
export function packRender(render: HelmReleaseRender, chart: Chart): WireRender {
  const { rendered } = render;
  const parts = render.objects.map((o) => ({ bytes: serialize(o.object), digest: o.digest, origin: o.origin ?? '' }));
  const buffer = new Uint8Array(parts.reduce((sum, part) => sum + part.bytes.length, 0));
  let from = 0;
  const objects = parts.map(({ bytes, digest, origin }): WireObject => {
    buffer.set(bytes, from);
    const to = from + bytes.length;
    const entry = { from, to, digest, origin };
    from = to;
    return entry;
  });
  const originals = new Map(inOrder(chart).map((c, i) => [c.templates, [i, c] as const]));
  return {
    manifest: rendered.manifest,
    notes: rendered.notes,
    hooks: rendered.hooks,
    files: rendered.files,
    configDigest: render.configDigest,
    chart: wireChart(rendered.chart, originals),
    objects,
    buffer,
  };
}

/** Gives the result that rendering the input in this thread would have given. */
export function unpackRender(wire: WireRender, input: HelmReleaseInput, helmVersion: 3 | 4): HelmReleaseRender {
  const chart = readChart(wire.chart, inOrder(input.chart));
  const crds = chartCrds(chart);
  const { manifest, notes, hooks, files, configDigest } = wire;
  let objects: readonly RenderedObject[] | undefined;
  let values: JsonObject | undefined;
  const readObjects = (): readonly RenderedObject[] => {
    objects ??= wire.objects.map(({ from, to, digest, origin }) => ({
      object: deserialize(wire.buffer.subarray(from, to)) as JsonObject,
      digest,
      origin,
    }));
    return objects;
  };
  const rendered: HelmReleaseRender['rendered'] = {
    chart,
    manifest,
    hooks,
    notes,
    crds,
    files,
    config: input.values,
    get values(): JsonObject {
      values ??= coalesceValues(chart, input.values, { helmVersion });
      return values;
    },
    objects: () => readObjects().map(({ object, origin = '' }) => ({ object, source: origin })),
  };
  return {
    manifest,
    get objects(): readonly RenderedObject[] {
      return readObjects();
    },
    hooks,
    crds,
    values: input.values,
    configDigest,
    rendered,
  };
}
