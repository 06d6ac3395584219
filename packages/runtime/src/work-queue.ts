import type { Clock } from '@flux-ts/base';

/** What a work queue is made of. */
export interface WorkQueueInit {
  readonly clock: Clock;
  /** First and longest pause of a key that fails again and again. Default 750 ms and 15 min. */
  readonly minDelayMs?: number;
  readonly maxDelayMs?: number;
}

/**
 * A queue of keys: a key waits at most once, is worked on by one worker at a time, and comes back when it was added
 * meanwhile. Delayed keys keep the earliest time they were asked for.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #minDelayMs: number;
  readonly #maxDelayMs: number;
  readonly #ready: string[] = [];
  readonly #waiting = new Set<string>();
  readonly #working = new Set<string>();
  readonly #delayed = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor(init: WorkQueueInit) {
    this.#clock = init.clock;
    this.#minDelayMs = init.minDelayMs ?? 750;
    this.#maxDelayMs = init.maxDelayMs ?? 900_000;
  }

  /** Keys ready, without those being worked on. */
  get length(): number {
    return this.#ready.length;
  }

  /** Whether nothing is ready and nothing is being worked on. Delayed keys do not count. */
  get idle(): boolean {
    return this.#waiting.size === 0 && this.#working.size === 0;
  }

  /** Adds a key, now. */
  add(key: string): void {
    if (this.#closed) return;
    this.#undelay(key);
    if (this.#waiting.has(key)) return;
    this.#waiting.add(key);
    if (this.#working.has(key)) return; // done() brings it back
    this.#offer(key);
  }

  /** Adds a key after a delay, unless it comes earlier anyway. */
  addAfter(key: string, delayMs: number): void {
    if (this.#closed) return;
    if (delayMs <= 0) return this.add(key);
    const at = this.#clock.now() + delayMs;
    const pending = this.#delayed.get(key);
    if (pending !== undefined && pending.at <= at) return undefined;
    pending?.cancel();
    const cancel = this.#clock.schedule(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, cancel });
    return undefined;
  }

  /** Adds a key that has failed, after a pause that doubles each time. @returns the pause */
  addRateLimited(key: string): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const delayMs = Math.min(this.#minDelayMs * 2 ** Math.min(failures, 40), this.#maxDelayMs);
    this.addAfter(key, delayMs);
    return delayMs;
  }

  /** Forgets the failures of a key. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Takes the next key, waiting for one; undefined when the queue is closed. Call {@link done} afterwards. */
  take(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    const key = this.#ready.shift();
    if (key === undefined) return new Promise((resolve) => this.#takers.push(resolve));
    this.#begin(key);
    return Promise.resolve(key);
  }

  /** Says that a key has been worked on. */
  done(key: string): void {
    this.#working.delete(key);
    if (this.#waiting.has(key) && !this.#closed) this.#offer(key);
  }

  /** Tells whether a key is queued for another turn; a long wait may end early because of it. */
  isQueued(key: string): boolean {
    return this.#waiting.has(key);
  }

  /** Ends the queue: takers get undefined, delayed keys are dropped. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #offer(key: string): void {
    const taker = this.#takers.shift();
    if (taker === undefined) {
      this.#ready.push(key);
      return;
    }
    this.#begin(key);
    taker(key);
  }

  #begin(key: string): void {
    this.#waiting.delete(key);
    this.#working.add(key);
  }

  #undelay(key: string): void {
    this.#delayed.get(key)?.cancel();
    this.#delayed.delete(key);
  }
}
