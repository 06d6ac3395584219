import { formatTime, getString, parseTime, type JsonObject } from '@flux-ts/base';
import { isTerminating, keyOf, namespaceOf, nameOf, typeOf, uidOf } from '@flux-ts/kube';
import { nextRun } from './cron.ts';
import { createPod } from './replica-set.ts';
import {
  controlled,
  controlledBy,
  isReady,
  KIND,
  numberAt,
  objectsAt,
  plainCondition,
  remove,
  SIMULATOR,
  tolerant,
  writeStatus,
  type Again,
  type World,
} from './world.ts';

/** Runs the Pods of a Job to completion, within its limits. */
export async function reconcileJob(world: World, job: JsonObject): Promise<Again> {
  if (isTerminating(job)) return undefined;
  const conditions = objectsAt(job, ['status', 'conditions']);
  if (conditions.some((c) => (c['type'] === 'Complete' || c['type'] === 'Failed') && c['status'] === 'True')) return expire(world, job);
  const now = formatTime(world.clock.now());
  const pods = await controlled(world, KIND.pod, job);
  const phase = (pod: JsonObject): string => getString(pod, ['status', 'phase']) ?? 'Pending';
  const active = pods.filter((pod) => phase(pod) !== 'Succeeded' && phase(pod) !== 'Failed' && !isTerminating(pod));
  const succeeded = pods.filter((pod) => phase(pod) === 'Succeeded').length;
  const failed = pods.filter((pod) => phase(pod) === 'Failed').length;
  const suspended = job['spec'] !== undefined && (job['spec'] as JsonObject)['suspend'] === true;
  const completions = numberAt(job, ['spec', 'completions'], 1);
  const startTime = getString(job, ['status', 'startTime']) ?? now;
  const counts = (running: number): JsonObject => ({
    ...(running > 0 ? { active: running } : {}),
    ready: active.filter(isReady).length,
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(failed > 0 ? { failed } : {}),
    terminating: 0,
    uncountedTerminatedPods: {},
  });
  if (suspended) {
    for (const pod of active) await remove(world, pod);
    await writeStatus(world, job, {
      ...counts(0),
      conditions: [plainCondition(job, { type: 'Suspended', status: 'True', reason: 'JobSuspended', message: 'Job suspended' }, now)],
    });
    return undefined;
  }
  if (succeeded >= completions) return complete(world, job, { ...counts(0), startTime, completionTime: now });
  const deadline = numberAt(job, ['spec', 'activeDeadlineSeconds'], 0) * 1000;
  const overdue = deadline > 0 && world.clock.now() >= (parseTime(startTime) ?? 0) + deadline;
  if (failed > numberAt(job, ['spec', 'backoffLimit'], 6) || overdue) {
    for (const pod of active) await remove(world, pod);
    const why = overdue
      ? { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' }
      : { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
    world.say(job, { type: 'Warning', ...why });
    await writeStatus(world, job, {
      ...counts(0),
      startTime,
      conditions: [
        plainCondition(job, { type: 'FailureTarget', status: 'True', ...why }, now),
        plainCondition(job, { type: 'Failed', status: 'True', ...why }, now),
      ],
    });
    return undefined;
  }
  const room = Math.min(numberAt(job, ['spec', 'parallelism'], 1), completions - succeeded) - active.length;
  for (let n = 0; n < room; n++)
    await createPod(world, job, {
      labels: {
        'batch.kubernetes.io/job-name': nameOf(job),
        'job-name': nameOf(job),
        'batch.kubernetes.io/controller-uid': uidOf(job),
        'controller-uid': uidOf(job),
      },
    });
  await writeStatus(world, job, { ...counts(active.length + Math.max(0, room)), startTime });
  return deadline > 0 ? { againInMs: deadline } : undefined;
}

async function complete(world: World, job: JsonObject, status: JsonObject): Promise<Again> {
  const now = formatTime(world.clock.now());
  const why = { status: 'True', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' } as const;
  await writeStatus(world, job, {
    ...status,
    conditions: [plainCondition(job, { type: 'SuccessCriteriaMet', ...why }, now), plainCondition(job, { type: 'Complete', ...why }, now)],
  });
  world.say(job, { type: 'Normal', reason: 'Completed', message: 'Job completed (simulated)' });
  return undefined;
}

async function expire(world: World, job: JsonObject): Promise<Again> {
  const ttl = numberAt(job, ['spec', 'ttlSecondsAfterFinished'], -1);
  if (ttl < 0) return undefined;
  const ended =
    parseTime(getString(job, ['status', 'completionTime']) ?? '') ??
    Math.max(0, ...objectsAt(job, ['status', 'conditions']).map((c) => parseTime(String(c['lastTransitionTime'])) ?? 0));
  const left = ended + ttl * 1000 - world.clock.now();
  if (left > 0) return { againInMs: left };
  await tolerant(world.client.delete(typeOf(job), keyOf(job), { uid: uidOf(job), propagation: 'Background' }));
  return undefined;
}

/** Makes the Jobs of a CronJob at the times that its schedule names. */
export async function reconcileCronJob(world: World, cron: JsonObject): Promise<Again> {
  if (isTerminating(cron)) return undefined;
  const spec = cron['spec'] as JsonObject;
  const jobs = await controlled(world, KIND.job, cron);
  const done = (job: JsonObject, type: string): boolean =>
    objectsAt(job, ['status', 'conditions']).some((c) => c['type'] === type && c['status'] === 'True');
  const active = jobs.filter((job) => !done(job, 'Complete') && !done(job, 'Failed'));
  for (const [type, keep] of [
    ['Complete', numberAt(cron, ['spec', 'successfulJobsHistoryLimit'], 3)],
    ['Failed', numberAt(cron, ['spec', 'failedJobsHistoryLimit'], 1)],
  ] as const) {
    const ended = jobs.filter((job) => done(job, type)).sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    for (const job of ended.slice(0, Math.max(0, ended.length - keep))) await remove(world, job);
  }
  const last = getString(cron, ['status', 'lastScheduleTime']);
  const from = parseTime(last ?? getString(cron, ['metadata', 'creationTimestamp']) ?? '') ?? world.clock.now();
  const next = nextRun(String(spec['schedule'] ?? ''), from);
  const status = (at?: string): JsonObject => ({
    ...(active.length > 0
      ? { active: active.map((job): JsonObject => ({ ...typeOf(job), namespace: namespaceOf(job), name: nameOf(job), uid: uidOf(job) })) }
      : {}),
    ...((at ?? last) === undefined ? {} : { lastScheduleTime: (at ?? last) as string }),
  });
  if (next === undefined) {
    world.say(cron, { type: 'Warning', reason: 'UnparseableSchedule', message: `unparseable schedule: ${String(spec['schedule'])}` });
    return undefined;
  }
  const left = next - world.clock.now();
  if (left > 0 || spec['suspend'] === true || (spec['concurrencyPolicy'] === 'Forbid' && active.length > 0)) {
    await writeStatus(world, cron, status());
    return { againInMs: Math.max(1000, left) };
  }
  if (spec['concurrencyPolicy'] === 'Replace') for (const job of active) await remove(world, job);
  const template = (spec['jobTemplate'] ?? {}) as JsonObject;
  const job: JsonObject = {
    ...KIND.job,
    metadata: {
      ...(template['metadata'] as JsonObject | undefined),
      name: `${nameOf(cron)}-${Math.floor(next / 60_000)}`,
      namespace: namespaceOf(cron),
      ownerReferences: [controlledBy(cron)],
    },
    spec: template['spec'] ?? {},
  };
  if (await tolerant(world.client.create(job, { fieldManager: SIMULATOR })))
    world.say(cron, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created job ${nameOf(job)}` });
  await writeStatus(world, cron, status(formatTime(next)));
  return { againInMs: 1000 };
}
