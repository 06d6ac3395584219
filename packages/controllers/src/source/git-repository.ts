import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { namespaceOf } from '@flux-ts/kube';
import { artifactChanged, artifactJson, keysWhere } from '@flux-ts/runtime';
import { TYPES } from '../shared/deps.ts';
import { specList, specText } from '../shared/spec.ts';
import { storageFailure, type SourceKind, type SourceRun } from './harness.ts';
import { SourceFailure, type StepOutcome } from './outcome.ts';
import { archiveFolder } from './steps/archive.ts';
import { fetchTree, gitOptionsOf, isUpToDate, observeContentConfig, remoteRevision } from './steps/checkout.ts';
import { copyIncludes, findIncludes, includesChanged, type IncludedArtifact } from './steps/include.ts';

function checkSupported(run: SourceRun): void {
  const provider = specText(run.object, 'provider') ?? 'generic';
  const unsupported = (what: string): SourceFailure =>
    new SourceFailure({
      kind: 'stall',
      condition: 'FetchFailed',
      reason: 'InvalidProviderConfiguration',
      message: `${what} is not supported`,
    });
  if (provider !== 'generic') throw unsupported(`provider '${provider}'`);
  if (specText(run.object, 'verify', 'secretRef', 'name') !== undefined) {
    throw new SourceFailure({
      kind: 'stall',
      condition: 'SourceVerified',
      reason: 'VerificationError',
      message: 'verification of commit signatures is not supported',
    });
  }
}

async function reconcile(run: SourceRun): Promise<StepOutcome> {
  const { draft, cell } = run;
  if (draft.is('SourceVerified', 'False')) draft.unmark('SourceVerified');
  checkSupported(run);
  const git = await gitOptionsOf(run);
  const includes = await findIncludes(run);
  const resolved = await remoteRevision(run, git);
  const changedIncludes = includesChanged(run, includes);
  draft.unmark('FetchFailed', 'ArtifactOutdated');
  if (isUpToDate(run, resolved.revision) && !changedIncludes) {
    run.trace('GitOperationSucceeded', `no changes since last reconciliation: observed revision '${resolved.revision}'`);
    markStored(run);
    return 'success';
  }
  if (run.artifact()?.revision !== resolved.revision) await run.building(`: new upstream revision '${resolved.revision}'`, 'NewRevision');
  else if (changedIncludes) await run.building(': included artifacts differ from last observed includes', 'IncludeChange');

  const dir = await mkdtemp(join(cell.workDir, 'gitrepository-'));
  try {
    const commit = await fetchTree(run, git, dir);
    run.facts.set('commit', commit.message);
    await copyIncludes(run, includes, dir);
    await store(run, { dir, revision: commit.revision, hash: commit.hash, includes });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  return 'success';
}

async function store(
  run: SourceRun,
  tree: { readonly dir: string; readonly revision: string; readonly hash: string; readonly includes: readonly IncludedArtifact[] },
): Promise<void> {
  try {
    const bytes = await archiveFolder({ dir: tree.dir, ignore: specText(run.object, 'ignore'), signal: run.signal });
    run.setArtifact(await run.cell.store.put(run.owner, { name: `${tree.hash}.tar.gz`, revision: tree.revision, bytes }));
  } catch (error) {
    run.signal.throwIfAborted();
    throw storageFailure('ArchiveOperationFailed', 'unable to archive artifact to storage', error);
  }
  observeContentConfig(run);
  run.draft.set('includedArtifacts', tree.includes.length === 0 ? undefined : tree.includes.map((i) => artifactJson(i.artifact)));
  markStored(run);
}

function markStored(run: SourceRun): void {
  run.draft.unmark('ArtifactOutdated');
  run.draft.mark('ArtifactInStorage', 'True', 'Succeeded', `stored artifact for revision '${run.artifact()?.revision ?? ''}'`);
}

/** GitRepository: a revision of a remote repository as a tarball. */
export const gitRepositoryKind: SourceKind = {
  type: TYPES.GitRepository,
  watches: (cell) => {
    const informer = cell.informers.informer(TYPES.GitRepository);
    const includers = (name: string, namespace: string): readonly string[] =>
      keysWhere(
        informer,
        (o) =>
          namespaceOf(o) === namespace &&
          specList(o, 'include').some((i) => (i['repository'] as { name?: unknown } | undefined)?.name === name),
      );
    return [
      {
        informer,
        predicate: artifactChanged,
        map: (event) => includers((event.object['metadata'] as { name?: string }).name ?? '', namespaceOf(event.object)),
      },
    ];
  },
  reconcile,
  notify: (run) => ({
    reason: 'NewArtifact',
    message: `stored artifact for commit '${run.facts.get('commit') ?? run.artifact()?.revision ?? ''}'`,
  }),
  failConditions: ['FetchFailed', 'IncludeUnavailable', 'StorageOperationFailed'],
};
