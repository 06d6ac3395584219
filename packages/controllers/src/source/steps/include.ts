import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deepEqual, errorMessage } from '@flux-ts/base';
import { cleanPath, unpackTarGz } from '@flux-ts/archive';
import { namespaceOf } from '@flux-ts/kube';
import { artifactJson, artifactOf, type Artifact } from '@flux-ts/runtime';
import type { SourceRun } from '../harness.ts';
import { TYPES } from '../../shared/deps.ts';
import { specList } from '../../shared/spec.ts';
import { SourceFailure } from '../outcome.ts';

/** An artifact that is copied into another. Paths are cleaned: they stay below their root. */
export interface IncludedArtifact {
  readonly repository: string;
  readonly from: string;
  readonly to: string;
  readonly artifact: Artifact;
}

/** Finds the artifacts that a GitRepository includes. @throws SourceFailure to wait for one that is not there yet */
export async function findIncludes(run: SourceRun): Promise<readonly IncludedArtifact[]> {
  const out: IncludedArtifact[] = [];
  for (const include of specList(run.object, 'include')) {
    const repository = nameOfInclude(include['repository']);
    const other = await run.cell.client.find(
      TYPES.GitRepository,
      { namespace: namespaceOf(run.object), name: repository },
      { signal: run.signal },
    );
    const unavailable = (reason: string, message: string): SourceFailure =>
      new SourceFailure({
        kind: 'wait',
        condition: 'IncludeUnavailable',
        reason,
        message,
        requeueAfterMs: run.options.requeueDependencyMs ?? 30_000,
      });
    if (other === undefined) {
      throw unavailable(
        'NotFound',
        `could not get resource for include '${repository}': gitrepositories.source.toolkit.fluxcd.io "${repository}" not found`,
      );
    }
    const artifact = artifactOf(other);
    if (artifact === undefined) throw unavailable('NoArtifact', `no artifact available for include '${repository}'`);
    const text = (field: string): string => (typeof include[field] === 'string' ? include[field] : '');
    out.push({ repository, from: cleanPath(`/${text('fromPath')}`), to: cleanPath(`/${text('toPath') || repository}`), artifact });
  }
  run.draft.unmark('IncludeUnavailable');
  return out;
}

function nameOfInclude(value: unknown): string {
  const name = (value as { readonly name?: unknown } | undefined)?.name;
  return typeof name === 'string' ? name : '';
}

/** Tells whether the included artifacts are others than those of the stored artifact. */
export function includesChanged(run: SourceRun, includes: readonly IncludedArtifact[]): boolean {
  const before = run.draft.get('includedArtifacts');
  const now = includes.map((i) => artifactJson(i.artifact));
  const strip = (list: unknown): unknown =>
    Array.isArray(list) ? list.map((a: { digest?: unknown; revision?: unknown }) => [a.digest, a.revision]) : [];
  return !deepEqual(strip(before) as never, strip(now) as never);
}

/** Copies included artifacts into a working folder. @throws SourceFailure CopyFailure */
export async function copyIncludes(run: SourceRun, includes: readonly IncludedArtifact[], dir: string): Promise<void> {
  for (const include of includes) {
    try {
      const prefix = include.from === '/' ? '' : `${include.from.slice(1)}/`;
      for (const entry of unpackTarGz(await run.cell.store.read(include.artifact))) {
        if (!entry.path.startsWith(prefix)) continue;
        const target = join(dir, cleanPath(`${include.to}/${entry.path.slice(prefix.length)}`));
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, entry.bytes, { mode: (entry.mode & 0o111) === 0 ? 0o600 : 0o700 });
      }
    } catch (error) {
      throw new SourceFailure({
        condition: 'StorageOperationFailed',
        reason: 'CopyFailure',
        message: `failed to copy '${include.repository}' include from ${include.from} to ${include.to}: ${errorMessage(error)}`,
        cause: error,
      });
    }
  }
}
