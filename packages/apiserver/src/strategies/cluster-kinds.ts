import { getPath, type JsonObject } from '@flux-ts/base';
import { aggregateRoles } from '../authz/aggregate.ts';
import type { Strategy, StrategyInput } from './strategy.ts';

const binding: Strategy = { names: 'path', createOnUpdate: true };

const clusterRole: Strategy = {
  names: 'path',
  createOnUpdate: true,
  // Rules of an aggregated role are the server's: what a manifest says is replaced at once
  prepareUpdate: (next, old) => (getPath(next, ['aggregationRule']) === undefined ? next : { ...next, rules: old['rules'] ?? [] }),
  afterWrite: (_stored, _old, core) => aggregateRoles(core),
  afterDelete: (_old, core) => aggregateRoles(core),
};

function notCalled(kind: string): Strategy {
  const warn = (object: JsonObject, { context }: StrategyInput): JsonObject => {
    context.warnings.push(`this cluster stores ${kind} objects, but never calls or evaluates them`);
    return object;
  };
  return { generation: true, prepareCreate: warn, prepareUpdate: (next, _old, input) => warn(next, input) };
}

const signing: Strategy = {
  prepareCreate: (object, { context }) => ({
    ...object,
    spec: { ...(object['spec'] as JsonObject | undefined), username: context.user.name, groups: [...context.user.groups] },
    status: {},
  }),
};

/** Kinds of RBAC, storage, networking and administration. */
export const CLUSTER_STRATEGIES: Readonly<Record<string, Strategy>> = {
  'rbac.authorization.k8s.io/Role': { names: 'path', createOnUpdate: true },
  'rbac.authorization.k8s.io/ClusterRole': clusterRole,
  'rbac.authorization.k8s.io/RoleBinding': binding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': binding,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': notCalled('ValidatingWebhookConfiguration'),
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': notCalled('MutatingWebhookConfiguration'),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': notCalled('ValidatingAdmissionPolicy'),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': { generation: true },
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': notCalled('MutatingAdmissionPolicy'),
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': { generation: true },
  'storage.k8s.io/StorageClass': { returnsDeleted: true },
  'storage.k8s.io/CSIDriver': { returnsDeleted: true },
  'storage.k8s.io/CSINode': {},
  'storage.k8s.io/VolumeAttachment': { returnsDeleted: true },
  'scheduling.k8s.io/PriorityClass': { generation: true },
  'networking.k8s.io/Ingress': { generation: true },
  'networking.k8s.io/IngressClass': { generation: true },
  'networking.k8s.io/NetworkPolicy': { generation: true },
  'discovery.k8s.io/EndpointSlice': { generation: true },
  'coordination.k8s.io/Lease': { createOnUpdate: true },
  'certificates.k8s.io/CertificateSigningRequest': signing,
  'flowcontrol.apiserver.k8s.io/FlowSchema': { generation: true, names: 'path' },
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': { generation: true, names: 'path' },
};
