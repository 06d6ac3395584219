import { formatTime, getObject, getPath, getString, parseTime, type JsonObject } from '@flux-ts/base';
import { annotationsOf, isKubeError, isTerminating, labelsOf, nameOf, namespaceOf, resourceVersionOf, typeOf, uidOf } from '@flux-ts/kube';
import { isTrue } from '../conditions.ts';
import { KIND } from '../kinds.ts';
import { controlledBy, numberAt, objectsAt } from '../read.ts';
import { create, isClosing, remove, writeStatus, type Again, type World } from '../world.ts';
import { isTimeZone, readSchedule, type Schedule } from './cron.ts';

const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
/** Missed starts that are looked through before the CronJob is told to set a deadline. */
const MANY_MISSED = 100;

/** Makes the Jobs of a CronJob at the times that its schedule names. */
export async function reconcileCronJob(world: World, cron: JsonObject): Promise<Again> {
  if (isTerminating(cron)) return undefined;
  const jobs = [...world.cache.controlled(KIND.job, cron)].sort((a, b) => startOf(a) - startOf(b) || (nameOf(a) < nameOf(b) ? -1 : 1));
  const state = sweep(world, cron, jobs);
  await prune(world, cron, jobs);
  const due = nextDue(world, cron);
  if (due === undefined || getPath(cron, ['spec', 'suspend']) === true) {
    await report(world, cron, state);
    return undefined;
  }
  if (due.missed === undefined) {
    await report(world, cron, state);
    return { againInMs: Math.max(100, due.nextMs - world.clock.now() + 100) };
  }
  return startJob(world, cron, { ...state, at: due.missed });
}

function startOf(job: JsonObject): number {
  return parseTime(getString(job, ['status', 'startTime']) ?? getString(job, ['metadata', 'creationTimestamp']) ?? '') ?? 0;
}

function isOver(job: JsonObject): boolean {
  return isTrue(job, 'Complete') || isTrue(job, 'Failed');
}

interface State {
  readonly active: readonly JsonObject[];
  readonly lastSuccess: string | undefined;
}

/** Looks at what became of the Jobs since the status was written. */
function sweep(world: World, cron: JsonObject, jobs: readonly JsonObject[]): State {
  const known = new Set(objectsAt(cron, ['status', 'active']).map((reference) => String(reference['uid'])));
  let lastSuccess = getString(cron, ['status', 'lastSuccessfulTime']);
  for (const job of jobs.filter(isOver)) {
    const condition = isTrue(job, 'Complete') ? 'Complete' : 'Failed';
    const completed = getString(job, ['status', 'completionTime']);
    if (condition === 'Complete' && completed !== undefined && (parseTime(completed) ?? 0) > (parseTime(lastSuccess ?? '') ?? 0))
      lastSuccess = completed;
    if (known.delete(uidOf(job)))
      world.say(cron, { type: 'Normal', reason: 'SawCompletedJob', message: `Saw completed job: ${nameOf(job)}, condition: ${condition}` });
  }
  const active = jobs.filter((job) => !isOver(job) && !isTerminating(job));
  for (const job of active) known.delete(uidOf(job));
  const gone = objectsAt(cron, ['status', 'active']).filter(
    (r) => known.has(String(r['uid'])) && !jobs.some((job) => uidOf(job) === r['uid']),
  );
  for (const reference of gone)
    world.say(cron, { type: 'Normal', reason: 'MissingJob', message: `Active job went missing: ${String(reference['name'])}` });
  return { active, lastSuccess };
}

async function prune(world: World, cron: JsonObject, jobs: readonly JsonObject[]): Promise<void> {
  for (const [type, keep] of [
    ['Complete', numberAt(cron, ['spec', 'successfulJobsHistoryLimit'], 3)],
    ['Failed', numberAt(cron, ['spec', 'failedJobsHistoryLimit'], 1)],
  ] as const) {
    const ended = jobs.filter((job) => isTrue(job, type) && !isTerminating(job));
    for (const job of ended.slice(0, Math.max(0, ended.length - keep)))
      if (await remove(world, job)) world.say(cron, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted job ${nameOf(job)}` });
  }
}

interface Due {
  /** The latest time that has passed and was not started. */
  readonly missed: number | undefined;
  readonly nextMs: number;
}

function scheduleOf(world: World, cron: JsonObject): Schedule | undefined {
  const text = getString(cron, ['spec', 'schedule']) ?? '';
  const zone = getString(cron, ['spec', 'timeZone']);
  if (zone !== undefined && !isTimeZone(zone)) {
    world.say(cron, { type: 'Warning', reason: 'UnknownTimeZone', message: `invalid timeZone: "${zone}": unknown time zone ${zone}` });
    return undefined;
  }
  const schedule = readSchedule(text, zone);
  if (schedule === undefined)
    world.say(cron, { type: 'Warning', reason: 'UnparseableSchedule', message: `unparseable schedule: "${text}"` });
  return schedule;
}

function nextDue(world: World, cron: JsonObject): Due | undefined {
  const schedule = scheduleOf(world, cron);
  if (schedule === undefined) return undefined;
  const now = world.clock.now();
  const created = parseTime(getString(cron, ['metadata', 'creationTimestamp']) ?? '') ?? now;
  const last = parseTime(getString(cron, ['status', 'lastScheduleTime']) ?? '') ?? created;
  const deadline = getPath(cron, ['spec', 'startingDeadlineSeconds']);
  const from = typeof deadline === 'number' ? Math.max(last, now - deadline * 1000) : last;
  let missed: number | undefined;
  let next = schedule(from);
  for (let n = 0; next !== undefined && next <= now; n++) {
    if (n === MANY_MISSED) {
      const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
      world.say(cron, { type: 'Warning', reason: 'TooManyMissedTimes', message });
      return latest(schedule, missed as number, now);
    }
    missed = next;
    next = schedule(next);
  }
  return next === undefined ? undefined : { missed, nextMs: next };
}

/** The last time before now, found from spans that grow, so that years of missed minutes take no time. */
function latest(schedule: Schedule, from: number, now: number): Due | undefined {
  let [low, high] = [from, now];
  while (high - low > 60_000) {
    const middle = low + Math.floor((high - low) / 2);
    const next = schedule(middle);
    if (next !== undefined && next <= now) low = next;
    else high = middle;
  }
  const next = schedule(now);
  return next === undefined ? undefined : { missed: low, nextMs: next };
}

async function report(world: World, cron: JsonObject, state: State & { readonly scheduledAt?: string }): Promise<void> {
  const last = state.scheduledAt ?? getString(cron, ['status', 'lastScheduleTime']);
  const reference = (job: JsonObject): JsonObject => ({
    ...typeOf(job),
    name: nameOf(job),
    namespace: namespaceOf(job),
    resourceVersion: resourceVersionOf(job),
    uid: uidOf(job),
  });
  const known = new Map(objectsAt(cron, ['status', 'active']).map((r) => [r['uid'], r]));
  await writeStatus(world, cron, {
    ...(state.active.length > 0 ? { active: state.active.map((job) => known.get(uidOf(job)) ?? reference(job)) } : {}),
    ...(last === undefined ? {} : { lastScheduleTime: last }),
    ...(state.lastSuccess === undefined ? {} : { lastSuccessfulTime: state.lastSuccess }),
  });
}

async function startJob(world: World, cron: JsonObject, at: State & { readonly at: number }): Promise<Again> {
  const policy = getString(cron, ['spec', 'concurrencyPolicy']) ?? 'Allow';
  if (policy === 'Forbid' && at.active.length > 0) {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    world.say(cron, { type: 'Normal', reason: 'JobAlreadyActive', message });
    await report(world, cron, at);
    const next = scheduleOf(world, cron)?.(world.clock.now());
    return next === undefined ? undefined : { againInMs: Math.max(100, next - world.clock.now() + 100) };
  }
  const replaced = policy === 'Replace' ? at.active : [];
  for (const job of replaced)
    if (await remove(world, job)) world.say(cron, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted job ${nameOf(job)}` });
  try {
    const made = await create(world, jobOf(cron, at.at));
    if (made !== undefined) world.say(cron, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created job ${nameOf(made)}` });
    const active = [...at.active.filter((job) => !replaced.includes(job)), ...(made === undefined ? [] : [made])];
    await report(world, cron, { ...at, active, scheduledAt: formatTime(at.at) });
    return { againInMs: 0 };
  } catch (error) {
    if (!isKubeError(error)) throw error;
    if (isClosing(world, namespaceOf(cron))) return undefined;
    world.say(cron, { type: 'Warning', reason: 'FailedCreate', message: `Error creating job: ${error.message}` });
    return { againInMs: 10_000 };
  }
}

function jobOf(cron: JsonObject, scheduledMs: number): JsonObject {
  const template = getObject(cron, ['spec', 'jobTemplate']) ?? {};
  const labels = labelsOf(template);
  return {
    ...KIND.job,
    metadata: {
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      annotations: { ...annotationsOf(template), [SCHEDULED]: formatTime(scheduledMs) },
      name: `${nameOf(cron)}-${Math.floor(scheduledMs / 60_000)}`,
      namespace: namespaceOf(cron),
      ownerReferences: [controlledBy(cron)],
    },
    spec: template['spec'] ?? {},
  };
}
