import { MemoryFileSystem } from '@flux-ts/archive';
import { digestHex } from '@flux-ts/base';
import type { FingerprintedFileSystem } from './reads.ts';

class FingerprintedMemory extends MemoryFileSystem implements FingerprintedFileSystem {
  readonly #fingerprints = new Map<string, string>();

  fingerprint(path: string): string | undefined {
    if (this.stat(path)?.kind !== 'file') return undefined;
    let known = this.#fingerprints.get(path);
    if (known === undefined) {
      known = digestHex(this.read(path));
      this.#fingerprints.set(path, known);
    }
    return known;
  }
}

/** A file system out of texts and bytes by absolute path. Directories are those that files lie in. */
export function memoryFileSystem(files: Readonly<Record<string, string | Uint8Array>>): FingerprintedFileSystem {
  return new FingerprintedMemory(Object.entries(files).map(([path, bytes]) => ({ path, bytes })));
}
