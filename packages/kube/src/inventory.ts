import type { JsonObject } from '@flux-ts/base';
import { refOf, splitApiVersion, typeOf, type ObjectRef } from './object.ts';

/** One object of an inventory, as it stands in a Kustomization's or HelmRelease's status. */
export interface InventoryEntry {
  /** `<namespace>_<name>_<group>_<Kind>`; `:` in a name is written `__`. */
  readonly id: string;
  /** The API version without its group. */
  readonly v: string;
}

/** Prints the id of a reference. */
export function inventoryId(ref: ObjectRef): string {
  return `${ref.namespace}_${ref.name.replaceAll(':', '__')}_${ref.group}_${ref.kind}`;
}

/** The inventory entry of an object. */
export function inventoryEntry(object: JsonObject): InventoryEntry {
  return { id: inventoryId(refOf(object)), v: splitApiVersion(typeOf(object).apiVersion).version };
}

/** Reads an id: kind and group from the right, namespace from the left. @returns undefined where the text is none */
export function parseInventoryId(id: string): ObjectRef | undefined {
  const kindAt = id.lastIndexOf('_');
  const groupAt = id.lastIndexOf('_', kindAt - 1);
  const nameAt = id.indexOf('_');
  if (kindAt < 0 || groupAt < 0 || nameAt < 0 || nameAt >= groupAt) return undefined;
  return {
    namespace: id.slice(0, nameAt),
    name: id.slice(nameAt + 1, groupAt).replaceAll('__', ':'),
    group: id.slice(groupAt + 1, kindAt),
    kind: id.slice(kindAt + 1),
  };
}

/** An object that stands for an inventory entry: kind, version and name, nothing else. */
export function objectOfEntry(entry: InventoryEntry): JsonObject | undefined {
  const ref = parseInventoryId(entry.id);
  if (ref === undefined) return undefined;
  return {
    apiVersion: ref.group === '' ? entry.v : `${ref.group}/${entry.v}`,
    kind: ref.kind,
    metadata: ref.namespace === '' ? { name: ref.name } : { name: ref.name, namespace: ref.namespace },
  };
}

/** The entries of an old inventory that a new one does not have. */
export function staleEntries(old: readonly InventoryEntry[], now: readonly InventoryEntry[]): InventoryEntry[] {
  const kept = new Set(now.map((e) => e.id));
  return old.filter((e) => !kept.has(e.id));
}
