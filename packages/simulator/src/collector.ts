import { getString, isObject, type JsonObject } from '@flux-ts/base';
import { finalizersOf, isTerminating, keyOf, namespaceOf, typeOf, uidOf, type KubeClient, type TypeRef } from '@flux-ts/kube';
import { SIMULATOR } from './kinds.ts';
import { objectsAt } from './read.ts';
import { tolerant } from './world.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

interface Node {
  readonly object: JsonObject;
  readonly owners: readonly string[];
}

/**
 * The garbage collector: deletes objects whose owners are gone, and carries out foreground and orphan deletion.
 * Fed with every object by `seen` and `gone`; it answers with the objects that have to be looked at.
 */
export class Collector {
  readonly #client: KubeClient;
  readonly #nodes = new Map<string, Node>();
  readonly #dependents = new Map<string, Set<string>>();

  constructor(client: KubeClient) {
    this.#client = client;
  }

  /** Takes note of an object as it stands. @returns uids to look at */
  seen(object: JsonObject): readonly string[] {
    const uid = uidOf(object);
    const owners = objectsAt(object, ['metadata', 'ownerReferences']).map((reference) => String(reference['uid']));
    this.#unlink(uid);
    this.#nodes.set(uid, { object, owners });
    for (const owner of owners) {
      const set = this.#dependents.get(owner) ?? new Set<string>();
      this.#dependents.set(owner, set.add(uid));
    }
    if (isTerminating(object)) return [uid];
    return owners.some((owner) => !this.#nodes.has(owner) || isTerminating((this.#nodes.get(owner) as Node).object)) ? [uid] : [];
  }

  /** Takes note that an object is gone. @returns uids to look at */
  gone(object: JsonObject): readonly string[] {
    const uid = uidOf(object);
    const owners = this.#nodes.get(uid)?.owners ?? [];
    this.#unlink(uid);
    this.#nodes.delete(uid);
    const waiting = owners.filter((owner) => {
      const node = this.#nodes.get(owner);
      return node !== undefined && isTerminating(node.object);
    });
    return [...(this.#dependents.get(uid) ?? []), ...waiting];
  }

  #unlink(uid: string): void {
    for (const owner of this.#nodes.get(uid)?.owners ?? []) {
      const set = this.#dependents.get(owner);
      set?.delete(uid);
      if (set?.size === 0) this.#dependents.delete(owner);
    }
  }

  /** Does what is due for one object. */
  async collect(uid: string): Promise<void> {
    const node = this.#nodes.get(uid);
    if (node === undefined) return;
    const { object } = node;
    if (isTerminating(object)) {
      const finalizers = finalizersOf(object);
      if (finalizers.includes(ORPHAN)) return this.#orphan(object);
      if (finalizers.includes(FOREGROUND)) return this.#foreground(object);
      return;
    }
    if (node.owners.length > 0) await this.#deleteIfOrphaned(object);
  }

  async #deleteIfOrphaned(object: JsonObject): Promise<void> {
    let waits = false;
    for (const reference of objectsAt(object, ['metadata', 'ownerReferences'])) {
      const owner = await this.#owner(object, reference);
      if (owner === undefined) continue;
      const foreground = isTerminating(owner) && finalizersOf(owner).includes(FOREGROUND);
      if (!foreground) return;
      waits = true;
    }
    await this.#delete(object, waits ? 'Foreground' : 'Background');
  }

  async #owner(dependent: JsonObject, reference: JsonObject): Promise<JsonObject | undefined> {
    const known = this.#nodes.get(String(reference['uid']));
    if (known !== undefined) return known.object;
    const type: TypeRef = { apiVersion: getString(reference, ['apiVersion']) ?? '', kind: getString(reference, ['kind']) ?? '' };
    const name = getString(reference, ['name']) ?? '';
    const resource = await this.#client.mapper.resourceFor(type).catch(() => undefined);
    if (resource === undefined) return undefined;
    const found = await this.#client.find(type, resource.namespaced ? { namespace: namespaceOf(dependent), name } : { name });
    return found !== undefined && uidOf(found) === reference['uid'] ? found : undefined;
  }

  async #delete(object: JsonObject, propagation: 'Background' | 'Foreground'): Promise<void> {
    await tolerant(this.#client.delete(typeOf(object), keyOf(object), { uid: uidOf(object), propagation }));
  }

  async #foreground(owner: JsonObject): Promise<void> {
    const dependents = this.#dependentsOf(owner);
    for (const dependent of dependents) if (!isTerminating(dependent)) await this.#delete(dependent, 'Foreground');
    const blocking = dependents.some((dependent) =>
      objectsAt(dependent, ['metadata', 'ownerReferences']).some((r) => r['uid'] === uidOf(owner) && r['blockOwnerDeletion'] === true),
    );
    if (!blocking) await this.#dropFinalizer(owner, FOREGROUND);
  }

  async #orphan(owner: JsonObject): Promise<void> {
    for (const dependent of this.#dependentsOf(owner)) {
      const ownerReferences = objectsAt(dependent, ['metadata', 'ownerReferences']).filter(
        (reference) => reference['uid'] !== uidOf(owner),
      );
      const patch = { metadata: { ownerReferences: ownerReferences.length > 0 ? ownerReferences : null, uid: uidOf(dependent) } };
      await tolerant(this.#client.patch(typeOf(dependent), keyOf(dependent), { kind: 'merge', patch }, { fieldManager: SIMULATOR }));
    }
    await this.#dropFinalizer(owner, ORPHAN);
  }

  #dependentsOf(owner: JsonObject): readonly JsonObject[] {
    return [...(this.#dependents.get(uidOf(owner)) ?? [])].map((uid) => this.#nodes.get(uid)?.object).filter(isObject);
  }

  async #dropFinalizer(object: JsonObject, finalizer: string): Promise<void> {
    const finalizers = finalizersOf(object).filter((name) => name !== finalizer);
    const patch = { metadata: { finalizers: finalizers.length > 0 ? [...finalizers] : null, uid: uidOf(object) } };
    await tolerant(this.#client.patch(typeOf(object), keyOf(object), { kind: 'merge', patch }, { fieldManager: SIMULATOR }));
  }
}
