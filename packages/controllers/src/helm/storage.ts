import type { Clock } from '@flux-ts/base';
import { decodeReleaseSecret, encodeReleaseSecret, historyToPrune, releaseSecretName, type ReleaseRecord } from '@flux-ts/helm';
import { isNotFound, type KubeClient } from '@flux-ts/kube';
import { TYPES } from '../shared/deps.ts';

/** What a release storage is made of. */
export interface ReleaseStorageInit {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly namespace: string;
  /** Called with every record that was written. */
  readonly onWrite?: (record: ReleaseRecord) => void;
}

/** The records of releases in a namespace, as Helm's Secret driver keeps them. */
export class ReleaseStorage {
  readonly #init: ReleaseStorageInit;

  constructor(init: ReleaseStorageInit) {
    this.#init = init;
  }

  /** All records of a release, newest first. */
  async history(name: string, signal: AbortSignal): Promise<readonly ReleaseRecord[]> {
    const { client, namespace } = this.#init;
    const { items } = await client.list(TYPES.Secret, { namespace, labelSelector: `name=${name},owner=helm`, signal });
    return items.map(decodeReleaseSecret).sort((a, b) => b.version - a.version);
  }

  /** Stores a new record. */
  async create(record: ReleaseRecord, signal: AbortSignal): Promise<void> {
    const secret = encodeReleaseSecret(record, { namespace: this.#init.namespace, createdAtSeconds: this.#seconds() });
    await this.#init.client.create(secret, { signal });
    this.#init.onWrite?.(record);
  }

  /** Replaces a record. */
  async update(record: ReleaseRecord, signal: AbortSignal): Promise<void> {
    const secret = encodeReleaseSecret(record, { namespace: this.#init.namespace, modifiedAtSeconds: this.#seconds() });
    await this.#init.client.update(secret, { signal });
    this.#init.onWrite?.(record);
  }

  /** Removes a record; one that is gone is no error. */
  async remove(record: ReleaseRecord, signal: AbortSignal): Promise<void> {
    const key = { namespace: this.#init.namespace, name: releaseSecretName(record.name, record.version) };
    try {
      await this.#init.client.delete(TYPES.Secret, key, { signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Removes the oldest records beyond a limit (0: none), never the deployed one. */
  async prune(name: string, limit: number, signal: AbortSignal): Promise<void> {
    if (limit <= 0) return;
    for (const record of historyToPrune(await this.history(name, signal), limit)) await this.remove(record, signal);
  }

  #seconds(): number {
    return Math.floor(this.#init.clock.now() / 1000);
  }
}
