import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { GitError } from './errors.ts';
import { runGit } from './run.ts';

/** A folder as a commit in a store beside it. */
export interface Snapshot {
  readonly hash: string;
  readonly branch: string;
  /** False where the commit is the folder's own HEAD. */
  readonly dirty: boolean;
}

/**
 * Makes a bare repository at `store` whose branch holds a folder's present state: its HEAD where nothing is changed, else
 * a commit on top of it. Objects of the folder's repository are borrowed; nothing is ever written into the folder.
 * The same content gives the same commit.
 * @throws GitError
 */
export async function snapshotFolder(folder: string, store: string, options: { readonly branch?: string } = {}): Promise<Snapshot> {
  const dir = resolve(folder);
  const own = await ownRepository(dir);
  const branch = options.branch ?? own?.branch ?? 'main';
  await initStore(store, own?.objects);
  const git = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> =>
    (
      await runGit([`--git-dir=${store}`, `--work-tree=${dir}`, '-c', 'core.bare=false', ...args], {
        cwd: dir,
        env: { GIT_INDEX_FILE: join(store, 'snapshot-index'), ...env },
      })
    )
      .toString()
      .trim();
  if (own?.head === undefined) await git(['read-tree', '--empty']);
  else await git(['read-tree', own.head]);
  await git(['add', '-A', '--', '.']);
  const tree = await git(['write-tree']);
  const clean = own?.head !== undefined && (await git(['rev-parse', `${own.head}^{tree}`])) === tree;
  const hash = clean && own.head !== undefined ? own.head : await commitTree(git, tree, own?.head);
  await git(['update-ref', `refs/heads/${branch}`, hash]);
  await git(['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  return { hash, branch, dirty: !clean };
}

async function commitTree(
  git: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<string>,
  tree: string,
  parent: string | undefined,
): Promise<string> {
  const when = parent === undefined ? '2000-01-01T00:00:00Z' : await git(['log', '-1', '--format=%cI', parent]);
  const who = {
    GIT_AUTHOR_NAME: 'flux dev',
    GIT_AUTHOR_EMAIL: 'dev@localhost',
    GIT_AUTHOR_DATE: when,
    GIT_COMMITTER_NAME: 'flux dev',
    GIT_COMMITTER_EMAIL: 'dev@localhost',
    GIT_COMMITTER_DATE: when,
  };
  return git(['commit-tree', tree, ...(parent === undefined ? [] : ['-p', parent]), '-m', 'Working tree'], who);
}

async function initStore(store: string, objects: string | undefined): Promise<void> {
  await mkdir(store, { recursive: true });
  const exists = await stat(join(store, 'HEAD')).then(
    () => true,
    () => false,
  );
  if (!exists) await runGit(['init', '-q', '--bare', '--', store]);
  await mkdir(join(store, 'info'), { recursive: true });
  await writeFile(join(store, 'info', 'attributes'), '* -text -eol -ident -filter -working-tree-encoding\n');
  await writeFile(join(store, 'info', 'exclude'), '/.git\n');
  if (objects !== undefined) await writeFile(join(store, 'objects', 'info', 'alternates'), `${objects}\n`);
}

interface OwnRepository {
  readonly objects: string;
  readonly head: string | undefined;
  readonly branch: string | undefined;
}

/** The repository whose top folder this is; undefined where the folder is none, or only a part of one. */
async function ownRepository(dir: string): Promise<OwnRepository | undefined> {
  const marker = join(dir, '.git');
  const kind = await stat(marker).catch(() => undefined);
  if (kind === undefined) return undefined;
  const gitDir = kind.isDirectory() ? marker : resolve(dir, (await readFile(marker, 'utf8')).replace(/^gitdir: /, '').trim());
  const git = async (args: readonly string[]): Promise<string> =>
    (await runGit([`--git-dir=${gitDir}`, ...args], { cwd: dir })).toString().trim();
  const common = resolve(dir, await git(['rev-parse', '--git-common-dir']));
  const head = await git(['rev-parse', '-q', '--verify', 'HEAD^{commit}']).catch(missing);
  const branch = await git(['symbolic-ref', '-q', '--short', 'HEAD']).catch(missing);
  return { objects: join(common, 'objects'), head, branch };
}

function missing(error: unknown): undefined {
  if (error instanceof GitError) return undefined;
  throw error;
}
