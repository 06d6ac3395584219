import type { JsonObject } from '@flux-ts/base';
import { formatRef, refOf, splitApiVersion, typeOf, type ObjectRef } from '../object.ts';

/** What happened to an object. */
export type ApplyAction = 'created' | 'configured' | 'unchanged' | 'deleted' | 'skipped' | 'unknown';

/** One object of a change set. */
export interface ChangeSetEntry {
  readonly ref: ObjectRef;
  readonly version: string;
  /** `Kind/namespace/name`. */
  readonly subject: string;
  readonly action: ApplyAction;
}

/** Makes an entry. */
export function changeOf(object: JsonObject, action: ApplyAction): ChangeSetEntry {
  const ref = refOf(object);
  return { ref, version: splitApiVersion(typeOf(object).apiVersion).version, subject: formatRef(ref), action };
}

/** Prints entries as Flux does in events: `Kind/ns/name created`, a line each. */
export function formatChanges(entries: readonly ChangeSetEntry[]): string {
  return entries.map((e) => `${e.subject} ${e.action}`).join('\n');
}

/** The entries that changed something. */
export function changesOnly(entries: readonly ChangeSetEntry[]): ChangeSetEntry[] {
  return entries.filter((e) => e.action === 'created' || e.action === 'configured' || e.action === 'deleted');
}
