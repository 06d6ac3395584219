import { Lru } from '@flux-ts/base';
import type { RepositoryIndex } from '@flux-ts/helm';
import { combineControllers, type Controller } from '@flux-ts/runtime';
import type { ControllerOptions } from '../options.ts';
import { completeDeps } from '../shared/deps.ts';
import { gitRepositoryKind } from './git-repository.ts';
import { createSourceKindController, type SourceDeps } from './harness.ts';
import { helmChartKind } from './helm-chart.ts';
import { helmRepositoryKind } from './helm-repository.ts';
import { ociRepositoryKind } from './oci-repository.ts';

const INDEX_CACHE_BYTES = 64 * 1024 * 1024;

/** The source controller: GitRepository, HelmRepository, HelmChart and OCIRepository. `deps.workDir` must exist. */
export function createSourceController(deps: SourceDeps, options: ControllerOptions = {}): Controller {
  const store = deps.store.with({
    ...(options.artifactRetentionTtlMs === undefined ? {} : { retentionTtlMs: options.artifactRetentionTtlMs }),
    ...(options.artifactRetentionRecords === undefined ? {} : { retentionRecords: options.artifactRetentionRecords }),
    ...(options.artifactDigestAlgo === undefined ? {} : { digestAlgorithm: options.artifactDigestAlgo }),
  });
  const cell = completeDeps({ ...deps, store }, 'source-controller');
  const cache = new Lru<string, RepositoryIndex>(INDEX_CACHE_BYTES);
  const kinds = [gitRepositoryKind, helmRepositoryKind(cache), helmChartKind(cache), ociRepositoryKind];
  const parts = kinds.map((kind) => createSourceKindController(kind, cell, options));
  return combineControllers('source-controller', parts, (signal) => cell.informers.start(signal));
}
