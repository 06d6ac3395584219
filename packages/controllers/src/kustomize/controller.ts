import { getString, Lru, type JsonObject } from '@flux-ts/base';
import { BuildCache } from '@flux-ts/kustomize';
import { loadKinds, type Kinds } from '@flux-ts/schema';
import { nameOf, namespaceOf, type TypeRef } from '@flux-ts/kube';
import {
  anyOf,
  artifactChanged,
  artifactOf,
  createController,
  generationChanged,
  hasRevision,
  isReady,
  keysWhere,
  reconcileRequested,
  combineControllers,
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
import { reconcileKustomization } from './reconciler.ts';
import type { KustomizeCell, KustomizeDeps } from './run.ts';

const REMEMBERED_APPLIES = 50_000;
const SOURCES: readonly TypeRef[] = [TYPES.GitRepository, TYPES.OCIRepository];

function watchSource(cell: KustomizeCell, type: TypeRef): WatchSpec {
  const all = cell.informers.informer(TYPES.Kustomization);
  return {
    informer: cell.informers.informer(type),
    predicate: artifactChanged,
    map: (event) => {
      const source = event.object;
      return keysWhere(all, (o) => {
        const namespace = specText(o, 'sourceRef', 'namespace') ?? namespaceOf(o);
        if (
          specText(o, 'sourceRef', 'kind') !== type.kind ||
          specText(o, 'sourceRef', 'name') !== nameOf(source) ||
          namespace !== namespaceOf(source)
        )
          return false;
        return !(isReady(o) && hasRevision(artifactOf(source), getString(o, ['status', 'lastAttemptedRevision'])));
      });
    },
  };
}

/** Passes when a Kustomization has become ready, or has been applied at another revision. */
const becameReady: Predicate = (event) => {
  if (event.type !== 'modified' || !isReady(event.object)) return false;
  const revision = (o: JsonObject): string => getString(o, ['status', 'lastAppliedRevision']) ?? '';
  const observed = (o: JsonObject): unknown => (o['status'] as JsonObject | undefined)?.['observedGeneration'];
  return !isReady(event.old) || revision(event.old) !== revision(event.object) || observed(event.old) !== observed(event.object);
};

function watchConfig(cell: KustomizeCell, kind: 'ConfigMap' | 'Secret', selector: string): WatchSpec {
  const configs = cell.informers.informer(TYPES[kind], { labelSelector: selector });
  return watchConfigs(cell.informers.informer(TYPES.Kustomization), configs, (o, config) => {
    const name = nameOf(config);
    const secret = specText(o, 'decryption', 'secretRef', 'name') === name || specText(o, 'kubeConfig', 'secretRef', 'name') === name;
    return (
      specList(o, 'postBuild', 'substituteFrom').some((r) => r['kind'] === kind && r['name'] === name) || (kind === 'Secret' && secret)
    );
  });
}

/** The kustomize controller: Kustomization. */
export function createKustomizeController(deps: KustomizeDeps, options: ControllerOptions = {}): Controller {
  const complete = completeDeps(deps, 'kustomize-controller');
  let kinds: Promise<Kinds> | undefined;
  const cell: KustomizeCell = {
    ...complete,
    files: new ArtifactFiles(),
    applied: new Lru(REMEMBERED_APPLIES),
    builds: new BuildCache(),
    remotes: new Lru(REMOTE_CLUSTERS),
    kinds: () => (kinds ??= loadKinds()),
  };
  const selector = options.watchConfigsLabelSelector ?? 'reconcile.fluxcd.io/watch=Enabled';
  const configs = gateEnabled(options, 'DisableConfigWatchers')
    ? []
    : [watchConfig(cell, 'ConfigMap', selector), watchConfig(cell, 'Secret', selector)];
  const sources = gateEnabled(options, 'ExternalArtifact') ? [...SOURCES, TYPES.ExternalArtifact] : SOURCES;
  const controller = createController({
    name: 'kustomization',
    kind: 'Kustomization',
    clock: cell.clock,
    random: cell.random,
    log: cell.log,
    metrics: cell.metrics,
    concurrent: options.concurrent ?? 4,
    ...(options.minRetryDelayMs === undefined ? {} : { minRetryDelayMs: options.minRetryDelayMs }),
    ...(options.maxRetryDelayMs === undefined ? {} : { maxRetryDelayMs: options.maxRetryDelayMs }),
    watches: [
      {
        informer: cell.informers.informer(TYPES.Kustomization, { labelSelector: options.watchLabelSelector }),
        predicate: anyOf(generationChanged, reconcileRequested),
      },
      ...sources.map((type) => watchSource(cell, type)),
      watchDependencies(cell.informers.informer(TYPES.Kustomization), becameReady),
      ...configs,
    ],
    reconcile: (key, context) => reconcileKustomization(cell, options, { key, context }),
  });
  return combineControllers('kustomize-controller', [controller], (signal) => cell.informers.start(signal));
}
