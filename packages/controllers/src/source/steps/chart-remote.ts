import { errorMessage, type JsonObject } from '@flux-ts/base';
import { chooseVersion, loadChart, readIndex } from '@flux-ts/helm';
import { listTags, parseReference, pullChart, type OciOptions } from '@flux-ts/oci';
import { artifactOf } from '@flux-ts/runtime';
import { compareVersions, parseConstraint, tryParseVersion } from '@flux-ts/semver';
import type { SourceRun } from '../harness.ts';
import { specDuration, specFlag, specText } from '../../shared/spec.ts';
import { buildStep, chartFailure } from './chart-error.ts';
import { fetchIndex, indexOfArtifact, type IndexCache } from './index-file.ts';
import { httpAuthOf, ociAuthOf } from './secrets.ts';

const DEFAULT_CHART_MAX = 10 * 1024 * 1024;

/** A chart in a repository, before it is downloaded. */
export interface RemoteChart {
  readonly name: string;
  readonly version: string;
  /** Downloads the archive. */
  fetch(): Promise<Uint8Array>;
}

/** The run of a chart's repository: the same cell, the repository's own Secrets. */
function runOfRepository(run: SourceRun, repository: JsonObject): SourceRun {
  return { ...run, object: repository };
}

/** The chart that is looked for, and the indexes that were read before. */
export interface WantedChart {
  readonly name: string;
  readonly range: string;
  readonly cache: IndexCache;
}

/** Finds the version of a chart that a HelmRepository has for a range. @throws SourceFailure */
export async function findRemoteChart(run: SourceRun, repository: JsonObject, wanted: WantedChart): Promise<RemoteChart> {
  const at = runOfRepository(run, repository);
  return specText(repository, 'type') === 'oci' ? findOciChart(at, wanted.name, wanted.range) : findIndexedChart(at, wanted);
}

async function findIndexedChart(at: SourceRun, wanted: WantedChart): Promise<RemoteChart> {
  const { name, range, cache } = wanted;
  const index = await buildStep('ChartPullError', 'could not load repository index for remote chart reference', async () => {
    const artifact = artifactOf(at.object);
    return artifact === undefined ? readIndex((await fetchIndex(at)).bytes) : indexOfArtifact(at, artifact, cache);
  });
  const entries = index.entries.get(name);
  if (entries === undefined || entries.length === 0) {
    throw chartFailure('InvalidChartReference', `failed to get chart version for remote reference: no chart name found`);
  }
  const entry = await buildStep('InvalidChartReference', 'failed to get chart version for remote reference', () =>
    chooseVersion(entries, range),
  );
  if (entry === undefined) {
    throw chartFailure(
      'InvalidChartReference',
      `failed to get chart version for remote reference: no '${name}' chart with version matching '${range}' found`,
    );
  }
  const url = entry.urls[0];
  if (url === undefined)
    throw chartFailure('ChartPullError', `failed to download chart for remote reference: chart '${name}' has no downloadable URLs`);
  const base = `${(specText(at.object, 'url') ?? '').replace(/\/+$/, '')}/`;
  return {
    name,
    version: entry.version,
    fetch: async () => {
      const auth = await httpAuthOf(at);
      return buildStep('ChartPullError', 'failed to download chart for remote reference', async () => {
        const answer = await at.cell.http.get(new URL(url, base).toString(), {
          auth,
          signal: at.signal,
          maxBytes: at.options.helmChartMaxBytes ?? DEFAULT_CHART_MAX,
          timeoutMs: specDuration(at.object, 'timeout') ?? 60_000,
          passCredentials: specFlag(at.object, 'passCredentials'),
        });
        return answer.bytes;
      });
    },
  };
}

async function findOciChart(at: SourceRun, name: string, range: string): Promise<RemoteChart> {
  const base = (specText(at.object, 'url') ?? '').replace(/\/+$/, '');
  const options: OciOptions = {
    auth: await ociAuthOf(at),
    signal: at.signal,
    timeoutMs: specDuration(at.object, 'timeout') ?? 60_000,
    maxBytes: at.options.helmChartMaxBytes ?? DEFAULT_CHART_MAX,
    ...(at.cell.resolve === undefined ? {} : { rewrite: at.cell.resolve }),
  };
  const repository = `${base}/${name}`;
  const version = await buildStep('InvalidChartReference', 'failed to get chart version for remote reference', () =>
    chooseOciVersion(repository, { range, options, name }),
  ).catch((error: unknown) => {
    at.signal.throwIfAborted();
    throw error;
  });
  return {
    name,
    version,
    fetch: () =>
      buildStep('ChartPullError', 'failed to download chart for remote reference', async () => {
        const pulled = await pullChart(parseReference(`${repository}:${version.replaceAll('+', '_')}`), options);
        return pulled.bytes;
      }),
  };
}

async function chooseOciVersion(
  repository: string,
  wanted: { readonly range: string; readonly options: OciOptions; readonly name: string },
): Promise<string> {
  const exact = tryParseVersion(wanted.range, { strict: true });
  if (exact !== undefined) return wanted.range;
  let tags: readonly string[];
  try {
    tags = await listTags(parseReference(repository), wanted.options);
  } catch (error) {
    wanted.options.signal?.throwIfAborted();
    throw chartFailure(
      'ChartPullError',
      `failed to get chart version for remote reference: could not get tags for "${wanted.name}": ${errorMessage(error)}`,
      error,
    );
  }
  if (tags.length === 0)
    throw chartFailure(
      'InvalidChartReference',
      `failed to get chart version for remote reference: unable to locate any tags in provided repository: ${repository}`,
    );
  const constraint = parseConstraint(wanted.range === '' ? '*' : wanted.range);
  const best = tags
    .flatMap((tag) => {
      const text = tag.replaceAll('_', '+');
      const version = tryParseVersion(text, { strict: true }) ?? tryParseVersion(text);
      return version !== undefined && constraint.check(version) ? [{ text, version }] : [];
    })
    .sort((a, b) => compareVersions(b.version, a.version))[0];
  if (best === undefined) {
    throw chartFailure(
      'InvalidChartReference',
      `failed to get chart version for remote reference: could not locate a version matching provided version string ${wanted.range}`,
    );
  }
  return best.text;
}

/** The name and version that a chart archive says it has. @throws SourceFailure ChartPackageError for an archive that is none */
export function inspectArchive(bytes: Uint8Array): { readonly name: string; readonly version: string } {
  try {
    const { metadata } = loadChart({ archive: bytes });
    return { name: metadata.name ?? '', version: metadata.version ?? '' };
  } catch (error) {
    throw chartFailure('ChartPackageError', `failed to load downloaded chart: ${errorMessage(error)}`, error);
  }
}
