/** Keeps a virtual clock from jumping while real work (a socket, a worker, a process) is under way. Release it once. */
export interface Hold {
  release(): void;
}

/** Domain time: intervals, backoff, deadlines, timestamps. Real deadlines of sockets and processes do not use it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back once after the delay; the answer cancels. Delays of 0 and less run as soon as possible. */
  schedule(delayMs: number, callback: () => void): () => void;
  /** Resolves after the delay, or rejects with the signal's reason. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
  /** Tells a virtual clock that real work is under way. */
  hold(why: string): Hold;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

function sleepOn(clock: Clock, delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason as Error);
    };
    const cancel = clock.schedule(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** The machine's clock. Timers keep the process alive unless `unref` is set. */
export class RealClock implements Clock {
  readonly #unref: boolean;
  readonly #speed: number;
  readonly #epochMs: number;

  constructor(
    options: { readonly unref?: boolean; /** Domain milliseconds per real millisecond. Default 1. */ readonly speed?: number } = {},
  ) {
    this.#unref = options.unref ?? false;
    this.#speed = options.speed ?? 1;
    this.#epochMs = Date.now();
  }

  now(): number {
    return this.#speed === 1 ? Date.now() : Math.round(this.#epochMs + (Date.now() - this.#epochMs) * this.#speed);
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs / this.#speed), LONGEST_TIMER_MS));
    if (this.#unref) timer.unref();
    return () => clearTimeout(timer);
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  hold(): Hold {
    return { release: () => undefined };
  }
}

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A clock that stands still until it is told to move, or, with {@link VirtualClock.run}, jumps to the next
 * timer whenever nothing holds it and the event loop has drained. Same seed, same order of callbacks.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #timers: Timer[] = [];
  readonly #holds = new Map<symbol, string>();

  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const timer: Timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, callback };
    let i = this.#timers.length;
    while (i > 0 && (this.#timers[i - 1] as Timer).at > timer.at) i--;
    this.#timers.splice(i, 0, timer);
    return () => {
      this.#timers = this.#timers.filter((t) => t !== timer);
    };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  hold(why: string): Hold {
    const key = Symbol(why);
    this.#holds.set(key, why);
    return { release: () => this.#holds.delete(key) };
  }

  /** What keeps the clock from jumping at the moment. */
  get holds(): readonly string[] {
    return [...this.#holds.values()];
  }

  /** Moves time on by a span, runs what falls due in order, and lets promises settle after each. */
  async advance(spanMs: number): Promise<void> {
    const end = this.#now + spanMs;
    await drain();
    for (let next = this.#timers[0]; next !== undefined && next.at <= end; next = this.#timers[0]) {
      this.#fire(next);
      await drain();
    }
    this.#now = end;
  }

  /**
   * Jumps from timer to timer until `done` says so or nothing is left to wait for.
   * @returns false when it stopped because no timer and no hold was left.
   */
  async run(done: () => boolean, signal?: AbortSignal): Promise<boolean> {
    for (;;) {
      await drain();
      signal?.throwIfAborted();
      if (done()) return true;
      if (this.#holds.size > 0) continue;
      const next = this.#timers[0];
      if (next === undefined) return false;
      this.#fire(next);
    }
  }

  #fire(timer: Timer): void {
    this.#timers.shift();
    this.#now = Math.max(this.#now, timer.at);
    timer.callback();
  }
}

/** Lets the event loop come round several times, so that settled promises and finished I/O are seen. */
async function drain(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
