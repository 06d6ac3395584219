import { compareBytes, errorMessage } from '@flux-ts/base';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { failure, type KustomizeError } from './errors.ts';
import { cleanPath, isBelow } from './paths.ts';
import type { FingerprintedFileSystem } from './reads.ts';

class DiskFileSystem implements FingerprintedFileSystem {
  readonly #root: string;

  constructor(root: string) {
    this.#root = realpathSync.native(root);
  }

  /** The place on disk, links followed. @throws where it leaves the root */
  #place(path: string): string {
    const real = realpathSync.native(this.#root === '/' ? path : `${this.#root}${path}`);
    if (!isBelow(real, this.#root)) throw failure(`fs-security-constraint ${path}: the path leaves the root`, 'KUSTOMIZE_LOAD');
    return real;
  }

  stat(path: string): { readonly kind: 'file' | 'directory'; readonly sizeBytes: number } | undefined {
    try {
      const stat = statSync(this.#root === '/' ? path : this.#place(path), { throwIfNoEntry: false });
      if (stat === undefined) return undefined;
      return { kind: stat.isDirectory() ? 'directory' : 'file', sizeBytes: stat.size };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  read(path: string): Uint8Array {
    try {
      return readFileSync(this.#root === '/' ? path : this.#place(path));
    } catch (error) {
      throw diskError(error, path);
    }
  }

  list(path: string): readonly string[] {
    try {
      return readdirSync(this.#place(path)).sort(compareBytes);
    } catch (error) {
      throw diskError(error, path);
    }
  }

  realPath(path: string): string {
    try {
      const real = this.#place(cleanPath(path));
      if (this.#root === '/') return real;
      return real === this.#root ? '/' : real.slice(this.#root.length);
    } catch (error) {
      throw diskError(error, path);
    }
  }

  fingerprint(path: string): string | undefined {
    try {
      const stat = statSync(this.#root === '/' ? path : this.#place(path), { throwIfNoEntry: false });
      return stat?.isFile() === true ? `${stat.ino}:${stat.size}:${stat.mtimeMs}:${stat.ctimeMs}` : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as { readonly code?: unknown }).code;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'KUSTOMIZE_LOAD';
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  EACCES: 'permission denied',
};

function diskError(error: unknown, path: string): KustomizeError {
  const code = String((error as { readonly code?: unknown }).code);
  if (code === 'KUSTOMIZE_LOAD') return error as KustomizeError;
  const words = WORDS[code];
  return failure(words === undefined ? errorMessage(error) : `${code === 'EISDIR' ? 'read' : 'open'} ${path}: ${words}`, 'KUSTOMIZE_LOAD');
}

/** A file system over a directory on disk. Links are followed as long as they stay inside; with `/` nothing is refused. */
export function diskFileSystem(root: string): FingerprintedFileSystem {
  return new DiskFileSystem(root);
}
