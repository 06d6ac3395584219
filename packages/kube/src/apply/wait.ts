import { errorMessage, FluxError, isAbort, type Clock, type JsonObject } from '@flux-ts/base';
import type { KubeClient } from '../client.ts';
import { isNotFound } from '../errors.ts';
import { computeStatus } from '../kstatus/status.ts';
import type { StatusResult } from '../kstatus/result.ts';
import { mapLimited } from '../limit.ts';
import { formatRef, keyOf, keyText, typeOf, type ObjectRef } from '../object.ts';
import { ApplyError } from './errors.ts';

/** Computes the status of kinds with rules of their own (CEL); undefined leaves it to kstatus. */
export type StatusReader = (object: JsonObject) => StatusResult | undefined;

/** How to wait. */
export interface WaitOptions {
  readonly timeoutMs: number;
  /** The longest pause between two looks. Default 5 s; the first looks follow closer. */
  readonly intervalMs?: number;
  /** End as soon as one has failed. Default true. */
  readonly failFast?: boolean;
  /** Jobs that remove themselves: their absence counts as done. */
  readonly jobsWithTtl?: readonly ObjectRef[];
  readonly reader?: StatusReader | undefined;
  readonly strictJobs?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Asked before each look; true ends the wait with {@link WaitInterrupted}. */
  readonly interrupt?: () => boolean;
}

/** A wait that its caller has ended. */
export class WaitInterrupted extends FluxError<'WAIT_INTERRUPTED'> {
  constructor() {
    super({ code: 'WAIT_INTERRUPTED', message: 'the wait was interrupted' });
  }
}

const FIRST_PAUSE_MS = 50;
const PATIENCE = 4;
const READERS = 10;

interface Look {
  readonly ref: ObjectRef;
  readonly result: StatusResult;
  readonly error?: string;
}

/** What waiting needs. */
export interface WaitDeps {
  readonly client: KubeClient;
  readonly clock: Clock;
}

async function look(deps: WaitDeps, ref: ObjectRef, options: WaitOptions): Promise<Look> {
  const none = (status: 'NotFound' | 'Unknown', error?: string): Look => ({
    ref,
    result: { status, message: 'Resource not found', conditions: [] },
    ...(error === undefined ? {} : { error }),
  });
  try {
    const type = await deps.client.mapper.preferred(ref.group, ref.kind);
    const key = { name: ref.name, ...(type.namespaced ? { namespace: ref.namespace } : {}) };
    const object = await deps.client.get(type, key, { signal: options.signal });
    const result = options.reader?.(object) ?? computeStatus(object, { nowMs: deps.clock.now(), strictJobs: options.strictJobs ?? true });
    return { ref, result };
  } catch (error) {
    if (options.signal?.aborted === true || isAbort(error, options.signal)) throw error;
    if (isNotFound(error)) {
      const gone = options.jobsWithTtl?.some((j) => formatRef(j) === formatRef(ref) && j.group === ref.group) === true;
      return gone ? { ref, result: { status: 'Current', message: 'Job has removed itself', conditions: [] } } : none('NotFound');
    }
    return none('Unknown', errorMessage(error));
  }
}

/**
 * Waits until all objects are Current.
 * @throws ApplyError WAIT_TIMEOUT "timeout waiting for: [...]" · WAIT_FAILED "failed early due to stalled resources: [...]"; the signal's reason
 */
export async function waitForReady(deps: WaitDeps, refs: readonly ObjectRef[], options: WaitOptions): Promise<void> {
  const startedMs = deps.clock.now();
  const deadline = startedMs + options.timeoutMs;
  let pending = refs;
  for (;;) {
    options.signal?.throwIfAborted();
    if (options.interrupt?.() === true) throw new WaitInterrupted();
    const looks = await mapLimited(pending, READERS, (ref) => look(deps, ref, options));
    const open = looks.filter((l) => l.result.status !== 'Current');
    if (open.length === 0) {
      if (pending.length === refs.length) return;
      pending = refs; // all were Current at some time; look once more at all of them together
      continue;
    }
    const stalled = open.filter((l) => l.result.status === 'Failed');
    if (stalled.length > 0 && options.failFast !== false) throw waitError('WAIT_FAILED', 'failed early due to stalled resources', stalled);
    const left = deadline - deps.clock.now();
    if (left <= 0) throw waitError('WAIT_TIMEOUT', 'timeout waiting for', open);
    pending = open.map((l) => l.ref);
    await deps.clock.sleep(Math.min(pauseFor(deps.clock.now() - startedMs, options.intervalMs ?? 5000), left), options.signal);
  }
}

/** The pause before the next look: a quarter of the time waited so far, so that short waits end soon and long ones ask seldom. */
export function pauseFor(waitedMs: number, longestMs: number): number {
  return Math.min(Math.max(FIRST_PAUSE_MS, waitedMs / PATIENCE), longestMs);
}

function waitError(code: 'WAIT_TIMEOUT' | 'WAIT_FAILED', head: string, looks: readonly Look[]): ApplyError {
  const parts = looks.map((l) => `${formatRef(l.ref)} status: '${l.result.status}'${l.error === undefined ? '' : `: ${l.error}`}`);
  return new ApplyError({ code, message: `${head}: [${parts.sort().join(', ')}]` });
}

/**
 * Waits until all objects are gone.
 * @throws ApplyError WAIT_TIMEOUT "Kind/ns/name termination timeout: context deadline exceeded"; the signal's reason
 */
export async function waitForTermination(deps: WaitDeps, objects: readonly JsonObject[], options: WaitOptions): Promise<void> {
  const startedMs = deps.clock.now();
  const deadline = startedMs + options.timeoutMs;
  for (const object of objects) {
    while ((await deps.client.find(typeOf(object), keyOf(object), { signal: options.signal })) !== undefined) {
      const left = deadline - deps.clock.now();
      if (left <= 0) {
        const ref = { kind: typeOf(object).kind, namespace: keyOf(object).namespace ?? '', name: keyText({ name: keyOf(object).name }) };
        throw new ApplyError({ code: 'WAIT_TIMEOUT', message: `${formatRef(ref)} termination timeout: context deadline exceeded` });
      }
      await deps.clock.sleep(Math.min(pauseFor(deps.clock.now() - startedMs, options.intervalMs ?? 2000), left), options.signal);
    }
  }
}
