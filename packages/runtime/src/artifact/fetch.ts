import { digest, FluxError, HttpError, type Clock, type DigestAlgorithm } from '@flux-ts/base';
import type { HttpClient } from '../http-client.ts';
import type { Artifact } from './artifact.ts';

/** Why an artifact could not be fetched. ARTIFACT_NOT_FOUND: the file is gone; the source will make a new one. */
export class ArtifactFetchError extends FluxError<'ARTIFACT_NOT_FOUND' | 'ARTIFACT_FETCH' | 'ARTIFACT_DIGEST'> {}

/** What fetching needs. */
export interface ArtifactFetchOptions {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Tries after the first. Default 9, as in Flux's controllers. */
  readonly retries?: number;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_PAUSE_MS = 5000;
const LAST_PAUSE_MS = 30_000;
const ALGORITHMS = new Set(['sha256', 'sha384', 'sha512', 'sha1']);

/** Downloads an artifact and compares it with its digest. @throws ArtifactFetchError; the signal's reason */
export async function fetchArtifact(artifact: Pick<Artifact, 'url' | 'digest'>, options: ArtifactFetchOptions): Promise<Uint8Array> {
  const bytes = await download(artifact.url, options);
  const [algorithm, hex] = artifact.digest.includes(':') ? artifact.digest.split(':') : ['sha256', artifact.digest];
  if (algorithm === undefined || !ALGORITHMS.has(algorithm)) {
    throw new ArtifactFetchError({
      code: 'ARTIFACT_DIGEST',
      message: `failed to verify archive: unsupported digest algorithm in '${artifact.digest}'`,
    });
  }
  if (digest(bytes, algorithm as DigestAlgorithm) !== `${algorithm}:${hex}`) {
    throw new ArtifactFetchError({
      code: 'ARTIFACT_DIGEST',
      message: `failed to verify archive: computed digest doesn't match '${artifact.digest}'`,
    });
  }
  return bytes;
}

async function download(url: string, options: ArtifactFetchOptions): Promise<Uint8Array> {
  let pauseMs = FIRST_PAUSE_MS;
  for (let left = options.retries ?? 9; ; left--) {
    try {
      return (await options.http.get(url, { signal: options.signal })).bytes;
    } catch (error) {
      options.signal?.throwIfAborted();
      const http = error instanceof HttpError ? error : undefined;
      if (http?.status === 404) throw new ArtifactFetchError({ code: 'ARTIFACT_NOT_FOUND', message: 'file not found', cause: error });
      const temporary = http !== undefined && (http.code === 'HTTP_NETWORK' || http.code === 'HTTP_TIMEOUT' || http.status >= 500);
      if (!temporary || left <= 0) {
        throw new ArtifactFetchError({
          code: 'ARTIFACT_FETCH',
          message: `failed to download archive, error: ${http?.message ?? String(error)}`,
          cause: error,
        });
      }
      await options.clock.sleep(pauseMs, options.signal);
      pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
    }
  }
}
