import { configDigest, isPending, observationDigest, type ReleaseRecord } from '@flux-ts/helm';
import { generationOf, specOf } from '@flux-ts/kube';
import { manifestObjects } from './actions/release.ts';
import type { ActionContext } from './actions/context.ts';
import { detectDrift, driftMode, type Drift } from './drift.ts';
import { hasFailedTest, latest, targets, wasTested, type Snapshot } from './history.ts';
import { activeRemediation, testsEnabled } from './remediation.ts';
import { partDigest, type ReleaseRun } from './run.ts';

/** How a release stands against what the HelmRelease asks for. */
export type ReleaseState =
  | {
      readonly kind: 'Absent' | 'Unmanaged' | 'Locked' | 'OutOfSync' | 'Untested' | 'Failed' | 'InSync';
      readonly reason: string;
      readonly record?: ReleaseRecord;
    }
  | { readonly kind: 'Drifted'; readonly reason: string; readonly record: ReleaseRecord; readonly drifts: readonly Drift[] };

/** Why the record is not the one that was observed; undefined where it is. */
export function verifyRecord(snapshot: Snapshot, record: ReleaseRecord): string | undefined {
  if (!targets(snapshot, record)) return 'release not observed to be made for object';
  if (snapshot.apiVersion !== 'v2') return undefined; // made by another way of digesting
  const digest = observationDigest(record, snapshot.ociDigest === undefined ? {} : { ociDigest: snapshot.ociDigest });
  return digest === snapshot.digest ? undefined : 'release digest verification error';
}

function outOfSync(run: ReleaseRun, record: ReleaseRecord): string | undefined {
  const wanted = run.chart.metadata;
  const has = record.chart.metadata;
  if (has?.name !== wanted.name || has?.version !== wanted.version) return 'release chart changed';
  if (configDigest(record.config) !== run.configDigest) return 'release config values changed';
  const { draft, object } = run;
  if (draft.get('observedGeneration') === generationOf(object)) return undefined;
  const spec = specOf(object);
  if (partDigest(spec['postRenderers']) !== draft.text('observedPostRenderersDigest')) return 'postRenderers digest has changed';
  return partDigest(spec['commonMetadata']) === draft.text('observedCommonMetadataDigest')
    ? undefined
    : 'commonMetadata digest has changed';
}

function testState(run: ReleaseRun, snapshot: Snapshot): 'Untested' | 'Failed' | undefined {
  if (!testsEnabled(run.object)) return undefined;
  if (!wasTested(snapshot)) return 'Untested';
  const remediation = activeRemediation(run.object, run.draft);
  return remediation !== undefined && !remediation.ignoreTestFailures && hasFailedTest(snapshot) ? 'Failed' : undefined;
}

/** Finds out how the newest release in the storage stands. @throws Error for a status that says nothing */
export async function determineState(run: ReleaseRun, context: ActionContext): Promise<ReleaseState> {
  const record = (await context.storage.history(run.target.name, context.signal))[0];
  if (record === undefined) return { kind: 'Absent', reason: 'no release in storage for object' };
  const status = record.info.status ?? 'unknown';
  if (isPending(record)) return { kind: 'Locked', reason: `release with status '${status}'`, record };
  const snapshot = latest(run.draft);
  if (snapshot === undefined) {
    return status === 'uninstalled'
      ? { kind: 'Absent', reason: 'found uninstalled release in storage', record }
      : { kind: 'Unmanaged', reason: 'found existing release in storage', record };
  }
  const unverified = verifyRecord(snapshot, record);
  if (unverified !== undefined) return { kind: 'Unmanaged', reason: unverified, record };
  if (status === 'failed') return { kind: 'Failed', reason: 'release is in a failed state', record };
  if (status === 'uninstalled') return { kind: 'Absent', reason: 'found uninstalled release in storage', record };
  if (status !== 'deployed') throw new Error(`unable to determine state for release with status '${status}'`);
  const changed = outOfSync(run, record);
  if (changed !== undefined) return { kind: 'OutOfSync', reason: changed, record };
  const tests = testState(run, snapshot);
  if (tests !== undefined)
    return { kind: tests, reason: tests === 'Failed' ? 'release has test in failed phase' : 'release has not been tested', record };
  if (driftMode(run.object) !== 'disabled') {
    const drifts = await detectDrift(context, run.object, manifestObjects(record.manifest));
    if (drifts.length > 0) return { kind: 'Drifted', reason: 'detected changes in cluster state', record, drifts };
  }
  return { kind: 'InSync', reason: 'release in-sync with desired state', record };
}
