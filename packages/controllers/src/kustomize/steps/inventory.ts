import { errorMessage, getArray, getString, isObject, type JsonObject } from '@flux-ts/base';
import {
  ApplyError,
  formatChanges,
  inventoryId,
  nameOf,
  namespaceOf,
  objectOfEntry,
  staleEntries,
  type ApplyManager,
  type ChangeSetEntry,
  type InventoryEntry,
} from '@flux-ts/kube';
import { specFlag } from '../../shared/spec.ts';
import { KustomizeFailure } from '../outcome.ts';
import { tell, type KustomizeRun, type RunSource } from '../run.ts';
import { GROUP } from './apply.ts';

/** The inventory in a status. */
export function readInventory(value: JsonObject): readonly InventoryEntry[] {
  return (getArray(value, ['inventory', 'entries']) ?? [])
    .filter(isObject)
    .map((e) => ({ id: getString(e, ['id']) ?? '', v: getString(e, ['v']) ?? '' }));
}

/** Writes an inventory into the draft. */
export function writeInventory(run: KustomizeRun, entries: readonly InventoryEntry[]): void {
  run.draft.set('inventory', { entries: entries.map((e) => ({ id: e.id, v: e.v })) });
}

/** The inventory of what was applied; skipped objects count too. */
export function inventoryOf(entries: readonly ChangeSetEntry[]): readonly InventoryEntry[] {
  return entries.map((e) => ({ id: inventoryId(e.ref), v: e.version }));
}

/** Which objects may be deleted: those with this Kustomization's labels that nobody has opted out. */
export function deleteOptions(object: JsonObject): {
  readonly inclusions: Record<string, string>;
  readonly exclusions: Record<string, string>;
} {
  return {
    inclusions: { [`${GROUP}/name`]: nameOf(object), [`${GROUP}/namespace`]: namespaceOf(object) },
    exclusions: { [`${GROUP}/prune`]: 'Disabled', [`${GROUP}/reconcile`]: 'Disabled', [`${GROUP}/ssa`]: 'Ignore' },
  };
}

/** The objects behind inventory entries. */
export function objectsOf(entries: readonly InventoryEntry[]): readonly JsonObject[] {
  return entries.map(objectOfEntry).filter((o) => o !== undefined);
}

/** Deletes what is no longer in the inventory; what could not be deleted goes back into it. @throws KustomizeFailure */
export async function pruneStale(
  run: KustomizeRun,
  input: {
    readonly manager: ApplyManager;
    readonly before: readonly InventoryEntry[];
    readonly now: readonly InventoryEntry[];
    readonly source: RunSource;
  },
): Promise<void> {
  const { manager, before, now, source } = input;
  if (!specFlag(run.object, 'prune')) return;
  const stale = staleEntries(before, now);
  if (stale.length === 0) return;
  try {
    const changes = await manager.deleteAll(objectsOf(stale), {
      propagation: 'Background',
      signal: run.context.signal,
      ...deleteOptions(run.object),
    });
    if (changes.length > 0) tell(run, { severity: 'info', message: formatChanges(changes), source });
  } catch (error) {
    run.context.signal.throwIfAborted();
    const settled = new Set(error instanceof ApplyError ? error.changes.map((c) => inventoryId(c.ref)) : []);
    writeInventory(run, [...now, ...stale.filter((e) => !settled.has(e.id))]);
    throw new KustomizeFailure({ step: 'prune', message: errorMessage(error), cause: error });
  }
}
