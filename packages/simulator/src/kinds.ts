import type { TypeRef } from '@flux-ts/kube';

/** The field manager, event source and mark of everything that is simulated. */
export const SIMULATOR = 'workload-simulator';
/** The only node, which runs nothing. */
export const NODE_NAME = 'flux-sim-0';
/** The node's address, of a documentation range. */
export const NODE_IP = '192.0.2.1';
/** Label of the node that says what it is. */
export const SIMULATED_LABEL = 'simulator.flux-ts.dev/simulated';

/** The kinds that the simulator speaks of. */
export const KIND = {
  pod: { apiVersion: 'v1', kind: 'Pod' },
  node: { apiVersion: 'v1', kind: 'Node' },
  service: { apiVersion: 'v1', kind: 'Service' },
  endpoints: { apiVersion: 'v1', kind: 'Endpoints' },
  secret: { apiVersion: 'v1', kind: 'Secret' },
  configMap: { apiVersion: 'v1', kind: 'ConfigMap' },
  serviceAccount: { apiVersion: 'v1', kind: 'ServiceAccount' },
  namespace: { apiVersion: 'v1', kind: 'Namespace' },
  claim: { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  volume: { apiVersion: 'v1', kind: 'PersistentVolume' },
  lease: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
  storageClass: { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' },
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  replicaSet: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  statefulSet: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  daemonSet: { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  revision: { apiVersion: 'apps/v1', kind: 'ControllerRevision' },
  job: { apiVersion: 'batch/v1', kind: 'Job' },
  cronJob: { apiVersion: 'batch/v1', kind: 'CronJob' },
  endpointSlice: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  ingress: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  ingressClass: { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' },
  budget: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
  autoscaler: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
} as const satisfies Readonly<Record<string, TypeRef>>;

/** A kind's name without its version: `apps/Deployment`, `/Pod`. */
export function kindName(type: TypeRef): string {
  const slash = type.apiVersion.indexOf('/');
  return `${slash < 0 ? '' : type.apiVersion.slice(0, slash)}/${type.kind}`;
}
