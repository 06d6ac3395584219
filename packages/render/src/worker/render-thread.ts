import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { Chart } from '@flux-ts/helm';
import { withoutRaw } from './chart-key.ts';
import type { LookupAnswer } from './lookups.ts';
import { unpackThrown } from './error-wire.ts';
import { ROLE, type FromWorker, type LookupReply, type RenderJob, type ToWorker, type WorkerStart } from './protocol.ts';
import type { LookupQuery } from './renderer.ts';
import type { WireRender } from './result-wire.ts';

/** Beyond what a render may hold: room for one large allocation, for what the worker keeps, and for garbage. */
const HEADROOM_MIB = 192;
const YOUNG_MIB = 32;

/** The program of a worker: a module that calls `serveRenders`. */
export interface WorkerScript {
  /** A path or a `file:` URL. */
  readonly url: string | URL;
  /** Options of node; default those of this process. */
  readonly execArgv?: readonly string[];
}

/** What a thread is started with. Sizes in MiB. */
export interface ThreadOptions {
  readonly script: WorkerScript;
  readonly memoryMiB: number;
  readonly stackMiB: number;
  readonly lookupTimeoutMs: number;
}

/** One job and what it needs on the way. */
export interface ThreadJob {
  readonly job: RenderJob;
  readonly chart: Chart;
  readonly lookup: (query: LookupQuery) => Promise<LookupAnswer>;
}

/** How a thread ended before its job did. */
export class ThreadEnded extends Error {
  readonly outOfMemory: boolean;

  constructor(error: unknown, outOfMemory = false) {
    super(error instanceof Error ? error.message : 'it left', { cause: error });
    this.outOfMemory = outOfMemory || (error as { readonly code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY';
  }
}

interface Current {
  readonly job: ThreadJob;
  resolve(render: WireRender): void;
  reject(error: unknown): void;
}

/** A worker thread that renders one release at a time. */
export class RenderThread {
  readonly #worker: Worker;
  readonly #answers: MessagePort;
  readonly #answered = new SharedArrayBuffer(4);
  readonly #charts = new Set<string>();
  /** Resolves when the thread takes jobs. @throws ThreadEnded */
  readonly ready: Promise<void>;
  /** Resolves when the thread is gone. */
  readonly ended: Promise<void>;
  #current: Current | undefined;
  #error: unknown;

  constructor(options: ThreadOptions) {
    const { port1, port2 } = new MessageChannel();
    this.#answers = port1;
    port1.unref();
    const start: WorkerStart = {
      role: ROLE,
      answers: port2,
      answered: this.#answered,
      lookupTimeoutMs: options.lookupTimeoutMs,
      memoryMiB: options.memoryMiB,
    };
    const { url, execArgv } = options.script;
    this.#worker = new Worker(url, {
      name: ROLE,
      workerData: start,
      transferList: [port2],
      env: {}, // charts come from outside: there is nothing to be found here
      ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
      resourceLimits: {
        maxOldGenerationSizeMb: options.memoryMiB + HEADROOM_MIB,
        maxYoungGenerationSizeMb: YOUNG_MIB,
        stackSizeMb: options.stackMiB,
      },
    });
    let started: () => void = () => undefined;
    let failed: (error: unknown) => void = () => undefined;
    this.ready = new Promise((resolve, reject) => {
      started = resolve;
      failed = reject;
    });
    this.ready.catch(() => undefined); // told to whoever waits; nobody may be left
    this.ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        const ended = new ThreadEnded(this.#error);
        this.#answers.close();
        failed(ended);
        this.#current?.reject(ended);
        this.#current = undefined;
        resolve();
      });
    });
    this.#worker.on('message', (message: FromWorker) => (message.type === 'ready' ? started() : this.#receive(message)));
    this.#worker.on('error', (error) => (this.#error = error));
  }

  /** Whether the thread has been given a chart before. */
  knows(chart: string): boolean {
    return this.#charts.has(chart);
  }

  /** Runs a job. @throws what the render throws; ThreadEnded */
  run(job: ThreadJob): Promise<WireRender> {
    return new Promise((resolve, reject) => {
      this.#send({ type: 'render', job: job.job });
      this.#current = { job, resolve, reject };
    });
  }

  /** Ends the thread, in the middle of whatever it does. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
    await this.ended;
  }

  /** Says whether the thread keeps the process alive. */
  keepAlive(keep: boolean): void {
    if (keep) this.#worker.ref();
    else this.#worker.unref();
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: Exclude<FromWorker, { type: 'ready' }>): void {
    const current = this.#current;
    if (current === undefined) return;
    if (message.type === 'chart-wanted') {
      this.#charts.add(message.digest);
      this.#send({ type: 'chart', digest: message.digest, chart: withoutRaw(current.job.chart) });
      return;
    }
    if (message.type === 'lookup') {
      void this.#answer(message.id, current.job.lookup(message.query));
      return;
    }
    this.#current = undefined;
    if (message.type === 'done') current.resolve(message.render);
    else if (message.type === 'too-large') current.reject(new ThreadEnded(undefined, true));
    else current.reject(unpackThrown(message.thrown));
  }

  async #answer(id: number, pending: Promise<LookupAnswer>): Promise<void> {
    const answer = await pending.catch((error: unknown): LookupAnswer => ({ problem: String(error) }));
    this.#answers.postMessage({ id, answer } satisfies LookupReply);
    const counter = new Int32Array(this.#answered);
    Atomics.add(counter, 0, 1);
    Atomics.notify(counter, 0);
  }
}
