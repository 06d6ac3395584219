import type { Clock } from '@flux-ts/base';
import type { Store } from '../storage/store.ts';

/** How long Events are kept after they were last written. */
export const EVENT_TTL_MS: number = 60 * 60_000;
const TABLE = '/events';

/**
 * Deletes Events whose time is over. Asked at the start of requests instead of by a timer: nobody can see an Event without a
 * request, and a virtual clock is not kept busy.
 */
export class EventExpiry {
  readonly #store: Store;
  readonly #clock: Clock;
  /** When each Event was last written, the oldest first. After a restart they count from there. */
  readonly #written = new Map<string, number>();

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    for (const stored of store.table(TABLE).list()) this.#written.set(stored.key, clock.now());
    store.onChange((table, change) => {
      if (table !== TABLE) return;
      this.#written.delete(change.current.key);
      if (change.type !== 'DELETED') this.#written.set(change.current.key, change.at);
    });
  }

  /** Deletes what is over by now. */
  run(): void {
    const limit = this.#clock.now() - EVENT_TTL_MS;
    for (const [key, at] of this.#written) {
      if (at > limit) return;
      const slash = key.indexOf('/');
      this.#store.delete({ table: TABLE, namespace: key.slice(0, slash), name: key.slice(slash + 1) });
    }
  }
}
