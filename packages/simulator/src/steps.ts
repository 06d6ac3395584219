import type { JsonObject } from '@flux-ts/base';
import { reconcileAutoscaler } from './autoscaler.ts';
import { reconcileBudget } from './budget.ts';
import { reconcileCronJob } from './jobs/cron-job.ts';
import { reconcileJob } from './jobs/job.ts';
import { reconcileNamespace } from './namespace.ts';
import { reconcileIngress } from './network/ingress.ts';
import { reconcileService } from './network/service.ts';
import { reconcileNode } from './node.ts';
import { reconcilePod } from './pods/kubelet.ts';
import { reconcileClaim } from './storage/claim.ts';
import { makeEphemeralClaims } from './storage/ephemeral.ts';
import { reconcileVolume } from './storage/volume.ts';
import { reconcileDaemonSet } from './workloads/daemon-set.ts';
import { reconcileDeployment } from './workloads/deployment.ts';
import { reconcileReplicaSet } from './workloads/replica-set.ts';
import { reconcileStatefulSet } from './workloads/stateful-set.ts';
import type { Again, World } from './world.ts';

/** Takes one object one step on. */
export type Step = (world: World, object: JsonObject) => Promise<Again>;

async function podStep(world: World, pod: JsonObject): Promise<Again> {
  await makeEphemeralClaims(world, pod);
  return reconcilePod(world, pod);
}

/** What is done with each kind. */
export const STEPS: ReadonlyMap<string, Step> = new Map<string, Step>([
  ['apps/Deployment', reconcileDeployment],
  ['apps/ReplicaSet', reconcileReplicaSet],
  ['apps/StatefulSet', reconcileStatefulSet],
  ['apps/DaemonSet', reconcileDaemonSet],
  ['batch/Job', reconcileJob],
  ['batch/CronJob', reconcileCronJob],
  ['/Pod', podStep],
  ['/Node', (world) => reconcileNode(world)],
  ['/Namespace', reconcileNamespace],
  ['/PersistentVolumeClaim', reconcileClaim],
  ['/PersistentVolume', reconcileVolume],
  ['/Service', reconcileService],
  ['networking.k8s.io/Ingress', reconcileIngress],
  ['policy/PodDisruptionBudget', reconcileBudget],
  ['autoscaling/HorizontalPodAutoscaler', reconcileAutoscaler],
]);

/** Kinds that nobody waits for: not watched. */
export const UNWATCHED: ReadonlySet<string> = new Set([
  'events.k8s.io/Event',
  '/Event',
  'coordination.k8s.io/Lease',
  '/ComponentStatus',
  '/Binding',
]);

/** Kinds that steps look up: nothing is done before they are known. */
export const LOOKED_UP: ReadonlySet<string> = new Set([
  ...STEPS.keys(),
  '/Secret',
  '/ConfigMap',
  '/ServiceAccount',
  '/Endpoints',
  'apps/ControllerRevision',
  'discovery.k8s.io/EndpointSlice',
  'networking.k8s.io/IngressClass',
  'storage.k8s.io/StorageClass',
]);
