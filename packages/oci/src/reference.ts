import { FluxError } from '@flux-ts/base';

/** Why an OCI operation failed. */
export type OciErrorCode = 'OCI_AUTH' | 'OCI_NOT_FOUND' | 'OCI_NETWORK' | 'OCI_PROTOCOL' | 'OCI_DIGEST' | 'OCI_TOO_LARGE' | 'OCI_REFERENCE';

/** A failed OCI operation; the message never holds credentials. */
export class OciError extends FluxError<OciErrorCode> {}

/** What names an artifact in a registry. Without tag and digest: the repository. */
export interface OciReference {
  /** Host and port. */
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

const NAME = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;

/**
 * Reads `[oci://]host[:port]/path[:tag][@digest]`.
 * @throws OciError OCI_REFERENCE
 */
export function parseReference(text: string): OciReference {
  const fail = (): never => {
    throw new OciError({ code: 'OCI_REFERENCE', message: `could not parse reference: ${text}` });
  };
  const rest = text.replace(/^oci:\/\//, '');
  const slash = rest.indexOf('/');
  if (slash <= 0) return fail();
  const registry = rest.slice(0, slash);
  let path = rest.slice(slash + 1);
  const at = path.indexOf('@');
  const digest = at < 0 ? undefined : path.slice(at + 1);
  if (at >= 0) path = path.slice(0, at);
  const colon = path.lastIndexOf(':');
  const tag = colon < 0 ? undefined : path.slice(colon + 1);
  const repository = colon < 0 ? path : path.slice(0, colon);
  if (
    !NAME.test(repository) ||
    (tag !== undefined && !TAG.test(tag)) ||
    (digest !== undefined && !DIGEST.test(digest)) ||
    !/^[\w.-]+(:\d+)?$|^\[[0-9a-fA-F:]+\](:\d+)?$/.test(registry)
  )
    return fail();
  return { registry, repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** Prints a reference without a scheme. */
export function formatReference(reference: OciReference): string {
  return `${reference.registry}/${reference.repository}${reference.tag === undefined ? '' : `:${reference.tag}`}${reference.digest === undefined ? '' : `@${reference.digest}`}`;
}
