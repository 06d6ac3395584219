import { getPath, type JsonObject } from '@flux-ts/base';
import { annotationsOf, isTerminating } from '@flux-ts/kube';
import { KIND } from '../kinds.ts';
import { isFinished, numberAt } from '../read.ts';
import { remove, type World } from '../world.ts';
import { countOf, revisionOf, scaleSet, wantedOf, type Rollout } from './deployment-sets.ts';

const MOST = 'deployment.kubernetes.io/max-replicas';

function sum(sets: readonly JsonObject[], of: (set: JsonObject) => number): number {
  return sets.reduce((total, set) => total + of(set), 0);
}

/** How many Pods the present ReplicaSet may have now: as many as maxSurge leaves room for. */
export function roomFor(rollout: Rollout): number {
  const { current, old, replicas, surge, recreate } = rollout;
  const now = current === undefined ? 0 : wantedOf(current);
  if (recreate) return replicas;
  const room = replicas + surge - sum(old, wantedOf) - now;
  return room <= 0 ? now : now + Math.min(room, replicas - now);
}

/** One step of a rolling update: the new set grows within maxSurge, else old ones shrink within maxUnavailable. */
export async function rollOn(world: World, rollout: Rollout, current: JsonObject): Promise<void> {
  const { old, replicas, unavailable } = rollout;
  const grown = wantedOf(current) > replicas ? replicas : roomFor({ ...rollout, current });
  if (grown !== wantedOf(current)) {
    await scaleSet(world, rollout, current, grown);
    return;
  }
  const living = old.filter((set) => wantedOf(set) > 0);
  if (living.length === 0) return;
  const least = replicas - unavailable;
  const unready = wantedOf(current) - countOf(current, 'availableReplicas');
  let spare = sum(living, wantedOf) + wantedOf(current) - least - unready;
  if (spare <= 0) return;
  const shrunk: JsonObject[] = [];
  for (const set of living) {
    const unhealthy = Math.max(0, wantedOf(set) - countOf(set, 'availableReplicas'));
    const cut = Math.min(spare, unhealthy);
    spare -= cut;
    shrunk.push(cut > 0 ? await scaleSet(world, rollout, set, wantedOf(set) - cut) : set);
  }
  let available = sum(shrunk, (set) => countOf(set, 'availableReplicas')) + countOf(current, 'availableReplicas') - least;
  for (const set of shrunk) {
    if (available <= 0) return;
    const cut = Math.min(wantedOf(set), available);
    if (cut > 0) await scaleSet(world, rollout, set, wantedOf(set) - cut);
    available -= cut;
  }
}

/** Ends all old Pods. @returns whether none is left, so that new ones may start */
export async function clearOld(world: World, rollout: Rollout): Promise<boolean> {
  const living = rollout.old.filter((set) => wantedOf(set) > 0);
  for (const set of living) await scaleSet(world, rollout, set, 0);
  return living.length === 0 && rollout.old.every((set) => world.cache.controlled(KIND.pod, set).every(isFinished));
}

/** Spreads a new size over the ReplicaSets in proportion, in the middle of a rollout too. */
export async function spread(world: World, rollout: Rollout): Promise<void> {
  const { current, old, replicas, surge, recreate } = rollout;
  const all = [...old, ...(current === undefined ? [] : [current])];
  const active = all.filter((set) => wantedOf(set) > 0);
  const only = active.length === 1 ? active[0] : active.length === 0 ? (current ?? old.at(-1)) : undefined;
  if (only !== undefined) {
    await scaleSet(world, rollout, only, replicas);
    return;
  }
  if (current !== undefined && wantedOf(current) === replicas && countOf(current, 'availableReplicas') === replicas) {
    for (const set of old) if (wantedOf(set) > 0) await scaleSet(world, rollout, set, 0);
    return;
  }
  if (recreate) return;
  const most = replicas > 0 ? replicas + surge : 0;
  const toAdd = most - sum(active, wantedOf);
  const ordered = [...active].sort((a, b) => (toAdd > 0 ? wantedOf(b) - wantedOf(a) : wantedOf(b) - wantedOf(a)));
  let added = 0;
  const next = ordered.map((set) => {
    const share = toAdd === 0 ? 0 : shareOf(set, { most, toAdd, added });
    added += share;
    return wantedOf(set) + share;
  });
  if (next[0] !== undefined) next[0] = Math.max(0, next[0] + toAdd - added);
  for (const [i, set] of ordered.entries()) await scaleSet(world, rollout, set, next[i] as number);
}

function shareOf(set: JsonObject, at: { readonly most: number; readonly toAdd: number; readonly added: number }): number {
  const before = Number(annotationsOf(set)[MOST] ?? '0') || at.most - at.toAdd;
  const share = Math.round((wantedOf(set) * at.most) / before) - wantedOf(set);
  const left = at.toAdd - at.added;
  return at.toAdd > 0 ? Math.min(share, left) : Math.max(share, left);
}

/** Deletes the oldest ReplicaSets without Pods, beyond revisionHistoryLimit. */
export async function prune(world: World, rollout: Rollout): Promise<void> {
  const limit = getPath(rollout.deployment, ['spec', 'revisionHistoryLimit']);
  const keep = typeof limit === 'number' ? limit : numberAt(rollout.deployment, ['spec', 'revisionHistoryLimit'], 10);
  const beyond = rollout.old.length - keep;
  const oldest = [...rollout.old].sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, beyond));
  for (const set of oldest) if (wantedOf(set) === 0 && countOf(set, 'replicas') === 0 && !isTerminating(set)) await remove(world, set);
}
