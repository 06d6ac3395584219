import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { remoteAccess } from './auth.ts';
import { GitError } from './errors.ts';
import { limits, listRemote, type GitOptions } from './remote.ts';
import { runGit } from './run.ts';

/** Who made a commit; `when` is RFC 3339. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly when: string;
}

/** A clone to write into: bootstrap and image automation commit through it. */
export interface WorkTree {
  readonly dir: string;
  readonly branch: string;
  /** The commit at the tip, or undefined on a branch without commits. */
  head(): Promise<string | undefined>;
  /** Writes files (paths relative to the root, `/` between) and commits them. @returns the commit, or undefined where nothing changed */
  commit(files: ReadonlyMap<string, string | Uint8Array>, message: string, author: Signature): Promise<string | undefined>;
  /** @throws GitError GIT_CONFLICT where the remote has moved */
  push(): Promise<void>;
}

/**
 * Clones a branch into an empty folder; a branch or repository that does not exist yet starts without commits.
 * @throws GitError
 */
export async function openWorkTree(
  url: string,
  target: { readonly branch: string; readonly dir: string },
  options: GitOptions = {},
): Promise<WorkTree> {
  const { branch, dir } = target;
  const git = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> => {
    const access = await remoteAccess(url, options.auth, options.rewrite);
    try {
      const filled = args.map((arg) => (arg === '{url}' ? access.url : arg));
      return (await runGit(filled, { ...limits(options), cwd: dir, config: access.config, env: { ...access.env, ...env } })).toString();
    } finally {
      await access.close();
    }
  };
  await git(['init', '-q']);
  await mkdir(join(dir, '.git', 'info'), { recursive: true });
  await writeFile(join(dir, '.git', 'info', 'attributes'), '* -text -eol -ident -filter -working-tree-encoding\n');
  const exists = (await listRemote(url, options)).some((ref) => ref.name === `refs/heads/${branch}`);
  if (exists) {
    await git(['fetch', '-q', '--depth=1', '--no-tags', '--', '{url}', `refs/heads/${branch}`]);
    await git(['checkout', '-q', '-B', branch, 'FETCH_HEAD']);
  } else await git(['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
  const head = async (): Promise<string | undefined> => {
    try {
      return (await git(['rev-parse', '-q', '--verify', 'HEAD'])).trim();
    } catch (error) {
      if (error instanceof GitError) return undefined;
      throw error;
    }
  };
  return {
    dir,
    branch,
    head,
    async commit(files, message, author) {
      for (const [path, data] of files) {
        const parts = path.split('/');
        if (path.startsWith('/') || parts.some((part) => part === '..' || part.toLowerCase() === '.git'))
          throw new GitError({ code: 'GIT_FAILED', message: `will not write "${path}"` });
        await mkdir(dirname(join(dir, path)), { recursive: true });
        await writeFile(join(dir, path), data);
      }
      await git(['add', '-f', '--', ...files.keys()]);
      if ((await git(['status', '--porcelain', '--untracked-files=no'])) === '') return undefined;
      const who = {
        GIT_AUTHOR_NAME: author.name,
        GIT_AUTHOR_EMAIL: author.email,
        GIT_AUTHOR_DATE: author.when,
        GIT_COMMITTER_NAME: author.name,
        GIT_COMMITTER_EMAIL: author.email,
        GIT_COMMITTER_DATE: author.when,
      };
      await git(['commit', '-q', '--no-verify', '--cleanup=verbatim', '-m', message], who);
      return head();
    },
    async push() {
      await git(['push', '-q', '--porcelain', '--', '{url}', `refs/heads/${branch}:refs/heads/${branch}`]);
    },
  };
}

/** Removes a work tree's folder. */
export async function closeWorkTree(tree: WorkTree): Promise<void> {
  await rm(tree.dir, { recursive: true, force: true });
}
