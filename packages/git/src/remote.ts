import { remoteAccess, type GitAuth } from './auth.ts';
import { runGit } from './run.ts';

/** How a remote is spoken to. */
export interface GitOptions {
  readonly auth?: GitAuth;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Mirrors: gives the URL to use in place of the one that a source names. */
  readonly rewrite?: (url: string) => string;
}

/** One reference of a remote. */
export interface RemoteRef {
  /** The full name, e.g. `refs/heads/main` or `HEAD`. */
  readonly name: string;
  readonly hash: string;
  /** The commit that an annotated tag points to. */
  readonly peeled?: string;
}

/**
 * Lists a remote's references.
 * @throws GitError
 */
export async function listRemote(url: string, options: GitOptions = {}): Promise<readonly RemoteRef[]> {
  const access = await remoteAccess(url, options.auth, options.rewrite);
  try {
    const out = await runGit(['ls-remote', '--', access.url], { ...limits(options), config: access.config, env: access.env });
    return parseRefs(out.toString());
  } finally {
    await access.close();
  }
}

/** The part of the options that goes to every process. */
export function limits(options: GitOptions): { signal?: AbortSignal; timeoutMs?: number } {
  return {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  };
}

function parseRefs(text: string): RemoteRef[] {
  const refs = new Map<string, RemoteRef>();
  for (const line of text.split('\n')) {
    const [hash, name] = line.split('\t');
    if (hash === undefined || name === undefined) continue;
    if (name.endsWith('^{}')) {
      const tag = refs.get(name.slice(0, -3));
      if (tag !== undefined) refs.set(tag.name, { ...tag, peeled: hash });
    } else refs.set(name, { name, hash });
  }
  return [...refs.values()];
}
