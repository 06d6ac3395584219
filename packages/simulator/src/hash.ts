import { canonicalJson, getObject, type JsonObject } from '@flux-ts/base';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** A short stable text: FNV-1a in the alphabet of generated names. */
export function shortHash(text: string, length = 10): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  let out = '';
  for (let i = 0; i < length; i++, hash /= 27n) out += ALPHABET[Number(hash % 27n)] as string;
  return out;
}

/** The hash of a workload's Pod template. @param collisions how often it met a name that was taken */
export function templateHash(owner: JsonObject, collisions = 0): string {
  const text = canonicalJson(getObject(owner, ['spec', 'template']) ?? {});
  return shortHash(collisions === 0 ? text : `${text}#${collisions}`);
}
