import { joinPath } from './paths.ts';
import { parseRepoUrl } from './repo-url.ts';

/** Where a resource came from, or what changed it. Paths are relative to the directory that was built. */
export interface Origin {
  readonly path?: string;
  readonly repo?: string;
  readonly ref?: string;
  readonly configuredIn?: string;
  readonly configuredBy?: { readonly apiVersion?: string; readonly kind?: string; readonly name?: string; readonly namespace?: string };
}

/** The origin one path further down; a remote base starts anew. */
export function appendOrigin(origin: Origin, path: string): Origin {
  const repo = parseRepoUrl(path);
  if (repo !== undefined) {
    return clean({ ...origin, repo: repo.cloneUrl, ref: repo.ref, path: joinPath(repo.directory) });
  }
  return clean({ ...origin, path: joinPath(origin.path ?? '', path) });
}

function clean(origin: Origin): Origin {
  return Object.fromEntries(Object.entries(origin).filter(([, v]) => v !== undefined && v !== '')) as Origin;
}

function lines(origin: Origin): string[] {
  const out: string[] = [];
  for (const key of ['path', 'repo', 'ref', 'configuredIn'] as const)
    if (origin[key] !== undefined && origin[key] !== '') out.push(`${key}: ${origin[key]}`);
  const by = origin.configuredBy;
  if (by !== undefined) {
    out.push('configuredBy:');
    for (const key of ['apiVersion', 'kind', 'name', 'namespace'] as const)
      if (by[key] !== undefined && by[key] !== '') out.push(`  ${key}: ${by[key]}`);
  }
  return out;
}

/** An origin as the text of an annotation. */
export function originText(origin: Origin): string {
  const all = lines(origin);
  return all.length === 0 ? '{}\n' : `${all.join('\n')}\n`;
}

/** Several origins as the text of an annotation. */
export function originsText(origins: readonly Origin[]): string {
  return origins
    .map((origin) =>
      lines(origin)
        .map((line, i) => `${i === 0 ? '- ' : '  '}${line}\n`)
        .join(''),
    )
    .join('');
}
