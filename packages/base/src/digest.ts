import { createHash, type BinaryLike } from 'node:crypto';

/** The digest algorithms that artifacts may use. */
export type DigestAlgorithm = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** Gives the digest of bytes or UTF-8 text as lower-case hex. */
export function digestHex(data: BinaryLike, algorithm: DigestAlgorithm = 'sha256'): string {
  return createHash(algorithm).update(data).digest('hex');
}

/** Gives a digest in the form `sha256:<hex>`. */
export function digest(data: BinaryLike, algorithm: DigestAlgorithm = 'sha256'): string {
  return `${algorithm}:${digestHex(data, algorithm)}`;
}
