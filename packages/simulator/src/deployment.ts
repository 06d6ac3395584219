import {
  canonicalJson,
  deepEqual,
  formatTime,
  getObject,
  getPath,
  getString,
  omit,
  parseTime,
  setPath,
  type JsonObject,
} from '@flux-ts/base';
import { annotationsOf, generationOf, isTerminating, keyOf, labelsOf, nameOf, namespaceOf, typeOf } from '@flux-ts/kube';
import {
  condition,
  controlled,
  controlledBy,
  KIND,
  numberAt,
  objectsAt,
  remove,
  scaled,
  shortHash,
  SIMULATOR,
  tolerant,
  writeStatus,
  type Again,
  type World,
} from './world.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'pod-template-hash';

/** Rolls a Deployment out over ReplicaSets and tells how far it is. */
export async function reconcileDeployment(world: World, deployment: JsonObject): Promise<Again> {
  if (isTerminating(deployment)) return undefined;
  const sets = await controlled(world, KIND.replicaSet, deployment);
  const template = getObject(deployment, ['spec', 'template']) ?? {};
  const current = sets.find((set) => deepEqual(withoutHash(getObject(set, ['spec', 'template']) ?? {}), template));
  const revision = String(Math.max(0, ...sets.filter((set) => set !== current).map(revisionOf)) + 1);
  if (current === undefined) {
    if (getPath(deployment, ['spec', 'paused']) !== true) await createSet(world, deployment, revision);
  } else if (revisionOf(current) < Number(revision)) await annotate(world, current, { [REVISION]: revision });
  const shown = current === undefined ? revision : String(Math.max(revisionOf(current), Number(revision)));
  if (annotationsOf(deployment)[REVISION] !== shown) {
    await annotate(world, deployment, { [REVISION]: shown });
    return { againInMs: 0 };
  }
  if (current !== undefined) await roll(world, deployment, { current, old: sets.filter((set) => set !== current) });
  return report(world, deployment, { current, sets });
}

function revisionOf(set: JsonObject): number {
  return Number(annotationsOf(set)[REVISION] ?? '0');
}

function withoutHash(template: JsonObject): JsonObject {
  const labels = getObject(template, ['metadata', 'labels']);
  return labels === undefined ? template : (setPath(template, ['metadata', 'labels'], omit(labels, HASH)) as JsonObject);
}

async function annotate(world: World, object: JsonObject, annotations: Readonly<Record<string, string>>): Promise<void> {
  await tolerant(
    world.client.patch(typeOf(object), keyOf(object), { kind: 'merge', patch: { metadata: { annotations } } }, { fieldManager: SIMULATOR }),
  );
}

function bounds(deployment: JsonObject): {
  readonly replicas: number;
  readonly surge: number;
  readonly unavailable: number;
  readonly recreate: boolean;
} {
  const replicas = numberAt(deployment, ['spec', 'replicas'], 1);
  const recreate = getString(deployment, ['spec', 'strategy', 'type']) === 'Recreate';
  const rolling = getObject(deployment, ['spec', 'strategy', 'rollingUpdate']) ?? {};
  const surge = scaled(rolling['maxSurge'] ?? '25%', replicas, 'up');
  const unavailable = scaled(rolling['maxUnavailable'] ?? '25%', replicas, 'down');
  return { replicas, surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable, recreate };
}

async function createSet(world: World, deployment: JsonObject, revision: string): Promise<void> {
  const template = getObject(deployment, ['spec', 'template']) ?? {};
  const hash = shortHash(canonicalJson(template));
  const labels = { ...labelsOf(template), [HASH]: hash };
  const { replicas, surge } = bounds(deployment);
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...annotations } = annotationsOf(deployment);
  const selector = getObject(deployment, ['spec', 'selector']) ?? {};
  const set: JsonObject = {
    ...KIND.replicaSet,
    metadata: {
      name: `${nameOf(deployment)}-${hash}`,
      namespace: namespaceOf(deployment),
      labels,
      annotations: {
        ...annotations,
        [REVISION]: revision,
        'deployment.kubernetes.io/desired-replicas': String(replicas),
        'deployment.kubernetes.io/max-replicas': String(replicas + surge),
      },
      ownerReferences: [controlledBy(deployment)],
    },
    spec: {
      replicas: 0,
      ...(numberAt(deployment, ['spec', 'minReadySeconds'], 0) > 0
        ? { minReadySeconds: numberAt(deployment, ['spec', 'minReadySeconds'], 0) }
        : {}),
      selector: setPath(selector, ['matchLabels'], { ...getObject(selector, ['matchLabels']), [HASH]: hash }),
      template: setPath(template, ['metadata', 'labels'], labels),
    },
  };
  await tolerant(world.client.create(set, { fieldManager: SIMULATOR }));
}

async function scale(world: World, deployment: JsonObject, set: JsonObject, replicas: number): Promise<void> {
  const from = numberAt(set, ['spec', 'replicas'], 0);
  if (from === replicas) return;
  const done = await tolerant(
    world.client.patch(typeOf(set), keyOf(set), { kind: 'merge', patch: { spec: { replicas } } }, { fieldManager: SIMULATOR }),
  );
  const direction = from < replicas ? 'up' : 'down';
  if (done)
    world.say(deployment, {
      type: 'Normal',
      reason: 'ScalingReplicaSet',
      message: `Scaled ${direction} replica set ${nameOf(set)} from ${from} to ${replicas}`,
    });
}

/** One step of the rollout: the new set grows within maxSurge, old ones shrink within maxUnavailable. */
async function roll(
  world: World,
  deployment: JsonObject,
  sets: { readonly current: JsonObject; readonly old: readonly JsonObject[] },
): Promise<void> {
  const { current, old } = sets;
  const { replicas, surge, unavailable, recreate } = bounds(deployment);
  const wanted = (set: JsonObject): number => numberAt(set, ['spec', 'replicas'], 0);
  const available = (set: JsonObject): number => numberAt(set, ['status', 'availableReplicas'], 0);
  const oldTotal = old.reduce((sum, set) => sum + wanted(set), 0);
  if (getPath(deployment, ['spec', 'paused']) === true) return;
  if (recreate) {
    for (const set of old) await scale(world, deployment, set, 0);
    const running = old.reduce((sum, set) => sum + numberAt(set, ['status', 'replicas'], 0), 0);
    if (running === 0) await scale(world, deployment, current, replicas);
  } else {
    const room = Math.max(0, replicas + surge - oldTotal - wanted(current));
    const next = wanted(current) > replicas ? replicas : Math.min(replicas, wanted(current) + room);
    await scale(world, deployment, current, next);
    let spare = oldTotal + next - (replicas - unavailable) - (next - Math.min(next, available(current)));
    for (const set of [...old].sort((a, b) => available(a) - available(b))) {
      if (spare <= 0) break;
      const unhealthy = wanted(set) - Math.min(wanted(set), available(set));
      const cut = Math.min(wanted(set), Math.max(spare, unhealthy));
      await scale(world, deployment, set, wanted(set) - cut);
      spare -= cut;
    }
  }
  await prune(world, deployment, old);
}

async function prune(world: World, deployment: JsonObject, old: readonly JsonObject[]): Promise<void> {
  const idle = old.filter(
    (set) => numberAt(set, ['spec', 'replicas'], 0) === 0 && numberAt(set, ['status', 'replicas'], 0) === 0 && !isTerminating(set),
  );
  const keep = numberAt(deployment, ['spec', 'revisionHistoryLimit'], 10);
  for (const set of idle.sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, idle.length - keep))) await remove(world, set);
}

async function report(
  world: World,
  deployment: JsonObject,
  sets: { readonly current: JsonObject | undefined; readonly sets: readonly JsonObject[] },
): Promise<Again> {
  const sum = (field: string, of: readonly JsonObject[] = sets.sets): number =>
    of.reduce((n, set) => n + numberAt(set, ['status', field], 0), 0);
  const { replicas, unavailable } = bounds(deployment);
  const [total, ready, available] = [sum('replicas'), sum('readyReplicas'), sum('availableReplicas')];
  const updated = sets.current === undefined ? 0 : sum('replicas', [sets.current]);
  const updatedAvailable = sets.current === undefined ? 0 : sum('availableReplicas', [sets.current]);
  const now = formatTime(world.clock.now());
  const done = updated === replicas && total === replicas && updatedAvailable === replicas;
  const enough = available >= replicas - unavailable;
  const progress = progressOf(world, deployment, {
    done,
    updated,
    ready,
    available,
    name: sets.current === undefined ? '' : nameOf(sets.current),
  });
  const failure = sets.sets
    .flatMap((set) => objectsAt(set, ['status', 'conditions']))
    .find((c) => c['type'] === 'ReplicaFailure' && c['status'] === 'True');
  const count = (name: string, n: number): JsonObject => (n > 0 ? { [name]: n } : {});
  const collisions = getPath(deployment, ['status', 'collisionCount']);
  const status: JsonObject = {
    observedGeneration: generationOf(deployment),
    ...count('replicas', total),
    ...count('updatedReplicas', updated),
    ...count('readyReplicas', ready),
    ...count('availableReplicas', available),
    ...count('unavailableReplicas', Math.max(0, replicas - available)),
    ...(collisions === undefined ? {} : { collisionCount: collisions }),
    conditions: [
      condition(
        deployment,
        {
          type: 'Available',
          status: enough ? 'True' : 'False',
          reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
          message: enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
        },
        now,
      ),
      ...(failure === undefined
        ? []
        : [
            condition(
              deployment,
              { type: 'ReplicaFailure', status: 'True', reason: String(failure['reason']), message: String(failure['message']) },
              now,
            ),
          ]),
      progress.condition,
    ],
  };
  await writeStatus(world, deployment, status);
  return progress.again;
}

interface Progress {
  readonly done: boolean;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
  readonly name: string;
}

function progressOf(world: World, deployment: JsonObject, at: Progress): { readonly condition: JsonObject; readonly again: Again } {
  const now = formatTime(world.clock.now());
  if (at.done)
    return {
      condition: condition(
        deployment,
        {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          message: `ReplicaSet "${at.name}" has successfully progressed.`,
        },
        now,
      ),
      again: undefined,
    };
  const before = objectsAt(deployment, ['status', 'conditions']).find((c) => c['type'] === 'Progressing');
  const status = getObject(deployment, ['status']);
  const fresh = numberAt(status, ['observedGeneration'], 0) !== generationOf(deployment);
  const moved =
    fresh ||
    numberAt(status, ['updatedReplicas'], 0) !== at.updated ||
    numberAt(status, ['readyReplicas'], 0) !== at.ready ||
    numberAt(status, ['availableReplicas'], 0) !== at.available;
  const deadlineMs = numberAt(deployment, ['spec', 'progressDeadlineSeconds'], 600) * 1000;
  const since = before?.['reason'] === 'NewReplicaSetAvailable' || moved ? undefined : parseTime(String(before?.['lastUpdateTime'] ?? ''));
  const leftMs = since === undefined ? deadlineMs : since + deadlineMs - world.clock.now();
  const overdue = before?.['reason'] === 'ProgressDeadlineExceeded' && !moved;
  if (overdue || (leftMs <= 0 && before !== undefined)) {
    return {
      condition: condition(
        deployment,
        {
          type: 'Progressing',
          status: 'False',
          reason: 'ProgressDeadlineExceeded',
          message: `ReplicaSet "${at.name}" has timed out progressing.`,
        },
        now,
      ),
      again: undefined,
    };
  }
  const next = condition(
    deployment,
    { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: `ReplicaSet "${at.name}" is progressing.` },
    now,
  );
  return { condition: moved ? { ...next, lastUpdateTime: now } : next, again: { againInMs: Math.max(1000, leftMs) } };
}
