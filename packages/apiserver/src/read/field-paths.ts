import { getPath, type JsonObject } from '@flux-ts/base';
import type { ResourceType, ResourceVersion } from '../registry/resource.ts';

const COMMON: readonly string[] = ['metadata.name', 'metadata.namespace'];

/** Fields that selectors know beyond name and namespace, by `group/Kind`. */
const BY_KIND: Readonly<Record<string, readonly string[]>> = {
  '/Pod': [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  '/Event': [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'type',
    'source',
  ],
  '/Namespace': ['status.phase'],
  '/Secret': ['type'],
  '/Node': ['spec.unschedulable'],
  '/Service': ['spec.clusterIP', 'spec.type'],
  '/ReplicationController': ['status.replicas'],
  'apps/ReplicaSet': ['status.replicas'],
  'batch/Job': ['status.successful'],
  'certificates.k8s.io/CertificateSigningRequest': ['spec.signerName'],
};

/** Other names of the same fields: events.k8s.io calls them otherwise. */
const ALIASES: Readonly<Record<string, string>> = {
  'events.k8s.io/regarding.kind': 'involvedObject.kind',
  'events.k8s.io/regarding.namespace': 'involvedObject.namespace',
  'events.k8s.io/regarding.name': 'involvedObject.name',
  'events.k8s.io/regarding.uid': 'involvedObject.uid',
  'events.k8s.io/regarding.apiVersion': 'involvedObject.apiVersion',
  'events.k8s.io/regarding.resourceVersion': 'involvedObject.resourceVersion',
  'events.k8s.io/regarding.fieldPath': 'involvedObject.fieldPath',
  'events.k8s.io/reportingController': 'reportingComponent',
};

/** Gives, for a field of a selector, how its text is read from a stored object; undefined for a field that selectors do not know. */
export function fieldPaths(type: ResourceType, version: ResourceVersion): (field: string) => ((stored: JsonObject) => string) | undefined {
  const group = type.table === '/events' ? '' : type.group;
  const known = new Set([...COMMON, ...(BY_KIND[`${group}/${type.kind}`] ?? []), ...(version.selectableFields ?? [])]);
  return (field) => {
    const name = ALIASES[`${type.group}/${field}`] ?? field;
    if (!known.has(name)) return undefined;
    if (type.kind === 'Event') return (stored) => eventField(stored, name);
    if (name === 'spec.unschedulable' || name === 'spec.hostNetwork') return (stored) => textAt(stored, name) || 'false';
    if (name === 'status.successful') return (stored) => textAt(stored, 'status.succeeded') || '0';
    return (stored) => textAt(stored, name);
  };
}

function eventField(stored: JsonObject, name: string): string {
  if (name === 'source') return textAt(stored, 'source.component') || textAt(stored, 'reportingComponent');
  return textAt(stored, name);
}

function textAt(object: JsonObject, name: string): string {
  const value = getPath(object, name.split('.'));
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
}
