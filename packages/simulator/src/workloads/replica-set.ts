import { deepEqual, getObject, parseTime, type JsonObject } from '@flux-ts/base';
import { annotationsOf, generationOf, isTerminating, labelsOf, nameOf, namespaceOf } from '@flux-ts/kube';
import { selectorFromSet } from '@flux-ts/schema';
import { availableIn, conditionOf, isReady, plainCondition } from '../conditions.ts';
import { KIND } from '../kinds.ts';
import { counted, isFinished, numberAt, phaseOf } from '../read.ts';
import { isClosing, patienceMs, remove, timeOf, writeStatus, type Again, type World } from '../world.ts';
import { claimed } from './adopt.ts';
import { makePod } from './make-pod.ts';

const RETRY_MS = [1000, 60_000] as const;

/** Keeps as many Pods as a ReplicaSet asks for. */
export async function reconcileReplicaSet(world: World, set: JsonObject): Promise<Again> {
  if (isTerminating(set)) return undefined;
  const pods = await claimed(world, KIND.pod, set);
  const active = pods.filter((pod) => !isTerminating(pod) && !isFinished(pod));
  const replicas = numberAt(set, ['spec', 'replicas'], 1);
  let failure: string | undefined;
  for (let n = active.length; n < replicas && failure === undefined; n++) {
    const made = await makePod(world, set, {});
    if ('failure' in made) failure = made.failure;
    else if (made.pod !== undefined) active.push(made.pod);
  }
  const surplus = active.length > replicas ? [...active].sort(firstToGo).slice(0, active.length - replicas) : [];
  for (const pod of surplus)
    if (await remove(world, pod)) world.say(set, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${nameOf(pod)}` });
  return report(world, set, { kept: active.filter((pod) => !surplus.includes(pod)), failure });
}

/** Which of two Pods is deleted first: what does less, then what was made later. */
function firstToGo(a: JsonObject, b: JsonObject): number {
  const rank = (pod: JsonObject): number =>
    (getObject(pod, ['spec'])?.['nodeName'] === undefined ? 0 : 4) + (phaseOf(pod) === 'Pending' ? 0 : 2) + (isReady(pod) ? 1 : 0);
  const cost = (pod: JsonObject): number => Number(annotationsOf(pod)['controller.kubernetes.io/pod-deletion-cost'] ?? '0') || 0;
  const made = (pod: JsonObject): number => parseTime(String(getObject(pod, ['metadata'])?.['creationTimestamp'])) ?? 0;
  return rank(a) - rank(b) || cost(a) - cost(b) || made(b) - made(a);
}

async function report(
  world: World,
  set: JsonObject,
  at: { readonly kept: readonly JsonObject[]; readonly failure: string | undefined },
): Promise<Again> {
  const { kept, failure } = at;
  const now = world.clock.now();
  const waits = kept.map((pod) => availableIn(pod, numberAt(set, ['spec', 'minReadySeconds'], 0), now));
  const template = selectorFromSet(labelsOf(getObject(set, ['spec', 'template']) ?? {}));
  const failed = failure === undefined ? undefined : failureCondition(world, set, failure);
  const status: JsonObject = {
    replicas: kept.length,
    ...counted('fullyLabeledReplicas', kept.filter((pod) => template.matches(labelsOf(pod))).length),
    ...counted('readyReplicas', waits.filter((ms) => ms !== undefined).length),
    ...counted('availableReplicas', waits.filter((ms) => ms === 0).length),
    terminatingReplicas: world.cache.controlled(KIND.pod, set).filter(isTerminating).length,
    observedGeneration: generationOf(set),
    ...(failed === undefined ? {} : { conditions: [failed] }),
  };
  await writeStatus(world, set, status);
  if (failed !== undefined) {
    if (isClosing(world, namespaceOf(set))) return undefined;
    return { againInMs: patienceMs(now - (parseTime(String(failed['lastTransitionTime'])) ?? now), RETRY_MS) };
  }
  const left = waits.filter((ms): ms is number => ms !== undefined && ms > 0);
  return left.length > 0 ? { againInMs: Math.min(...left) } : undefined;
}

/** The first failure's text stays as long as it fails: names of Pods in it would change with each try. */
function failureCondition(world: World, set: JsonObject, message: string): JsonObject {
  const old = conditionOf(set, 'ReplicaFailure');
  const next = plainCondition(set, { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }, timeOf(world));
  return old !== undefined && deepEqual({ ...next, message: '' }, { ...old, message: '' }) ? old : next;
}
