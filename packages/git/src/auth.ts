import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GitError } from './errors.ts';

/** Credentials of a Git source, as Flux's Secrets hold them. */
export interface GitAuth {
  readonly username?: string;
  readonly password?: string;
  readonly bearerToken?: string;
  readonly caPem?: string;
  readonly identityPem?: string;
  readonly identityPassword?: string;
  readonly knownHosts?: string;
  readonly proxyUrl?: string;
}

/** What a git process needs for a remote: configuration and environment; `close` removes temporary key files. */
export interface RemoteAccess {
  readonly url: string;
  readonly config: readonly (readonly [string, string])[];
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

/**
 * Prepares access to a remote. Header credentials are bound to the URL's own origin; where a mirror moves the URL to
 * another host they are dropped.
 * @throws GitError GIT_URL for anything but http, https and ssh.
 */
export async function remoteAccess(url: string, auth: GitAuth = {}, rewrite?: (url: string) => string): Promise<RemoteAccess> {
  const original = parseRemote(url);
  const target = rewrite?.(url) ?? url;
  const remote = parseRemote(target);
  const credentials = remote.host === original.host ? auth : {};
  const config: (readonly [string, string])[] = [];
  const env: Record<string, string> = {};
  let dir: string | undefined;
  const file = async (name: string, text: string): Promise<string> => {
    dir ??= await mkdtemp(join(tmpdir(), 'flux-git-'));
    const path = join(dir, name);
    await writeFile(path, text.endsWith('\n') ? text : `${text}\n`, { mode: 0o600 });
    return path;
  };
  if (remote.protocol === 'ssh:') {
    if (credentials.identityPem === undefined)
      throw new GitError({ code: 'GIT_AUTH', message: 'an ssh URL needs a Secret with identity and known_hosts' });
    const key = await file('identity', credentials.identityPem);
    const hosts = await file('known_hosts', credentials.knownHosts ?? '');
    env['GIT_SSH_COMMAND'] =
      `ssh -F /dev/null -i ${key} -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${hosts} -o GlobalKnownHostsFile=/dev/null`;
  } else {
    const header = httpHeader(credentials);
    if (header !== undefined) config.push([`http.${remote.protocol}//${remote.host}/.extraHeader`, header]);
    if (credentials.caPem !== undefined) config.push(['http.sslCAInfo', await file('ca.crt', credentials.caPem)]);
    if (credentials.proxyUrl !== undefined) config.push(['http.proxy', credentials.proxyUrl]);
  }
  return { url: target, config, env, close: () => (dir === undefined ? Promise.resolve() : rm(dir, { recursive: true, force: true })) };
}

function httpHeader(auth: GitAuth): string | undefined {
  if (auth.bearerToken !== undefined) return `Authorization: Bearer ${auth.bearerToken}`;
  if (auth.username === undefined && auth.password === undefined) return undefined;
  return `Authorization: Basic ${Buffer.from(`${auth.username ?? ''}:${auth.password ?? ''}`).toString('base64')}`;
}

/**
 * Reads a remote's URL.
 * @throws GitError GIT_URL for other schemes; `file://` gets a hint.
 */
export function parseRemote(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw new GitError({ code: 'GIT_URL', message: `failed to parse url '${text}'`, cause: error });
  }
  if (url.protocol === 'file:') {
    throw new GitError({
      code: 'GIT_URL',
      message: `the URL scheme "file" is not supported: serve the repository over http on loopback ("flux dev DIR" does), or name it in a mirror file (--mirror)`,
    });
  }
  if (!['http:', 'https:', 'ssh:'].includes(url.protocol))
    throw new GitError({ code: 'GIT_URL', message: `unsupported URL scheme '${url.protocol.slice(0, -1)}'` });
  return url;
}
