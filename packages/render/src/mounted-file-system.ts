import { FluxError, type FileSystem } from '@flux-ts/base';
import { fingerprintOf, type FingerprintedFileSystem } from '@flux-ts/kustomize';

/** A path that leads out of the artifact. */
export class ConfinementError extends FluxError<'FS_SECURITY_CONSTRAINT'> {}

/**
 * Shows a source tree below a mount point, with some files laid over it. Everything outside the mount point is refused:
 * a path with too many `..`, and an absolute one, end there.
 */
export class MountedFileSystem implements FingerprintedFileSystem {
  readonly mount: string;
  readonly #tree: FileSystem;
  readonly #overlay = new Map<string, Uint8Array>();
  readonly #decrypt: ((path: string, bytes: Uint8Array) => Uint8Array) | undefined;

  constructor(
    tree: FileSystem,
    mount: string,
    options: {
      readonly overlay?: Readonly<Record<string, Uint8Array>>;
      readonly readFile?: (path: string, bytes: Uint8Array) => Uint8Array;
    } = {},
  ) {
    this.#tree = tree;
    this.mount = mount;
    this.#decrypt = options.readFile;
    for (const [path, bytes] of Object.entries(options.overlay ?? {})) this.#overlay.set(path, bytes);
  }

  /** The path in the tree, or undefined where it lies outside. */
  inner(path: string): string | undefined {
    if (path === this.mount) return '/';
    return path.startsWith(`${this.mount}/`) ? path.slice(this.mount.length) : undefined;
  }

  #confined(operation: string, path: string): string {
    const inner = this.inner(path);
    if (inner !== undefined) return inner;
    throw new ConfinementError({
      code: 'FS_SECURITY_CONSTRAINT',
      message: `fs-security-constraint ${operation} ${path}: path is not in or below '${this.mount}'`,
    });
  }

  stat(path: string): { readonly kind: 'file' | 'directory'; readonly sizeBytes: number } | undefined {
    const inner = this.inner(path);
    if (inner === undefined) return undefined;
    const over = this.#overlay.get(inner);
    return over === undefined ? this.#tree.stat(inner) : { kind: 'file', sizeBytes: over.length };
  }

  read(path: string): Uint8Array {
    const inner = this.#confined('open', path);
    const over = this.#overlay.get(inner);
    if (over !== undefined) return over;
    const bytes = this.#tree.read(inner);
    return this.#decrypt === undefined ? bytes : this.#decrypt(inner, bytes);
  }

  list(path: string): readonly string[] {
    const inner = this.#confined('open', path);
    const names = this.#tree.list(inner);
    const base = inner === '/' ? '/' : `${inner}/`;
    const added = [...this.#overlay.keys()]
      .filter((p) => p.startsWith(base) && !p.slice(base.length).includes('/'))
      .map((p) => p.slice(base.length));
    return added.every((name) => names.includes(name)) ? names : [...new Set([...names, ...added])].sort();
  }

  realPath(path: string): string {
    const inner = this.#confined('lstat', path);
    if (this.#overlay.has(inner)) return path;
    const real = this.#tree.realPath(inner);
    return real === '/' ? this.mount : this.mount + real;
  }

  fingerprint(path: string): string | undefined {
    const inner = this.inner(path);
    if (inner === undefined) return undefined;
    const over = this.#overlay.get(inner);
    return over === undefined ? fingerprintOf(this.#tree, inner) : `text ${Buffer.from(over).toString('latin1')}`;
  }
}
