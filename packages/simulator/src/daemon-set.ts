import { canonicalJson, getObject, type JsonObject } from '@flux-ts/base';
import { generationOf, isTerminating, labelsOf } from '@flux-ts/kube';
import { createPod } from './replica-set.ts';
import { controlled, isReady, KIND, NODE_NAME, remove, shortHash, writeStatus, type Again, type World } from './world.ts';

const REVISION = 'controller-revision-hash';
const NODE_LABELS: JsonObject = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': NODE_NAME };

/** Keeps one Pod of a DaemonSet on the one node that there is, where the node's labels fit. */
export async function reconcileDaemonSet(world: World, set: JsonObject): Promise<Again> {
  if (isTerminating(set)) return undefined;
  const selector = getObject(set, ['spec', 'template', 'spec', 'nodeSelector']) ?? {};
  const wanted = Object.entries(selector).every(([key, value]) => NODE_LABELS[key] === value) ? 1 : 0;
  const revision = shortHash(canonicalJson(getObject(set, ['spec', 'template']) ?? {}));
  const pods = (await controlled(world, KIND.pod, set)).filter((pod) => !isTerminating(pod));
  const outdated = pods.filter((pod) => labelsOf(pod)[REVISION] !== revision);
  for (const pod of wanted === 0 ? pods : outdated) await remove(world, pod);
  const kept = wanted === 0 ? [] : pods.filter((pod) => !outdated.includes(pod));
  if (kept.length < wanted) await createPod(world, set, { labels: { [REVISION]: revision }, spec: { nodeName: NODE_NAME } });
  const ready = kept.filter(isReady).length;
  const status: JsonObject = {
    currentNumberScheduled: kept.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: wanted,
    numberReady: ready,
    observedGeneration: generationOf(set),
    ...(kept.length > 0 ? { updatedNumberScheduled: kept.length } : {}),
    ...(ready > 0 ? { numberAvailable: ready } : {}),
    ...(wanted > ready ? { numberUnavailable: wanted - ready } : {}),
  };
  await writeStatus(world, set, status);
  return undefined;
}
