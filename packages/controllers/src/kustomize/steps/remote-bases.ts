import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DiskFileSystem } from '@flux-ts/archive';
import { errorMessage, type FileSystem } from '@flux-ts/base';
import { checkout, listRemote, type GitOptions, type GitRef } from '@flux-ts/git';
import { KustomizeError, type FetchedBase, type RemoteRequest } from '@flux-ts/kustomize';
import type { KustomizeRun } from '../run.ts';

const TIMEOUT_MS = 60_000;
const MAX_FILE_BYTES = 10 * 1024 * 1024;
const MAX_BASES = 50;

/** Thrown into a build that needs a base which is not there yet. */
class NotYetFetched extends Error {}

/**
 * The remote bases of one build. A build cannot wait: what it asks for is noted, fetched after it has failed for want of it, and
 * the build runs again. `close` removes what was fetched.
 */
export class RemoteBases {
  readonly #run: KustomizeRun;
  readonly #workDir: string;
  readonly #fetched = new Map<string, FileSystem | Uint8Array | Error>();
  readonly #folders: string[] = [];
  #wanted: RemoteRequest | undefined;

  constructor(run: KustomizeRun, workDir: string) {
    this.#run = run;
    this.#workDir = workDir;
  }

  /** What a build asks for. @throws where it is still to be fetched, and what fetching it has thrown */
  readonly fetch = (request: RemoteRequest): FetchedBase | Uint8Array => {
    const known = this.#fetched.get(keyOf(request));
    if (known instanceof Error) throw known;
    if (known instanceof Uint8Array) return known;
    if (known !== undefined) return { fs: known, path: request.kind === 'repo' ? `/${request.repo.directory}` : '/' };
    this.#wanted ??= request; // a URL is asked for as a file first: where it is one, it is no repository
    throw new NotYetFetched(`${keyOf(request)} is still to be fetched`);
  };

  /** Fetches what the last build lacked. @returns whether it is worth building again */
  async advance(): Promise<boolean> {
    const wanted = this.#wanted;
    if (wanted === undefined) return false;
    this.#wanted = undefined;
    if (this.#fetched.size >= MAX_BASES)
      throw new KustomizeError({ code: 'KUSTOMIZE_REMOTE', message: `more than ${MAX_BASES} remote bases` });
    try {
      this.#fetched.set(keyOf(wanted), wanted.kind === 'file' ? await this.#file(wanted.url) : await this.#repository(wanted.repo));
    } catch (error) {
      this.#run.context.signal.throwIfAborted();
      this.#fetched.set(keyOf(wanted), error instanceof Error ? error : new Error(errorMessage(error)));
    }
    return true;
  }

  async #file(url: string): Promise<Uint8Array> {
    const { cell, context } = this.#run;
    return (await cell.http.get(url, { maxBytes: MAX_FILE_BYTES, timeoutMs: TIMEOUT_MS, signal: context.signal })).bytes;
  }

  async #repository(repo: Extract<RemoteRequest, { kind: 'repo' }>['repo']): Promise<FileSystem> {
    const { cell, context } = this.#run;
    const options: GitOptions = {
      signal: context.signal,
      timeoutMs: TIMEOUT_MS,
      ...(cell.resolve === undefined ? {} : { rewrite: cell.resolve }),
    };
    const dir = await mkdtemp(join(this.#workDir, 'base-'));
    this.#folders.push(dir);
    await checkout({ url: repo.cloneUrl, ref: await refNamed(repo.cloneUrl, repo.ref, options), dir, submodules: true }, options);
    return new DiskFileSystem(dir);
  }

  /** Removes the folders of fetched repositories. */
  async close(): Promise<void> {
    await Promise.all(this.#folders.map((dir) => rm(dir, { recursive: true, force: true })));
  }
}

function keyOf(request: RemoteRequest): string {
  return request.kind === 'file' ? `file ${request.url}` : `repository ${request.repo.cloneUrl} ${request.repo.ref}`;
}

/** The reference that a base's `?ref=` means: a branch, a tag, a full name, or else a commit. */
async function refNamed(url: string, ref: string, options: GitOptions): Promise<GitRef> {
  const names = new Set((await listRemote(url, options)).map((r) => r.name));
  const name = (ref === '' ? ['HEAD'] : [`refs/heads/${ref}`, `refs/tags/${ref}`, ref]).find((n) => names.has(n));
  return name === undefined ? { commit: ref } : { name };
}
