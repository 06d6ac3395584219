import { formatTime, getObject, getString, type JsonObject, type JsonValue } from '@flux-ts/base';
import { annotationsOf, generationOf, isKubeError, isTerminating, labelsOf, nameOf, namespaceOf } from '@flux-ts/kube';
import {
  controlled,
  controlledBy,
  isReady,
  KIND,
  live,
  numberAt,
  plainCondition,
  remove,
  SIMULATOR,
  writeStatus,
  type Again,
  type World,
} from './world.ts';

/** Keeps as many Pods as a ReplicaSet asks for. */
export async function reconcileReplicaSet(world: World, set: JsonObject): Promise<Again> {
  if (isTerminating(set)) return undefined;
  const pods = (await controlled(world, KIND.pod, set)).filter((pod) => !isTerminating(pod));
  const active = pods.filter((pod) => !['Succeeded', 'Failed'].includes(getString(pod, ['status', 'phase']) ?? ''));
  const replicas = numberAt(set, ['spec', 'replicas'], 1);
  let failure: string | undefined;
  for (let n = active.length; n < replicas && failure === undefined; n++)
    failure = await createPod(world, set, { generateName: `${nameOf(set)}-` });
  const surplus = [...active].sort((a, b) => Number(isReady(a)) - Number(isReady(b))).slice(0, Math.max(0, active.length - replicas));
  for (const pod of surplus) {
    if (await remove(world, pod)) world.say(set, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${nameOf(pod)}` });
  }
  const kept = active.filter((pod) => !surplus.includes(pod));
  const ready = kept.filter(isReady).length;
  const status: JsonObject = {
    observedGeneration: generationOf(set),
    replicas: kept.length,
    ...(kept.length > 0 ? { fullyLabeledReplicas: kept.length } : {}),
    ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
    ...(failure === undefined
      ? {}
      : {
          conditions: [
            plainCondition(
              set,
              { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: failure },
              formatTime(world.clock.now()),
            ),
          ],
        }),
  };
  await writeStatus(world, set, status);
  return failure === undefined ? undefined : { againInMs: 5000 };
}

/** How a Pod is named and what is laid over its template. */
export interface PodShape {
  readonly name?: string;
  readonly generateName?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly spec?: JsonObject;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Makes a Pod from its owner's template, and tells of it in an event.
 * @returns why it could not be made, as the event says it; undefined where it was (or stood there already)
 */
export async function createPod(world: World, owner: JsonObject, shape: PodShape): Promise<string | undefined> {
  const template = getObject(owner, ['spec', 'template']) ?? getObject(owner, ['spec', 'jobTemplate', 'spec', 'template']) ?? {};
  const spec: JsonObject = { ...getObject(template, ['spec']), ...shape.spec };
  const annotations = { ...annotationsOf(template), ...shape.annotations };
  const pod: JsonObject = {
    ...KIND.pod,
    metadata: {
      ...(shape.name === undefined ? { generateName: shape.generateName ?? `${nameOf(owner)}-` } : { name: shape.name }),
      namespace: namespaceOf(owner),
      labels: { ...labelsOf(template), ...shape.labels },
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
      ownerReferences: [controlledBy(owner)],
    } satisfies JsonObject as JsonValue,
    spec,
  };
  const failure = (await missingAccount(world, pod)) ?? (await create(world, owner, pod));
  if (failure !== undefined) world.say(owner, { type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${failure}` });
  return failure;
}

async function missingAccount(world: World, pod: JsonObject): Promise<string | undefined> {
  const account = getString(pod, ['spec', 'serviceAccountName']) ?? getString(pod, ['spec', 'serviceAccount']) ?? 'default';
  const found = await live(world, KIND.serviceAccount, { namespace: namespaceOf(pod), name: account });
  if (found !== undefined) return undefined;
  const name = getString(pod, ['metadata', 'name']) ?? getString(pod, ['metadata', 'generateName']) ?? '';
  return `pods "${name}" is forbidden: error looking up service account ${namespaceOf(pod)}/${account}: serviceaccount "${account}" not found`;
}

async function create(world: World, owner: JsonObject, pod: JsonObject): Promise<string | undefined> {
  try {
    const made = await world.client.create(pod, { fieldManager: SIMULATOR });
    world.say(owner, { type: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${nameOf(made)}` });
    return undefined;
  } catch (error) {
    if (!isKubeError(error)) throw error;
    return error.code === 'KUBE_ALREADY_EXISTS' ? undefined : error.message;
  }
}
