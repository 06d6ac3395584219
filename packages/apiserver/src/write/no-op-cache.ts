import { createHash } from 'node:crypto';
import { Lru, stringifyJson, type JsonValue } from '@flux-ts/base';
import type { Stored } from '../storage/stored.ts';

const ENTRIES = 20_000;

/** What a server-side apply asks for, apart from the object itself. */
export interface ApplyKey {
  readonly body: JsonValue | Uint8Array | undefined;
  readonly manager: string;
  readonly force: boolean;
  readonly apiVersion: string;
  readonly fieldValidation: string;
}

/**
 * Remembers applies that changed nothing: the same configuration, by the same manager, over the same stored version, changes
 * nothing again. An entry is for one stored version, so a write of anybody makes it void.
 */
export class NoOpCache {
  readonly #known = new Lru<Stored, Set<string>>(ENTRIES);

  /** The name of an apply, to be asked and remembered under. */
  digest(key: ApplyKey): string {
    const hash = createHash('sha1').update(key.body instanceof Uint8Array ? key.body : stringifyJson(key.body ?? null));
    return `${hash.digest('base64')} ${key.manager} ${String(key.force)} ${key.apiVersion} ${key.fieldValidation}`;
  }

  /** Whether this apply changed nothing before. */
  has(stored: Stored, digest: string): boolean {
    return this.#known.get(stored)?.has(digest) ?? false;
  }

  remember(stored: Stored, digest: string): void {
    const known = this.#known.get(stored);
    if (known === undefined) this.#known.set(stored, new Set([digest]));
    else known.add(digest);
  }

  /** After a change of what is served: schemas may say otherwise now. */
  clear(): void {
    this.#known.clear();
  }
}
