import { getPath, type JsonObject } from '@flux-ts/base';
import { groupOf, isTerminating, typeOf } from '../object.ts';
import { conditionsOf, current, failed, inProgress, type StatusResult } from './result.ts';
import {
  claimStatus,
  crdStatus,
  daemonSetStatus,
  deploymentStatus,
  jobStatus,
  podStatus,
  replicaSetStatus,
  serviceStatus,
  statefulSetStatus,
} from './workloads.ts';

/** How a status is computed. */
export interface StatusOptions {
  /** The time to compare creation times with. */
  readonly nowMs: number;
  /** Jobs count as done only when complete or suspended, as in Flux's controllers. Default true. */
  readonly strictJobs?: boolean;
}

const ALWAYS_READY = (): StatusResult => current('Resource is always ready');

const KINDS: Readonly<Record<string, (object: JsonObject, options: StatusOptions) => StatusResult>> = {
  '/Service': serviceStatus,
  '/Pod': (object, options) => podStatus(object, options.nowMs),
  '/Secret': ALWAYS_READY,
  '/ConfigMap': ALWAYS_READY,
  '/PersistentVolumeClaim': claimStatus,
  'apps/StatefulSet': statefulSetStatus,
  'apps/DaemonSet': daemonSetStatus,
  'extensions/DaemonSet': daemonSetStatus,
  'apps/Deployment': deploymentStatus,
  'extensions/Deployment': deploymentStatus,
  'apps/ReplicaSet': replicaSetStatus,
  'extensions/ReplicaSet': replicaSetStatus,
  'policy/PodDisruptionBudget': () => current('AllowedDisruptions has been computed.'),
  'batch/CronJob': ALWAYS_READY,
  'batch/Job': (object, options) => jobStatus(object, options.strictJobs ?? true),
  'apiextensions.k8s.io/CustomResourceDefinition': crdStatus,
};

/** InProgress where the status is of another generation than the spec; undefined where it is not. */
export function conditionsOfGeneration(object: JsonObject): StatusResult | undefined {
  const observed = getPath(object, ['status', 'observedGeneration']);
  const generation = getPath(object, ['metadata', 'generation']);
  if (typeof observed !== 'number' || typeof generation !== 'number' || observed === generation) return undefined;
  const message = `${typeOf(object).kind} generation is ${generation}, but latest observed generation is ${observed}`;
  return inProgress('LatestGenerationNotObserved', message);
}

/** What holds for every kind: deletion, the observed generation, the standard conditions. */
function genericStatus(object: JsonObject): StatusResult | undefined {
  if (isTerminating(object)) return { status: 'Terminating', message: 'Resource scheduled for deletion', conditions: [] };
  const stale = conditionsOfGeneration(object);
  if (stale !== undefined) return stale;
  for (const c of conditionsOf(object)) {
    if (c.status !== 'True') continue;
    if (c.type === 'Reconciling') return inProgress(c.reason, c.message);
    if (c.type === 'Stalled') return failed(c.reason, c.message);
  }
  return undefined;
}

function readyConditionStatus(object: JsonObject): StatusResult {
  const ready = conditionsOf(object).find((c) => c.type === 'Ready');
  if (ready === undefined) return current('Resource is current');
  if (ready.status === 'True') return current('Resource is Ready');
  return inProgress(ready.reason, ready.message);
}

/**
 * Says whether an object has become what its spec asks for.
 * @see fluxcd/cli-utils pkg/kstatus/status
 */
export function computeStatus(object: JsonObject, options: StatusOptions): StatusResult {
  const generic = genericStatus(object);
  if (generic !== undefined) return generic;
  const special = KINDS[`${groupOf(object)}/${typeOf(object).kind}`];
  return special === undefined ? readyConditionStatus(object) : special(object, options);
}

/** Gives the object with the standard conditions of its status added where they are missing, as kstatus' Augment does. */
export function augmentStatus(object: JsonObject, options: StatusOptions & { readonly timeText: string }): JsonObject {
  const result = computeStatus(object, options);
  const present = conditionsOf(object);
  const missing = result.conditions.filter((c) => !present.some((p) => p.type === c.type));
  if (missing.length === 0) return object;
  const status = getPath(object, ['status']);
  const conditions = getPath(status, ['conditions']);
  const added = missing.map((c) => ({ ...c, lastTransitionTime: options.timeText, lastUpdateTime: options.timeText }));
  return {
    ...object,
    status: {
      ...(status as JsonObject | undefined),
      conditions: [...(Array.isArray(conditions) ? (conditions as JsonObject[]) : []), ...added],
    },
  };
}
