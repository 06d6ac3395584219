import { canonicalJson, formatTime, getArray, getObject, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { generationOf, isTerminating, labelsOf, nameOf, namespaceOf } from '@flux-ts/kube';
import { createPod } from './replica-set.ts';
import {
  controlled,
  isReady,
  KIND,
  numberAt,
  objectsAt,
  remove,
  shortHash,
  SIMULATOR,
  tolerant,
  writeStatus,
  type Again,
  type World,
} from './world.ts';

const REVISION = 'controller-revision-hash';

/** Keeps the numbered Pods of a StatefulSet, in order, with their claims; updates go from the highest number down. */
export async function reconcileStatefulSet(world: World, set: JsonObject): Promise<Again> {
  if (isTerminating(set)) return undefined;
  const replicas = numberAt(set, ['spec', 'replicas'], 1);
  const first = numberAt(set, ['spec', 'ordinals', 'start'], 0);
  const revision = `${nameOf(set)}-${shortHash(canonicalJson(getObject(set, ['spec', 'template']) ?? {}))}`;
  const all = await controlled(world, KIND.pod, set);
  const pods = new Map(all.map((pod) => [nameOf(pod), pod]));
  const parallel = getString(set, ['spec', 'podManagementPolicy']) === 'Parallel';
  const wanted = Array.from({ length: replicas }, (_, i) => `${nameOf(set)}-${first + i}`);
  for (const [i, name] of wanted.entries()) {
    const pod = pods.get(name);
    if (pod === undefined) {
      await createClaims(world, set, name);
      const labels = {
        'statefulset.kubernetes.io/pod-name': name,
        'apps.kubernetes.io/pod-index': String(first + i),
        [REVISION]: revision,
      };
      await createPod(world, set, { name, labels, spec: withClaims(set, name) });
    }
    if (!parallel && (pod === undefined || !isReady(pod))) break;
  }
  const surplus = all
    .filter((pod) => !wanted.includes(nameOf(pod)) && !isTerminating(pod))
    .sort((a, b) => (nameOf(a) < nameOf(b) ? 1 : -1));
  for (const pod of parallel ? surplus : surplus.slice(0, 1)) await remove(world, pod);
  await update(world, set, { wanted, pods, revision });
  await report(world, set, { all: all.filter((pod) => wanted.includes(nameOf(pod))), replicas, revision });
  return undefined;
}

function withClaims(set: JsonObject, pod: string): JsonObject {
  const own = objectsAt(set, ['spec', 'volumeClaimTemplates']).map(nameOf);
  const volumes = objectsAt(set, ['spec', 'template', 'spec', 'volumes']).filter((volume) => !own.includes(String(volume['name'])));
  const claims = own.map((name): JsonObject => ({ name, persistentVolumeClaim: { claimName: `${name}-${pod}` } }));
  return {
    hostname: pod,
    ...(getString(set, ['spec', 'serviceName']) === undefined ? {} : { subdomain: getString(set, ['spec', 'serviceName']) as string }),
    ...(volumes.length + claims.length > 0 ? { volumes: [...volumes, ...claims] } : {}),
  };
}

async function createClaims(world: World, set: JsonObject, pod: string): Promise<void> {
  for (const template of objectsAt(set, ['spec', 'volumeClaimTemplates'])) {
    const labels = {
      ...labelsOf(template),
      ...(getObject(set, ['spec', 'selector', 'matchLabels']) as Record<string, string> | undefined),
    };
    const claim: JsonObject = {
      ...KIND.claim,
      metadata: { name: `${nameOf(template)}-${pod}`, namespace: namespaceOf(set), labels },
      spec: getObject(template, ['spec']) ?? {},
    };
    if (await tolerant(world.client.create(claim, { fieldManager: SIMULATOR })))
      world.say(set, {
        type: 'Normal',
        reason: 'SuccessfulCreate',
        message: `create Claim ${nameOf(claim)} Pod ${pod} in StatefulSet ${nameOf(set)} success`,
      });
  }
}

/** Replaces one outdated Pod at a time, the highest number first, down to the partition. */
async function update(
  world: World,
  set: JsonObject,
  at: { readonly wanted: readonly string[]; readonly pods: ReadonlyMap<string, JsonObject>; readonly revision: string },
): Promise<void> {
  if (getString(set, ['spec', 'updateStrategy', 'type']) === 'OnDelete') return;
  const partition = numberAt(set, ['spec', 'updateStrategy', 'rollingUpdate', 'partition'], 0);
  if (at.wanted.some((name) => at.pods.get(name) === undefined)) return;
  for (let i = at.wanted.length - 1; i >= partition; i--) {
    const pod = at.pods.get(at.wanted[i] as string) as JsonObject;
    if (labelsOf(pod)[REVISION] !== at.revision) {
      if (!isTerminating(pod)) await remove(world, pod);
      return;
    }
    if (!isReady(pod)) return;
  }
}

async function report(
  world: World,
  set: JsonObject,
  at: { readonly all: readonly JsonObject[]; readonly replicas: number; readonly revision: string },
): Promise<void> {
  const ready = at.all.filter(isReady).length;
  const updated = at.all.filter((pod) => labelsOf(pod)[REVISION] === at.revision).length;
  const before = getString(set, ['status', 'currentRevision']);
  const current = updated === at.replicas && at.all.length === at.replicas ? at.revision : (before ?? at.revision);
  const onCurrent = at.all.filter((pod) => labelsOf(pod)[REVISION] === current).length;
  const status: JsonObject = {
    observedGeneration: generationOf(set),
    replicas: at.all.length,
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    availableReplicas: ready,
    ...(onCurrent > 0 ? { currentReplicas: onCurrent } : {}),
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    currentRevision: current,
    updateRevision: at.revision,
    collisionCount: 0,
  };
  await writeStatus(world, set, status);
}

/** Binds a claim to a volume of its storage class, as a dynamic provisioner does. */
export async function reconcileClaim(world: World, claim: JsonObject): Promise<Again> {
  if (getString(claim, ['status', 'phase']) === 'Bound') return undefined;
  const say = (reason: string, message: string): Again => {
    world.say(claim, { type: 'Warning', reason, message });
    return { againInMs: 5000 };
  };
  const annotated = getString(claim, ['metadata', 'annotations', 'simulator.flux-ts.dev/fail']);
  if (annotated === 'PVCPending') return say('ProvisioningFailed', 'simulated by annotation');
  const className = getString(claim, ['spec', 'storageClassName']);
  if (className === undefined || className === '')
    return say('FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
  const storage = await world.client.find(KIND.storageClass, { name: className });
  if (storage === undefined) return say('ProvisioningFailed', `storageclass.storage.k8s.io "${className}" not found`);
  const name = `pvc-${String(getObject(claim, ['metadata'])?.['uid'])}`;
  const capacity = getObject(claim, ['spec', 'resources', 'requests']) ?? {};
  const accessModes = (getArray(claim, ['spec', 'accessModes']) ?? []) as readonly JsonValue[];
  const volume: JsonObject = {
    ...KIND.volume,
    metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': SIMULATOR } },
    spec: {
      capacity,
      accessModes,
      persistentVolumeReclaimPolicy: getString(storage, ['reclaimPolicy']) ?? 'Delete',
      storageClassName: className,
      volumeMode: getString(claim, ['spec', 'volumeMode']) ?? 'Filesystem',
      hostPath: { path: `/simulated/${name}` },
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: namespaceOf(claim),
        name: nameOf(claim),
        uid: String(getObject(claim, ['metadata'])?.['uid']),
      },
    },
  };
  await tolerant(world.client.create(volume, { fieldManager: SIMULATOR }));
  await tolerant(
    world.client.patch(
      KIND.claim,
      { namespace: namespaceOf(claim), name: nameOf(claim) },
      { kind: 'merge', patch: { metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } }, spec: { volumeName: name } } },
      { fieldManager: SIMULATOR },
    ),
  );
  const stored = await world.client.find(KIND.claim, { namespace: namespaceOf(claim), name: nameOf(claim) });
  if (stored !== undefined) await writeStatus(world, stored, { phase: 'Bound', accessModes, capacity: isObject(capacity) ? capacity : {} });
  const bound = await world.client.find(KIND.volume, { name });
  if (bound !== undefined) await writeStatus(world, bound, { phase: 'Bound', lastPhaseTransitionTime: formatTime(world.clock.now()) });
  return undefined;
}
