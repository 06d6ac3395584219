import { errorMessage, type JsonObject } from '@flux-ts/base';
import {
  ApplyError,
  ApplyManager,
  changesOnly,
  formatChanges,
  type ApplyManagerOptions,
  type ChangeSetEntry,
  type CleanupOptions,
  type FieldManagerMatch,
  type IgnoreRule,
  type KubeClient,
  type ObjectSelector,
} from '@flux-ts/kube';
import type { RenderedObject } from '@flux-ts/render';
import type { ControllerOptions } from '../../options.ts';
import { parseLabelSelector } from '@flux-ts/schema';
import { specFlag, specList } from '../../shared/spec.ts';
import { KustomizeFailure } from '../outcome.ts';
import { tell, type KustomizeRun, type RunSource } from '../run.ts';
import { checkEncrypted } from './build.ts';

/** Who owns what this controller applies. */
export const FIELD_MANAGER = 'kustomize-controller';
/** The group of the labels and annotations that steer it. */
export const GROUP = 'kustomize.toolkit.fluxcd.io';

/** The apply manager of a run. */
export function applyManager(run: KustomizeRun, client: KubeClient): ApplyManager {
  return new ApplyManager({
    client,
    clock: run.cell.clock,
    fieldManager: FIELD_MANAGER,
    concurrency: run.options.concurrentSsa ?? 4,
    cache: run.cell.applied,
    parseSelector: parseLabelSelector,
  });
}

function cleanupOf(options: ControllerOptions): CleanupOptions {
  const disallowed = (options.overrideManagers ?? []).flatMap((name): FieldManagerMatch[] => [
    { name, operation: 'Apply' },
    { name, operation: 'Update' },
  ]);
  return {
    annotations: ['kubectl.kubernetes.io/last-applied-configuration', `${GROUP}/checksum`, 'fluxcd.io/sync-checksum'],
    labels: ['fluxcd.io/sync-gc-mark'],
    fieldManagers: [
      { name: 'kubectl', operation: 'Apply' },
      { name: 'kubectl', operation: 'Update' },
      { name: 'before-first-apply', operation: 'Update' },
      { name: FIELD_MANAGER, operation: 'Update' },
      ...disallowed,
    ],
    exclusions: { [`${GROUP}/ssa`]: 'Merge' },
  };
}

function ignoreRules(object: JsonObject): readonly IgnoreRule[] {
  return specList(object, 'ignore').map((rule) => ({
    paths: Array.isArray(rule['paths']) ? rule['paths'].filter((p) => typeof p === 'string') : [],
    ...(rule['target'] === undefined ? {} : { target: rule['target'] as ObjectSelector }),
  }));
}

/** The options with which a Kustomization's objects are applied. */
export function applyOptionsOf(run: KustomizeRun, rendered: readonly RenderedObject[]): ApplyManagerOptions {
  const digests = new Map(rendered.map((r) => [r.object, r.digest]));
  return {
    force: specFlag(run.object, 'force'),
    forceSelector: { [`${GROUP}/force`]: 'Enabled' },
    exclusionSelector: { [`${GROUP}/reconcile`]: 'Disabled', [`${GROUP}/ssa`]: 'Ignore' },
    ifNotPresentSelector: { [`${GROUP}/ssa`]: 'IfNotPresent' },
    cleanup: cleanupOf(run.options),
    ignore: ignoreRules(run.object),
    customStageKinds: new Set(run.options.customApplyStageKinds ?? []),
    digestOf: (object) => digests.get(object),
    signal: run.context.signal,
  };
}

/** The changes that an apply made. */
export interface AppliedSet {
  readonly entries: readonly ChangeSetEntry[];
  readonly changed: boolean;
}

/** Applies the objects in stages and tells what changed. @throws KustomizeFailure */
export async function applyObjects(
  run: KustomizeRun,
  input: { readonly manager: ApplyManager; readonly rendered: readonly RenderedObject[]; readonly source: RunSource },
): Promise<AppliedSet> {
  const { manager, rendered, source } = input;
  const objects = rendered.map((r) => r.object);
  checkEncrypted(objects);
  let entries: readonly ChangeSetEntry[];
  try {
    entries = await manager.applyStaged(objects, applyOptionsOf(run, rendered));
  } catch (error) {
    run.context.signal.throwIfAborted();
    const done = error instanceof ApplyError ? formatChanges(changesOnly(error.changes)) : '';
    throw new KustomizeFailure({ step: 'apply', message: `${errorMessage(error)}\n${done === '' ? '' : `${done}\n`}`, cause: error });
  }
  run.context.log.info('server-side apply completed', {
    revision: source.revision,
    output: Object.fromEntries(entries.map((e) => [e.subject, e.action])),
  });
  const changes = changesOnly(entries);
  run.cell.counters?.add('kustomize.applied', changes.length);
  if (changes.length > 0) tell(run, { severity: 'info', message: formatChanges(changes), source });
  return { entries, changed: changes.length > 0 };
}
