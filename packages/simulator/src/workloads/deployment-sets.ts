import { deepEqual, getObject, getPath, omit, setPath, type JsonObject } from '@flux-ts/base';
import { annotationsOf, labelsOf, nameOf, namespaceOf } from '@flux-ts/kube';
import { templateHash } from '../hash.ts';
import { KIND } from '../kinds.ts';
import { controlledBy, controllerOf, numberAt, scaled } from '../read.ts';
import { create, patch, type World } from '../world.ts';
import { claimed } from './adopt.ts';

/** The annotation with a rollout's number. */
export const REVISION = 'deployment.kubernetes.io/revision';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MOST = 'deployment.kubernetes.io/max-replicas';
const HASH = 'pod-template-hash';
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  HISTORY,
  DESIRED,
  MOST,
  'deprecated.deployment.rollback.to',
]);

/** A Deployment with its ReplicaSets and what bounds its rollout. */
export interface Rollout {
  readonly deployment: JsonObject;
  /** The ReplicaSet of the present template. */
  readonly current: JsonObject | undefined;
  /** The others, the oldest first. */
  readonly old: readonly JsonObject[];
  readonly replicas: number;
  /** How many Pods more, and how many fewer available, than wanted. */
  readonly surge: number;
  readonly unavailable: number;
  readonly recreate: boolean;
}

/** Reads a Deployment's rollout as it stands. */
export async function readRollout(world: World, deployment: JsonObject): Promise<Rollout> {
  const sets = await claimed(world, KIND.replicaSet, deployment);
  const template = getObject(deployment, ['spec', 'template']) ?? {};
  const byAge = [...sets].sort((a, b) => age(a).localeCompare(age(b)) || (nameOf(a) < nameOf(b) ? -1 : 1));
  const current = byAge.find((set) => deepEqual(withoutHash(getObject(set, ['spec', 'template']) ?? {}), template));
  const replicas = numberAt(deployment, ['spec', 'replicas'], 1);
  const recreate = getPath(deployment, ['spec', 'strategy', 'type']) === 'Recreate';
  const rolling = getObject(deployment, ['spec', 'strategy', 'rollingUpdate']) ?? {};
  const surge = recreate ? 0 : scaled(rolling['maxSurge'] ?? '25%', replicas, 'up');
  const down = recreate ? 0 : scaled(rolling['maxUnavailable'] ?? '25%', replicas, 'down');
  const unavailable = !recreate && surge === 0 && down === 0 ? 1 : Math.min(down, replicas);
  return { deployment, current, old: byAge.filter((set) => set !== current), replicas, surge, unavailable, recreate };
}

function age(set: JsonObject): string {
  return String(getObject(set, ['metadata'])?.['creationTimestamp'] ?? '');
}

/** The number of a ReplicaSet's rollout. */
export function revisionOf(set: JsonObject): number {
  return Number(annotationsOf(set)[REVISION] ?? '0') || 0;
}

/** How many Pods a ReplicaSet is to have. */
export function wantedOf(set: JsonObject): number {
  return numberAt(set, ['spec', 'replicas'], 0);
}

/** A count of a ReplicaSet's status. */
export function countOf(set: JsonObject, field: 'replicas' | 'readyReplicas' | 'availableReplicas' | 'terminatingReplicas'): number {
  return numberAt(set, ['status', field], 0);
}

function withoutHash(template: JsonObject): JsonObject {
  const labels = getObject(template, ['metadata', 'labels']);
  return labels === undefined ? template : (setPath(template, ['metadata', 'labels'], omit(labels, HASH)) as JsonObject);
}

function copied(deployment: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(annotationsOf(deployment)).filter(([key]) => !NOT_COPIED.has(key)));
}

function sizes(rollout: Rollout): Readonly<Record<string, string>> {
  return { [DESIRED]: String(rollout.replicas), [MOST]: String(rollout.replicas + rollout.surge) };
}

/** Whether a Deployment was scaled since its ReplicaSets were last told. */
export function wasScaled(rollout: Rollout): boolean {
  return [...rollout.old, ...(rollout.current === undefined ? [] : [rollout.current])].some((set) => {
    const told = annotationsOf(set)[DESIRED];
    return wantedOf(set) > 0 && told !== undefined && told !== String(rollout.replicas);
  });
}

/** The number of the rollout of the present template. */
export function nextRevision(rollout: Rollout): number {
  return Math.max(0, ...rollout.old.map(revisionOf)) + 1;
}

/** Brings the present ReplicaSet's number, annotations and minReadySeconds up to the Deployment's. */
export async function refreshSet(world: World, rollout: Rollout): Promise<JsonObject | undefined> {
  const { current, deployment } = rollout;
  if (current === undefined) return undefined;
  const own = annotationsOf(current);
  const was = revisionOf(current);
  const next = nextRevision(rollout);
  const annotations: Record<string, string> = { ...copied(deployment) };
  if (was < next) {
    annotations[REVISION] = String(next);
    const history = (own[HISTORY] ?? '').split(',').filter((n) => n !== '');
    if (was > 0) annotations[HISTORY] = [...history, String(was)].join(',');
  }
  const seconds = numberAt(deployment, ['spec', 'minReadySeconds'], 0);
  const changed = Object.entries(annotations).filter(([key, value]) => own[key] !== value);
  if (changed.length === 0 && seconds === numberAt(current, ['spec', 'minReadySeconds'], 0)) return current;
  const change: JsonObject = { metadata: { annotations: Object.fromEntries(changed) }, spec: { minReadySeconds: seconds } };
  return (await patch(world, current, change)) ?? current;
}

/**
 * Makes the ReplicaSet of the present template with its first Pods.
 * @returns it, or `taken` where one of its name with another template stands there
 */
export async function makeSet(world: World, rollout: Rollout, replicas: number): Promise<JsonObject | 'taken'> {
  const { deployment } = rollout;
  const template = getObject(deployment, ['spec', 'template']) ?? {};
  const hash = templateHash(deployment, numberAt(deployment, ['status', 'collisionCount'], 0));
  const labels = { ...labelsOf(template), [HASH]: hash };
  const selector = getObject(deployment, ['spec', 'selector']) ?? {};
  const seconds = numberAt(deployment, ['spec', 'minReadySeconds'], 0);
  const set: JsonObject = {
    ...KIND.replicaSet,
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      namespace: namespaceOf(deployment),
      labels,
      annotations: { ...copied(deployment), ...sizes(rollout), [REVISION]: String(nextRevision(rollout)) },
      ownerReferences: [controlledBy(deployment)],
    },
    spec: {
      replicas,
      ...(seconds > 0 ? { minReadySeconds: seconds } : {}),
      selector: setPath(selector, ['matchLabels'], { ...getObject(selector, ['matchLabels']), [HASH]: hash }),
      template: setPath(template, ['metadata', 'labels'], labels),
    },
  };
  const made = await create(world, set);
  if (made !== undefined) {
    if (replicas > 0) sayScaled(world, deployment, { set: made, from: 0, to: replicas });
    return made;
  }
  const known = world.cache.get(KIND.replicaSet, { namespace: namespaceOf(deployment), name: `${nameOf(deployment)}-${hash}` });
  return known !== undefined && controllerOf(known)?.['uid'] === getPath(deployment, ['metadata', 'uid']) ? known : 'taken';
}

function sayScaled(
  world: World,
  deployment: JsonObject,
  { set, from, to }: { readonly set: JsonObject; readonly from: number; readonly to: number },
): void {
  const message = `Scaled ${from < to ? 'up' : 'down'} replica set ${nameOf(set)} from ${from} to ${to}`;
  world.say(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message });
}

/** Gives a ReplicaSet another size, and tells it the Deployment's. @returns it as it stands then */
export async function scaleSet(world: World, rollout: Rollout, set: JsonObject, replicas: number): Promise<JsonObject> {
  const from = wantedOf(set);
  const annotations = sizes(rollout);
  const told = Object.entries(annotations).every(([key, value]) => annotationsOf(set)[key] === value);
  if (from === replicas && told) return set;
  const stored = await patch(world, set, { metadata: { annotations }, spec: { replicas } });
  if (stored !== undefined && from !== replicas) sayScaled(world, rollout.deployment, { set, from, to: replicas });
  return stored ?? set;
}
