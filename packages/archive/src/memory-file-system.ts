import { compareBytes, type FileSystem } from '@flux-ts/base';
import { archiveError } from './errors.ts';
import { cleanPath } from './paths.ts';

/** Files in memory, as unpacked from an archive or written down in a test. Unchangeable; `with` gives a new one. */
export class MemoryFileSystem implements FileSystem {
  readonly #files = new Map<string, Uint8Array>();
  readonly #folders = new Map<string, Set<string>>([['/', new Set()]]);
  readonly #sorted = new Map<string, readonly string[]>();

  /** @param entries paths (made absolute) and contents; text is UTF-8; of two equal paths the last counts */
  constructor(entries: Iterable<{ readonly path: string; readonly bytes: Uint8Array | string }> = []) {
    for (const entry of entries) {
      const path = cleanPath(entry.path);
      this.#files.set(path, typeof entry.bytes === 'string' ? Buffer.from(entry.bytes) : entry.bytes);
      this.#link(path);
    }
  }

  #link(path: string): void {
    for (let at = path; at !== '/';) {
      const slash = at.lastIndexOf('/');
      const parent = slash === 0 ? '/' : at.slice(0, slash);
      const names = this.#folders.get(parent);
      const name = at.slice(slash + 1);
      if (names?.has(name) === true) return;
      if (names === undefined) this.#folders.set(parent, new Set([name]));
      else names.add(name);
      at = parent;
    }
  }

  /** A copy with more files, or other contents for those that are there. */
  with(entries: Iterable<{ readonly path: string; readonly bytes: Uint8Array | string }>): MemoryFileSystem {
    const mine = [...this.#files].map(([path, bytes]) => ({ path, bytes }));
    return new MemoryFileSystem([...mine, ...entries]);
  }

  /** Every file, sorted by path. */
  *entries(): Generator<{ readonly path: string; readonly bytes: Uint8Array }> {
    for (const path of [...this.#files.keys()].sort(compareBytes)) yield { path, bytes: this.#files.get(path) as Uint8Array };
  }

  stat(path: string): { readonly kind: 'file' | 'directory'; readonly sizeBytes: number } | undefined {
    const at = cleanPath(path);
    const file = this.#files.get(at);
    if (file !== undefined) return { kind: 'file', sizeBytes: file.length };
    return this.#folders.has(at) ? { kind: 'directory', sizeBytes: 0 } : undefined;
  }

  read(path: string): Uint8Array {
    const at = cleanPath(path);
    const file = this.#files.get(at);
    if (file !== undefined) return file;
    throw archiveError(
      'ARCHIVE_NOT_FOUND',
      this.#folders.has(at) ? `read ${path}: is a directory` : `open ${path}: no such file or directory`,
    );
  }

  list(path: string): readonly string[] {
    const at = cleanPath(path);
    const known = this.#sorted.get(at);
    if (known !== undefined) return known;
    const names = this.#folders.get(at);
    if (names === undefined) throw archiveError('ARCHIVE_NOT_FOUND', `open ${path}: no such file or directory`);
    const sorted = [...names].sort(compareBytes);
    this.#sorted.set(at, sorted);
    return sorted;
  }

  realPath(path: string): string {
    const at = cleanPath(path);
    if (this.stat(at) === undefined) throw archiveError('ARCHIVE_NOT_FOUND', `lstat ${path}: no such file or directory`);
    return at;
  }
}
