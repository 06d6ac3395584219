// Slash-separated paths, cleaned as Go's path package does.

const CLEAN = /^(?:\/(?!\.{0,2}(?:\/|$))[^/]*)+$/;

/** Resolves `.`, `..` and double slashes. */
export function cleanPath(path: string): string {
  if (CLEAN.test(path)) return path;
  const rooted = path.startsWith('/');
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') out.push(part);
    else if (out.length > 0 && out[out.length - 1] !== '..') out.pop();
    else if (!rooted) out.push('..');
  }
  const joined = out.join('/');
  return rooted ? `/${joined}` : joined === '' ? '.' : joined;
}

/** Joins and cleans paths; empty parts are left out. */
export function joinPath(...parts: readonly string[]): string {
  const some = parts.filter((p) => p !== '');
  return some.length === 0 ? '' : cleanPath(some.join('/'));
}

/** The last element of a path. */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === '') return path === '' ? '.' : '/';
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

/** The path without its last element. */
export function dirName(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : cleanPath(path.slice(0, slash + 1));
}

/** Tells whether a directory is another one or lies below it. */
export function isBelow(directory: string, parent: string): boolean {
  return parent === '/' || directory === parent || directory.startsWith(`${parent}/`);
}

/** Tells whether a path starts at the root. */
export function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}
