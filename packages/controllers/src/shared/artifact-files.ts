import { MemoryFileSystem, unpackTarGz } from '@flux-ts/archive';
import { Lru } from '@flux-ts/base';
import { fetchArtifact, type Artifact, type ArtifactFetchOptions } from '@flux-ts/runtime';

const CACHE_BYTES = 128 * 1024 * 1024;

/** Artifacts by digest, fetched once and unpacked once. */
export class ArtifactFiles {
  readonly #trees = new Lru<string, MemoryFileSystem>(CACHE_BYTES);
  readonly #bytes = new Lru<string, Uint8Array>(CACHE_BYTES);

  /** The files of a tarball. @throws ArtifactFetchError; ArchiveError */
  async tree(artifact: Artifact, options: ArtifactFetchOptions): Promise<MemoryFileSystem> {
    const known = this.#trees.get(artifact.digest);
    if (known !== undefined) return known;
    const entries = unpackTarGz(await fetchArtifact(artifact, options));
    const tree = new MemoryFileSystem(entries);
    this.#trees.set(
      artifact.digest,
      tree,
      entries.reduce((sum, e) => sum + e.bytes.length + 200, 1),
    );
    return tree;
  }

  /** The bytes of an artifact. @throws ArtifactFetchError */
  async bytes(artifact: Artifact, options: ArtifactFetchOptions): Promise<Uint8Array> {
    const known = this.#bytes.get(artifact.digest);
    if (known !== undefined) return known;
    const bytes = await fetchArtifact(artifact, options);
    this.#bytes.set(artifact.digest, bytes, bytes.length + 1);
    return bytes;
  }
}
