import type { JsonValue } from './json.ts';

/** A job for a worker: paths, digests and options only, never objects. `kind` names a handler that the worker knows. */
export interface WorkerJob {
  readonly kind: string;
  readonly input: JsonValue;
}

/** Bounds of one job; reaching one ends the worker and rejects the job. */
export interface WorkerLimits {
  readonly timeoutMs: number;
  readonly memoryBytes?: number;
}

/** Runs jobs beside the event loop. The answer is one transferred buffer (JSON and an index of digests). */
export interface WorkerPool {
  run(job: WorkerJob, limits: WorkerLimits, signal?: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}
