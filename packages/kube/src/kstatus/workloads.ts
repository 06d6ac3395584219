import { getArray, getPath, getString, isObject, parseTime, type JsonObject } from '@flux-ts/base';
import { typeOf } from '../object.ts';
import { conditionsOf, current, failed, inProgress, numberAt, type StatusResult } from './result.ts';

const NO_DEADLINE = 2 ** 31 - 1;
const SCHEDULE_WINDOW_MS = 15_000;

/** A replica count that must be reached, the reason where it is not, and how the message begins. */
type Step = readonly [have: number, want: number, reason: string, label: string];

function firstShort(steps: readonly Step[]): StatusResult | undefined {
  for (const [have, want, reason, label] of steps) if (want > have) return inProgress(reason, `${label}: ${have}/${want}`);
  return undefined;
}

function extraPods(have: number, want: number): StatusResult | undefined {
  return have > want ? inProgress('ExtraPods', `Pending termination: ${have - want}`) : undefined;
}

/** A Deployment: replica counts in upstream's order, then its conditions. */
export function deploymentStatus(object: JsonObject): StatusResult {
  const count = (name: string): number => numberAt(object, ['status', name], 0);
  let progressing = numberAt(object, ['spec', 'progressDeadlineSeconds'], NO_DEADLINE) === NO_DEADLINE;
  let available = false;
  for (const c of conditionsOf(object)) {
    if (c.type === 'Progressing' && c.reason === 'ProgressDeadlineExceeded') {
      return { ...failed(c.reason, c.message), message: 'Progress deadline exceeded' };
    }
    if (c.type === 'Progressing' && c.status === 'True' && c.reason === 'NewReplicaSetAvailable') progressing = true;
    if (c.type === 'Available' && c.status === 'True') available = true;
  }
  const want = numberAt(object, ['spec', 'replicas'], 1);
  const replicas = count('replicas');
  const updated = count('updatedReplicas');
  const short =
    firstShort([
      [replicas, want, 'LessReplicas', 'Replicas'],
      [updated, want, 'LessUpdated', 'Updated'],
    ]) ??
    extraPods(replicas, want) ??
    firstShort([
      [count('availableReplicas'), updated, 'LessAvailable', 'Available'],
      [count('readyReplicas'), want, 'LessReady', 'Ready'],
    ]);
  if (short !== undefined) return short;
  if (!progressing) return inProgress('ReplicaSetNotAvailable', 'ReplicaSet not Available');
  if (!available) return inProgress('DeploymentNotAvailable', 'Deployment not Available');
  return current(`Deployment is available. Replicas: ${replicas}`);
}

/** A StatefulSet: replica counts, a partition, the revision. */
export function statefulSetStatus(object: JsonObject): StatusResult {
  if (getString(object, ['spec', 'updateStrategy', 'type']) === 'OnDelete')
    return current('StatefulSet is using the ondelete update strategy');
  const count = (name: string): number => numberAt(object, ['status', name], 0);
  const want = numberAt(object, ['spec', 'replicas'], 1);
  const replicas = count('replicas');
  const short =
    firstShort([
      [replicas, want, 'LessReplicas', 'Replicas'],
      [count('readyReplicas'), want, 'LessReady', 'Ready'],
    ]) ?? extraPods(replicas, want);
  if (short !== undefined) return short;
  const partition = numberAt(object, ['spec', 'updateStrategy', 'rollingUpdate', 'partition'], -1);
  const updated = count('updatedReplicas');
  if (partition !== -1) {
    const rollout = firstShort([[updated, want - partition, 'PartitionRollout', 'updated']]);
    return rollout ?? current(`Partition rollout complete. updated: ${updated}`);
  }
  const lessCurrent = firstShort([[count('currentReplicas'), want, 'LessCurrent', 'current']]);
  if (lessCurrent !== undefined) return lessCurrent;
  const revision = (name: string): string => getString(object, ['status', name]) ?? '';
  if (revision('currentRevision') !== revision('updateRevision'))
    return inProgress('RevisionMismatch', 'Waiting for updated revision to match current');
  return current(`All replicas scheduled as expected. Replicas: ${replicas}`);
}

/** A ReplicaSet. */
export function replicaSetStatus(object: JsonObject): StatusResult {
  if (conditionsOf(object).some((c) => c.type === 'ReplicaFailure' && c.status === 'True')) {
    return inProgress('ReplicaFailure', 'Replica Failure condition. Check Pods');
  }
  const count = (name: string): number => numberAt(object, ['status', name], 0);
  const want = numberAt(object, ['spec', 'replicas'], 1);
  const replicas = count('replicas');
  const short =
    firstShort([
      [count('fullyLabeledReplicas'), want, 'LessLabelled', 'Labelled'],
      [count('availableReplicas'), want, 'LessAvailable', 'Available'],
      [count('readyReplicas'), want, 'LessReady', 'Ready'],
    ]) ?? extraPods(replicas, want);
  return short ?? current(`ReplicaSet is available. Replicas: ${replicas}`);
}

/** A DaemonSet; unlike the others it must have been observed at all. */
export function daemonSetStatus(object: JsonObject): StatusResult {
  const { kind } = typeOf(object);
  if (getPath(object, ['metadata', 'generation']) === undefined) return inProgress('NoGeneration', `${kind} metadata.generation not found`);
  if (getPath(object, ['status', 'observedGeneration']) === undefined) {
    return inProgress('NoObservedGeneration', `${kind} status.observedGeneration not found`);
  }
  const count = (name: string): number => numberAt(object, ['status', name], 0);
  const want = numberAt(object, ['status', 'desiredNumberScheduled'], -1);
  if (want === -1) return inProgress('NoDesiredNumber', 'Missing .status.desiredNumberScheduled');
  const short = firstShort([
    [count('currentNumberScheduled'), want, 'LessCurrent', 'Current'],
    [count('updatedNumberScheduled'), want, 'LessUpdated', 'Updated'],
    [count('numberAvailable'), want, 'LessAvailable', 'Available'],
    [count('numberReady'), want, 'LessReady', 'Ready'],
  ]);
  return short ?? current(`All replicas scheduled as expected. Replicas: ${want}`);
}

/** A PersistentVolumeClaim. */
export function claimStatus(object: JsonObject): StatusResult {
  const phase = getString(object, ['status', 'phase']) ?? 'unknown';
  return phase === 'Bound' ? current('PVC is Bound') : inProgress('NotBound', `PVC is not Bound. phase: ${phase}`);
}

function crashLooping(object: JsonObject): readonly string[] {
  return (getArray(object, ['status', 'containerStatuses']) ?? [])
    .filter(isObject)
    .filter((c) => getString(c, ['state', 'waiting', 'reason']) === 'CrashLoopBackOff')
    .map((c) => getString(c, ['name']) ?? '');
}

/** A Pod. @param nowMs a Pod counts as unschedulable only 15 s after it was made */
export function podStatus(object: JsonObject, nowMs: number): StatusResult {
  const phase = getString(object, ['status', 'phase']) ?? '';
  const conditions = conditionsOf(object);
  if (phase === 'Succeeded') return current('Pod has completed successfully');
  if (phase === 'Failed') return current('Pod has completed, but not successfully');
  if (phase === 'Running') {
    if (conditions.some((c) => c.type === 'Ready' && c.status === 'True')) return current('Pod is Ready');
    const looping = crashLooping(object);
    if (looping.length > 0) return failed('ContainerCrashLooping', `Containers in CrashLoop state: ${looping.join(',')}`);
    return inProgress('PodRunningNotReady', 'Pod is running but is not Ready');
  }
  if (phase === 'Pending') {
    if (!conditions.some((c) => c.type === 'PodScheduled' && c.status === 'False' && c.reason === 'Unschedulable')) {
      return inProgress('PodPending', 'Pod is in the Pending phase');
    }
    const created = parseTime(getString(object, ['metadata', 'creationTimestamp']) ?? '') ?? 0;
    if (nowMs - SCHEDULE_WINDOW_MS < created) return inProgress('PodNotScheduled', 'Pod has not been scheduled');
    return failed('PodUnschedulable', 'Pod could not be scheduled');
  }
  if (phase === '') return inProgress('PodNotObserved', 'Pod phase not available');
  return { status: 'Unknown', message: `unknown phase ${phase}`, conditions: [] };
}

/**
 * A Job. @param strict as Flux's controllers see it: Current only when complete or suspended; otherwise, as upstream's
 * kstatus, as soon as it has started.
 */
export function jobStatus(object: JsonObject, strict: boolean): StatusResult {
  const completions = numberAt(object, ['spec', 'completions'], numberAt(object, ['spec', 'parallelism'], 1));
  const count = (name: string): number => numberAt(object, ['status', name], 0);
  for (const c of conditionsOf(object)) {
    if (c.status !== 'True') continue;
    if (c.type === 'Complete') return current(`Job Completed. succeeded: ${count('succeeded')}/${completions}`);
    if (c.type === 'Failed') return failed('JobFailed', `Job Failed. failed: ${count('failed')}/${completions}`);
    if (c.type === 'Suspended') return current('Job is suspended');
  }
  if ((getString(object, ['status', 'startTime']) ?? '') === '') return inProgress('JobNotStarted', 'Job not started');
  const message = `Job in progress. success:${count('succeeded')}, active: ${count('active')}, failed: ${count('failed')}`;
  return strict ? inProgress('JobInProgress', message) : current(message);
}

/** A Service: only a load balancer without a cluster IP is not ready. */
export function serviceStatus(object: JsonObject): StatusResult {
  if (getString(object, ['spec', 'type']) === 'LoadBalancer' && (getString(object, ['spec', 'clusterIP']) ?? '') === '') {
    return inProgress('NoIPAssigned', 'ClusterIP not set. Service type: LoadBalancer');
  }
  return current('Service is ready');
}

/** A CustomResourceDefinition. */
export function crdStatus(object: JsonObject): StatusResult {
  for (const c of conditionsOf(object)) {
    if (c.type === 'NamesAccepted' && c.status === 'False') return failed(c.reason, c.message);
    if (c.type === 'Established' && c.status === 'False' && c.reason !== 'Installing') return failed(c.reason, c.message);
    if (c.type === 'Established' && c.status === 'True') return current('CRD is established');
  }
  return inProgress('Installing', 'Install in progress');
}
