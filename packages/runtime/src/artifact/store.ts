import { createReadStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { digest, errorMessage, FluxError, formatTime, type Clock, type DigestAlgorithm } from '@flux-ts/base';
import type { Artifact } from './artifact.ts';

/** Why the store failed. */
export class ArtifactStoreError extends FluxError<'STORE_PATH' | 'STORE_DIGEST' | 'STORE_IO'> {}

/** What a store is made of. */
export interface ArtifactStoreInit {
  readonly rootDir: string;
  /** The host (and port) in artifact URLs. */
  readonly hostname: string;
  readonly clock: Clock;
  /** How long an old artifact stays. Default 60 s. */
  readonly retentionTtlMs?: number;
  /** How many artifacts stay at least. Default 2. */
  readonly retentionRecords?: number;
  readonly digestAlgorithm?: DigestAlgorithm;
}

/** Which object an artifact belongs to. */
export interface ArtifactOwner {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

const SEGMENT = /^(?!\.{1,2}$)[^/\\\0]+$/;

function folderOf(owner: ArtifactOwner): string {
  const parts = [owner.kind.toLowerCase(), owner.namespace, owner.name];
  for (const part of parts)
    if (!SEGMENT.test(part))
      throw new ArtifactStoreError({ code: 'STORE_PATH', message: `${JSON.stringify(part)} cannot be part of an artifact path` });
  return parts.join('/');
}

/** Files of sources, by kind, namespace and name, and the rules by which old ones go. */
export class ArtifactStore {
  readonly rootDir: string;
  readonly #init: ArtifactStoreInit;
  #temporary = 0;

  constructor(init: ArtifactStoreInit) {
    this.rootDir = init.rootDir;
    this.#init = init;
  }

  /** The same files under other rules. */
  with(rules: Pick<ArtifactStoreInit, 'retentionTtlMs' | 'retentionRecords' | 'digestAlgorithm'>): ArtifactStore {
    return new ArtifactStore({ ...this.#init, ...rules });
  }

  /** The URL of a path in the store. */
  urlOf(path: string): string {
    return `http://${this.#init.hostname}/${path}`;
  }

  /** Where a path lies on disk. @throws ArtifactStoreError STORE_PATH for a path that leaves the store */
  fileOf(path: string): string {
    const segments = path.split('/');
    if (!segments.every((s) => SEGMENT.test(s)))
      throw new ArtifactStoreError({ code: 'STORE_PATH', message: `${JSON.stringify(path)} is no artifact path` });
    return join(this.rootDir, ...segments);
  }

  /** Stores bytes as an artifact: whole or not at all. */
  async put(
    owner: ArtifactOwner,
    file: {
      readonly name: string;
      readonly revision: string;
      readonly bytes: Uint8Array;
      readonly metadata?: Readonly<Record<string, string>> | undefined;
    },
  ): Promise<Artifact> {
    const path = `${folderOf(owner)}/${file.name}`;
    const target = this.fileOf(path);
    const { clock } = this.#init;
    try {
      await mkdir(this.fileOf(folderOf(owner)), { recursive: true, mode: 0o700 });
      const temporary = `${target}.${this.#temporary++}.tmp`;
      await writeFile(temporary, file.bytes, { mode: 0o600 });
      await utimes(temporary, clock.now() / 1000, clock.now() / 1000);
      await rename(temporary, target);
    } catch (cause) {
      throw new ArtifactStoreError({ code: 'STORE_IO', message: `unable to save artifact to storage: ${errorMessage(cause)}`, cause });
    }
    return {
      path,
      url: this.urlOf(path),
      revision: file.revision,
      digest: digest(file.bytes, this.#init.digestAlgorithm ?? 'sha256'),
      lastUpdateTime: formatTime(clock.now()),
      size: file.bytes.length,
      ...(file.metadata === undefined ? {} : { metadata: file.metadata }),
    };
  }

  /** Reads an artifact's bytes. */
  async read(artifact: Artifact): Promise<Uint8Array> {
    return readFile(this.fileOf(artifact.path));
  }

  /** Points `linkName` beside an artifact to it. @returns the URL of the link */
  async link(artifact: Artifact, linkName: string): Promise<string> {
    const folder = artifact.path.slice(0, artifact.path.lastIndexOf('/'));
    const link = this.fileOf(`${folder}/${linkName}`);
    const temporary = `${link}.${this.#temporary++}.tmp`;
    await symlink(artifact.path.slice(folder.length + 1), temporary);
    await rename(temporary, link);
    return this.urlOf(`${folder}/${linkName}`);
  }

  /** Whether the artifact's file is there. */
  async exists(artifact: Artifact): Promise<boolean> {
    try {
      return (await stat(this.fileOf(artifact.path))).isFile();
    } catch {
      return false;
    }
  }

  /** Compares the artifact's file with its digest. @throws ArtifactStoreError STORE_DIGEST */
  async verify(artifact: Artifact): Promise<void> {
    const algorithm = artifact.digest.split(':')[0] ?? 'sha256';
    const hash = createHash(algorithm);
    await pipeline(createReadStream(this.fileOf(artifact.path)), hash);
    const actual = `${algorithm}:${hash.digest('hex')}`;
    if (actual !== artifact.digest) {
      throw new ArtifactStoreError({ code: 'STORE_DIGEST', message: `computed digest doesn't match '${artifact.digest}'` });
    }
  }

  /** The artifact with the URL of this store's host. */
  withUrl(artifact: Artifact): Artifact {
    return { ...artifact, url: this.urlOf(artifact.path) };
  }

  /** Removes old artifacts of an object: the newest stay, and those younger than the TTL, and the current one. @returns the file names removed */
  async collect(owner: ArtifactOwner, current: Artifact | undefined): Promise<readonly string[]> {
    const folder = this.fileOf(folderOf(owner));
    const keep = current?.path.slice(current.path.lastIndexOf('/') + 1);
    const files: { readonly name: string; readonly at: number }[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      if (!entry.isFile() || entry.name.endsWith('.lock')) continue;
      files.push({ name: entry.name, at: (await stat(join(folder, entry.name))).mtimeMs });
    }
    files.sort((a, b) => b.at - a.at || (a.name < b.name ? -1 : 1));
    const oldest = this.#init.clock.now() - (this.#init.retentionTtlMs ?? 60_000);
    const stale = files.filter((f, i) => i >= (this.#init.retentionRecords ?? 2) && f.at < oldest && f.name !== keep);
    for (const { name } of stale) await unlink(join(folder, name));
    return stale.map((f) => f.name);
  }

  /** Removes one artifact's file. */
  async remove(artifact: Artifact): Promise<void> {
    await rm(this.fileOf(artifact.path), { force: true });
  }

  /** Removes everything of an object. */
  async removeAll(owner: ArtifactOwner): Promise<void> {
    await rm(this.fileOf(folderOf(owner)), { recursive: true, force: true });
  }
}
