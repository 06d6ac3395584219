import { errorMessage, formatDuration, getString, type JsonObject } from '@flux-ts/base';
import { loadChart, withChartVersion, type Chart } from '@flux-ts/helm';
import { generationOf, namespaceOf, parseKey, statusOf, typeOf } from '@flux-ts/kube';
import { ArtifactFetchError, artifactOf, isReady, type Artifact } from '@flux-ts/runtime';
import { gateEnabled } from '../../options.ts';
import { TYPES } from '../../shared/deps.ts';
import { specText } from '../../shared/spec.ts';
import { failureOf, HelmFailure } from '../outcome.ts';
import type { HelmRun } from '../run.ts';
import { chartKeyOf, checkAccess } from './chart-template.ts';

const REF_KINDS = ['OCIRepository', 'HelmChart', 'ExternalArtifact'] as const;

function sourceRef(run: HelmRun): { readonly kind: (typeof REF_KINDS)[number]; readonly key: string } {
  const { object } = run;
  const kind = REF_KINDS.find((k) => k === specText(object, 'chartRef', 'kind'));
  if (kind === undefined) return { kind: 'HelmChart', key: chartKeyOf(object) };
  return { kind, key: `${specText(object, 'chartRef', 'namespace') ?? namespaceOf(object)}/${specText(object, 'chartRef', 'name') ?? ''}` };
}

/** Finds the object whose artifact holds the chart, and makes sure that it is ready. @throws HelmFailure */
export async function findSource(run: HelmRun): Promise<{ readonly source: JsonObject; readonly artifact: Artifact }> {
  const { kind, key } = sourceRef(run);
  checkAccess(run, kind, key);
  if (kind === 'ExternalArtifact' && !gateEnabled(run.options, 'ExternalArtifact')) {
    throw new HelmFailure({ step: 'denied', message: `can't access '${kind}/${key}', ExternalArtifact feature gate is disabled` });
  }
  let source: JsonObject;
  try {
    source = await run.cell.client.get(TYPES[kind], parseKey(key), { signal: run.context.signal });
  } catch (error) {
    run.context.signal.throwIfAborted();

    throw new HelmFailure({ step: 'source', message: `could not get Source object: ${errorMessage(error)}`, cause: error });
  }
  const artifact = artifactOf(source);
  const observed = statusOf(source)['observedGeneration'];
  if (generationOf(source) !== observed || !isReady(source) || artifact === undefined) {
    const why = readyMessage(source);
    throw new HelmFailure({ step: 'source-not-ready', message: `${kind} '${key}' is not ready${why === '' ? '' : `: ${why}`}` });
  }
  return { source, artifact };
}

function readyMessage(source: JsonObject): string {
  const observed = statusOf(source)['observedGeneration'];
  if (generationOf(source) !== observed) return 'latest generation of object has not been reconciled';
  const conditions = statusOf(source)['conditions'];
  const ready = Array.isArray(conditions) ? (conditions as JsonObject[]).find((c) => c['type'] === 'Ready') : undefined;
  return ready === undefined ? '' : (getString(ready, ['message']) ?? '');
}

/** A chart ready to be released. */
export interface LoadedChart {
  readonly chart: Chart;
  readonly ociDigest: string | undefined;
}

/** Downloads and loads the chart of a source. @throws HelmFailure */
export async function loadSourceChart(run: HelmRun, source: JsonObject, artifact: Artifact): Promise<LoadedChart> {
  const { cell, context, options } = run;
  let chart: Chart;
  try {
    const bytes = await cell.files.bytes(artifact, {
      http: cell.http,
      clock: cell.clock,
      signal: context.signal,
      ...(options.httpRetry === undefined ? {} : { retries: options.httpRetry }),
    });
    chart = cell.charts.get(artifact.digest) ?? loadChart({ archive: bytes });
    cell.charts.set(
      artifact.digest,
      chart,
      chart.raw.reduce((sum, file) => sum + file.data.length, 1),
    );
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof ArtifactFetchError && error.code === 'ARTIFACT_NOT_FOUND') {
      const after = formatDuration(options.requeueDependencyMs ?? 30_000);
      throw new HelmFailure({ step: 'artifact-gone', message: `Source not ready: artifact not found. Retrying in ${after}`, cause: error });
    }
    throw failureOf('artifact', error, 'Could not load chart: ');
  }
  return typeOf(source).kind === 'HelmChart' ? { chart, ociDigest: undefined } : withSourceDigest(run, chart, artifact);
}

/** A chart from a registry carries the first 12 digits of its digest in its version. @throws HelmFailure ChartMutateError */
function withSourceDigest(run: HelmRun, chart: Chart, artifact: Artifact): LoadedChart {
  const at = artifact.revision.indexOf('@');
  const ociDigest = at < 0 ? artifact.revision : artifact.revision.slice(at + 1);
  if (gateEnabled(run.options, 'DisableChartDigestTracking')) return { chart, ociDigest };
  const hex = ociDigest.slice(ociDigest.indexOf(':') + 1);
  const version = chart.metadata.version ?? '';
  const tag = at < 0 ? '' : artifact.revision.slice(0, at);
  if (/^v?\d+\.\d+\.\d+/.test(tag) && tag.replaceAll('_', '+') !== version && tag.replaceAll('_', '+').replace(/^v/, '') !== version) {
    throw new HelmFailure({ step: 'chart-mutate', message: `artifact revision ${tag} does not match chart version ${version}` });
  }
  const plain = version.replace(/\+.*$/, '');
  return { chart: withChartVersion(chart, `${plain}+${hex.slice(0, 12)}`), ociDigest };
}
