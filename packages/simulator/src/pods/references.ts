import { getObject, getPath, getString, type JsonObject } from '@flux-ts/base';
import { namespaceOf } from '@flux-ts/kube';
import { KIND } from '../kinds.ts';
import { objectsAt } from '../read.ts';
import type { World } from '../world.ts';

/** A volume that cannot be mounted, in a kubelet's words; undefined where all can. */
export function missingVolume(world: World, pod: JsonObject): string | undefined {
  for (const volume of objectsAt(pod, ['spec', 'volumes'])) {
    const missing = [volume, ...objectsAt(volume, ['projected', 'sources'])]
      .flatMap((source) => [
        ...references('secret', getObject(source, ['secret'])),
        ...references('configMap', getObject(source, ['configMap'])),
      ])
      .map((at) => missingFromVolume(world, pod, at))
      .find((text) => text !== undefined);
    if (missing !== undefined) return `MountVolume.SetUp failed for volume "${String(volume['name'])}" : ${missing}`;
  }
  return undefined;
}

/** What a container's environment refers to and is not there, in a kubelet's words. */
export function missingForContainer(world: World, pod: JsonObject, container: JsonObject): string | undefined {
  const whole = objectsAt(container, ['envFrom']).flatMap((from) => [
    ...references('secret', getObject(from, ['secretRef'])),
    ...references('configMap', getObject(from, ['configMapRef'])),
  ]);
  const keys = objectsAt(container, ['env']).flatMap((env) => [
    ...references('secret', getObject(env, ['valueFrom', 'secretKeyRef'])),
    ...references('configMap', getObject(env, ['valueFrom', 'configMapKeyRef'])),
  ]);
  return [...whole, ...keys].map((at) => missingKey(world, pod, at)).find((text) => text !== undefined);
}

/** The pull secrets that a Pod names and that are not there. */
export function missingPullSecrets(world: World, pod: JsonObject): readonly string[] {
  return objectsAt(pod, ['spec', 'imagePullSecrets'])
    .map((secret) => String(secret['name'] ?? ''))
    .filter((name) => name !== '' && world.cache.get(KIND.secret, { namespace: namespaceOf(pod), name }) === undefined);
}

interface Reference {
  readonly kind: 'secret' | 'configMap';
  readonly name: string;
  readonly keys: readonly string[];
  readonly optional: boolean;
}

function references(kind: Reference['kind'], at: JsonObject | undefined): Reference[] {
  const name = getString(at, ['name']) ?? getString(at, ['secretName']);
  if (name === undefined || at === undefined) return [];
  const key = getString(at, ['key']);
  const items = objectsAt(at, ['items']).map((item) => String(item['key']));
  return [{ kind, name, optional: at['optional'] === true, keys: key === undefined ? items : [key] }];
}

function find(world: World, pod: JsonObject, at: Reference): JsonObject | undefined {
  return world.cache.get(KIND[at.kind], { namespace: namespaceOf(pod), name: at.name });
}

function lacks(object: JsonObject, key: string): boolean {
  return getPath(object, ['data', key]) === undefined && getPath(object, ['binaryData', key]) === undefined;
}

function missingKey(world: World, pod: JsonObject, at: Reference): string | undefined {
  if (at.optional) return undefined;
  const found = find(world, pod, at);
  if (found === undefined) return `${at.kind.toLowerCase()} "${at.name}" not found`;
  const key = at.keys.find((name) => lacks(found, name));
  if (key === undefined) return undefined;
  return `couldn't find key ${key} in ${at.kind === 'secret' ? 'Secret' : 'ConfigMap'} ${namespaceOf(pod)}/${at.name}`;
}

function missingFromVolume(world: World, pod: JsonObject, at: Reference): string | undefined {
  if (at.optional) return undefined;
  const found = find(world, pod, at);
  if (found === undefined) return `${at.kind.toLowerCase()} "${at.name}" not found`;
  const key = at.keys.find((name) => lacks(found, name));
  return key === undefined ? undefined : `references non-existent ${at.kind === 'secret' ? 'secret' : 'config'} key: ${key}`;
}
