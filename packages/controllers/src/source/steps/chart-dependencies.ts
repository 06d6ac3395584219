import { join } from 'node:path/posix';
import { errorMessage, type JsonObject } from '@flux-ts/base';
import type { MemoryFileSystem } from '@flux-ts/archive';
import { loadChart, type Chart, type ChartDependency, type ChartFile } from '@flux-ts/helm';
import { namespaceOf } from '@flux-ts/kube';
import { parseConstraint, tryParseVersion } from '@flux-ts/semver';
import type { SourceRun } from '../harness.ts';
import { TYPES } from '../../shared/deps.ts';
import { specText } from '../../shared/spec.ts';
import { buildStep, chartFailure } from './chart-error.ts';
import { findRemoteChart } from './chart-remote.ts';
import type { IndexCache } from './index-file.ts';

/** Where a chart of a source tree stands. */
export interface ChartPlace {
  readonly tree: MemoryFileSystem;
  /** The chart's folder, from the tree's root. */
  readonly path: string;
}

/** The dependencies that a chart asks for and does not carry; a lock file, with its exact versions, counts before Chart.yaml. */
export function missingDependencies(chart: Chart): readonly ChartDependency[] {
  const wanted = chart.lock?.dependencies ?? chart.metadata.dependencies ?? [];
  if (wanted.length === chart.subcharts.length) return [];
  const present = new Set(chart.subcharts.map((child) => child.metadata.name));
  return wanted.filter((d) => !present.has(d.alias === undefined || d.alias === '' ? d.name : d.alias));
}

/** A tree's chart with its missing dependencies below charts/. @throws SourceFailure DependencyBuildError */
export async function withDependencies(run: SourceRun, chart: Chart, place: ChartPlace, cache: IndexCache): Promise<Chart> {
  const missing = missingDependencies(chart);
  if (missing.length === 0) return chart;
  const added: ChartFile[] = [];
  for (const dependency of missing) {
    const isLocal = dependency.repository === '' || dependency.repository.startsWith('file://');
    const prefix = `failed to add ${isLocal ? 'local' : 'remote'} dependency '${dependency.name}'`;
    try {
      added.push(...(isLocal ? localFiles(dependency, place) : await remoteFiles(run, dependency, cache)));
    } catch (error) {
      run.signal.throwIfAborted();
      throw chartFailure('DependencyBuildError', `${prefix}: ${errorMessage(error)}`, error);
    }
  }
  return buildStep('DependencyBuildError', '', () => loadChart({ files: [...chart.raw, ...added] }));
}

function localFiles(dependency: ChartDependency, { tree, path }: ChartPlace): readonly ChartFile[] {
  const reference = dependency.repository.replace(/^file:\/\//, '');
  const target = reference === '' ? join(path, 'charts', dependency.name) : join(reference.startsWith('/') ? '/' : path, reference);
  const stat = tree.stat(target);
  if (stat === undefined) throw new Error(`no chart found at '${target}' (reference '${reference}')`);
  const chart = loadChart(stat.kind === 'directory' ? { fs: tree, path: target } : { archive: tree.read(target) });
  const version = tryParseVersion(chart.metadata.version ?? '');
  if (dependency.version !== undefined && dependency.version !== '') {
    const fits = version !== undefined && parseConstraint(dependency.version).check(version);
    if (!fits) throw new Error(`can't get a valid version for constraint '${dependency.version}'`);
  }
  return chart.raw.map((file) => ({ name: `charts/${chart.metadata.name}/${file.name}`, data: file.data }));
}

async function remoteFiles(run: SourceRun, dependency: ChartDependency, cache: IndexCache): Promise<readonly ChartFile[]> {
  const { name, repository: url } = dependency;
  if (url.startsWith('@') || url.startsWith('alias:')) throw new Error('aliased repository dependency is not supported');
  const repository = await repositoryOf(run, url);
  const range = dependency.version === undefined || dependency.version === '' ? '*' : dependency.version;
  const remote = await findRemoteChart(run, repository, { name, range, cache });
  return [{ name: `charts/${name}-${remote.version}.tgz`, data: await remote.fetch() }];
}

function normalUrl(url: string): string {
  return url.replace(/\/+$/, '');
}

/** The HelmRepository of a URL in the chart's namespace, whose credentials and index then serve; else a nameless one. */
async function repositoryOf(run: SourceRun, url: string): Promise<JsonObject> {
  const namespace = namespaceOf(run.object);
  const { items } = await run.cell.client.list(TYPES.HelmRepository, { namespace, signal: run.signal });
  const known = items.find((item) => normalUrl(specText(item, 'url') ?? '') === normalUrl(url));
  if (known !== undefined) return known;
  const type = url.startsWith('oci://') ? 'oci' : 'default';
  return { ...TYPES.HelmRepository, metadata: { name: '', namespace }, spec: { url, type } };
}
