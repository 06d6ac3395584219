import { getPath, getString, parseTime, type JsonObject } from '@flux-ts/base';
import { finalizersOf, isTerminating, nameOf, namespaceOf, uidOf } from '@flux-ts/kube';
import { conditionOf, isTrue, plainCondition, type ConditionText } from '../conditions.ts';
import { KIND } from '../kinds.ts';
import { counted, numberAt, objectsAt, textsAt } from '../read.ts';
import { isClosing, patch, remove, timeOf, writeStatus, type Again, type World } from '../world.ts';
import { printIndexes } from './indexes.ts';
import { makeJobPod, openIndexes, wantedNow } from './job-pods.ts';
import { metSuccess } from './policies.ts';
import { isIndexed, tallyOf, TRACKING, type Tally } from './tally.ts';

const RETRY_MS = 10_000;
const OWN_CONTROLLER = 'kubernetes.io/job-controller';

/** Runs the Pods of a Job to completion, within its limits. */
export async function reconcileJob(world: World, job: JsonObject): Promise<Again> {
  if ((getString(job, ['spec', 'managedBy']) ?? OWN_CONTROLLER) !== OWN_CONTROLLER) return undefined;
  if (isTerminating(job) || isTrue(job, 'Complete') || isTrue(job, 'Failed')) {
    await letGo(world, world.cache.controlled(KIND.pod, job));
    return isTerminating(job) ? undefined : expire(world, job);
  }
  const tally = tallyOf(world, job);
  const outcome = outcomeOf(world, job, tally);
  if (outcome !== undefined) return end(world, job, { tally, outcome });
  if (getPath(job, ['spec', 'suspend']) === true) return suspend(world, job, tally);
  return proceed(world, job, tally);
}

interface Outcome {
  readonly won: boolean;
  readonly reason: string;
  readonly message: string;
}

/** What decides a Job, if anything does. What was decided once stays so. */
function outcomeOf(world: World, job: JsonObject, tally: Tally): Outcome | undefined {
  for (const [type, won] of [
    ['FailureTarget', false],
    ['SuccessCriteriaMet', true],
  ] as const) {
    const told = conditionOf(job, type);
    if (told?.['status'] === 'True') return { won, reason: String(told['reason']), message: String(told['message']) };
  }
  if (tally.verdict !== undefined) return { won: false, reason: 'PodFailurePolicy', message: tally.verdict };
  const deadline = numberAt(job, ['spec', 'activeDeadlineSeconds'], 0);
  if (deadline > 0 && activeMs(world, job) >= deadline * 1000)
    return { won: false, reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  const perIndex = typeof getPath(job, ['spec', 'backoffLimitPerIndex']) === 'number';
  const limit = numberAt(job, ['spec', 'backoffLimit'], perIndex ? 2 ** 31 - 1 : 6);
  const onFailure = getString(job, ['spec', 'template', 'spec', 'restartPolicy']) === 'OnFailure';
  const overRestarted = onFailure && tally.restarts > 0 && tally.restarts >= limit;
  if (tally.failed > limit || overRestarted)
    return { won: false, reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  return indexOutcome(job, tally) ?? countOutcome(job, tally);
}

function indexOutcome(job: JsonObject, tally: Tally): Outcome | undefined {
  if (!isIndexed(job)) return undefined;
  const met = metSuccess(job, tally.completedIndexes);
  if (met !== undefined) return { won: true, reason: 'SuccessPolicy', message: met };
  const most = getPath(job, ['spec', 'maxFailedIndexes']);
  if (typeof most === 'number' && tally.failedIndexes.size > most)
    return { won: false, reason: 'MaxFailedIndexesExceeded', message: 'Job has exceeded the specified maximal number of failed indexes' };
  const completions = numberAt(job, ['spec', 'completions'], 0);
  if (tally.failedIndexes.size > 0 && tally.completedIndexes.size + tally.failedIndexes.size >= completions)
    return { won: false, reason: 'FailedIndexes', message: 'Job has failed indexes' };
  return undefined;
}

function countOutcome(job: JsonObject, tally: Tally): Outcome | undefined {
  const completions = numberAt(job, ['spec', 'completions'], -1);
  const done = isIndexed(job) ? tally.completedIndexes.size : tally.succeeded;
  const complete = completions < 0 ? tally.succeeded > 0 && tally.active.length + tally.terminating === 0 : done >= completions;
  return complete ? { won: true, reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } : undefined;
}

function activeMs(world: World, job: JsonObject): number {
  const since = parseTime(getString(job, ['status', 'startTime']) ?? '');
  return since === undefined || getPath(job, ['spec', 'suspend']) === true ? 0 : world.clock.now() - since;
}

interface Standing {
  readonly tally: Tally;
  readonly active: number;
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly conditions: readonly JsonObject[];
}

/** Writes the counts; then the Pods that were counted may go. */
async function report(world: World, job: JsonObject, at: Standing): Promise<JsonObject> {
  const { tally } = at;
  const { succeeded, failed } = tally.uncounted;
  const indexed = isIndexed(job);
  const stored = await writeStatus(world, job, {
    ...(at.conditions.length > 0 ? { conditions: at.conditions } : {}),
    ...(at.startTime === undefined ? {} : { startTime: at.startTime }),
    ...(at.completionTime === undefined ? {} : { completionTime: at.completionTime }),
    ...counted('active', at.active),
    ...counted('succeeded', tally.succeeded),
    ...counted('failed', tally.failed),
    terminating: tally.terminating,
    ...(indexed && tally.completedIndexes.size > 0 ? { completedIndexes: printIndexes(tally.completedIndexes) } : {}),
    ...(typeof getPath(job, ['spec', 'backoffLimitPerIndex']) === 'number' ? { failedIndexes: printIndexes(tally.failedIndexes) } : {}),
    uncountedTerminatedPods: {
      ...(succeeded.length > 0 ? { succeeded: succeeded.map(uidOf) } : {}),
      ...(failed.length > 0 ? { failed: failed.map(uidOf) } : {}),
    },
    ready: tally.ready,
  });
  // not before they are in the stored counts: what lost a race is counted again in the next step
  if (stored !== job || alreadyCounted(job, [...succeeded, ...failed])) await letGo(world, [...succeeded, ...failed]);
  return stored;
}

function alreadyCounted(job: JsonObject, pods: readonly JsonObject[]): boolean {
  const known = ['succeeded', 'failed'].flatMap((list) => textsAt(job, ['status', 'uncountedTerminatedPods', list]));
  return pods.length > 0 && pods.every((pod) => known.includes(uidOf(pod)));
}

async function letGo(world: World, pods: readonly JsonObject[]): Promise<void> {
  for (const pod of pods) {
    const finalizers = finalizersOf(pod).filter((name) => name !== TRACKING);
    if (finalizers.length === finalizersOf(pod).length) continue;
    await patch(world, pod, { metadata: { finalizers: finalizers.length > 0 ? [...finalizers] : null } });
  }
}

function told(world: World, job: JsonObject, next: ConditionText): JsonObject {
  const { type, status, ...rest } = plainCondition(job, next, timeOf(world));
  const old = conditionOf(job, next.type);
  const same = old !== undefined && old['status'] === status;
  return {
    type: type as string,
    status: status as string,
    lastProbeTime: same ? (old['lastProbeTime'] ?? timeOf(world)) : timeOf(world),
    ...rest,
  };
}

function otherConditions(job: JsonObject, types: readonly string[]): readonly JsonObject[] {
  return objectsAt(job, ['status', 'conditions']).filter((c) => !types.includes(String(c['type'])));
}

/** A Job that is decided: its Pods end, and when none is left it is over. */
async function end(world: World, job: JsonObject, at: { readonly tally: Tally; readonly outcome: Outcome }): Promise<Again> {
  const { tally, outcome } = at;
  const { won, reason, message } = outcome;
  await drop(world, job, tally.active);
  const startTime = getString(job, ['status', 'startTime']) ?? timeOf(world);
  const [first, last] = won ? (['SuccessCriteriaMet', 'Complete'] as const) : (['FailureTarget', 'Failed'] as const);
  const decided = told(world, job, { type: first, status: 'True', reason, message });
  const others = otherConditions(job, [first, last]);
  const left = tally.active.length + tally.terminating;
  const rest = { tally: { ...tally, ready: 0, terminating: left }, active: 0, startTime };
  if (left > 0 || tally.uncounted.succeeded.length + tally.uncounted.failed.length > 0) {
    await report(world, job, { ...rest, conditions: [...others, decided] });
    return undefined; // the Pods' changes bring it back
  }
  const over = told(world, job, { type: last, status: 'True', reason, message });
  await report(world, job, { ...rest, conditions: [...others, decided, over], ...(won ? { completionTime: timeOf(world) } : {}) });
  if (won) world.say(job, { type: 'Normal', reason: 'Completed', message: 'Job completed' });
  else world.say(job, { type: 'Warning', reason, message });
  return undefined;
}

async function drop(world: World, job: JsonObject, pods: readonly JsonObject[]): Promise<void> {
  for (const pod of pods)
    if (await remove(world, pod)) world.say(job, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${nameOf(pod)}` });
}

async function suspend(world: World, job: JsonObject, tally: Tally): Promise<Again> {
  await drop(world, job, tally.active);
  const was = isTrue(job, 'Suspended');
  const condition = told(world, job, { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' });
  const conditions = [...otherConditions(job, ['Suspended']), condition];
  await report(world, job, { tally: { ...tally, ready: 0, terminating: tally.terminating + tally.active.length }, active: 0, conditions });
  if (!was) world.say(job, { type: 'Normal', reason: 'Suspended', message: 'Job suspended' });
  return undefined;
}

async function proceed(world: World, job: JsonObject, tally: Tally): Promise<Again> {
  const resumed = isTrue(job, 'Suspended');
  if (resumed) world.say(job, { type: 'Normal', reason: 'Resumed', message: 'Job resumed' });
  const before = conditionOf(job, 'Suspended');
  const suspended =
    before === undefined ? [] : [told(world, job, { type: 'Suspended', status: 'False', reason: 'JobResumed', message: 'Job resumed' })];
  const startTime = (resumed ? undefined : getString(job, ['status', 'startTime'])) ?? timeOf(world);
  const wanted = wantedNow(job, tally);
  const surplus = tally.active.slice(0, Math.max(0, tally.active.length - wanted));
  await drop(world, job, surplus);
  const made = tally.backoffMs > 0 ? { count: 0, failed: false } : await make(world, job, tally);
  await report(world, job, {
    tally: { ...tally, terminating: tally.terminating + surplus.length },
    active: tally.active.length - surplus.length + made.count,
    startTime,
    conditions: [...otherConditions(job, ['Suspended']), ...suspended],
  });
  const deadline = numberAt(job, ['spec', 'activeDeadlineSeconds'], 0) * 1000;
  const next = [
    ...(deadline > 0 ? [Math.max(0, deadline - (world.clock.now() - (parseTime(startTime) ?? 0)))] : []),
    ...(tally.backoffMs > 0 ? [tally.backoffMs] : []),
    ...(made.failed && !isClosing(world, namespaceOf(job)) ? [RETRY_MS] : []),
  ];
  return next.length > 0 ? { againInMs: Math.min(...next) } : undefined;
}

async function make(world: World, job: JsonObject, tally: Tally): Promise<{ readonly count: number; readonly failed: boolean }> {
  const waiting = getString(job, ['spec', 'podReplacementPolicy']) === 'Failed' ? tally.terminating : 0;
  const room = wantedNow(job, tally) - tally.active.length - waiting;
  const open = isIndexed(job) ? openIndexes(job, tally) : undefined;
  let count = 0;
  for (let n = 0; n < room && (open === undefined || n < open.length); n++) {
    if ('failure' in (await makeJobPod(world, job, open?.[n]))) return { count, failed: true };
    count++;
  }
  return { count, failed: false };
}

async function expire(world: World, job: JsonObject): Promise<Again> {
  const ttl = numberAt(job, ['spec', 'ttlSecondsAfterFinished'], -1);
  if (ttl < 0) return undefined;
  const ended = parseTime(String((conditionOf(job, 'Complete') ?? conditionOf(job, 'Failed'))?.['lastTransitionTime'] ?? '')) ?? 0;
  const left = ended + ttl * 1000 - world.clock.now();
  if (left > 0) return { againInMs: left };
  await remove(world, job);
  return undefined;
}
