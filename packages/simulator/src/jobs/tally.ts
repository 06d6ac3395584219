import { getPath, getString, parseTime, type JsonObject } from '@flux-ts/base';
import { annotationsOf, finalizersOf, isTerminating, uidOf } from '@flux-ts/kube';
import { isReady } from '../conditions.ts';
import { KIND } from '../kinds.ts';
import { isFinished, numberAt, objectsAt, phaseOf, textsAt } from '../read.ts';
import type { World } from '../world.ts';
import { readIndexes } from './indexes.ts';
import { judge, type Judgement } from './policies.ts';

/** The finalizer that keeps a Job's Pods until they are counted. */
export const TRACKING = 'batch.kubernetes.io/job-tracking';
/** Annotation and label with a Pod's number. */
export const INDEX = 'batch.kubernetes.io/job-completion-index';
const FIRST_BACKOFF_MS = 10_000;
const LAST_BACKOFF_MS = 600_000;

/** What has become of a Job's Pods so far. */
export interface Tally {
  readonly active: readonly JsonObject[];
  readonly ready: number;
  readonly terminating: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Pods that are counted in this step or were, and still carry the finalizer. */
  readonly uncounted: { readonly succeeded: readonly JsonObject[]; readonly failed: readonly JsonObject[] };
  /** Indexed Jobs: the numbers that are done, and those that are given up. */
  readonly completedIndexes: ReadonlySet<number>;
  readonly failedIndexes: ReadonlySet<number>;
  /** A rule of podFailurePolicy that ends the Job. */
  readonly verdict: string | undefined;
  /** How often containers of running Pods were started again. */
  readonly restarts: number;
  /** How long until a Pod may be made after the last failures, milliseconds. */
  readonly backoffMs: number;
}

/** Tells whether a Job's Pods are numbered. */
export function isIndexed(job: JsonObject): boolean {
  return getString(job, ['spec', 'completionMode']) === 'Indexed';
}

/** The number of a Pod of an Indexed Job. */
export function indexOf(pod: JsonObject): number {
  return Number(annotationsOf(pod)[INDEX] ?? '-1');
}

/** Counts a Job's Pods: what its status says already, and what has ended since. */
export function tallyOf(world: World, job: JsonObject): Tally {
  const pods = world.cache.controlled(KIND.pod, job);
  const known = new Set([
    ...textsAt(job, ['status', 'uncountedTerminatedPods', 'succeeded']),
    ...textsAt(job, ['status', 'uncountedTerminatedPods', 'failed']),
  ]);
  const tracked = pods.filter((pod) => isFinished(pod) && finalizersOf(pod).includes(TRACKING));
  const [won, lost] = [tracked.filter((pod) => phaseOf(pod) === 'Succeeded'), tracked.filter((pod) => phaseOf(pod) === 'Failed')];
  const fresh = (list: readonly JsonObject[]): readonly JsonObject[] => list.filter((pod) => !known.has(uidOf(pod)));
  const judgements = new Map(fresh(lost).map((pod) => [pod, judge(job, pod)]));
  const counts = (pod: JsonObject): boolean => judgements.get(pod)?.action !== 'Ignore';
  const active = pods.filter((pod) => !isFinished(pod) && !isTerminating(pod));
  return {
    active,
    ready: active.filter(isReady).length,
    terminating: pods.filter((pod) => !isFinished(pod) && isTerminating(pod)).length,
    succeeded: numberAt(job, ['status', 'succeeded'], 0) + fresh(won).length,
    failed: numberAt(job, ['status', 'failed'], 0) + fresh(lost).filter(counts).length,
    uncounted: { succeeded: won, failed: lost },
    ...indexes(job, { won, lost: pods.filter((pod) => phaseOf(pod) === 'Failed'), judgements }),
    verdict: [...judgements.values()].find((judgement) => judgement?.action === 'FailJob')?.message,
    restarts: active.reduce((sum, pod) => sum + restartsOf(pod), 0),
    backoffMs: backoff(
      world,
      pods.filter((pod) => isFinished(pod)),
    ),
  };
}

function restartsOf(pod: JsonObject): number {
  return objectsAt(pod, ['status', 'containerStatuses']).reduce((sum, status) => sum + numberAt(status, ['restartCount'], 0), 0);
}

function indexes(
  job: JsonObject,
  at: {
    readonly won: readonly JsonObject[];
    readonly lost: readonly JsonObject[];
    readonly judgements: ReadonlyMap<JsonObject, Judgement | undefined>;
  },
): Pick<Tally, 'completedIndexes' | 'failedIndexes'> {
  const completedIndexes = new Set(readIndexes(getString(job, ['status', 'completedIndexes'])));
  const failedIndexes = new Set(readIndexes(getString(job, ['status', 'failedIndexes'])));
  if (!isIndexed(job)) return { completedIndexes, failedIndexes };
  for (const pod of at.won) completedIndexes.add(indexOf(pod));
  const limit = getPath(job, ['spec', 'backoffLimitPerIndex']);
  if (typeof limit !== 'number') return { completedIndexes, failedIndexes };
  for (const [pod, judgement] of at.judgements) if (judgement?.action === 'FailIndex') failedIndexes.add(indexOf(pod));
  for (const pod of at.lost) {
    const failures = at.lost.filter((other) => indexOf(other) === indexOf(pod)).length;
    if (failures > limit && !completedIndexes.has(indexOf(pod))) failedIndexes.add(indexOf(pod));
  }
  return { completedIndexes, failedIndexes };
}

function endedAt(pod: JsonObject): number {
  const times = objectsAt(pod, ['status', 'containerStatuses']).map(
    (s) => parseTime(getString(s, ['state', 'terminated', 'finishedAt']) ?? '') ?? 0,
  );
  return Math.max(0, ...times);
}

/** 10 s after the first failure in a row, then 20, 40 ... 600 s. */
function backoff(world: World, ended: readonly JsonObject[]): number {
  const lastSuccess = Math.max(0, ...ended.filter((pod) => phaseOf(pod) === 'Succeeded').map(endedAt));
  const failures = ended
    .filter((pod) => phaseOf(pod) === 'Failed')
    .map(endedAt)
    .filter((at) => at >= lastSuccess);
  if (failures.length === 0) return 0;
  const pause = Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures.length - 1));
  return Math.max(0, Math.max(...failures) + pause - world.clock.now());
}
