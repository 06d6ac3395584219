import { archiveError } from './errors.ts';

/** Gives a path as an absolute one inside a file system: one leading slash, no `.`, `..` or doubled slashes, never above `/`. */
export function cleanPath(path: string): string {
  // nearly every path is clean already; names that begin with a dot take the long way
  const plain = path.startsWith('/') && !path.includes('/.') && !path.includes('//');
  if (plain && (path.length === 1 || !path.endsWith('/'))) return path;
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') out.pop();
    else out.push(part);
  }
  return `/${out.join('/')}`;
}

/**
 * Gives an archive member's path without `./` and doubled slashes.
 * @returns undefined for the archive's own folder
 * @throws ArchiveError ARCHIVE_UNSAFE_PATH for absolute paths, drive letters, backslashes that climb and any `..` that leaves the archive
 */
export function safeEntryPath(path: string): string | undefined {
  const unsafe = (why: string): never => {
    throw archiveError('ARCHIVE_UNSAFE_PATH', `tar entry ${JSON.stringify(path)} ${why}`);
  };
  if (path.includes('\0')) unsafe('holds a zero byte');
  if (path.startsWith('/') || path.startsWith('\\')) unsafe('is an absolute path');
  if (/^[A-Za-z]:[\\/]/.test(path)) unsafe('names a drive');
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && out.pop() === undefined) unsafe('leaves the archive');
    if (part !== '..' && /(^|\\)\.\.(\\|$)/.test(part)) unsafe('leaves the archive');
    if (part !== '..') out.push(part);
  }
  return out.length === 0 ? undefined : out.join('/');
}
