import { compareBytes, digestHex } from '@flux-ts/base';
import { failure } from './errors.ts';
import { cleanPath, dirName } from './paths.ts';
import type { FingerprintedFileSystem } from './reads.ts';

class MemoryFileSystem implements FingerprintedFileSystem {
  readonly #files = new Map<string, Uint8Array>();
  readonly #directories = new Map<string, Set<string>>([['/', new Set()]]);
  readonly #fingerprints = new Map<string, string>();

  constructor(files: Readonly<Record<string, string | Uint8Array>>) {
    for (const [name, content] of Object.entries(files)) {
      const path = cleanPath(`/${name}`);
      this.#files.set(path, typeof content === 'string' ? Buffer.from(content) : content);
      for (let child = path; child !== '/'; child = dirName(child)) {
        const parent = dirName(child);
        const names = this.#directories.get(parent) ?? new Set<string>();
        names.add(child.slice(parent === '/' ? 1 : parent.length + 1));
        this.#directories.set(parent, names);
      }
    }
  }

  stat(path: string): { readonly kind: 'file' | 'directory'; readonly sizeBytes: number } | undefined {
    const file = this.#files.get(path);
    if (file !== undefined) return { kind: 'file', sizeBytes: file.length };
    return this.#directories.has(path) ? { kind: 'directory', sizeBytes: 0 } : undefined;
  }

  read(path: string): Uint8Array {
    const file = this.#files.get(path);
    if (file === undefined)
      throw failure(
        this.#directories.has(path) ? `read ${path}: is a directory` : `open ${path}: no such file or directory`,
        'KUSTOMIZE_LOAD',
      );
    return file;
  }

  list(path: string): readonly string[] {
    const names = this.#directories.get(path);
    if (names === undefined) throw failure(`open ${path}: no such file or directory`, 'KUSTOMIZE_LOAD');
    return [...names].sort(compareBytes);
  }

  realPath(path: string): string {
    const clean = cleanPath(path);
    if (this.stat(clean) === undefined) throw failure(`lstat ${clean}: no such file or directory`, 'KUSTOMIZE_LOAD');
    return clean;
  }

  fingerprint(path: string): string | undefined {
    const file = this.#files.get(path);
    if (file === undefined) return undefined;
    let known = this.#fingerprints.get(path);
    if (known === undefined) {
      known = digestHex(file);
      this.#fingerprints.set(path, known);
    }
    return known;
  }
}

/** A file system out of texts and bytes by absolute path. Directories are those that files lie in. */
export function memoryFileSystem(files: Readonly<Record<string, string | Uint8Array>>): FingerprintedFileSystem {
  return new MemoryFileSystem(files);
}
