import { cleanPath } from './paths.ts';

/** A remote base: what to clone, which ref, and the directory inside. */
export interface RepoUrl {
  readonly raw: string;
  /** What git is given: scheme, host and path of the repository. */
  readonly cloneUrl: string;
  readonly ref: string;
  /** The directory inside the repository; empty: its root. */
  readonly directory: string;
}

const SCHEMES = ['ssh://', 'https://', 'http://', 'file://'] as const;

function takePrefix(text: string, prefix: string): string | undefined {
  return text.slice(0, prefix.length).toLowerCase() === prefix ? text.slice(prefix.length) : undefined;
}

/** Reads a text as the address of a Git repository, by kustomize's rules; undefined where it is a plain path. */
export function parseRepoUrl(raw: string): RepoUrl | undefined {
  if (raw.startsWith('/')) return undefined;
  const question = raw.indexOf('?');
  let rest = question < 0 ? raw : raw.slice(0, question);
  const query = new URLSearchParams(question < 0 ? '' : raw.slice(question + 1));
  const ref = (query.get('ref') ?? '') ? (query.get('ref') as string) : (query.get('version') ?? '');
  rest = takePrefix(rest, 'git::') ?? rest;
  let scheme = '';
  for (const candidate of SCHEMES) {
    const after = takePrefix(rest, candidate);
    if (after === undefined) continue;
    scheme = candidate;
    rest = after;
    break;
  }
  let user = /^[a-zA-Z][a-zA-Z0-9-]*@/.exec(rest)?.[0] ?? '';
  rest = rest.slice(user.length);
  const github = /^github\.com[/:]/i.test(rest);
  const scp = scheme === '' && (user !== '' || github);
  if (scheme === '' && !scp) return undefined;
  let host = '';
  if (scheme === 'file://') {
    rest = user + rest;
    user = '';
  } else {
    let at = rest.indexOf('/');
    const colon = rest.indexOf(':');
    if (scp && (at === -1 || (colon > 0 && colon < at))) at = colon;
    if (at < 0) host = rest;
    else {
      host = rest.slice(0, at + 1);
      rest = rest.slice(at + 1);
    }
    if (at < 0) rest = '';
    if (github) {
      const ssh = scheme === 'ssh://' || user !== '';
      host = ssh ? 'github.com:' : 'github.com/';
      scheme = ssh ? '' : 'https://';
    }
    if (host === '') return undefined;
  }
  const parts = splitRepo(rest, scheme === 'file://');
  if (parts === undefined || parts.repo === '') return undefined;
  if (cleanPath(parts.directory.replace(/^\//, '')).split('/')[0] === '..') return undefined;
  return { raw, cloneUrl: scheme + user + host + parts.repo, ref, directory: parts.directory.replace(/^\//, '') };
}

function splitRepo(path: string, all: boolean): { readonly repo: string; readonly directory: string } | undefined {
  const marker = path.indexOf('_git/');
  if (marker >= 0) {
    const [name = '', ...directory] = path.slice(marker + 5).split('/');
    return { repo: path.slice(0, marker + 5) + name, directory: directory.join('/') };
  }
  const double = path.indexOf('//');
  if (double >= 0) return { repo: path.slice(0, double), directory: path.slice(double + 2) };
  const suffix = path.indexOf('.git');
  if (suffix >= 0) return { repo: path.slice(0, suffix + 4), directory: path.slice(suffix + 4) };
  if (all) return { repo: path, directory: '' };
  const segments = path.split('/');
  return segments.length < 2 ? undefined : { repo: segments.slice(0, 2).join('/'), directory: segments.slice(2).join('/') };
}

/** Tells whether a text is an http or https address. */
export function isHttpUrl(text: string): boolean {
  return /^https?:/i.test(text);
}
