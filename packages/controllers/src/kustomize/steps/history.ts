import { formatDuration, formatTime, getArray, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import type { KustomizeRun, RunSource } from '../run.ts';

const MAX_ENTRIES = 5;

/** Notes a reconciliation of a build in status.history: the same build with the same end counts up and moves to the front. */
export function recordHistory(
  run: KustomizeRun,
  input: { readonly digest: string; readonly status: string; readonly source: RunSource },
): void {
  const { draft, cell } = run;
  const now = formatTime(cell.clock.now());
  const lastReconciledDuration = formatDuration(cell.clock.now() - run.startedMs);
  const old = (getArray(draft.status, ['history']) ?? []).filter(isObject);
  const isSame = (e: JsonObject): boolean =>
    getString(e, ['digest']) === input.digest && getString(e, ['lastReconciledStatus']) === input.status;
  const known = old.find(isSame);
  const total = known?.['totalReconciliations'];
  const metadata: Record<string, JsonValue> = { revision: input.source.revision };
  if (input.source.originRevision !== undefined) metadata['originRevision'] = input.source.originRevision;
  const entry: JsonObject = {
    digest: input.digest,
    firstReconciled: known === undefined ? now : (getString(known, ['firstReconciled']) ?? now),
    lastReconciled: now,
    lastReconciledDuration,
    lastReconciledStatus: input.status,
    metadata,
    totalReconciliations: typeof total === 'number' ? total + 1 : 1,
  };
  draft.set('history', [entry, ...old.filter((e) => !isSame(e))].slice(0, MAX_ENTRIES));
}
