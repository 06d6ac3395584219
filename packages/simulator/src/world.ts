import { deepEqual, formatTime, getObject, type Clock, type JsonObject, type Logger, type Random } from '@flux-ts/base';
import { isKubeError, isTerminating, keyOf, namespaceOf, typeOf, uidOf, type KubeClient } from '@flux-ts/kube';
import type { ClusterCache } from './cache.ts';
import { KIND, SIMULATOR } from './kinds.ts';
import type { AddressBook } from './pods/addresses.ts';
import type { Pacer } from './pods/pacer.ts';
import type { PodRunner } from './pod-runner.ts';
import type { RuleBook } from './rules/rule-book.ts';

/** Asks to look at an object again. */
export type Again = { readonly againInMs: number } | undefined;

/** A certificate authority, a certificate that it signed, and that one's key; PEM. */
export interface CertificatePair {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** What an event says. */
export interface Told {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** The part of the object that it is about: `spec.containers{web}`. */
  readonly fieldPath?: string;
}

/** What every step of the simulator works with. */
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
  readonly cache: ClusterCache;
  readonly rules: RuleBook;
  readonly addresses: AddressBook;
  readonly pace: Pacer;
  /** The images that the node has pulled. */
  readonly images: Set<string>;
  /** Writes a Kubernetes event about an object, after the step. */
  readonly say: (object: JsonObject, what: Told) => void;
}

/** The time of a World as objects carry it. */
export function timeOf(world: World): string {
  return formatTime(world.clock.now());
}

/** Tells whether a write failed because its object went, changed or came in the meantime. */
export function isLostRace(error: unknown): boolean {
  return isKubeError(error) && (error.code === 'KUBE_NOT_FOUND' || error.code === 'KUBE_CONFLICT' || error.code === 'KUBE_ALREADY_EXISTS');
}

/** Waits for a write whose object may have gone or changed in the meantime; that is no failure of the simulator. */
export async function tolerant<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (isLostRace(error)) return undefined;
    throw error;
  }
}

/** Makes an object. @returns it as it is stored; undefined where one of its name stood there @throws KubeError */
export async function create(world: World, object: JsonObject): Promise<JsonObject | undefined> {
  const made = await tolerant(world.client.create(object, { fieldManager: SIMULATOR }));
  if (made !== undefined) world.cache.seen(made);
  return made;
}

/** Merges a patch into an object, if it is still the one. @returns it as it is stored; undefined where it is not */
export async function patch(world: World, object: JsonObject, change: JsonObject): Promise<JsonObject | undefined> {
  const metadata = { ...getObject(change, ['metadata']), uid: uidOf(object) };
  const merge = { kind: 'merge', patch: { ...change, metadata } } as const;
  const stored = await tolerant(world.client.patch(typeOf(object), keyOf(object), merge, { fieldManager: SIMULATOR }));
  if (stored !== undefined) world.cache.seen(stored);
  return stored;
}

/** Replaces an object as a whole. @returns it as it is stored; undefined where it changed in the meantime */
export async function replace(world: World, object: JsonObject): Promise<JsonObject | undefined> {
  const stored = await tolerant(world.client.update(object, { fieldManager: SIMULATOR }));
  if (stored !== undefined) world.cache.seen(stored);
  return stored;
}

/**
 * Writes a status where it differs from the stored one; a lost race is left to the event that follows it.
 * @returns the object as it stands then
 */
export async function writeStatus(world: World, object: JsonObject, status: JsonObject): Promise<JsonObject> {
  if (deepEqual(getObject(object, ['status']) ?? {}, status)) return object;
  const stored = await tolerant(world.client.updateStatus({ ...object, status }, { fieldManager: SIMULATOR }));
  if (stored === undefined) return object;
  world.cache.seen(stored);
  return stored;
}

/** Deletes an object, if it is still the one. @returns whether it was there */
export async function remove(world: World, object: JsonObject, gracePeriodSeconds?: number): Promise<boolean> {
  const options = {
    uid: uidOf(object),
    propagation: 'Background',
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
  } as const;
  const done = await tolerant(world.client.delete(typeOf(object), keyOf(object), options).then(() => true));
  world.cache.leaving(object, timeOf(world));
  return done === true;
}

/** Tells whether nothing can be made in a namespace any more. */
export function isClosing(world: World, namespace: string): boolean {
  const found = world.cache.get(KIND.namespace, { name: namespace });
  return found !== undefined && isTerminating(found);
}

/** The namespace of an object as a key's part; none for cluster-scoped ones. */
export function inNamespaceOf(object: JsonObject, name: string): { readonly namespace: string; readonly name: string } {
  return { namespace: namespaceOf(object), name };
}

/** How long to wait before something that failed is tried again: as long as it has been failing, within bounds. */
export function patienceMs(failingForMs: number, bounds: readonly [leastMs: number, mostMs: number]): number {
  return Math.min(bounds[1], Math.max(bounds[0], failingForMs));
}
