/**
 * The read-only files an engine may see: a directory on disk, memory, a Git tree, an artifact. Paths are absolute
 * inside it, with `/`, already cleaned. Symbolic links are followed by the implementation, which keeps them inside its root.
 */
export interface FileSystem {
  /** What stands at a path after following links, or undefined where nothing does. */
  stat(path: string): { readonly kind: 'file' | 'directory'; readonly sizeBytes: number } | undefined;
  /** The bytes of a file. @throws where it is none */
  read(path: string): Uint8Array;
  /** The names in a directory, sorted by bytes. @throws where it is none */
  list(path: string): readonly string[];
  /** The path after following links. @throws where nothing is there or it leaves the root */
  realPath(path: string): string;
}
