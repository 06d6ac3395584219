import { deepEqual, getObject, getPath, type JsonObject } from '@flux-ts/base';
import { fieldError, type FieldError } from '@flux-ts/schema';
import { aggregateRoles } from '../authz/aggregate.ts';
import { immutableFields } from './immutable.ts';
import type { Strategy, StrategyInput } from './strategy.ts';

function bindingUpdate(next: JsonObject, old: JsonObject): readonly FieldError[] {
  return deepEqual(next['roleRef'], old['roleRef'])
    ? []
    : [fieldError('FieldValueInvalid', 'roleRef', next['roleRef'] ?? null, 'cannot change roleRef')];
}

const binding: Strategy = { names: 'path', createOnUpdate: true, validateUpdate: bindingUpdate };

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

const storageClass: Strategy = {
  returnsDeleted: true,
  validateUpdate: (next, old) => storageUpdates(next, old),
};

function storageUpdates(next: JsonObject, old: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  const forbidden = (field: string): void => {
    if (!deepEqual(next[field] ?? null, old[field] ?? null))
      errors.push(fieldError('FieldValueForbidden', field, null, `updates to ${field} are forbidden.`));
  };
  for (const field of ['parameters', 'provisioner', 'reclaimPolicy']) forbidden(field);
  return [...errors, ...immutableFields(next, old, ['volumeBindingMode'])];
}

const priorityClass: Strategy = {
  generation: true,
  validateUpdate(next, old) {
    const errors: FieldError[] = [];
    for (const field of ['value', 'preemptionPolicy']) {
      if (!deepEqual(next[field], old[field]))
        errors.push(
          fieldError(
            field === 'value' ? 'FieldValueForbidden' : 'FieldValueInvalid',
            field,
            next[field] ?? null,
            field === 'value' ? 'may not be changed in an update.' : 'field is immutable',
          ),
        );
    }
    return errors;
  },
};

const ingress: Strategy = {
  generation: true,
  validateCreate: ingressErrors,
  validateUpdate: (next) => ingressErrors(next),
};

function ingressErrors(object: JsonObject): FieldError[] {
  const spec = getObject(object, ['spec']) ?? {};
  const errors: FieldError[] = [];
  const rules = (spec['rules'] as readonly JsonObject[] | undefined) ?? [];
  if (rules.length === 0 && spec['defaultBackend'] === undefined)
    errors.push(fieldError('FieldValueInvalid', 'spec', spec, 'either `defaultBackend` or `rules` must be specified'));
  rules.forEach((rule, i) => {
    const paths = (getPath(rule, ['http', 'paths']) as readonly JsonObject[] | undefined) ?? [];
    paths.forEach((path, j) => {
      const at = `spec.rules[${i}].http.paths[${j}]`;
      if (path['pathType'] === undefined) errors.push(fieldError('FieldValueRequired', `${at}.pathType`, '', 'pathType must be specified'));
      const backend = getObject(path, ['backend']);
      if (backend?.['service'] === undefined && backend?.['resource'] === undefined)
        errors.push(fieldError('FieldValueRequired', `${at}.backend.service.name`, '', ''));
      const text = path['path'];
      if ((path['pathType'] === 'Exact' || path['pathType'] === 'Prefix') && (typeof text !== 'string' || !text.startsWith('/'))) {
        errors.push(fieldError('FieldValueInvalid', `${at}.path`, text ?? '', 'must be an absolute path'));
      }
    });
  });
  return errors;
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
  'storage.k8s.io/StorageClass': storageClass,
  'storage.k8s.io/CSIDriver': { returnsDeleted: true },
  'storage.k8s.io/CSINode': {},
  'storage.k8s.io/VolumeAttachment': { returnsDeleted: true },
  'scheduling.k8s.io/PriorityClass': priorityClass,
  'networking.k8s.io/Ingress': ingress,
  'networking.k8s.io/IngressClass': { generation: true, validateUpdate: (next, old) => immutableFields(next, old, ['spec.controller']) },
  'networking.k8s.io/NetworkPolicy': { generation: true },
  'discovery.k8s.io/EndpointSlice': { generation: true, validateUpdate: (next, old) => immutableFields(next, old, ['addressType']) },
  'coordination.k8s.io/Lease': { createOnUpdate: true },
  'certificates.k8s.io/CertificateSigningRequest': signing,
  'flowcontrol.apiserver.k8s.io/FlowSchema': { generation: true, names: 'path' },
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': { generation: true, names: 'path' },
};
