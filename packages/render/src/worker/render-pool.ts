import { abortable, formatDuration, RealClock, systemRandom, type Clock, type Random } from '@flux-ts/base';
import type { Chart } from '@flux-ts/helm';
import type { HelmReleaseInput, HelmReleaseRender } from '../render-release.ts';
import { closedError, DEFAULT_TIMEOUT_MS, memoryError, timeoutError, workerError } from './bounds.ts';
import { chartDigest } from './chart-key.ts';
import { answerLookup } from './lookups.ts';
import { RenderThread, ThreadEnded, type WorkerScript } from './render-thread.ts';
import type { ReleaseRenderer, ReleaseRenderOptions } from './renderer.ts';
import { unpackRender, type WireRender } from './result-wire.ts';

/** What a pool is made of. */
export interface RenderPoolOptions {
  readonly script: WorkerScript;
  /** The time that templates see; also when idle workers go. */
  readonly clock: Clock;
  /** Any other than the operating system's gives each render a seed. */
  readonly random: Random;
  /** How many workers at most. Default 1: one more would double the memory. */
  readonly size?: number;
  /** Real time for one render, without waiting for a worker. Default 1 min. */
  readonly timeoutMs?: number;
  /** What a render may hold on its worker's heap. Default 128. */
  readonly memoryMiB?: number;
  /** The stack of a worker. Default 16, enough for 1000 includes inside one another. */
  readonly stackMiB?: number;
  /** Real time for one answer to `lookup`. Default 30 s. */
  readonly lookupTimeoutMs?: number;
  /** How long an idle worker stays. Default 5 min. */
  readonly idleMs?: number;
  /** Real time, for the bounds. */
  readonly realClock?: Clock;
}

const START_TIMEOUT_MS = 60_000;

interface Slot {
  readonly thread: RenderThread;
  busy: boolean;
  /** It has been told to end: it takes nothing more, but counts until it is gone. */
  ending: boolean;
  cancelIdle: () => void;
}

/**
 * Renders HelmReleases in worker threads, with the results and errors of {@link renderHelmRelease}. Workers start when
 * they are needed, keep charts by digest and compiled templates, and go when they have been idle for a while. A render
 * that takes too long or whose signal aborts is ended with its worker; a worker that runs out of memory takes only its
 * render with it.
 */
export class RenderPool implements ReleaseRenderer {
  readonly #options: RenderPoolOptions;
  readonly #realClock: Clock;
  readonly #slots = new Set<Slot>();
  readonly #waiting = new Set<() => void>();
  readonly #digests = new WeakMap<Chart, string>();
  readonly #closed = new AbortController();
  #jobs = 0;

  constructor(options: RenderPoolOptions) {
    this.#options = options;
    this.#realClock = options.realClock ?? new RealClock();
  }

  /** Workers that run now. */
  get workers(): number {
    return this.#slots.size;
  }

  async render(input: HelmReleaseInput, options: ReleaseRenderOptions = {}): Promise<HelmReleaseRender> {
    const { clock } = this.#options;
    const hold = clock.hold(`render of chart ${input.chart.metadata.name}`);
    try {
      const digest = this.#digestOf(input.chart);
      const slot = await this.#take(digest, input, options.signal);
      try {
        const wire = await this.#run(slot, { input, options, digest });
        return unpackRender(wire, input, options.helmVersion ?? 4);
      } finally {
        this.#give(slot);
      }
    } finally {
      hold.release();
    }
  }

  async close(): Promise<void> {
    this.#closed.abort();
    for (const wake of this.#waiting) wake();
    await Promise.all([...this.#slots].map((slot) => this.#end(slot)));
  }

  #digestOf(chart: Chart): string {
    let digest = this.#digests.get(chart);
    if (digest === undefined) this.#digests.set(chart, (digest = chartDigest(chart)));
    return digest;
  }

  /** A worker for one job: an idle one, best one that has the chart, or a new one; waits where all are busy. */
  async #take(digest: string, input: HelmReleaseInput, signal: AbortSignal | undefined): Promise<Slot> {
    for (;;) {
      signal?.throwIfAborted();
      if (this.#closed.signal.aborted) throw closedError(input);
      const idle = [...this.#slots].filter((each) => !each.busy && !each.ending);
      let slot = idle.find(({ thread }) => thread.knows(digest)) ?? idle[0];
      if (slot === undefined && this.#slots.size < (this.#options.size ?? 1)) slot = this.#start();
      if (slot !== undefined) {
        slot.busy = true;
        slot.cancelIdle();
        slot.thread.keepAlive(true);
        return slot;
      }
      let wake: () => void = () => undefined;
      const turn = new Promise<void>((resolve) => this.#waiting.add((wake = resolve)));
      try {
        await abortable(turn, signal);
      } finally {
        this.#waiting.delete(wake);
        if (signal?.aborted === true) this.#wakeOne(); // it may have been woken at the same moment: the turn is the next one's
      }
    }
  }

  #start(): Slot {
    const { script, memoryMiB = 128, stackMiB = 16, lookupTimeoutMs = 30_000 } = this.#options;
    const thread = new RenderThread({ script, memoryMiB, stackMiB, lookupTimeoutMs });
    const slot: Slot = { thread, busy: false, ending: false, cancelIdle: () => undefined };
    this.#slots.add(slot);
    void thread.ended.then(() => {
      slot.cancelIdle();
      this.#slots.delete(slot);
      this.#wakeOne();
    });
    return slot;
  }

  #give(slot: Slot): void {
    slot.busy = false;
    if (slot.ending || !this.#slots.has(slot)) return;
    slot.thread.keepAlive(false);
    const { clock, idleMs = 300_000 } = this.#options;
    slot.cancelIdle = clock.schedule(idleMs, () => void this.#end(slot));
    this.#wakeOne();
  }

  #wakeOne(): void {
    const [first] = this.#waiting;
    first?.();
  }

  async #end(slot: Slot): Promise<void> {
    slot.ending = true;
    slot.cancelIdle();
    await slot.thread.terminate();
  }

  async #run(
    slot: Slot,
    what: { readonly input: HelmReleaseInput; readonly options: ReleaseRenderOptions; readonly digest: string },
  ): Promise<WireRender> {
    const { input, options, digest } = what;
    const { timeoutMs = DEFAULT_TIMEOUT_MS, memoryMiB = 128, clock, random } = this.#options;
    const stop = new AbortController();
    const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
    const slow = (): void => stop.abort(workerError(input, new Error(`it did not start within ${formatDuration(START_TIMEOUT_MS)}`)));
    let cancel = this.#realClock.schedule(START_TIMEOUT_MS, slow);
    try {
      await abortable(slot.thread.ready, signal);
      cancel();
      cancel = this.#realClock.schedule(timeoutMs, () => stop.abort(timeoutError(input, timeoutMs)));
      const { chart, ...rest } = input;
      const running = slot.thread.run({
        chart,
        lookup: (query) => answerLookup(options.read, query, signal),
        job: {
          id: ++this.#jobs,
          chart: digest,
          input: rest,
          nowMs: clock.now(),
          seed: random === systemRandom ? undefined : Math.floor(random.next() * 2 ** 32),
          capabilities: options.capabilities,
          helmVersion: options.helmVersion,
          lookups: options.read !== undefined,
          softTimeoutMs: timeoutMs * 0.9,
        },
      });
      return await abortable(running, signal);
    } catch (error) {
      const ended = error instanceof ThreadEnded;
      if (signal.aborted || ended) void this.#end(slot);
      if (!ended) throw error;
      if (this.#closed.signal.aborted) throw closedError(input);
      throw error.outOfMemory ? memoryError(input, memoryMiB) : workerError(input, error);
    } finally {
      cancel();
      stop.abort(); // lookups that are still out
    }
  }
}
