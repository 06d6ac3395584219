import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { remoteAccess, type RemoteAccess } from './auth.ts';
import { GitError } from './errors.ts';
import { limits, listRemote, type GitOptions, type RemoteRef } from './remote.ts';
import { runGit, type RunOptions } from './run.ts';

/** Which revision of a repository; the precedence is commit, name, semver, tag, branch, then the branch "master". */
export interface GitRef {
  readonly branch?: string;
  readonly tag?: string;
  readonly semver?: string;
  readonly name?: string;
  readonly commit?: string;
}

/** What to check out, and where. */
export interface CheckoutRequest {
  readonly url: string;
  readonly ref?: GitRef;
  /** A folder that exists and is empty; afterwards it holds the tree and no `.git`. */
  readonly dir: string;
  /** Only these folders. */
  readonly sparse?: readonly string[];
  readonly submodules?: boolean;
  /** Chooses the highest tag in a semver range; needed for `ref.semver`. */
  readonly semver?: (range: string, tags: readonly string[]) => string | undefined;
}

/** A checked out commit. */
export interface Checkout {
  readonly hash: string;
  /** The full reference, or undefined where only a commit was named. */
  readonly reference: string | undefined;
  /** As Flux writes it: `main@sha1:<hex>`, `sha1:<hex>`. */
  readonly revision: string;
  /** The first line of the commit message. */
  readonly message: string;
  readonly author: string;
  /** RFC 3339. */
  readonly committedAt: string;
}

/** A revision as it stands on the remote, before anything is fetched. */
export interface ResolvedRef {
  readonly hash: string;
  readonly reference: string | undefined;
  readonly revision: string;
}

/** Writes a revision as Flux does: `<short reference>@sha1:<hex>`; a full reference that was named stays full. */
export function revisionOf(reference: string | undefined, hash: string, named = false): string {
  const algorithm = hash.length === 40 ? 'sha1' : 'unknown';
  if (reference === undefined) return `${algorithm}:${hash}`;
  return `${named ? reference : reference.split('/').slice(2).join('/') || reference}@${algorithm}:${hash}`;
}

/**
 * Finds out which commit a reference stands for, by listing the remote only.
 * @throws GitError GIT_REF_NOT_FOUND, GIT_EMPTY where the remote has no references at all
 */
export async function resolveRef(request: Pick<CheckoutRequest, 'url' | 'ref' | 'semver'>, options: GitOptions = {}): Promise<ResolvedRef> {
  const ref = request.ref ?? {};
  if (ref.commit !== undefined && ref.commit !== '') {
    const branch = ref.branch === undefined || ref.branch === '' ? undefined : `refs/heads/${ref.branch}`;
    return { hash: ref.commit, reference: branch, revision: revisionOf(branch, ref.commit) };
  }
  const refs = await listRemote(request.url, options);
  if (refs.length === 0) throw new GitError({ code: 'GIT_EMPTY', message: 'git repository is empty' });
  const found = pick(refs, request);
  const hash = found.peeled ?? found.hash;
  const named = ref.name !== undefined && ref.name !== '';
  return { hash, reference: found.name, revision: revisionOf(found.name, hash, named) };
}

function pick(refs: readonly RemoteRef[], request: Pick<CheckoutRequest, 'ref' | 'semver'>): RemoteRef {
  const ref = request.ref ?? {};
  const byName = (name: string, what: string): RemoteRef => {
    const found = refs.find((r) => r.name === name);
    if (found === undefined) throw new GitError({ code: 'GIT_REF_NOT_FOUND', message: what });
    return found;
  };
  if (ref.name !== undefined && ref.name !== '') return byName(ref.name, `couldn't find remote ref "${ref.name}"`);
  if (ref.semver !== undefined && ref.semver !== '') {
    const tags = refs.filter((r) => r.name.startsWith('refs/tags/')).map((r) => r.name.slice(10));
    const tag = request.semver?.(ref.semver, tags);
    if (tag === undefined) throw new GitError({ code: 'GIT_REF_NOT_FOUND', message: `no match found for semver: ${ref.semver}` });
    return byName(`refs/tags/${tag}`, tag);
  }
  if (ref.tag !== undefined && ref.tag !== '') return byName(`refs/tags/${ref.tag}`, `couldn't find remote ref "refs/tags/${ref.tag}"`);
  const branch = ref.branch === undefined || ref.branch === '' ? 'master' : ref.branch;
  return byName(`refs/heads/${branch}`, `couldn't find remote ref "refs/heads/${branch}"`);
}

/**
 * Fills a folder with the tree of a commit, fetched with depth 1 into an object store of its own. Attributes and hooks of
 * the repository take no effect: files arrive as the commit holds them.
 * @throws GitError
 */
export async function checkout(request: CheckoutRequest, options: GitOptions = {}): Promise<Checkout> {
  const resolved = await resolveRef(request, options);
  const access = await remoteAccess(request.url, options.auth, options.rewrite);
  const store = await mkdtemp(join(tmpdir(), 'flux-git-'));
  try {
    const run = (args: readonly string[], more: RunOptions = {}): Promise<Buffer> =>
      runGit([`--git-dir=${store}`, ...args], { ...limits(options), config: access.config, env: access.env, ...more });
    await run(['init', '-q', '--bare']);
    await mkdir(join(store, 'info'), { recursive: true });
    await writeFile(join(store, 'info', 'attributes'), '* -text -eol -ident -filter -working-tree-encoding\n');
    await fetchCommit(run, access, resolved, request);
    const pathspec = (request.sparse ?? []).map((dir) => `:(top,literal)${dir.replace(/^\.?\//, '').replace(/\/$/, '')}`);
    const work = [`--work-tree=${request.dir}`, '-c', 'core.bare=false'];
    if (request.submodules === true) await checkoutSubmodules(store, request, resolved.hash, { access, options });
    else
      await run([...work, 'checkout', '-q', '-f', resolved.hash, '--', ...(pathspec.length > 0 ? pathspec : [':/'])], { cwd: request.dir });
    return await describe(run, resolved);
  } finally {
    await access.close();
    await rm(store, { recursive: true, force: true });
  }
}

type Run = (args: readonly string[], more?: RunOptions) => Promise<Buffer>;

async function fetchCommit(run: Run, access: RemoteAccess, resolved: ResolvedRef, request: CheckoutRequest): Promise<void> {
  const shallow = ['fetch', '-q', '--depth=1', '--no-tags', '--no-recurse-submodules', '--', access.url];
  const named = request.ref?.commit !== undefined && request.ref.commit !== '';
  if (!named && resolved.reference !== undefined) {
    await run([...shallow, resolved.reference]);
    const got = (await run(['rev-parse', 'FETCH_HEAD^{commit}'])).toString().trim();
    if (got === resolved.hash) return;
  }
  try {
    await run([...shallow, resolved.hash]);
  } catch (error) {
    if (!(error instanceof GitError) || (error.code !== 'GIT_REF_NOT_FOUND' && error.code !== 'GIT_FAILED')) throw error;
    // a server that gives no single commits: fetch the branch with its history
    await run(['fetch', '-q', '--no-tags', '--', access.url, resolved.reference ?? '+refs/heads/*:refs/remotes/origin/*']);
  }
  await run(['cat-file', '-e', `${resolved.hash}^{commit}`]);
}

async function checkoutSubmodules(
  store: string,
  request: CheckoutRequest,
  hash: string,
  with_: { access: RemoteAccess; options: GitOptions },
): Promise<void> {
  const gitDir = join(request.dir, '.git');
  const run = (args: readonly string[]): Promise<Buffer> =>
    runGit(args, { ...limits(with_.options), cwd: request.dir, config: with_.access.config, env: with_.access.env });
  await run(['init', '-q']);
  await writeFile(join(gitDir, 'objects', 'info', 'alternates'), `${join(store, 'objects')}\n`);
  await writeFile(join(gitDir, 'shallow'), `${hash}\n`);
  await run(['remote', 'add', 'origin', with_.access.url]);
  await run(['checkout', '-q', '-f', hash]);
  await run(['submodule', 'update', '-q', '--init', '--recursive', '--depth=1']);
  const inner = (await run(['submodule', 'foreach', '-q', '--recursive', 'pwd']))
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  for (const dir of [request.dir, ...inner]) await rm(join(dir, '.git'), { recursive: true, force: true });
}

async function describe(run: Run, resolved: ResolvedRef): Promise<Checkout> {
  const [author = '', committedAt = '', subject = ''] = (await run(['log', '-1', '--format=%an <%ae>%x00%cI%x00%B', resolved.hash]))
    .toString()
    .split('\0');
  return { ...resolved, author, committedAt, message: subject.split('\n')[0]?.trim() ?? '' };
}
