import { compareBytes, type FileSystem } from '@flux-ts/base';
import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import { archiveError } from './errors.ts';
import { cleanPath } from './paths.ts';

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ERR_INVALID_ARG_VALUE';
}

/**
 * A folder on disk, read only. Links are followed; one that leads out of the folder throws ARCHIVE_UNSAFE_PATH.
 * Folders' real paths are remembered: make a new one for each look at a folder that changes.
 */
export class DiskFileSystem implements FileSystem {
  readonly root: string;
  readonly #folders = new Map<string, string>();

  /** @param root a folder @throws ArchiveError ARCHIVE_NOT_FOUND where it is none */
  constructor(root: string) {
    try {
      this.root = realpathSync.native(root);
    } catch (error) {
      throw archiveError('ARCHIVE_NOT_FOUND', `stat ${root}: no such file or directory`, error);
    }
    if (!statSync(this.root).isDirectory()) throw archiveError('ARCHIVE_NOT_FOUND', `${root} is not a directory`);
    this.#folders.set('/', this.root);
  }

  #inside(path: string, real: string): string {
    const base = this.root.endsWith(sep) ? this.root : this.root + sep;
    if (real !== this.root && !real.startsWith(base)) {
      throw archiveError('ARCHIVE_UNSAFE_PATH', `${path} leads out of its folder`);
    }
    return real;
  }

  /** The place on disk that a path leads to; undefined where there is nothing. */
  #locate(path: string): string | undefined {
    const clean = cleanPath(path);
    const known = this.#folders.get(clean);
    if (known !== undefined) return known;
    try {
      const slash = clean.lastIndexOf('/');
      const parent = this.#locate(slash === 0 ? '/' : clean.slice(0, slash));
      if (parent === undefined) return undefined;
      const plain = parent + sep + clean.slice(slash + 1);
      const stat = lstatSync(plain);
      const real = stat.isSymbolicLink() ? this.#inside(path, realpathSync.native(plain)) : plain;
      if (stat.isDirectory() || (stat.isSymbolicLink() && statSync(real).isDirectory())) this.#folders.set(clean, real);
      return real;
    } catch (error) {
      if (isMissing(error)) return undefined;
      if (error instanceof Error && 'code' in error && error.code === 'ELOOP') {
        throw archiveError('ARCHIVE_UNSAFE_PATH', `${path}: too many symbolic links`, error);
      }
      throw error;
    }
  }

  #need(path: string, call: string): string {
    const real = this.#locate(path);
    if (real === undefined) throw archiveError('ARCHIVE_NOT_FOUND', `${call} ${path}: no such file or directory`);
    return real;
  }

  stat(path: string): { readonly kind: 'file' | 'directory'; readonly sizeBytes: number } | undefined {
    const real = this.#locate(path);
    if (real === undefined) return undefined;
    const stat = statSync(real);
    if (stat.isDirectory()) return { kind: 'directory', sizeBytes: 0 };
    return stat.isFile() ? { kind: 'file', sizeBytes: stat.size } : undefined;
  }

  read(path: string): Uint8Array {
    const real = this.#need(path, 'open');
    // pipes and devices would block or never end
    if (!statSync(real).isFile()) throw archiveError('ARCHIVE_NOT_FOUND', `read ${path}: is not a regular file`);
    return readFileSync(real);
  }

  list(path: string): readonly string[] {
    const real = this.#need(path, 'open');
    if (!statSync(real).isDirectory()) throw archiveError('ARCHIVE_NOT_FOUND', `readdirent ${path}: not a directory`);
    return readdirSync(real).sort(compareBytes);
  }

  realPath(path: string): string {
    const real = this.#need(path, 'lstat');
    return real === this.root ? '/' : real.slice(this.root.length).split(sep).join('/');
  }
}
