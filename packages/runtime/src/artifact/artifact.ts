import { getObject, getString, type JsonObject } from '@flux-ts/base';

/** A stored result of a source: what `status.artifact` says. */
export interface Artifact {
  /** `<kind>/<namespace>/<name>/<file>`, all lower case but the file. */
  readonly path: string;
  readonly url: string;
  readonly revision: string;
  /** `<algorithm>:<hex>` of the file's bytes. */
  readonly digest: string;
  readonly lastUpdateTime: string;
  readonly size?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Reads `status.artifact`. @returns undefined where there is none */
export function artifactOf(object: JsonObject): Artifact | undefined {
  const value = getObject(object, ['status', 'artifact']);
  return value === undefined ? undefined : readArtifact(value);
}

/** Reads an artifact from its JSON form. */
export function readArtifact(value: JsonObject): Artifact {
  const size = value['size'];
  const metadata = getObject(value, ['metadata']);
  return {
    path: getString(value, ['path']) ?? '',
    url: getString(value, ['url']) ?? '',
    revision: getString(value, ['revision']) ?? '',
    digest: getString(value, ['digest']) ?? '',
    lastUpdateTime: getString(value, ['lastUpdateTime']) ?? '',
    ...(typeof size === 'number' ? { size } : {}),
    ...(metadata === undefined ? {} : { metadata: metadata as Readonly<Record<string, string>> }),
  };
}

/** The JSON form of an artifact. */
export function artifactJson(artifact: Artifact): JsonObject {
  return {
    digest: artifact.digest,
    lastUpdateTime: artifact.lastUpdateTime,
    ...(artifact.metadata === undefined ? {} : { metadata: artifact.metadata }),
    path: artifact.path,
    revision: artifact.revision,
    ...(artifact.size === undefined ? {} : { size: artifact.size }),
    url: artifact.url,
  };
}

/** Tells whether an artifact has a revision, written in today's or in the old form (`main/<hash>`). */
export function hasRevision(artifact: Artifact | undefined, revision: string | undefined): boolean {
  if (artifact === undefined || revision === undefined) return false;
  return canonicalRevision(artifact.revision) === canonicalRevision(revision);
}

/** Writes a revision in today's form: `main/<hash>` becomes `main@sha1:<hash>`, a bare hash `sha1:<hash>`. */
export function canonicalRevision(revision: string): string {
  if (revision === '' || revision.includes(':')) return revision;
  const slash = revision.lastIndexOf('/');
  const hash = slash < 0 ? revision : revision.slice(slash + 1);
  const algorithm = /^[0-9a-f]{40}$/.test(hash) ? 'sha1' : /^[0-9a-f]{64}$/.test(hash) ? 'sha256' : undefined;
  if (algorithm === undefined) return revision;
  const name = slash < 0 ? '' : revision.slice(0, slash);
  return name === '' || name === 'HEAD' ? `${algorithm}:${hash}` : `${name}@${algorithm}:${hash}`;
}
