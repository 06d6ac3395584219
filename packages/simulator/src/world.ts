import {
  deepEqual,
  getArray,
  getObject,
  getPath,
  getString,
  isObject,
  type Clock,
  type JsonObject,
  type JsonValue,
  type Logger,
  type Random,
} from '@flux-ts/base';
import {
  annotationsOf,
  isKubeError,
  keyOf,
  nameOf,
  namespaceOf,
  typeOf,
  uidOf,
  type KubeClient,
  type ObjectKey,
  type TypeRef,
} from '@flux-ts/kube';
import type { PodRunner } from './pod-runner.ts';

/** The field manager, event source and mark of everything that is simulated. */
export const SIMULATOR = 'workload-simulator';
/** The only node, which runs nothing. */
export const NODE_NAME = 'flux-sim-0';
/** Annotation on a Pod (template), PVC or Service: what goes wrong with it. */
export const FAIL_ANNOTATION = 'simulator.flux-ts.dev/fail';
/** Annotation: a Go duration to wait before the next step. */
export const DELAY_ANNOTATION = 'simulator.flux-ts.dev/delay';

/** Asks to look at an object again. */
export type Again = { readonly againInMs: number } | undefined;

/** A certificate authority, a certificate that it signed, and that one's key; PEM. */
export interface CertificatePair {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** What every step of the simulator works with. It reads live objects, so that it never acts on stale ones. */
export interface World {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** How long a healthy Pod takes to start, in milliseconds. */
  readonly startMs: number;
  readonly pods: PodRunner | undefined;
  /** Makes a self-signed authority and a serving certificate for hosts, as PEM texts. */
  readonly certificate: (hosts: readonly string[]) => CertificatePair;
  /** Writes a Kubernetes event about an object. */
  readonly say: (
    object: JsonObject,
    what: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string },
  ) => void;
}

/** The kinds that the simulator speaks of. */
export const KIND = {
  pod: { apiVersion: 'v1', kind: 'Pod' },
  node: { apiVersion: 'v1', kind: 'Node' },
  service: { apiVersion: 'v1', kind: 'Service' },
  secret: { apiVersion: 'v1', kind: 'Secret' },
  configMap: { apiVersion: 'v1', kind: 'ConfigMap' },
  serviceAccount: { apiVersion: 'v1', kind: 'ServiceAccount' },
  namespace: { apiVersion: 'v1', kind: 'Namespace' },
  claim: { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  volume: { apiVersion: 'v1', kind: 'PersistentVolume' },
  storageClass: { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' },
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  replicaSet: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  statefulSet: { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  daemonSet: { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  job: { apiVersion: 'batch/v1', kind: 'Job' },
  cronJob: { apiVersion: 'batch/v1', kind: 'CronJob' },
  endpointSlice: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  ingress: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  budget: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
  autoscaler: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
} as const satisfies Readonly<Record<string, TypeRef>>;

/** A number at a path, or the default. */
export function numberAt(object: JsonValue | undefined, path: readonly (string | number)[], otherwise: number): number {
  const value = getPath(object, path);
  return typeof value === 'number' ? value : otherwise;
}

/** The elements of an array at a path that are objects. */
export function objectsAt(object: JsonValue | undefined, path: readonly (string | number)[]): readonly JsonObject[] {
  return (getArray(object, path) ?? []).filter(isObject);
}

/** The owner reference that makes `owner` the managing controller of another object. */
export function controlledBy(owner: JsonObject): JsonObject {
  return { ...typeOf(owner), name: nameOf(owner), uid: uidOf(owner), controller: true, blockOwnerDeletion: true };
}

/** The owner reference of the managing controller, if there is one. */
export function controllerOf(object: JsonObject): JsonObject | undefined {
  return objectsAt(object, ['metadata', 'ownerReferences']).find((reference) => reference['controller'] === true);
}

/** The live objects of a kind in the owner's namespace that it controls. */
export async function controlled(world: World, type: TypeRef, owner: JsonObject): Promise<readonly JsonObject[]> {
  const { items } = await world.client.list(type, { namespace: namespaceOf(owner) });
  return items.filter((item) => getString(controllerOf(item), ['uid']) === uidOf(owner));
}

/** Writes a status where it differs from the stored one. Lost races are left to the event that follows them. */
export async function writeStatus(world: World, object: JsonObject, status: JsonObject): Promise<void> {
  if (deepEqual(getObject(object, ['status']) ?? {}, status)) return;
  await tolerant(world.client.updateStatus({ ...object, status }, { fieldManager: SIMULATOR }));
}

/** Waits for a write whose object may have gone or changed in the meantime; that is no failure of the simulator. */
export async function tolerant(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (isKubeError(error) && (error.code === 'KUBE_NOT_FOUND' || error.code === 'KUBE_CONFLICT' || error.code === 'KUBE_ALREADY_EXISTS'))
      return false;
    throw error;
  }
}

/** Deletes a Pod-like object in the background, if it is still the same. */
export function remove(world: World, object: JsonObject): Promise<boolean> {
  return tolerant(
    world.client.delete(typeOf(object), keyOf(object), { uid: uidOf(object), propagation: 'Background', gracePeriodSeconds: 0 }),
  );
}

/** The object as it stands now, or undefined where it is gone. */
export function live(world: World, type: TypeRef, key: ObjectKey): Promise<JsonObject | undefined> {
  return world.client.find(type, key);
}

/** What the annotation says goes wrong, or undefined. */
export function failureOf(object: JsonObject): string | undefined {
  return annotationsOf(object)[FAIL_ANNOTATION];
}

/** A condition of a workload, with the times of the one that it replaces where nothing else changed. */
export function condition(
  before: JsonObject,
  next: { readonly type: string; readonly status: 'True' | 'False' | 'Unknown'; readonly reason?: string; readonly message?: string },
  time: string,
): JsonObject {
  const old = objectsAt(before, ['status', 'conditions']).find((c) => c['type'] === next.type);
  const same = old !== undefined && old['status'] === next.status;
  const text = {
    ...(next.reason === undefined ? {} : { reason: next.reason }),
    ...(next.message === undefined ? {} : { message: next.message }),
  };
  const changed = !same || old['reason'] !== next.reason || old['message'] !== next.message;
  const lastTransitionTime = same ? (old['lastTransitionTime'] ?? time) : time;
  const lastUpdateTime = changed ? time : (old['lastUpdateTime'] ?? time);
  return { type: next.type, status: next.status, ...text, lastTransitionTime, lastUpdateTime };
}

/** A condition without `lastUpdateTime`, as Pods, Jobs and claims have it. */
export function plainCondition(...args: Parameters<typeof condition>): JsonObject {
  const { lastUpdateTime: _, ...rest } = condition(...args);
  return rest;
}

/** Tells whether a Pod is ready, by its condition. */
export function isReady(pod: JsonObject): boolean {
  return objectsAt(pod, ['status', 'conditions']).some((c) => c['type'] === 'Ready' && c['status'] === 'True');
}

/** Reads an absolute number or a percentage of `total`. */
export function scaled(value: JsonValue | undefined, total: number, rounding: 'up' | 'down'): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(String(value ?? ''))?.[1];
  if (percent === undefined) return 0;
  const exact = (Number(percent) * total) / 100;
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** A short stable text for a template: FNV-1a in the alphabet of generated names. */
export function shortHash(text: string, length = 10): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(text)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  let out = '';
  for (let i = 0; i < length; i++, hash /= 27n) out += ALPHABET[Number(hash % 27n)] as string;
  return out;
}
