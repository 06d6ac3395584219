import { digest, errorMessage, isObject, stringifyJson, type Lru } from '@flux-ts/base';
import { readIndex, type RepositoryIndex } from '@flux-ts/helm';
import type { Artifact } from '@flux-ts/runtime';
import { parseYaml } from '@flux-ts/yaml';
import type { SourceRun } from '../harness.ts';
import { SourceFailure } from '../outcome.ts';
import { httpAuthOf } from './secrets.ts';
import { specDuration, specFlag, specText } from '../../shared/spec.ts';

const DEFAULT_INDEX_MAX = 50 * 1024 * 1024;

/** Parsed repository indexes by the digest of their artifact. Weights are bytes of the artifact. */
export type IndexCache = Lru<string, RepositoryIndex>;

/** A downloaded index file. */
export interface FetchedIndex {
  readonly bytes: Uint8Array;
  /** The digest of the file as downloaded: the repository's revision. */
  readonly revision: string;
}

/** Downloads a repository's index.yaml. @throws SourceFailure */
export async function fetchIndex(run: SourceRun): Promise<FetchedIndex> {
  const base = (specText(run.object, 'url') ?? '').replace(/\/+$/, '');
  const auth = await httpAuthOf(run);
  try {
    const { bytes } = await run.cell.http.get(`${base}/index.yaml`, {
      auth,
      signal: run.signal,
      maxBytes: run.options.helmIndexMaxBytes ?? DEFAULT_INDEX_MAX,
      timeoutMs: specDuration(run.object, 'timeout') ?? 60_000,
      passCredentials: specFlag(run.object, 'passCredentials'),
    });
    return { bytes, revision: digest(bytes) };
  } catch (error) {
    run.signal.throwIfAborted();
    throw new SourceFailure({
      condition: 'FetchFailed',
      reason: 'Failed',
      message: `failed to fetch Helm repository index: failed to cache index to temporary file: ${errorMessage(error)}`,
      cause: error,
    });
  }
}

/** Reads an index file and gives it as the JSON that is stored. @throws SourceFailure IndexationFailed */
export async function parseIndex(bytes: Uint8Array): Promise<{ readonly index: RepositoryIndex; readonly json: Uint8Array }> {
  try {
    const index = await readIndex(bytes);
    const value = parseYaml(bytes);
    return { index, json: Buffer.from(stringifyJson(isObject(value) ? value : {})) };
  } catch (error) {
    throw new SourceFailure({
      condition: 'FetchFailed',
      reason: 'IndexationFailed',
      message: `failed to load Helm repository from index YAML: ${errorMessage(error)}`,
      cause: error,
    });
  }
}

/** The index behind a HelmRepository's artifact, from memory where it was parsed before. */
export async function indexOfArtifact(run: SourceRun, artifact: Artifact, cache: IndexCache): Promise<RepositoryIndex> {
  const known = cache.get(artifact.digest);
  if (known !== undefined) return known;
  const bytes = await run.cell.store.read(artifact);
  const index = await readIndex(bytes);
  cache.set(artifact.digest, index, bytes.length);
  return index;
}

/** Prints a size as Docker's units package does: four significant digits, powers of 1000. */
export function humanSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${Number(value.toPrecision(4))}${units[unit] ?? ''}`;
}
