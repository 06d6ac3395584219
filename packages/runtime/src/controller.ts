import { errorMessage, isAbort, type Clock, type Counters, type JsonObject, type Logger, type Random } from '@flux-ts/base';
import { keyOf, keyText, type Informer, type InformerEvent, type KubeClient } from '@flux-ts/kube';
import type { EventRecorder } from './events.ts';
import type { InformerSet } from './informer-set.ts';
import type { Metrics } from './metrics.ts';
import type { Predicate } from './predicates.ts';
import { WorkQueue } from './work-queue.ts';

/** What every controller needs. */
export interface RuntimeDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly counters?: Counters;
  readonly metrics?: Metrics;
  /** Shared informers; a controller makes its own set where none is given. */
  readonly informers?: InformerSet;
  /** Where events go; a controller makes its own recorder where none is given. */
  readonly events?: EventRecorder;
}

/** Something that runs until its signal aborts. */
export interface Controller {
  readonly name: string;
  /** Runs; resolves when the signal has aborted and every worker has come to rest. */
  start(signal: AbortSignal): Promise<void>;
}

/** What a reconciliation wants next. Nothing: wait for a change. */
export interface ReconcileResult {
  /** Come back after this time. */
  readonly requeueAfterMs?: number;
  /** Come back with the pause of a failure, though nothing failed. */
  readonly requeue?: boolean;
}

/** What a reconciler is given beside the key. */
export interface ReconcileContext {
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Whether the same key has been queued again meanwhile. */
  isQueued(): boolean;
}

/** Objects whose changes lead to keys. */
export interface WatchSpec {
  readonly informer: Informer;
  readonly predicate?: Predicate;
  /** The keys (`namespace/name`) that an event concerns; default: the object's own. */
  readonly map?: (event: InformerEvent) => readonly string[];
}

/** A controller to make. */
export interface ControllerSpec {
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly watches: readonly WatchSpec[];
  readonly concurrent?: number;
  readonly minRetryDelayMs?: number;
  readonly maxRetryDelayMs?: number;
  readonly kind: string;
  readonly metrics?: Metrics | undefined;
  reconcile(key: string, context: ReconcileContext): Promise<ReconcileResult>;
}

/** An error that no retry can cure: it is logged, and the key waits for a change. */
export class TerminalError extends Error {
  constructor(cause: unknown) {
    super(errorMessage(cause), { cause });
    this.name = 'TerminalError';
  }
}

/** Makes a controller: informers feed a queue, workers reconcile key by key, failures come back later and later. */
export function createController(spec: ControllerSpec): Controller & { enqueue(key: string): void; readonly idle: boolean } {
  const queue = new WorkQueue({
    clock: spec.clock,
    ...(spec.minRetryDelayMs === undefined ? {} : { minDelayMs: spec.minRetryDelayMs }),
    ...(spec.maxRetryDelayMs === undefined ? {} : { maxDelayMs: spec.maxRetryDelayMs }),
  });

  async function work(signal: AbortSignal): Promise<void> {
    for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
      await reconcileOne(key, signal);
      queue.done(key);
    }
  }

  async function reconcileOne(key: string, signal: AbortSignal): Promise<void> {
    const slash = key.indexOf('/');
    const fields = {
      controller: spec.name,
      namespace: slash < 0 ? '' : key.slice(0, slash),
      name: key.slice(slash + 1),
      reconcileID: spec.random.uuid(),
    };
    const log = spec.log.with(fields);
    const startedMs = spec.clock.now();
    try {
      const result = await spec.reconcile(key, { signal, log, isQueued: () => queue.isQueued(key) });
      if (result.requeueAfterMs !== undefined) {
        queue.forget(key);
        queue.addAfter(key, result.requeueAfterMs);
      } else if (result.requeue === true) queue.addRateLimited(key);
      else queue.forget(key);
    } catch (error) {
      if (signal.aborted || isAbort(error, signal)) return;
      if (error instanceof TerminalError) {
        queue.forget(key);
        log.error('Reconciler error', { error: errorMessage(error), terminal: true });
        return;
      }
      const delayMs = queue.addRateLimited(key);
      log.error('Reconciler error', { error: errorMessage(error), retryAfterMs: delayMs });
    } finally {
      spec.metrics?.recordReconcile({ kind: spec.kind, namespace: fields.namespace, name: fields.name }, spec.clock.now() - startedMs);
    }
  }

  function subscribe(watch: WatchSpec): () => void {
    return watch.informer.subscribe((event) => {
      if (watch.predicate !== undefined && !watch.predicate(event)) return;
      for (const key of watch.map?.(event) ?? [keyText(keyOf(event.object))]) queue.add(key);
    });
  }

  return {
    name: spec.name,
    enqueue: (key) => queue.add(key),
    get idle(): boolean {
      return queue.idle;
    },
    async start(signal) {
      const ends = spec.watches.map(subscribe);
      const onAbort = (): void => queue.close();
      signal.addEventListener('abort', onAbort, { once: true });
      if (signal.aborted) queue.close();
      try {
        await Promise.all(Array.from({ length: spec.concurrent ?? 1 }, () => work(signal)));
      } finally {
        signal.removeEventListener('abort', onAbort);
        for (const end of ends) end();
      }
    },
  };
}

/** Runs several controllers as one. */
export function combineControllers(name: string, parts: readonly Controller[], before?: (signal: AbortSignal) => void): Controller {
  return {
    name,
    async start(signal) {
      before?.(signal);
      await Promise.all(parts.map((p) => p.start(signal)));
    },
  };
}

/** The keys of the objects of an informer that a test chooses. */
export function keysWhere(informer: Informer, test: (object: JsonObject) => boolean): readonly string[] {
  return informer
    .list()
    .filter(test)
    .map((object) => keyText(keyOf(object)));
}
