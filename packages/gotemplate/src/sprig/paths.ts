import { goFunc } from '../functions.ts';
import type { GoFunc } from '../model.ts';

/** Go's `path.Clean`. */
function cleanPath(path: string): string {
  if (path === '') return '.';
  const rooted = path.startsWith('/');
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') out.push(part);
    else if (out.length > 0 && out.at(-1) !== '..') out.pop();
    else if (!rooted) out.push('..');
  }
  const joined = out.join('/');
  return rooted ? `/${joined}` : joined === '' ? '.' : joined;
}

function base(path: string): string {
  if (path === '') return '.';
  const stripped = path.replace(/\/+$/, '');
  return stripped === '' ? '/' : stripped.slice(stripped.lastIndexOf('/') + 1);
}

function dir(path: string): string {
  return cleanPath(path.slice(0, path.lastIndexOf('/') + 1));
}

function ext(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot < 0 || dot < path.lastIndexOf('/') ? '' : path.slice(dot);
}

function isAbs(path: string): boolean {
  return path.startsWith('/');
}

function named(name: string, run: (path: string) => string | boolean): GoFunc[] {
  const os = `os${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`;
  return [goFunc(name, ['string'], ([path]: [string]) => run(path)), goFunc(os, ['string'], ([path]: [string]) => run(path))];
}

/** base, dir, clean, ext, isAbs and their twins with `os`, which are the same where the separator is a slash. */
export const PATHS: readonly GoFunc[] = [
  ...named('base', base),
  ...named('dir', dir),
  ...named('clean', cleanPath),
  ...named('ext', ext),
  ...named('isAbs', isAbs),
];
