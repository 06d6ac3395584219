import { getObject, getPath, getString, type JsonObject } from '@flux-ts/base';
import { namespaceOf, nameOf } from '@flux-ts/kube';
import { KIND, live, objectsAt, type World } from './world.ts';

/** What keeps a Pod from starting. */
export interface Blocked {
  readonly waiting: string;
  readonly message: string;
  readonly event: string;
  readonly eventMessage: string;
}

/** Finds what a Pod refers to and is not there: the mistakes that keep real Pods from starting. */
export async function missingReference(world: World, pod: JsonObject): Promise<Blocked | undefined> {
  const namespace = namespaceOf(pod);
  for (const volume of objectsAt(pod, ['spec', 'volumes'])) {
    const missing = await missingVolume(world, pod, volume);
    if (missing === undefined) continue;
    const eventMessage = `MountVolume.SetUp failed for volume "${String(volume['name'])}" : ${missing}`;
    return { waiting: 'ContainerCreating', message: missing, event: 'FailedMount', eventMessage };
  }
  for (const container of [...objectsAt(pod, ['spec', 'initContainers']), ...objectsAt(pod, ['spec', 'containers'])]) {
    for (const reference of environmentReferences(container)) {
      const missing = await missingKey(world, { ...reference, namespace });
      if (missing !== undefined)
        return { waiting: 'CreateContainerConfigError', message: missing, event: 'Failed', eventMessage: `Error: ${missing}` };
    }
  }
  return undefined;
}

interface Reference {
  readonly kind: 'secret' | 'configMap';
  readonly name: string;
  readonly key?: string;
  readonly optional: boolean;
}

function reference(kind: Reference['kind'], at: JsonObject | undefined): Reference[] {
  const name = getString(at, ['name']) ?? getString(at, ['secretName']);
  if (name === undefined) return [];
  const key = getString(at, ['key']);
  return [{ kind, name, optional: at?.['optional'] === true, ...(key === undefined ? {} : { key }) }];
}

function environmentReferences(container: JsonObject): Reference[] {
  const whole = objectsAt(container, ['envFrom']).flatMap((from) => [
    ...reference('secret', getObject(from, ['secretRef'])),
    ...reference('configMap', getObject(from, ['configMapRef'])),
  ]);
  const keys = objectsAt(container, ['env']).flatMap((env) => [
    ...reference('secret', getObject(env, ['valueFrom', 'secretKeyRef'])),
    ...reference('configMap', getObject(env, ['valueFrom', 'configMapKeyRef'])),
  ]);
  return [...whole, ...keys];
}

async function missingKey(world: World, at: Reference & { readonly namespace: string }): Promise<string | undefined> {
  if (at.optional) return undefined;
  const found = await live(world, KIND[at.kind], { namespace: at.namespace, name: at.name });
  const resource = at.kind.toLowerCase();
  if (found === undefined) return `${resource} "${at.name}" not found`;
  if (at.key === undefined || getPath(found, ['data', at.key]) !== undefined || getPath(found, ['binaryData', at.key]) !== undefined)
    return undefined;
  return `couldn't find key ${at.key} in ${at.kind === 'secret' ? 'Secret' : 'ConfigMap'} ${at.namespace}/${at.name}`;
}

async function missingVolume(world: World, pod: JsonObject, volume: JsonObject): Promise<string | undefined> {
  const namespace = namespaceOf(pod);
  const sources = [volume, ...objectsAt(volume, ['projected', 'sources'])];
  for (const source of sources) {
    const references = [...reference('secret', getObject(source, ['secret'])), ...reference('configMap', getObject(source, ['configMap']))];
    for (const found of references) {
      const missing = await missingKey(world, { kind: found.kind, name: found.name, optional: found.optional, namespace });
      if (missing !== undefined) return missing;
    }
  }
  const claim =
    getString(volume, ['persistentVolumeClaim', 'claimName']) ??
    (getObject(volume, ['ephemeral', 'volumeClaimTemplate']) === undefined ? undefined : `${nameOf(pod)}-${String(volume['name'])}`);
  if (claim === undefined) return undefined;
  const found = await live(world, KIND.claim, { namespace, name: claim });
  if (found === undefined) return `persistentvolumeclaim "${claim}" not found`;
  return getString(found, ['status', 'phase']) === 'Bound' ? undefined : `pod has unbound immediate PersistentVolumeClaims: ${claim}`;
}
