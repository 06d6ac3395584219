import { deepEqual, errorMessage, type JsonValue } from '@flux-ts/base';
import { checkout, GitError, resolveRef, type Checkout, type GitAuth, type GitOptions, type GitRef, type ResolvedRef } from '@flux-ts/git';
import { specOf } from '@flux-ts/kube';
import { hasRevision } from '@flux-ts/runtime';
import { parseConstraint, tryParseVersion, compareVersions } from '@flux-ts/semver';
import type { SourceRun } from '../harness.ts';
import { specDuration, specFlag, specText, specTexts } from '../../shared/spec.ts';
import { SourceFailure } from '../outcome.ts';
import { gitAuthOf, secretOf } from './secrets.ts';

/** The reference that a GitRepository names. */
export function refOfSpec(run: SourceRun): GitRef {
  const out: Record<string, string> = {};
  for (const field of ['branch', 'tag', 'semver', 'name', 'commit']) {
    const value = specText(run.object, 'ref', field);
    if (value !== undefined) out[field] = value;
  }
  return out;
}

/** The highest tag in a range. */
export function chooseTag(range: string, tags: readonly string[]): string | undefined {
  const constraint = parseConstraint(range);
  return tags
    .flatMap((tag) => {
      const version = tryParseVersion(tag);
      return version !== undefined && constraint.check(version) ? [{ tag, version }] : [];
    })
    .sort((a, b) => compareVersions(b.version, a.version))[0]?.tag;
}

/** The credentials and limits for speaking to a GitRepository's remote. @throws SourceFailure AuthenticationFailed */
export async function gitOptionsOf(run: SourceRun): Promise<GitOptions> {
  const data = await secretOf(run, 'secretRef');
  const proxy = await secretOf(run, 'proxySecretRef');
  let auth: GitAuth;
  try {
    auth = gitAuthOf(data, proxy, specText(run.object, 'url') ?? '');
  } catch (error) {
    throw new SourceFailure({
      condition: 'FetchFailed',
      reason: 'AuthenticationFailed',
      message: `failed to configure authentication options: ${errorMessage(error)}`,
      cause: error,
    });
  }
  return {
    auth,
    signal: run.signal,
    timeoutMs: specDuration(run.object, 'timeout') ?? 60_000,
    ...(run.cell.resolve === undefined ? {} : { rewrite: run.cell.resolve }),
  };
}

function checkoutFailure(error: unknown): SourceFailure {
  if (error instanceof GitError && error.code === 'GIT_EMPTY') {
    return new SourceFailure({ condition: 'FetchFailed', reason: 'EmptyGitRepository', message: 'git repository is empty', cause: error });
  }
  if (error instanceof GitError && error.code === 'GIT_URL') {
    return new SourceFailure({ kind: 'stall', condition: 'FetchFailed', reason: 'URLInvalid', message: error.message, cause: error });
  }
  return new SourceFailure({
    condition: 'FetchFailed',
    reason: 'GitOperationFailed',
    message: `failed to checkout and determine revision: ${errorMessage(error)}`,
    cause: error,
  });
}

/** Finds out which revision the remote has, without fetching anything. @throws SourceFailure */
export async function remoteRevision(run: SourceRun, git: GitOptions): Promise<ResolvedRef> {
  try {
    return await resolveRef({ url: specText(run.object, 'url') ?? '', ref: refOfSpec(run), semver: chooseTag }, git);
  } catch (error) {
    run.signal.throwIfAborted();
    throw checkoutFailure(error);
  }
}

/** Fills a folder with the tree of the revision. @throws SourceFailure */
export async function fetchTree(run: SourceRun, git: GitOptions, dir: string): Promise<Checkout> {
  const sparse = specTexts(run.object, 'sparseCheckout');
  try {
    run.cell.counters?.add('git.clone');
    return await checkout(
      {
        url: specText(run.object, 'url') ?? '',
        ref: refOfSpec(run),
        dir,
        semver: chooseTag,
        ...(sparse.length === 0 ? {} : { sparse }),
        ...(specFlag(run.object, 'recurseSubmodules') ? { submodules: true } : {}),
      },
      git,
    );
  } catch (error) {
    run.signal.throwIfAborted();
    throw checkoutFailure(error);
  }
}

/** The parts of the spec that shape an artifact beside its revision, and the status fields that remember them. */
const CONTENT_FIELDS: readonly (readonly [spec: string, status: string])[] = [
  ['ignore', 'observedIgnore'],
  ['include', 'observedInclude'],
  ['recurseSubmodules', 'observedRecurseSubmodules'],
  ['sparseCheckout', 'observedSparseCheckout'],
];

function meaningful(value: JsonValue | undefined): JsonValue | undefined {
  if (value === false || (Array.isArray(value) && value.length === 0)) return undefined;
  return value;
}

/** Tells whether the spec asks for another content of the same revision. */
export function contentConfigChanged(run: SourceRun): boolean {
  const spec = specOf(run.object);
  return CONTENT_FIELDS.some(([from, to]) => !deepEqual(meaningful(spec[from]), meaningful(run.draft.get(to))));
}

/** Remembers what shaped the artifact. */
export function observeContentConfig(run: SourceRun): void {
  const spec = specOf(run.object);
  for (const [from, to] of CONTENT_FIELDS) run.draft.set(to, meaningful(spec[from]));
}

/** Tells whether the stored artifact is of this revision and this configuration. */
export function isUpToDate(run: SourceRun, revision: string): boolean {
  return hasRevision(run.artifact(), revision) && !contentConfigChanged(run);
}
