import { compareBytes, type FileSystem } from '@flux-ts/base';
import { constants, lstatSync, readdirSync, readFileSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { sep } from 'node:path';
import { archiveError } from './errors.ts';
import { cleanPath } from './paths.ts';

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ERR_INVALID_ARG_VALUE';
}

/** A folder on disk as the beginning of paths in it. */
function below(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep;
}

/** A place on disk, and whether it is known to be a plain file (no link). */
interface Place {
  readonly real: string;
  readonly plainFile: boolean;
}

/** Where a link would be the last step, reading fails instead of following it. */
const NO_FOLLOW = constants.O_RDONLY | constants.O_NOFOLLOW;

/**
 * A folder on disk, read only. Links are followed; one that leads out of the folder throws ARCHIVE_UNSAFE_PATH.
 * What a listing showed is remembered: make a new one for each look at a folder that changes.
 */
export class DiskFileSystem implements FileSystem {
  readonly root: string;
  readonly #places = new Map<string, Place>();

  /** @param root a folder @throws ArchiveError ARCHIVE_NOT_FOUND where it is none */
  constructor(root: string) {
    try {
      this.root = realpathSync.native(root);
    } catch (error) {
      throw archiveError('ARCHIVE_NOT_FOUND', `stat ${root}: no such file or directory`, error);
    }
    if (!statSync(this.root).isDirectory()) throw archiveError('ARCHIVE_NOT_FOUND', `${root} is not a directory`);
    this.#places.set('/', { real: this.root, plainFile: false });
  }

  #inside(path: string, real: string): string {
    if (real !== this.root && !real.startsWith(below(this.root))) {
      throw archiveError('ARCHIVE_UNSAFE_PATH', `${path} leads out of its folder`);
    }
    return real;
  }

  /** The place on disk that a path leads to; undefined where there is nothing. */
  #locate(path: string): Place | undefined {
    const clean = cleanPath(path);
    const known = this.#places.get(clean);
    if (known !== undefined) return known;
    try {
      const slash = clean.lastIndexOf('/');
      const parent = this.#locate(slash === 0 ? '/' : clean.slice(0, slash));
      if (parent === undefined) return undefined;
      const plain = below(parent.real) + clean.slice(slash + 1);
      const stat = lstatSync(plain);
      const real = stat.isSymbolicLink() ? this.#inside(path, realpathSync.native(plain)) : plain;
      const place = { real, plainFile: false };
      if (stat.isDirectory() || (stat.isSymbolicLink() && statSync(real).isDirectory())) this.#places.set(clean, place);
      return place;
    } catch (error) {
      if (isMissing(error)) return undefined;
      if (codeOf(error) === 'ELOOP') throw archiveError('ARCHIVE_UNSAFE_PATH', `${path}: too many symbolic links`, error);
      throw error;
    }
  }

  #need(path: string, call: string): Place {
    const place = this.#locate(path);
    if (place === undefined) throw archiveError('ARCHIVE_NOT_FOUND', `${call} ${path}: no such file or directory`);
    return place;
  }

  stat(path: string): { readonly kind: 'file' | 'directory'; readonly sizeBytes: number } | undefined {
    const place = this.#locate(path);
    if (place === undefined) return undefined;
    const stat = place.plainFile ? lstatSync(place.real, { throwIfNoEntry: false }) : statSync(place.real, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) return { kind: 'directory', sizeBytes: 0 };
    return stat?.isFile() === true ? { kind: 'file', sizeBytes: stat.size } : undefined;
  }

  read(path: string): Uint8Array {
    const { real, plainFile } = this.#need(path, 'open');
    // pipes and devices would block or never end
    const kind = plainFile ? undefined : statSync(real);
    if (kind?.isDirectory() === true) throw archiveError('ARCHIVE_NOT_FOUND', `read ${path}: is a directory`);
    if (kind?.isFile() === false) throw archiveError('ARCHIVE_NOT_FOUND', `read ${path}: is not a regular file`);
    try {
      return readFileSync(real, plainFile ? { flag: NO_FOLLOW as unknown as string } : {});
    } catch (error) {
      if (codeOf(error) === 'ELOOP') throw archiveError('ARCHIVE_UNSAFE_PATH', `${path} became a link`, error);
      if (isMissing(error)) throw archiveError('ARCHIVE_NOT_FOUND', `open ${path}: no such file or directory`, error);
      throw error;
    }
  }

  list(path: string): readonly string[] {
    const { real } = this.#need(path, 'open');
    let entries: Dirent[];
    try {
      entries = readdirSync(real, { withFileTypes: true });
    } catch (error) {
      if (isMissing(error)) throw archiveError('ARCHIVE_NOT_FOUND', `readdirent ${path}: not a directory`, error);
      throw error;
    }
    const prefix = cleanPath(path).replace(/\/$/, '');
    for (const entry of entries) {
      const file = entry.isFile();
      if (file || entry.isDirectory()) this.#places.set(`${prefix}/${entry.name}`, { real: below(real) + entry.name, plainFile: file });
    }
    return entries.map((entry) => entry.name).sort(compareBytes);
  }

  realPath(path: string): string {
    const { real } = this.#need(path, 'lstat');
    return real === this.root
      ? '/'
      : real
          .slice(below(this.root).length - 1)
          .split(sep)
          .join('/');
  }
}
