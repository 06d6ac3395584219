import { getString, Lru, type JsonObject } from '@flux-ts/base';
import { keyOf, keyText, nameOf, namespaceOf, type TypeRef } from '@flux-ts/kube';
import { InlineRenderer } from '@flux-ts/render';
import {
  anyOf,
  artifactOf,
  combineControllers,
  createController,
  generationChanged,
  hasRevision,
  isReady,
  keysWhere,
  reconcileRequested,
  type Controller,
  type Predicate,
  type WatchSpec,
} from '@flux-ts/runtime';
import { gateEnabled, type ControllerOptions } from '../options.ts';
import { ArtifactFiles } from '../shared/artifact-files.ts';
import { completeDeps, TYPES } from '../shared/deps.ts';
import { REMOTE_CLUSTERS } from '../shared/target-client.ts';
import { specList, specText } from '../shared/spec.ts';
import { watchConfigs, watchDependencies } from '../shared/watches.ts';
import { reconcileHelmRelease } from './reconciler.ts';
import type { HelmCell, HelmDeps } from './run.ts';
import { chartKeyOf } from './steps/chart-template.ts';

/** How much of unpacked charts is kept. */
const CHART_BYTES = 64 * 1024 * 1024;

/** Passes when a source has become ready with an artifact, or has another one. */
const sourceChanged: Predicate = (event) => {
  if (event.type === 'deleted' || artifactOf(event.object) === undefined) return false;
  if (event.type === 'added') return true;
  const of = (o: JsonObject): string => `${artifactOf(o)?.revision ?? ''}|${artifactOf(o)?.digest ?? ''}|${isReady(o)}`;
  return of(event.old) !== of(event.object);
};

function usesSource(object: JsonObject, type: TypeRef, key: string): boolean {
  const kind = specText(object, 'chartRef', 'kind');
  if (kind === undefined) return type.kind === 'HelmChart' && chartKeyOf(object) === key;
  return (
    kind === type.kind &&
    `${specText(object, 'chartRef', 'namespace') ?? namespaceOf(object)}/${specText(object, 'chartRef', 'name') ?? ''}` === key
  );
}

function watchSource(cell: HelmCell, type: TypeRef): WatchSpec {
  const all = cell.informers.informer(TYPES.HelmRelease);
  return {
    informer: cell.informers.informer(type),
    predicate: sourceChanged,
    map: (event) => {
      const key = keyText(keyOf(event.object));
      const artifact = artifactOf(event.object);
      return keysWhere(
        all,
        (o) => usesSource(o, type, key) && !(isReady(o) && hasRevision(artifact, getString(o, ['status', 'lastAttemptedRevision']))),
      );
    },
  };
}

/** Passes when a HelmRelease has become ready. */
const becameReady: Predicate = (event) => event.type === 'modified' && isReady(event.object) && !isReady(event.old);

function watchConfig(cell: HelmCell, kind: 'ConfigMap' | 'Secret', selector: string): WatchSpec {
  const configs = cell.informers.informer(TYPES[kind], { labelSelector: selector });
  return watchConfigs(cell.informers.informer(TYPES.HelmRelease), configs, (release, config) =>
    specList(release, 'valuesFrom').some((r) => r['kind'] === kind && r['name'] === nameOf(config)),
  );
}

/** The helm controller: HelmRelease. */
export function createHelmController(deps: HelmDeps, options: ControllerOptions = {}): Controller {
  const complete = completeDeps(deps, 'helm-controller');
  const cell: HelmCell = {
    ...complete,
    renderer: complete.renderer ?? new InlineRenderer(complete),
    files: new ArtifactFiles(),
    charts: new Lru(CHART_BYTES),
    remotes: new Lru(REMOTE_CLUSTERS),
  };
  const selector = options.watchConfigsLabelSelector ?? 'reconcile.fluxcd.io/watch=Enabled';
  const configs = gateEnabled(options, 'DisableConfigWatchers')
    ? []
    : [watchConfig(cell, 'ConfigMap', selector), watchConfig(cell, 'Secret', selector)];
  const controller = createController({
    name: 'helmrelease',
    kind: 'HelmRelease',
    clock: cell.clock,
    random: cell.random,
    log: cell.log,
    metrics: cell.metrics,
    concurrent: options.concurrent ?? 4,
    ...(options.minRetryDelayMs === undefined ? {} : { minRetryDelayMs: options.minRetryDelayMs }),
    ...(options.maxRetryDelayMs === undefined ? {} : { maxRetryDelayMs: options.maxRetryDelayMs }),
    watches: [
      {
        informer: cell.informers.informer(TYPES.HelmRelease, { labelSelector: options.watchLabelSelector }),
        predicate: anyOf(generationChanged, reconcileRequested),
      },
      watchSource(cell, TYPES.HelmChart),
      watchSource(cell, TYPES.OCIRepository),
      watchDependencies(cell.informers.informer(TYPES.HelmRelease), becameReady),
      ...configs,
    ],
    reconcile: (key, context) => reconcileHelmRelease(cell, options, { key, context }),
  });
  return combineControllers('helm-controller', [controller], (signal) => cell.informers.start(signal));
}
