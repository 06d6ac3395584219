import { expand, isGzip, gzip } from '@flux-ts/archive';
import { errorMessage, FluxError, getString, isObject, own, type JsonObject } from '@flux-ts/base';
import type { ReleaseRecord } from './record.ts';
import { parseRelease, releaseJson } from './release-json.ts';

/** A Secret that does not hold a release. */
export class ReleaseError extends FluxError<'RELEASE_INVALID'> {}

const MAX_RELEASE_BYTES = 256 * 1024 * 1024;
const SYSTEM_LABELS: readonly string[] = ['name', 'owner', 'status', 'version', 'createdAt', 'modifiedAt'];

/** The type of Secrets that hold releases. */
export const RELEASE_SECRET_TYPE = 'helm.sh/release.v1';

/** The name of the Secret of a revision. */
export function releaseSecretName(name: string, revision: number): string {
  return `sh.helm.release.v1.${name}.v${revision}`;
}

/** Where and when a release is stored; times in seconds since the epoch. */
export interface StoreOptions {
  readonly namespace: string;
  readonly createdAtSeconds?: number;
  readonly modifiedAtSeconds?: number;
}

/** Makes the Secret that Helm 3 and Helm 4 read: JSON, gzipped, base64, and once more base64 as Secrets are. */
export function encodeReleaseSecret(record: ReleaseRecord, options: StoreOptions): JsonObject {
  const packed = Buffer.from(gzip(Buffer.from(releaseJson(record)), { level: 9 })).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: releaseSecretName(record.name, record.version),
      namespace: options.namespace,
      labels: {
        ...record.labels,
        ...(options.createdAtSeconds === undefined ? {} : { createdAt: String(Math.floor(options.createdAtSeconds)) }),
        ...(options.modifiedAtSeconds === undefined ? {} : { modifiedAt: String(Math.floor(options.modifiedAtSeconds)) }),
        name: record.name,
        owner: 'helm',
        status: record.info.status ?? 'unknown',
        version: String(record.version),
      },
    },
    type: RELEASE_SECRET_TYPE,
    data: { release: Buffer.from(packed).toString('base64') },
  };
}

/**
 * Reads a release out of its Secret; payloads that are not gzipped are read as JSON.
 * @throws ReleaseError
 */
export function decodeReleaseSecret(secret: JsonObject): ReleaseRecord {
  const data = getString(secret, ['data', 'release']);
  if (data === undefined) throw new ReleaseError({ code: 'RELEASE_INVALID', message: 'the Secret has no key "release"' });
  try {
    const raw = Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64');
    const bytes = isGzip(raw) ? expand(raw, { maxBytes: MAX_RELEASE_BYTES, maxRatio: 2000 }) : raw;
    const metadata = own(secret, 'metadata');
    const all = isObject(metadata) ? own(metadata, 'labels') : undefined;
    const labels = isObject(all) ? Object.entries(all).filter(([key]) => !SYSTEM_LABELS.includes(key)) : [];
    return parseRelease(
      Buffer.from(bytes).toString('utf8'),
      labels.length === 0 ? undefined : (Object.fromEntries(labels) as Record<string, string>),
    );
  } catch (error) {
    throw new ReleaseError({ code: 'RELEASE_INVALID', message: `the Secret holds no release: ${errorMessage(error)}`, cause: error });
  }
}
