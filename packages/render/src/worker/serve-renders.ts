import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { formatDuration, HeapWatch, isHeapLimit, Lru, RealClock, seededRandom, systemRandom, type Clock, type Random } from '@flux-ts/base';
import { HelmCaches, type Chart } from '@flux-ts/helm';
import { renderHelmRelease } from '../render-release.ts';
import { chartBytes } from './chart-key.ts';
import { packThrown } from './error-wire.ts';
import { lookupOnce, type LookupAnswer } from './lookups.ts';
import { ROLE, type FromWorker, type LookupReply, type RenderJob, type ToWorker, type WorkerStart } from './protocol.ts';
import type { LookupQuery } from './renderer.ts';
import { packRender } from './result-wire.ts';

const MIB = 1024 * 1024;
const CHART_BYTES = 32 * MIB;
const CACHE_BYTES = 16 * MIB;

/** The time at which the render began, all through it; one object for all renders, because compiled templates belong to a clock. */
class RenderClock extends RealClock {
  #nowMs = 0;

  set(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  override now(): number {
    return this.#nowMs;
  }
}

/** Chance for one render after the other; one object for all of them, for the same reason. */
class RenderRandom implements Random {
  #source: Random = systemRandom;

  set(seed: number | undefined): void {
    this.#source = seed === undefined ? systemRandom : seededRandom(seed);
  }

  next(): number {
    return this.#source.next();
  }

  bytes(length: number): Uint8Array {
    return this.#source.bytes(length);
  }

  uuid(): string {
    return this.#source.uuid();
  }
}

/** Renders what the pool sends, one after another. */
class RenderServer {
  readonly #port: MessagePort;
  readonly #start: WorkerStart;
  readonly #charts = new Lru<string, Chart>(CHART_BYTES);
  readonly #caches = new HelmCaches({ maxBytes: CACHE_BYTES });
  readonly #clock = new RenderClock();
  readonly #random = new RenderRandom();
  readonly #deadlines: Clock;
  #waiting: RenderJob | undefined;
  #lookups = 0;

  constructor(port: MessagePort, start: WorkerStart) {
    this.#port = port;
    this.#start = start;
    this.#deadlines = new HeapWatch(start.memoryMiB);
  }

  receive(message: ToWorker): void {
    if (message.type === 'render') {
      const chart = this.#charts.get(message.job.chart);
      if (chart !== undefined) return this.#render(message.job, chart);
      this.#waiting = message.job;
      return this.#send({ type: 'chart-wanted', digest: message.job.chart });
    }
    this.#charts.set(message.digest, message.chart, chartBytes(message.chart));
    const job = this.#waiting;
    this.#waiting = undefined;
    if (job?.chart === message.digest) this.#render(job, message.chart);
  }

  #send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  #render(job: RenderJob, chart: Chart): void {
    const { id, input, capabilities, helmVersion } = job;
    this.#clock.set(job.nowMs);
    this.#random.set(job.seed);
    const deadline = { clock: this.#deadlines, atMs: this.#deadlines.now() + job.softTimeoutMs };
    try {
      const done = renderHelmRelease(
        { ...input, chart },
        {
          clock: this.#clock,
          random: this.#random,
          caches: this.#caches,
          budget: { deadline },
          ...(job.lookups ? { lookup: lookupOnce((query) => this.#ask(query)) } : {}),
          ...(capabilities === undefined ? {} : { capabilities }),
          ...(helmVersion === undefined ? {} : { helmVersion }),
        },
      );
      const render = packRender(done, chart);
      this.#send({ type: 'done', id, render }, [render.buffer.buffer]);
    } catch (error) {
      this.#send(isHeapLimit(error) ? { type: 'too-large', id } : { type: 'failed', id, thrown: packThrown(error) });
    }
  }

  /** Asks the cluster through the pool and waits: templates cannot. */
  #ask(query: LookupQuery): LookupAnswer {
    const { answers, answered, lookupTimeoutMs } = this.#start;
    const counter = new Int32Array(answered);
    const id = ++this.#lookups;
    const endMs = this.#deadlines.now() + lookupTimeoutMs;
    this.#send({ type: 'lookup', id, query });
    for (;;) {
      const seen = Atomics.load(counter, 0);
      for (let next = receiveMessageOnPort(answers); next !== undefined; next = receiveMessageOnPort(answers)) {
        const reply = next.message as LookupReply;
        if (reply.id === id) return reply.answer; // older ones come too late
      }
      const leftMs = endMs - this.#deadlines.now();
      if (leftMs <= 0) return { problem: `the cluster gave no answer within ${formatDuration(lookupTimeoutMs)}` };
      Atomics.wait(counter, 0, seen, leftMs);
    }
  }
}

/**
 * The other side of a {@link RenderPool}: what a worker thread runs. Does nothing in a thread that was started for something else.
 * @returns whether this thread serves renders from now on
 */
export function serveRenders(): boolean {
  const start = workerData as WorkerStart | null;
  if (parentPort === null || start?.role !== ROLE) return false;
  const port = parentPort;
  const server = new RenderServer(port, start);
  port.on('message', (message: ToWorker) => server.receive(message));
  port.postMessage({ type: 'ready' } satisfies FromWorker);
  return true;
}
