import { getPath, getString, type JsonObject, type JsonValue } from '@flux-ts/base';
import { annotationsOf, generationOf, isTerminating, labelsOf, nameOf, namespaceOf } from '@flux-ts/kube';
import { availableIn } from '../conditions.ts';
import { KIND, NODE_NAME } from '../kinds.ts';
import { counted, numberAt, objectsAt, phaseOf, scaled } from '../read.ts';
import { misfit } from '../pods/scheduler.ts';
import { isClosing, remove, writeStatus, type Again, type World } from '../world.ts';
import { claimed } from './adopt.ts';
import { makePod } from './make-pod.ts';
import { keepRevisions, pruneRevisions, REVISION_LABEL } from './revisions.ts';

const RETRY_MS = 10_000;
const GENERATION = 'deprecated.daemonset.template.generation';

/** Keeps one Pod of a DaemonSet on the one node that there is, where the node suits it. */
export async function reconcileDaemonSet(world: World, set: JsonObject): Promise<Again> {
  if (isTerminating(set)) return undefined;
  await claimed(world, KIND.pod, set);
  const revisions = await keepRevisions(world, set, REVISION_LABEL);
  if (revisions === undefined) return { againInMs: 0 };
  const hash = labelsOf(revisions.update)[REVISION_LABEL] ?? '';
  const template = getPath(set, ['spec', 'template']) as JsonObject;
  const node = world.cache.get(KIND.node, { name: NODE_NAME });
  const wanted = misfit(placed(template), node) === undefined ? 1 : 0;
  const failed = await keepPods(world, set, { hash, wanted });
  const again = await report(world, set, { hash, wanted });
  const pods = world.cache.controlled(KIND.pod, set);
  const prefix = `${nameOf(set)}-`;
  const inUse = new Set([nameOf(revisions.update), ...pods.map((pod) => `${prefix}${labelsOf(pod)[REVISION_LABEL] ?? ''}`)]);
  await pruneRevisions(world, set, inUse);
  return failed && !isClosing(world, namespaceOf(set)) ? { againInMs: RETRY_MS } : again;
}

interface Target {
  readonly hash: string;
  readonly wanted: number;
}

/** @returns whether a Pod could not be made */
async function keepPods(world: World, set: JsonObject, { hash, wanted }: Target): Promise<boolean> {
  const living = world.cache.controlled(KIND.pod, set).filter((pod) => !isTerminating(pod));
  for (const pod of living.filter((one) => phaseOf(one) === 'Failed')) {
    const message = `Found failed daemon pod ${namespaceOf(pod)}/${nameOf(pod)} on node ${NODE_NAME}, will try to kill it`;
    world.say(set, { type: 'Warning', reason: 'FailedDaemonPod', message });
    await drop(world, set, pod);
  }
  const pods = living.filter((pod) => phaseOf(pod) !== 'Failed');
  const [present, outdated] = [pods.filter((pod) => isOf(pod, hash)), pods.filter((pod) => !isOf(pod, hash))];
  if (wanted === 0) {
    for (const pod of pods) await drop(world, set, pod);
    return false;
  }
  const rolls = getString(set, ['spec', 'updateStrategy', 'type']) !== 'OnDelete';
  const surge = rolls ? scaled(surgeOf(set), 1, 'up') : 0;
  const going = world.cache.controlled(KIND.pod, set).some(isTerminating);
  const ready = present.some((pod) => availableIn(pod, minReady(set), world.clock.now()) === 0);
  if (rolls && outdated.length > 0 && (surge === 0 || ready)) for (const pod of outdated) await drop(world, set, pod);
  for (const pod of present.slice(1)) await drop(world, set, pod);
  const room = outdated.length === 0 ? !going : rolls && surge > 0;
  if (present.length > 0 || !room) return false;
  return 'failure' in (await makePod(world, set, shape(set, hash)));
}

function surgeOf(set: JsonObject): JsonValue {
  return getPath(set, ['spec', 'updateStrategy', 'rollingUpdate', 'maxSurge']) ?? 0;
}

function minReady(set: JsonObject): number {
  return numberAt(set, ['spec', 'minReadySeconds'], 0);
}

function isOf(pod: JsonObject, hash: string): boolean {
  return labelsOf(pod)[REVISION_LABEL] === hash;
}

async function drop(world: World, set: JsonObject, pod: JsonObject): Promise<void> {
  if (await remove(world, pod)) world.say(set, { type: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${nameOf(pod)}` });
}

/** What daemon Pods tolerate. */
const TOLERATED: readonly (readonly [key: string, effect: string])[] = [
  ['node.kubernetes.io/not-ready', 'NoExecute'],
  ['node.kubernetes.io/unreachable', 'NoExecute'],
  ['node.kubernetes.io/disk-pressure', 'NoSchedule'],
  ['node.kubernetes.io/memory-pressure', 'NoSchedule'],
  ['node.kubernetes.io/pid-pressure', 'NoSchedule'],
  ['node.kubernetes.io/unschedulable', 'NoSchedule'],
];

function tolerations(template: JsonObject): readonly JsonObject[] {
  const hostNetwork = getPath(template, ['spec', 'hostNetwork']) === true;
  const more = hostNetwork ? [...TOLERATED, ['node.kubernetes.io/network-unavailable', 'NoSchedule'] as const] : TOLERATED;
  const own = objectsAt(template, ['spec', 'tolerations']);
  return [...own, ...more.map(([key, effect]): JsonObject => ({ key, operator: 'Exists', effect }))];
}

/** The template as its Pods would be scheduled. */
function placed(template: JsonObject): JsonObject {
  return { ...template, spec: { ...(template['spec'] as JsonObject), tolerations: tolerations(template) } };
}

function shape(set: JsonObject, hash: string): Parameters<typeof makePod>[2] {
  const template = getPath(set, ['spec', 'template']) as JsonObject;
  const path = ['spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'];
  const onNode: JsonObject = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [NODE_NAME] }] };
  const terms = objectsAt(template, path);
  const nodeSelectorTerms = terms.length === 0 ? [onNode] : terms.map((term) => ({ ...term, ...onNode }));
  const affinity = (getPath(template, ['spec', 'affinity']) ?? {}) as JsonObject;
  const nodeAffinity = {
    ...(affinity['nodeAffinity'] as JsonObject | undefined),
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
  };
  const generation = annotationsOf(set)[GENERATION];
  return {
    labels: { [REVISION_LABEL]: hash, ...(generation === undefined ? {} : { 'pod-template-generation': generation }) },
    spec: { affinity: { ...affinity, nodeAffinity }, tolerations: tolerations(template) },
  };
}

async function report(world: World, set: JsonObject, { hash, wanted }: Target): Promise<Again> {
  const pods = world.cache.controlled(KIND.pod, set).filter((pod) => !isTerminating(pod));
  const shown = wanted === 0 ? [] : pods;
  const waits = shown.map((pod) => availableIn(pod, minReady(set), world.clock.now()));
  const atMost = (n: number): number => Math.min(wanted, n);
  const available = atMost(waits.filter((ms) => ms === 0).length);
  await writeStatus(world, set, {
    currentNumberScheduled: atMost(shown.length),
    numberMisscheduled: wanted === 0 ? pods.length : 0,
    desiredNumberScheduled: wanted,
    numberReady: atMost(waits.filter((ms) => ms !== undefined).length),
    observedGeneration: generationOf(set),
    ...counted('updatedNumberScheduled', atMost(shown.filter((pod) => isOf(pod, hash)).length)),
    ...counted('numberAvailable', available),
    ...counted('numberUnavailable', wanted - available),
  });
  const left = waits.filter((ms): ms is number => ms !== undefined && ms > 0);
  return left.length > 0 ? { againInMs: Math.min(...left) } : undefined;
}
