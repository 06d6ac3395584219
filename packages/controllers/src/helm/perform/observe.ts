import type { ReleaseRecord } from '@flux-ts/helm';
import type { ActionContext } from '../actions/context.ts';
import { readHistory, recordSnapshot, snapshotOf, targets, type Snapshot } from '../history.ts';
import type { ReleaseRun } from '../run.ts';

/** A message with the last lines of an action's log. */
export function withLog(message: string, context: ActionContext): string {
  return context.log.length === 0 ? message : `${message}\n\nLast Helm logs:\n\n${context.log.slice(-10).join('\n')}`;
}

/** The facts of a release for an event. */
export function factsOf(snapshot: Snapshot): Readonly<Record<string, string | undefined>> {
  return {
    revision: snapshot.chartVersion,
    token: snapshot.configDigest,
    'app-version': snapshot.appVersion,
    'oci-digest': snapshot.ociDigest,
  };
}

/** Writes the records that an action made into the history: the newest in front, older ones in their places. */
export function observe(run: ReleaseRun, written: ReadonlyMap<number, ReleaseRecord>): void {
  const history = readHistory(run.draft);
  const newest = Math.max(...written.keys());
  for (const [version, record] of [...written].sort(([a], [b]) => a - b)) {
    const known = history.find((s) => targets(s, record));
    if (known === undefined && version !== newest) continue;
    const ociDigest = known === undefined ? run.ociDigest : known.ociDigest;
    recordSnapshot(run.draft, snapshotOf(record, { ociDigest, testHooks: known?.testHooks }));
  }
}
