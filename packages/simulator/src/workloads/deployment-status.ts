import { formatTime, getPath, parseTime, type JsonObject } from '@flux-ts/base';
import { generationOf, nameOf } from '@flux-ts/kube';
import { condition, conditionOf, type ConditionText } from '../conditions.ts';
import { counted, numberAt, objectsAt } from '../read.ts';
import { writeStatus, type Again, type World } from '../world.ts';
import { countOf, wantedOf, type Rollout } from './deployment-sets.ts';

const NO_DEADLINE = 2 ** 31 - 1;

/** What happened in this step that the condition Progressing tells. */
export type Step = 'created' | 'found' | 'taken' | undefined;

/** Writes how far a rollout is. */
export async function reportDeployment(world: World, rollout: Rollout, step: Step): Promise<Again> {
  const { deployment, current, old, replicas, unavailable } = rollout;
  const sets = [...old, ...(current === undefined ? [] : [current])];
  const sum = (of: (set: JsonObject) => number): number => sets.reduce((n, set) => n + of(set), 0);
  const counts = {
    total: sum((set) => countOf(set, 'replicas')),
    ready: sum((set) => countOf(set, 'readyReplicas')),
    available: sum((set) => countOf(set, 'availableReplicas')),
    updated: current === undefined ? 0 : countOf(current, 'replicas'),
  };
  const progress = progressOf(world, rollout, { ...counts, step });
  const failure = (current === undefined ? old : [current, ...old])
    .flatMap((set) => objectsAt(set, ['status', 'conditions']))
    .find((c) => c['type'] === 'ReplicaFailure' && c['status'] === 'True');
  const enough = counts.available >= replicas - unavailable;
  const collisions = numberAt(deployment, ['status', 'collisionCount'], 0) + (step === 'taken' ? 1 : 0);
  const now = formatTime(world.clock.now());
  const told = (next: ConditionText): JsonObject => condition(deployment, next, now);
  const status: JsonObject = {
    observedGeneration: generationOf(deployment),
    ...counted('replicas', counts.total),
    ...counted('updatedReplicas', counts.updated),
    ...counted('readyReplicas', counts.ready),
    ...counted('availableReplicas', counts.available),
    ...counted('unavailableReplicas', sum(wantedOf) - counts.available),
    terminatingReplicas: sum((set) => countOf(set, 'terminatingReplicas')),
    conditions: [
      told(
        enough
          ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
          : {
              type: 'Available',
              status: 'False',
              reason: 'MinimumReplicasUnavailable',
              message: 'Deployment does not have minimum availability.',
            },
      ),
      ...(failure === undefined
        ? []
        : [told({ type: 'ReplicaFailure', status: 'True', reason: String(failure['reason']), message: String(failure['message']) })]),
      ...(progress.condition === undefined ? [] : [progress.condition]),
    ],
    ...counted('collisionCount', collisions),
  };
  await writeStatus(world, deployment, status);
  return progress.again;
}

interface Progress {
  readonly condition: JsonObject | undefined;
  readonly again: Again;
}

interface Counts {
  readonly total: number;
  readonly ready: number;
  readonly available: number;
  readonly updated: number;
  readonly step: Step;
}

function progressOf(world: World, rollout: Rollout, counts: Counts): Progress {
  const { deployment, current } = rollout;
  const now = formatTime(world.clock.now());
  const before = conditionOf(deployment, 'Progressing');
  const say = (status: 'True' | 'False' | 'Unknown', reason: string, message: string): Progress => ({
    condition: condition(deployment, { type: 'Progressing', status, reason, message }, now),
    again: undefined,
  });
  const reason = before?.['reason'];
  if (reason !== 'ProgressDeadlineExceeded') {
    const paused = getPath(deployment, ['spec', 'paused']) === true;
    if (paused) return say('Unknown', 'DeploymentPaused', 'Deployment is paused');
    if (reason === 'DeploymentPaused') return later(world, deployment, say('Unknown', 'DeploymentResumed', 'Deployment is resumed'));
  } else if (getPath(deployment, ['spec', 'paused']) === true) return { condition: before, again: undefined };
  const name = current === undefined ? `Deployment "${nameOf(deployment)}"` : `ReplicaSet "${nameOf(current)}"`;
  const deadline = numberAt(deployment, ['spec', 'progressDeadlineSeconds'], NO_DEADLINE);
  if (deadline === NO_DEADLINE) return { condition: before, again: undefined };
  if (counts.step === 'created' && current !== undefined)
    return later(world, deployment, say('True', 'NewReplicaSetCreated', `Created new replica set "${nameOf(current)}"`));
  if (reason === 'NewReplicaSetAvailable' && counts.total === counts.updated) return { condition: before, again: undefined };
  if (isComplete(rollout, counts)) return say('True', 'NewReplicaSetAvailable', `${name} has successfully progressed.`);
  if (before === undefined || counts.step === 'found')
    return later(
      world,
      deployment,
      say('True', 'FoundNewReplicaSet', `Found new replica set "${current === undefined ? '' : nameOf(current)}"`),
    );
  if (hasMoved(deployment, counts)) {
    const moved = say('True', 'ReplicaSetUpdated', `${name} is progressing.`);
    return later(world, deployment, { ...moved, condition: { ...moved.condition, lastUpdateTime: now } });
  }
  if (reason === 'ProgressDeadlineExceeded' || reason === 'NewReplicaSetAvailable') return { condition: before, again: undefined };
  const since = parseTime(String(before['lastUpdateTime'] ?? '')) ?? world.clock.now();
  if (since + deadline * 1000 < world.clock.now()) return say('False', 'ProgressDeadlineExceeded', `${name} has timed out progressing.`);
  return later(world, deployment, { condition: before, again: undefined });
}

/** Looks again when the deadline has passed. */
function later(world: World, deployment: JsonObject, progress: Progress): Progress {
  const deadline = numberAt(deployment, ['spec', 'progressDeadlineSeconds'], NO_DEADLINE);
  const since = parseTime(String(progress.condition?.['lastUpdateTime'] ?? '')) ?? world.clock.now();
  return { ...progress, again: { againInMs: Math.max(0, since + deadline * 1000 - world.clock.now()) + 1000 } };
}

/** Whether a rollout has come to its end. */
function isComplete({ replicas }: Rollout, counts: Counts): boolean {
  return counts.updated === replicas && counts.total === replicas && counts.available === replicas;
}

function hasMoved(deployment: JsonObject, counts: Counts): boolean {
  const was = (field: string): number => numberAt(deployment, ['status', field], 0);
  return (
    counts.updated > was('updatedReplicas') ||
    counts.total - counts.updated < was('replicas') - was('updatedReplicas') ||
    counts.ready > was('readyReplicas') ||
    counts.available > was('availableReplicas')
  );
}

/** Whether the status of a Deployment says that its rollout has come to its end. */
export function isRolledOut({ deployment, replicas }: Rollout): boolean {
  const count = (field: string): number => numberAt(deployment, ['status', field], 0);
  return (
    count('observedGeneration') >= generationOf(deployment) &&
    ['updatedReplicas', 'replicas', 'availableReplicas'].every((field) => count(field) === replicas)
  );
}
