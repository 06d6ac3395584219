import { isTerminating, statusOf } from '@flux-ts/kube';
import type { ReconcileResult } from '@flux-ts/runtime';
import { FINALIZER, TYPES } from '../shared/deps.ts';
import { specFlag, specText } from '../shared/spec.ts';
import { storageFailure, type SourceKind, type SourceRun } from './harness.ts';
import type { StepOutcome } from './outcome.ts';
import { fetchIndex, humanSize, parseIndex, type IndexCache } from './steps/index-file.ts';

/**
 * A registry is a static object: nothing is reconciled. What the API server's defaults or older controllers left in its
 * status, and any finalizer, is wiped once; without that, kstatus would wait for it for ever.
 */
async function wipeStatic(run: SourceRun): Promise<ReconcileResult | undefined> {
  if (specText(run.object, 'type') !== 'oci') return undefined;
  if (specFlag(run.object, 'suspend') && !isTerminating(run.object)) return {};
  const { draft } = run;
  if (Object.keys(statusOf(run.object)).length === 0 && !draft.finalizers.includes(FINALIZER)) return {};
  await run.cell.store.removeAll(run.owner);
  draft.clear();
  draft.finalizer(FINALIZER, false);
  await draft.patch(run.signal);
  return {};
}

async function reconcile(run: SourceRun, cache: IndexCache): Promise<StepOutcome> {
  const { draft } = run;
  const fetched = await fetchIndex(run);
  draft.unmark('ArtifactOutdated');
  if (run.artifact()?.revision === fetched.revision) {
    draft.unmark('FetchFailed');
    run.trace('ArtifactUpToDate', `artifact up-to-date with remote revision: '${fetched.revision}'`);
    markStored(run, fetched.revision);
    return 'success';
  }
  const { index, json } = await parseIndex(fetched.bytes);
  draft.unmark('FetchFailed');
  await run.building(`: new index revision '${fetched.revision}'`, 'NewRevision');
  try {
    const hex = fetched.revision.slice(fetched.revision.indexOf(':') + 1);
    const artifact = await run.cell.store.put(run.owner, { name: `index-${hex}.yaml`, revision: fetched.revision, bytes: json });
    run.setArtifact(artifact);
    draft.set('url', await run.cell.store.link(artifact, 'index.yaml'));
    cache.set(artifact.digest, index, json.length);
  } catch (error) {
    run.signal.throwIfAborted();
    throw storageFailure('ArchiveOperationFailed', 'unable to save artifact to storage', error);
  }
  run.facts.set('size', humanSize(json.length));
  markStored(run, fetched.revision);
  return 'success';
}

function markStored(run: SourceRun, revision: string): void {
  run.draft.unmark('ArtifactOutdated');
  run.draft.mark('ArtifactInStorage', 'True', 'Succeeded', `stored artifact: revision '${revision}'`);
}

/** HelmRepository: the index of a chart repository; registries (type oci) are static. */
export function helmRepositoryKind(cache: IndexCache): SourceKind {
  return {
    type: TYPES.HelmRepository,
    before: wipeStatic,
    reconcile: (run) => reconcile(run, cache),
    notify: (run) => {
      const size = run.facts.get('size') ?? humanSize(run.artifact()?.size ?? 0);
      return { reason: 'NewArtifact', message: `stored fetched index of size ${size} from '${specText(run.object, 'url') ?? ''}'` };
    },
    failConditions: ['FetchFailed', 'StorageOperationFailed'],
  };
}
