import { parseTime, type JsonObject } from '@flux-ts/base';
import { generationOf } from '@flux-ts/kube';
import { getPath, getString } from '@flux-ts/base';
import { conditionOf, plainCondition, type ConditionText } from '../conditions.ts';
import { NODE_IP } from '../kinds.ts';
import { objectsAt } from '../read.ts';
import { timeOf, type World } from '../world.ts';
import { isSidecar, nameList } from './containers.ts';

/** What a Pod's status is made of. */
export interface PodStanding {
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  /** Whether its sandbox stands: it has an address then. */
  readonly sandbox: boolean;
  readonly initStatuses: readonly JsonObject[];
  readonly statuses: readonly JsonObject[];
  /** Why the Pod as a whole ended: `DeadlineExceeded`. */
  readonly reason?: string;
  readonly message?: string;
}

/** The status of a Pod on the node, as a kubelet writes it. */
export function podStatus(world: World, pod: JsonObject, standing: PodStanding): JsonObject {
  const { phase, sandbox } = standing;
  const generation = generationOf(pod);
  const hostNetwork = getPath(pod, ['spec', 'hostNetwork']) === true;
  const address = hostNetwork ? NODE_IP : sandbox || phase !== 'Pending' ? world.addresses.of(pod) : undefined;
  const qosClass = getString(pod, ['status', 'qosClass']);
  return {
    ...(generation > 0 ? { observedGeneration: generation } : {}),
    phase,
    conditions: conditions(world, pod, standing),
    ...(standing.message === undefined ? {} : { message: standing.message }),
    ...(standing.reason === undefined ? {} : { reason: standing.reason }),
    hostIP: NODE_IP,
    hostIPs: [{ ip: NODE_IP }],
    ...(address === undefined ? {} : { podIP: address, podIPs: [{ ip: address }] }),
    startTime: getString(pod, ['status', 'startTime']) ?? timeOf(world),
    ...(standing.initStatuses.length === 0 ? {} : { initContainerStatuses: standing.initStatuses }),
    containerStatuses: standing.statuses,
    ...(qosClass === undefined ? {} : { qosClass }),
  };
}

function conditions(world: World, pod: JsonObject, standing: PodStanding): readonly JsonObject[] {
  const now = timeOf(world);
  const { phase } = standing;
  const ended = phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : undefined;
  const isDone = (status: JsonObject): boolean =>
    sidecarNames(pod).includes(String(status['name']))
      ? status['started'] === true || ended !== undefined
      : getPath(status, ['state', 'terminated', 'exitCode']) === 0;
  const incomplete = standing.initStatuses.filter((status) => !isDone(status)).map((status) => String(status['name']));
  const sidecars = standing.initStatuses.filter((status) => sidecarNames(pod).includes(String(status['name'])));
  const unready = [...sidecars, ...standing.statuses].filter((status) => status['ready'] !== true).map((status) => String(status['name']));
  const told = (next: ConditionText): JsonObject => podCondition(pod, next, now);
  const because = (reason: string, names: readonly string[], what: string): { reason: string; message: string } => ({
    reason,
    message: `containers with ${what} status: ${nameList(names)}`,
  });
  const ready = ended === undefined && unready.length === 0;
  const whyUnready = ended === undefined ? because('ContainersNotReady', unready, 'unready') : { reason: ended };
  const gates = ready ? openGates(pod) : [];
  return [
    told({ type: 'PodReadyToStartContainers', status: standing.sandbox && ended === undefined ? 'True' : 'False' }),
    told(
      incomplete.length === 0
        ? { type: 'Initialized', status: 'True', ...(ended === 'PodCompleted' ? { reason: ended } : {}) }
        : { type: 'Initialized', status: 'False', ...because('ContainersNotInitialized', incomplete, 'incomplete') },
    ),
    told(
      !ready
        ? { type: 'Ready', status: 'False', ...whyUnready }
        : gates.length > 0
          ? { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: gates.join(', ') }
          : { type: 'Ready', status: 'True' },
    ),
    told(ready ? { type: 'ContainersReady', status: 'True' } : { type: 'ContainersReady', status: 'False', ...whyUnready }),
    told({ type: 'PodScheduled', status: 'True' }),
    // conditions of others, such as readiness gates, are theirs
    ...objectsAt(pod, ['status', 'conditions']).filter((c) => !OWN.has(String(c['type']))),
  ];
}

const OWN = new Set(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']);

/** A condition of a Pod. */
export function podCondition(pod: JsonObject, next: ConditionText, time: string): JsonObject {
  const generation = generationOf(pod);
  const { type, ...rest } = plainCondition(pod, next, time);
  return { type: type as string, ...(generation > 0 ? { observedGeneration: generation } : {}), ...rest };
}

function sidecarNames(pod: JsonObject): readonly string[] {
  return objectsAt(pod, ['spec', 'initContainers'])
    .filter(isSidecar)
    .map((c) => String(c['name']));
}

function openGates(pod: JsonObject): readonly string[] {
  return objectsAt(pod, ['spec', 'readinessGates']).flatMap((gate) => {
    const type = String(gate['conditionType']);
    const found = conditionOf(pod, type);
    if (found === undefined) return [`corresponding condition of pod readiness gate "${type}" does not exist.`];
    return found['status'] === 'True' ? [] : [`the status of pod readiness gate "${type}" is not "True", but ${String(found['status'])}`];
  });
}

/** How long a Pod has been on the node, in milliseconds. */
export function ageOnNodeMs(world: World, pod: JsonObject): number {
  return world.clock.now() - (parseTime(getString(pod, ['status', 'startTime']) ?? '') ?? world.clock.now());
}
