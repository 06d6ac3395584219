import { MemoryFileSystem, unpackTarGz } from '@flux-ts/archive';
import { errorMessage, type JsonObject } from '@flux-ts/base';
import { loadChart, type Chart } from '@flux-ts/helm';
import { generationOf, nameOf, namespaceOf } from '@flux-ts/kube';
import { artifactChanged, artifactOf, keysWhere, type Artifact, type WatchSpec } from '@flux-ts/runtime';
import { TYPES } from '../shared/deps.ts';
import { specFlag, specText, specTexts } from '../shared/spec.ts';
import { storageFailure, type SourceCell, type SourceKind, type SourceRun } from './harness.ts';
import { SourceFailure, type StepOutcome } from './outcome.ts';
import { buildStep, chartFailure } from './steps/chart-error.ts';
import { withDependencies } from './steps/chart-dependencies.ts';
import { mergeValuesFiles, packageChart, packagedVersion } from './steps/chart-package.ts';
import { findRemoteChart, inspectArchive } from './steps/chart-remote.ts';
import type { IndexCache } from './steps/index-file.ts';

/** A chart that is ready to be stored. */
interface ChartBuild {
  readonly name: string;
  readonly version: string;
  /** Undefined where the stored artifact is this chart already. */
  readonly bytes: Uint8Array | undefined;
  readonly packaged: boolean;
  readonly valuesFiles: readonly string[];
}

function summaryOf(build: ChartBuild, action?: string): string {
  const values = build.valuesFiles.length === 0 ? '' : ` and merged values files [${build.valuesFiles.join(' ')}]`;
  return `${action ?? (build.packaged ? 'packaged' : 'pulled')} '${build.name}' chart with version '${build.version}'${values}`;
}

async function findSource(run: SourceRun): Promise<JsonObject | undefined> {
  const kind = specText(run.object, 'sourceRef', 'kind') ?? '';
  const name = specText(run.object, 'sourceRef', 'name') ?? '';
  if (kind !== 'HelmRepository' && kind !== 'GitRepository' && kind !== 'Bucket') {
    const message = `failed to get source: unsupported source kind '${kind}', must be one of: [HelmRepository GitRepository Bucket]`;
    throw new SourceFailure({ kind: 'stall', condition: 'FetchFailed', reason: 'UnsupportedSourceKind', message });
  }
  let source: JsonObject;
  try {
    source = await run.cell.client.get(TYPES[kind], { namespace: namespaceOf(run.object), name }, { signal: run.signal });
  } catch (error) {
    run.signal.throwIfAborted();
    throw new SourceFailure({
      condition: 'FetchFailed',
      reason: 'SourceUnavailable',
      message: `failed to get source: ${errorMessage(error)}`,
      cause: error,
    });
  }
  const artifact = artifactOf(source);
  const isRegistry = kind === 'HelmRepository' && specText(source, 'type') === 'oci';
  if (!isRegistry && (artifact === undefined || !(await run.cell.store.exists(artifact)))) {
    const message = `no artifact available for ${kind} source '${name}'`;
    run.draft.mark('FetchFailed', 'True', 'NoSourceArtifact', message);
    run.draft.mark('Ready', 'False', 'NoSourceArtifact', message);
    run.trace('NoSourceArtifact', message);
    return undefined;
  }
  return source;
}

/** Whether the stored artifact is this chart, made for this generation. */
function isStored(run: SourceRun, name: string, version: string): boolean {
  const isCurrent = run.draft.text('observedChartName') === name && run.artifact()?.revision === version;
  return isCurrent && run.object['metadata'] !== undefined && generationOf(run.object) === observedGenerationOf(run.object);
}

function observedGenerationOf(object: JsonObject): number {
  const value = (object['status'] as JsonObject | undefined)?.['observedGeneration'];
  return typeof value === 'number' ? value : -1;
}

async function buildFromRepository(run: SourceRun, repository: JsonObject, cache: IndexCache): Promise<ChartBuild> {
  const remote = await findRemoteChart(run, repository, {
    name: specText(run.object, 'chart') ?? '',
    range: specText(run.object, 'version') ?? '*',
    cache,
  });
  const files = specTexts(run.object, 'valuesFiles');
  const metadata = files.length === 0 ? '' : String(generationOf(run.object));
  const version = metadata === '' ? remote.version : `${remote.version}${remote.version.includes('+') ? '.' : '+'}${metadata}`;
  const observed = (run.draft.get('observedValuesFiles') ?? []) as readonly string[];
  const stored = { name: remote.name, version, bytes: undefined, packaged: files.length > 0, valuesFiles: observed };
  if (isStored(run, remote.name, version)) return stored;
  const bytes = await remote.fetch();
  const said = inspectArchive(bytes);
  if (files.length === 0) return { name: said.name, version: said.version, bytes, packaged: false, valuesFiles: [] };
  const merged = mergeValuesFiles(loadChart({ archive: bytes }), {
    files,
    ignoreMissing: specFlag(run.object, 'ignoreMissingValuesFiles'),
  });
  const full = packagedVersion(merged.chart, metadata);
  const packed = await buildStep('ChartPackageError', '', () => packageChart(merged.chart, full));
  return { name: said.name, version: full, bytes: packed, packaged: true, valuesFiles: merged.files };
}

async function buildFromTree(run: SourceRun, artifact: Artifact, cache: IndexCache): Promise<ChartBuild> {
  const path = `/${(specText(run.object, 'chart') ?? '').replace(/^\.?\/+/, '')}`;
  const tree = new MemoryFileSystem(unpackTarGz(await run.cell.store.read(artifact)));
  const stat = tree.stat(path);
  if (stat === undefined)
    throw chartFailure('InvalidChartReference', `no chart found at reference path: stat ${path}: no such file or directory`);
  const chart = await buildStep('InvalidChartReference', `failed to load chart from '${path}'`, (): Chart =>
    stat.kind === 'directory' ? loadChart({ fs: tree, path }) : loadChart({ archive: tree.read(path) }),
  );
  const files = specTexts(run.object, 'valuesFiles');
  const readBeside = (name: string): Uint8Array | undefined => {
    const at = `/${name.replace(/^\.?\/+/, '')}`;
    return tree.stat(at)?.kind === 'file' ? tree.read(at) : undefined;
  };
  const merged = mergeValuesFiles(chart, { files, ignoreMissing: specFlag(run.object, 'ignoreMissingValuesFiles'), readBeside });
  const byRevision = specText(run.object, 'reconcileStrategy') === 'Revision';
  const hash = artifact.revision.slice(artifact.revision.lastIndexOf(':') + 1).slice(0, 12);
  const metadata = [byRevision ? hash : '', files.length > 0 ? String(generationOf(run.object)) : ''].filter((t) => t !== '').join('.');
  const version = packagedVersion(merged.chart, metadata);
  const name = chart.metadata.name ?? '';
  const build = { name, version, bytes: undefined, packaged: true, valuesFiles: merged.files };
  if (isStored(run, name, version)) return build;
  const whole = stat.kind === 'directory' ? await withDependencies(run, merged.chart, { tree, path }, cache) : merged.chart;
  return { ...build, bytes: await buildStep('ChartPackageError', '', () => packageChart(whole, version)) };
}

async function reconcile(run: SourceRun, cache: IndexCache): Promise<StepOutcome> {
  const { draft } = run;
  if (specText(run.object, 'verify', 'provider') !== undefined) {
    throw new SourceFailure({
      kind: 'stall',
      condition: 'SourceVerified',
      reason: 'ChartVerificationError',
      message: 'verification of chart signatures is not supported',
    });
  }
  const source = await findSource(run);
  if (source === undefined) return 'requeue';
  const artifact = artifactOf(source);
  draft.set('observedSourceArtifactRevision', artifact?.revision);
  const isRepository = specText(run.object, 'sourceRef', 'kind') === 'HelmRepository';
  if (!isRepository && artifact === undefined) return 'requeue';
  const build =
    isRepository || artifact === undefined ? await buildFromRepository(run, source, cache) : await buildFromTree(run, artifact, cache);
  draft.unmark('FetchFailed', 'BuildFailed', 'SourceVerified', 'ArtifactOutdated');
  if (build.bytes !== undefined) await storeChart(run, build, build.bytes);
  else run.trace('ArtifactUpToDate', `artifact up-to-date with remote revision: '${build.version}'`);
  const reason = build.packaged ? 'ChartPackageSucceeded' : 'ChartPullSucceeded';
  run.facts.set('reason', reason);
  run.facts.set('summary', summaryOf(build));
  draft.unmark('ArtifactOutdated');
  draft.mark('ArtifactInStorage', 'True', reason, summaryOf(build));
  return 'success';
}

async function storeChart(run: SourceRun, build: ChartBuild, bytes: Uint8Array): Promise<void> {
  const { draft, cell } = run;
  if (run.artifact()?.revision !== build.version || draft.text('observedChartName') !== build.name) {
    await run.building(`: ${summaryOf(build, 'new')}`, 'NewChart');
  }
  try {
    const artifact = await cell.store.put(run.owner, { name: `${build.name}-${build.version}.tgz`, revision: build.version, bytes });
    run.setArtifact(artifact);
    draft.set('url', await cell.store.link(artifact, 'latest.tar.gz'));
  } catch (error) {
    run.signal.throwIfAborted();
    throw storageFailure('ArchiveOperationFailed', 'unable to copy Helm chart to storage', error);
  }
  draft.set('observedChartName', build.name);
  draft.set('observedValuesFiles', build.valuesFiles.length === 0 ? undefined : build.valuesFiles);
}

function watchSource(cell: SourceCell, kind: 'HelmRepository' | 'GitRepository'): WatchSpec {
  const charts = cell.informers.informer(TYPES.HelmChart);
  return {
    informer: cell.informers.informer(TYPES[kind]),
    predicate: artifactChanged,
    map: (event) =>
      keysWhere(
        charts,
        (chart) =>
          namespaceOf(chart) === namespaceOf(event.object) &&
          specText(chart, 'sourceRef', 'kind') === kind &&
          specText(chart, 'sourceRef', 'name') === nameOf(event.object) &&
          (chart['status'] as JsonObject | undefined)?.['observedSourceArtifactRevision'] !== artifactOf(event.object)?.revision,
      ),
  };
}

/** HelmChart: one version of a chart, from a chart repository, a registry or a source tree. */
export function helmChartKind(cache: IndexCache): SourceKind {
  return {
    type: TYPES.HelmChart,
    watches: (cell) => [watchSource(cell, 'HelmRepository'), watchSource(cell, 'GitRepository')],
    reconcile: (run) => reconcile(run, cache),
    notify: (run) => ({ reason: run.facts.get('reason') ?? 'ChartPullSucceeded', message: run.facts.get('summary') ?? '' }),
    failConditions: ['FetchFailed', 'BuildFailed', 'StorageOperationFailed'],
  };
}
