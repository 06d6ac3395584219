import { getObject, getPath, type JsonObject, type JsonValue } from '@flux-ts/base';
import { generationOf, isTerminating, labelsOf, namespaceOf, typeOf } from '@flux-ts/kube';
import { labelSelectorFrom } from '@flux-ts/schema';
import { isReady, plainCondition } from './conditions.ts';
import { KIND } from './kinds.ts';
import { controllerOf, isFinished, numberAt, scaled } from './read.ts';
import { inNamespaceOf, timeOf, writeStatus, type Again, type World } from './world.ts';

/** Tells whether a disruption budget is of a Pod. */
export function covers(budget: JsonObject, pod: JsonObject): boolean {
  const chosen = getObject(budget, ['spec', 'selector']);
  return chosen !== undefined && labelSelectorFrom(chosen).matches(labelsOf(pod));
}

/** Counts the Pods that a disruption budget covers, and says how many may go. */
export async function reconcileBudget(world: World, budget: JsonObject): Promise<Again> {
  if (isTerminating(budget)) return undefined;
  const pods = world.cache.list(KIND.pod, namespaceOf(budget)).filter((pod) => covers(budget, pod) && !isFinished(pod));
  if (pods.length === 0) world.say(budget, { type: 'Normal', reason: 'NoPods', message: 'No matching pods found' });
  const healthy = pods.filter((pod) => isReady(pod) && !isTerminating(pod)).length;
  const { expected, desired } = target(world, budget, pods);
  const allowed = pods.length === 0 ? 0 : Math.max(0, healthy - desired);
  const told = plainCondition(
    budget,
    {
      type: 'DisruptionAllowed',
      status: allowed > 0 ? 'True' : 'False',
      reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    },
    timeOf(world),
  );
  await writeStatus(world, budget, {
    observedGeneration: generationOf(budget),
    disruptionsAllowed: allowed,
    currentHealthy: healthy,
    desiredHealthy: desired,
    expectedPods: expected,
    conditions: [{ ...told, observedGeneration: generationOf(budget) }],
  });
  return undefined;
}

function target(world: World, budget: JsonObject, pods: readonly JsonObject[]): { readonly expected: number; readonly desired: number } {
  const least: JsonValue | undefined = getPath(budget, ['spec', 'minAvailable']);
  if (typeof least === 'number') return { expected: pods.length, desired: least };
  const expected = sizeOfOwners(world, pods);
  if (least !== undefined) return { expected, desired: scaled(least, expected, 'up') };
  const most = getPath(budget, ['spec', 'maxUnavailable']);
  return { expected, desired: most === undefined ? expected : Math.max(0, expected - scaled(most, expected, 'up')) };
}

/** What percentages are of: the sizes that the Pods' controllers are to have; a Pod of nobody counts for itself. */
function sizeOfOwners(world: World, pods: readonly JsonObject[]): number {
  const owners = new Map<string, number>();
  let alone = 0;
  for (const pod of pods) {
    const owner = controllerOf(pod);
    const found = owner === undefined ? undefined : world.cache.get(typeOf(owner), inNamespaceOf(pod, String(owner['name'])));
    if (owner === undefined || found === undefined) {
      alone++;
      continue;
    }
    const upper = controllerOf(found);
    const top = upper === undefined ? found : (world.cache.get(typeOf(upper), inNamespaceOf(found, String(upper['name']))) ?? found);
    owners.set(String(getPath(top, ['metadata', 'uid'])), numberAt(top, ['spec', 'replicas'], 1));
  }
  return [...owners.values()].reduce((sum, n) => sum + n, alone);
}
