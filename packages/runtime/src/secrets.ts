import { getObject, type JsonObject } from '@flux-ts/base';
import type { KubeClient } from '@flux-ts/kube';

/** The data of a Secret as bytes. */
export type SecretData = ReadonlyMap<string, Buffer>;

/** Decodes the data of a Secret. */
export function secretDataOf(secret: JsonObject): SecretData {
  const out = new Map<string, Buffer>();
  for (const [key, value] of Object.entries(getObject(secret, ['data']) ?? {}))
    if (typeof value === 'string') out.set(key, Buffer.from(value, 'base64'));
  return out;
}

/** Reads a Secret. @throws KubeError KUBE_NOT_FOUND */
export async function readSecret(client: KubeClient, namespace: string, name: string, signal?: AbortSignal): Promise<SecretData> {
  return secretDataOf(await client.get({ apiVersion: 'v1', kind: 'Secret' }, { namespace, name }, { signal }));
}

/** A text in a Secret's data; the first key that is there wins. */
export function secretText(data: SecretData, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = data.get(key);
    if (value !== undefined) return value.toString('utf8');
  }
  return undefined;
}
