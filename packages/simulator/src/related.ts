import { getString, type JsonObject } from '@flux-ts/base';
import { isTerminating, labelsOf, namespaceOf, nameOf, uidOf, type InformerEvent, type TypeRef } from '@flux-ts/kube';
import { covers } from './budget.ts';
import type { ClusterCache } from './cache.ts';
import { isTrue } from './conditions.ts';
import { KIND, kindName } from './kinds.ts';
import { selects } from './network/endpoints.ts';
import { controllerOf, isFinished, objectsAt, phaseOf } from './read.ts';

/** Objects to look at again because another one changed: what owns it, chooses it, or waits for it. */
export function relatedTo(cache: ClusterCache, event: InformerEvent): readonly JsonObject[] {
  const { object } = event;
  const out: JsonObject[] = [];
  const owner = controllerOf(object);
  if (owner !== undefined) {
    const type: TypeRef = { apiVersion: String(owner['apiVersion']), kind: String(owner['kind']) };
    const found = cache.get(type, { namespace: namespaceOf(object), name: String(owner['name']) });
    if (found !== undefined && uidOf(found) === owner['uid']) out.push(found);
  }
  out.push(...(BY_KIND[kindName({ apiVersion: String(object['apiVersion']), kind: String(object['kind']) })]?.(cache, event) ?? []));
  return out;
}

type Related = (cache: ClusterCache, event: InformerEvent) => readonly JsonObject[];

const BY_KIND: Readonly<Record<string, Related>> = {
  '/Pod': ofPod,
  '/Secret': ofConfiguration,
  '/ConfigMap': ofConfiguration,
  '/ServiceAccount': (cache, { type, object }) => (type === 'added' ? makersIn(cache, namespaceOf(object)) : []),
  '/ResourceQuota': (cache, { type, object }) => (type === 'added' ? [] : makersIn(cache, namespaceOf(object)).filter(hasFailed)),
  '/PersistentVolumeClaim': ofClaim,
  '/PersistentVolume': (cache, { object }) =>
    cache.list(KIND.claim).filter((claim) => phaseOf(claim) === 'Pending' || getString(claim, ['spec', 'volumeName']) === nameOf(object)),
  'storage.k8s.io/StorageClass': (cache, { type }) =>
    type === 'added' ? cache.list(KIND.claim).filter((claim) => phaseOf(claim) === 'Pending') : [],
  '/Node': ofNode,
  'networking.k8s.io/IngressClass': (cache, { type }) => (type === 'added' ? cache.list(KIND.ingress) : []),
};

function ofPod(cache: ClusterCache, event: InformerEvent): readonly JsonObject[] {
  const { object } = event;
  const namespace = namespaceOf(object);
  const labels = { ...labelsOf(object), ...(event.type === 'modified' ? labelsOf(event.old) : {}) };
  const services = Object.entries(labels)
    .flatMap((pair) => cache.labelled(KIND.service, namespace, pair))
    .filter((service) => selects(service, object) || (event.type === 'modified' && selects(service, event.old)));
  const budgets = cache.list(KIND.budget, namespace).filter((budget) => covers(budget, object));
  return [...services, ...budgets];
}

/** Pods that wait for a Secret or ConfigMap which came or changed. */
function ofConfiguration(cache: ClusterCache, event: InformerEvent): readonly JsonObject[] {
  if (event.type === 'deleted') return [];
  const name = nameOf(event.object);
  return cache
    .list(KIND.pod, namespaceOf(event.object))
    .filter((pod) => phaseOf(pod) === 'Pending' && JSON.stringify(pod['spec']).includes(name));
}

function makersIn(cache: ClusterCache, namespace: string): readonly JsonObject[] {
  return [KIND.replicaSet, KIND.statefulSet, KIND.daemonSet, KIND.job].flatMap((type) => cache.list(type, namespace));
}

/** Those of which it is not known that they have all they want. */
function hasFailed(maker: JsonObject): boolean {
  return maker['kind'] !== 'ReplicaSet' || isTrue(maker, 'ReplicaFailure');
}

function ofClaim(cache: ClusterCache, event: InformerEvent): readonly JsonObject[] {
  const { object } = event;
  const name = nameOf(object);
  const uses = (pod: JsonObject): boolean =>
    phaseOf(pod) === 'Pending' &&
    objectsAt(pod, ['spec', 'volumes']).some(
      (volume) => getString(volume, ['persistentVolumeClaim', 'claimName']) === name || `${nameOf(pod)}-${String(volume['name'])}` === name,
    );
  const volume = cache.get(KIND.volume, { name: getString(object, ['spec', 'volumeName']) ?? '' });
  return [...cache.list(KIND.pod, namespaceOf(object)).filter(uses), ...(volume === undefined ? [] : [volume])];
}

/** A node that takes Pods again, or others than before. */
function ofNode(cache: ClusterCache, event: InformerEvent): readonly JsonObject[] {
  const specChanged = event.type === 'modified' && event.old['spec'] !== event.object['spec'];
  const labelsChanged = event.type === 'modified' && JSON.stringify(labelsOf(event.old)) !== JSON.stringify(labelsOf(event.object));
  if (!specChanged && !labelsChanged) return [];
  const waiting = cache
    .list(KIND.pod)
    .filter((pod) => !isFinished(pod) && !isTerminating(pod) && getString(pod, ['spec', 'nodeName']) === undefined);
  return [...waiting, ...cache.list(KIND.daemonSet)];
}
