import { getPath, getString, type JsonObject } from '@flux-ts/base';
import { finalizersOf, isTerminating, typeOf, keyOf, uidOf } from '@flux-ts/kube';
import { NODE_NAME } from '../kinds.ts';
import { isFinished, numberAt, objectsAt, phaseOf } from '../read.ts';
import { troubleAt, unreadableAnnotations } from '../rules/rule-book.ts';
import { patienceMs, tolerant, writeStatus, type Again, type World } from '../world.ts';
import { containerStatus, fieldOf, isRunning, waiting } from './containers.ts';
import { terminated } from './crash.ts';
import { ageOnNodeMs, podStatus, type PodStanding } from './pod-status.ts';
import { missingPullSecrets, missingVolume } from './references.ts';
import { Round } from './round.ts';
import { schedulePod } from './scheduler.ts';

const RETRY_MS = [2000, 120_000] as const;

/** Takes one Pod one step on, as scheduler and kubelet would: scheduled, created, initialised, running and ready, or at its end. */
export async function reconcilePod(world: World, pod: JsonObject): Promise<Again> {
  if (isTerminating(pod)) return endPod(world, pod);
  if (isFinished(pod)) return undefined;
  const node = getString(pod, ['spec', 'nodeName']) ?? '';
  if (node === '') {
    for (const message of unreadableAnnotations(pod)) world.say(pod, { type: 'Warning', reason: 'UnknownSimulation', message });
    return schedulePod(world, pod);
  }
  if (node !== NODE_NAME) return undefined;
  const overdueMs = deadlineInMs(world, pod);
  if (overdueMs !== undefined && overdueMs <= 0) return failWhole(world, pod);
  const again = await runPod(world, pod);
  return sooner(again, overdueMs);
}

function sooner(again: Again, otherMs: number | undefined): Again {
  if (otherMs === undefined) return again;
  return { againInMs: Math.min(again?.againInMs ?? otherMs, otherMs) };
}

async function runPod(world: World, pod: JsonObject): Promise<Again> {
  const trouble = world.rules.troubleOf(pod);
  const stages = 1 + objectsAt(pod, ['spec', 'initContainers']).filter((c) => c['restartPolicy'] !== 'Always').length;
  const stageMs = (trouble.delayMs ?? world.startMs) / stages;
  if (phaseOf(pod) === 'Pending') {
    if (getString(pod, ['status', 'startTime']) === undefined) {
      for (const name of missingPullSecrets(world, pod)) sayPullSecret(world, pod, name);
      pod = await writeStatus(world, pod, podStatus(world, pod, creating(pod)));
    }
    const missing = missingVolume(world, pod);
    if (missing !== undefined) return unmounted(world, pod, missing);
    const left = world.pace.left(pod, { lane: 'pod', step: 'create', delayMs: stageMs });
    if (left > 0) return { againInMs: left };
  }
  const at = troubleAt(trouble, world.clock.now());
  const real = world.pods?.knows(pod) === true;
  if (real) await world.pods?.start(pod);
  const round = new Round(world, { pod, trouble: at.fail === undefined ? undefined : trouble, stageMs, real });
  const standing = await round.play();
  await writeStatus(world, pod, podStatus(world, pod, standing));
  return sooner(round.nextInMs === undefined ? undefined : { againInMs: round.nextInMs }, at.changesInMs);
}

function sayPullSecret(world: World, pod: JsonObject, name: string): void {
  const message = `Unable to retrieve some image pull secrets (${name}); attempting to pull the image may not succeed.`;
  world.say(pod, { type: 'Warning', reason: 'FailedToRetrieveImagePullSecret', message });
}

/** Nothing runs yet. */
function creating(pod: JsonObject): PodStanding {
  const initial = objectsAt(pod, ['spec', 'initContainers']);
  const state = waiting(initial.length > 0 ? 'PodInitializing' : 'ContainerCreating');
  const wait = (container: JsonObject): JsonObject => containerStatus(pod, container, { state, ready: false });
  return { phase: 'Pending', sandbox: false, initStatuses: initial.map(wait), statuses: objectsAt(pod, ['spec', 'containers']).map(wait) };
}

async function unmounted(world: World, pod: JsonObject, message: string): Promise<Again> {
  const delayMs = patienceMs(ageOnNodeMs(world, pod), RETRY_MS);
  const left = world.pace.every(pod, { lane: 'mount', step: message, delayMs });
  if (left > 0) return { againInMs: left };
  world.say(pod, { type: 'Warning', reason: 'FailedMount', message });
  return { againInMs: delayMs };
}

function deadlineInMs(world: World, pod: JsonObject): number | undefined {
  const seconds = numberAt(pod, ['spec', 'activeDeadlineSeconds'], 0);
  return seconds > 0 && getString(pod, ['status', 'startTime']) !== undefined ? seconds * 1000 - ageOnNodeMs(world, pod) : undefined;
}

async function failWhole(world: World, pod: JsonObject): Promise<Again> {
  const message = 'Pod was active on the node longer than the specified deadline';
  await writeStatus(world, pod, podStatus(world, pod, { ...killed(world, pod), reason: 'DeadlineExceeded', message }));
  world.say(pod, { type: 'Normal', reason: 'DeadlineExceeded', message });
  return undefined;
}

/** Every container that runs is ended by a signal. */
function killed(world: World, pod: JsonObject): PodStanding {
  const end = (path: 'containerStatuses' | 'initContainerStatuses'): readonly JsonObject[] =>
    objectsAt(pod, ['status', path]).map((status) =>
      isRunning(status)
        ? { ...status, state: terminated(world, status, { exitCode: 137, reason: 'Error' }), ready: false, started: false }
        : { ...status, ready: false },
    );
  return { phase: 'Failed', sandbox: false, initStatuses: end('initContainerStatuses'), statuses: end('containerStatuses') };
}

/** Ends a Pod that was deleted. One that somebody still has to count (a finalizer) shows how it ended first. */
async function endPod(world: World, pod: JsonObject): Promise<Again> {
  for (const container of objectsAt(pod, ['spec', 'containers'])) {
    const status = objectsAt(pod, ['status', 'containerStatuses']).find((s) => s['name'] === container['name']);
    const fieldPath = fieldOf(container, 'containers');
    if (isRunning(status))
      world.say(pod, { type: 'Normal', reason: 'Killing', message: `Stopping container ${String(container['name'])}`, fieldPath });
  }
  if (finalizersOf(pod).length > 0 && !isFinished(pod) && getString(pod, ['spec', 'nodeName']) !== undefined) {
    await writeStatus(world, pod, podStatus(world, pod, killed(world, pod)));
    return undefined; // the change brings it back
  }
  if (getPath(pod, ['metadata', 'deletionGracePeriodSeconds']) !== 0 || finalizersOf(pod).length === 0)
    await tolerant(world.client.delete(typeOf(pod), keyOf(pod), { uid: uidOf(pod), gracePeriodSeconds: 0 }));
  return undefined;
}
