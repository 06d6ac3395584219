import { errorMessage, isAbort, type Clock, type Logger } from '@flux-ts/base';

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 30_000;
/** Steps in a row before others get the event loop: a step takes about a millisecond. */
const STEPS_IN_A_ROW = 32;

/** Work on one key; the answer asks to be called again after a time. */
export type Work = () => Promise<{ readonly againInMs: number } | undefined>;

/** What the line works with. */
export interface SingleFileInit {
  readonly clock: Clock;
  readonly log: Logger;
  /** Called after each piece of work. */
  readonly after: () => Promise<void>;
}

/**
 * Runs work one at a time in the order in which it fell due, each key at most once in the line. One at a time, so that the
 * same seed gives the same order of events. A failure is tried again with a growing pause.
 */
export class SingleFile {
  readonly #init: SingleFileInit;
  readonly #due = new Map<string, Work>();
  readonly #timers = new Map<string, { readonly at: number; readonly cancel: () => void }>();
  readonly #failures = new Map<string, number>();
  #wake: () => void = () => undefined;

  constructor(init: SingleFileInit) {
    this.#init = init;
  }

  /** Puts work into the line, now or after a delay; the earlier of two times for a key wins. */
  add(key: string, work: Work, delayMs = 0): void {
    if (delayMs <= 0) {
      this.#cancel(key);
      if (!this.#due.has(key)) this.#due.set(key, work);
      this.#wake();
      return;
    }
    const { clock } = this.#init;
    const waitMs = Math.ceil(delayMs); // a clock of whole milliseconds stays one
    const at = clock.now() + waitMs;
    const waiting = this.#timers.get(key);
    if (this.#due.has(key) || (waiting !== undefined && waiting.at <= at)) return;
    this.#cancel(key);
    const cancel = clock.schedule(waitMs, () => {
      this.#timers.delete(key);
      this.add(key, work);
    });
    this.#timers.set(key, { at, cancel });
  }

  #cancel(key: string): void {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
  }

  /** Works until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = (): void => this.#wake();
    signal.addEventListener('abort', stop, { once: true });
    for (let steps = 1; !signal.aborted; steps++) {
      const [next] = this.#due;
      if (next === undefined) {
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      const [key, work] = next;
      this.#due.delete(key);
      await this.#once(key, work, signal);
      if (steps % STEPS_IN_A_ROW === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    for (const key of this.#timers.keys()) this.#cancel(key);
  }

  async #once(key: string, work: Work, signal: AbortSignal): Promise<void> {
    const { clock, log, after } = this.#init;
    const hold = clock.hold(`simulator ${key}`);
    try {
      const again = await work();
      this.#failures.delete(key);
      if (again !== undefined && !signal.aborted) this.add(key, work, again.againInMs);
    } catch (error) {
      if (isAbort(error, signal) || signal.aborted) return;
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      log.error('simulation step failed', { key, error: errorMessage(error) });
      this.add(key, work, Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1)));
    } finally {
      await after();
      hold.release();
    }
  }
}
