import type { FieldError } from '@flux-ts/schema';
import { isObject, type JsonObject } from '@flux-ts/base';
import { horizontalPodAutoscaler, podDisruptionBudget } from './autoscaling.ts';
import { controllerRevision, endpoints, endpointSlice, lease, node, priorityClass } from './cluster.ts';
import { configMap, secret } from './config.ts';
import { cronJob } from './cron-job.ts';
import { ingress, ingressClass } from './ingress.ts';
import { job } from './job.ts';
import { networkPolicy } from './network-policy.ts';
import { pod } from './pod.ts';
import { podTemplate } from './pod-template.ts';
import { limitRange, resourceQuota } from './quotas.ts';
import { clusterRole, clusterRoleBinding, role, roleBinding } from './rbac.ts';
import { part } from './read.ts';
import { Report, type Validator } from './report.ts';
import { service } from './service.ts';
import { csiDriver, persistentVolume, persistentVolumeClaim, storageClass } from './storage.ts';
import { webhookConfiguration } from './webhooks.ts';
import { daemonSet, deployment, replicaSet, replicationController, statefulSet } from './workloads.ts';

/** The rules of built-in kinds by `group/Kind`; they look at the version that is stored. */
const VALIDATORS: ReadonlyMap<string, Validator> = new Map<string, Validator>([
  ['/Pod', pod],
  ['/PodTemplate', (object, report): void => podTemplate(part(object, 'template'), { path: 'template' }, report)],
  ['/ReplicationController', replicationController],
  ['/Service', service],
  ['/Endpoints', endpoints],
  ['/ConfigMap', configMap],
  ['/Secret', secret],
  ['/PersistentVolumeClaim', persistentVolumeClaim],
  ['/PersistentVolume', persistentVolume],
  ['/ResourceQuota', resourceQuota],
  ['/LimitRange', limitRange],
  ['/Node', node],
  ['apps/Deployment', deployment],
  ['apps/ReplicaSet', replicaSet],
  ['apps/DaemonSet', daemonSet],
  ['apps/StatefulSet', statefulSet],
  ['apps/ControllerRevision', controllerRevision],
  ['batch/Job', job],
  ['batch/CronJob', cronJob],
  ['autoscaling/HorizontalPodAutoscaler', horizontalPodAutoscaler],
  ['policy/PodDisruptionBudget', podDisruptionBudget],
  ['networking.k8s.io/Ingress', ingress],
  ['networking.k8s.io/IngressClass', ingressClass],
  ['networking.k8s.io/NetworkPolicy', networkPolicy],
  ['rbac.authorization.k8s.io/Role', role],
  ['rbac.authorization.k8s.io/ClusterRole', clusterRole],
  ['rbac.authorization.k8s.io/RoleBinding', roleBinding],
  ['rbac.authorization.k8s.io/ClusterRoleBinding', clusterRoleBinding],
  ['storage.k8s.io/StorageClass', storageClass],
  ['storage.k8s.io/CSIDriver', csiDriver],
  ['scheduling.k8s.io/PriorityClass', priorityClass],
  ['coordination.k8s.io/Lease', lease],
  ['discovery.k8s.io/EndpointSlice', endpointSlice],
  ['admissionregistration.k8s.io/ValidatingWebhookConfiguration', webhookConfiguration],
  ['admissionregistration.k8s.io/MutatingWebhookConfiguration', webhookConfiguration],
]);

/** What an object is looked at for. */
export interface ValidationInput {
  /** `group/Kind` */
  readonly kind: string;
  /** Canonical, defaulted and completed by the server, in the stored version. */
  readonly object: JsonObject;
  /** The stored object, on updates. */
  readonly old?: JsonObject;
}

/**
 * What is wrong with an object of a built-in kind beyond its metadata, in upstream's words and order; nothing for kinds without rules.
 * @see kubernetes pkg/apis/core/validation, and those of the other groups
 */
export function validateObject({ kind, object, old }: ValidationInput): readonly FieldError[] {
  const spec = SPEC_ALONE.has(kind) ? object['spec'] : undefined;
  if (isObject(spec) && spec === old?.['spec'] && RIGHT.get(spec) === kind) return [];
  const report = new Report();
  VALIDATORS.get(kind)?.(object, report, old);
  if (isObject(spec) && report.errors.length === 0) RIGHT.set(spec, kind);
  return report.errors;
}

/** Kinds whose rules look at nothing but the spec. */
const SPEC_ALONE = new Set(['apps/Deployment', 'apps/ReplicaSet', 'apps/DaemonSet']);
/** Specs that were found right: they never change, and most writes leave the spec as it is. */
const RIGHT = new WeakMap<JsonObject, string>();
