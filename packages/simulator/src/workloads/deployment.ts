import { getPath, type JsonObject } from '@flux-ts/base';
import { annotationsOf, isTerminating } from '@flux-ts/kube';
import { patch, type Again, type World } from '../world.ts';
import { clearOld, prune, rollOn, roomFor, spread } from './deployment-roll.ts';
import { makeSet, readRollout, refreshSet, REVISION, revisionOf, scaleSet, wasScaled, type Rollout } from './deployment-sets.ts';
import { isRolledOut, reportDeployment, type Step } from './deployment-status.ts';

/** Rolls a Deployment out over ReplicaSets and tells how far it is. */
export async function reconcileDeployment(world: World, deployment: JsonObject): Promise<Again> {
  if (isTerminating(deployment)) return undefined;
  const found = await readRollout(world, deployment);
  const paused = getPath(deployment, ['spec', 'paused']) === true;
  const { rollout, step } = paused || wasScaled(found) ? await resize(world, found) : await proceed(world, found);
  if (isRolledOut(rollout) || paused) await prune(world, rollout);
  const told = await tellRevision(world, rollout);
  const latest = await readRollout(world, told);
  return reportDeployment(world, latest, step);
}

interface Proceeded {
  readonly rollout: Rollout;
  readonly step: Step;
}

/** Paused, or scaled: no rollout goes on now. */
async function resize(world: World, rollout: Rollout): Promise<Proceeded> {
  const current = await refreshSet(world, rollout);
  await spread(world, { ...rollout, current });
  return { rollout: { ...rollout, current }, step: undefined };
}

async function proceed(world: World, rollout: Rollout): Promise<Proceeded> {
  const clear = rollout.recreate ? await clearOld(world, rollout) : true;
  if (!clear) return { rollout, step: undefined };
  if (rollout.current === undefined) {
    const made = await makeSet(world, rollout, roomFor(rollout));
    if (made === 'taken') return { rollout, step: 'taken' };
    return { rollout: { ...rollout, current: made }, step: 'created' };
  }
  const current = (await refreshSet(world, rollout)) ?? rollout.current;
  if (rollout.recreate) await scaleSet(world, rollout, current, rollout.replicas);
  else await rollOn(world, rollout, current);
  return { rollout: { ...rollout, current }, step: undefined };
}

/** Writes the number of the present rollout onto the Deployment. @returns it as it stands then */
async function tellRevision(world: World, { deployment, current }: Rollout): Promise<JsonObject> {
  if (current === undefined) return deployment;
  const revision = String(revisionOf(current));
  if (revision === '0' || annotationsOf(deployment)[REVISION] === revision) return deployment;
  return (await patch(world, deployment, { metadata: { annotations: { [REVISION]: revision } } })) ?? deployment;
}
