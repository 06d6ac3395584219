import { annotationsOf, generationOf, specOf } from '@flux-ts/kube';
import type { StatusDraft } from '@flux-ts/runtime';
import { specText } from '../../shared/spec.ts';
import { latest } from '../history.ts';
import { clearFailures } from '../remediation.ts';
import { partDigest, type ReleaseRun, type ReleaseTarget } from '../run.ts';

/** Says in which way the release would be another one than the one that is there; undefined where it is the same. */
export function targetChanged(run: ReleaseRun): string | undefined {
  const { draft, target, object } = run;
  const storage = draft.text('storageNamespace');
  const snapshot = latest(draft);
  if (storage === undefined || storage === '' || snapshot === undefined) return undefined;
  if (storage !== target.storageNamespace) return `target storage namespace changed from ${storage} to ${target.storageNamespace}`;
  if (snapshot.namespace !== target.namespace) return 'release namespace changed';
  if (snapshot.name !== target.name) return 'release name changed';
  const inPlace = specText(object, 'upgrade', 'chartNameChangeStrategy') === 'InPlaceUpdate';
  return snapshot.chartName !== run.chart.metadata.name && !inPlace ? 'chart name changed' : undefined;
}

function resetRequested(run: ReleaseRun): boolean {
  const annotations = annotationsOf(run.object);
  const reset = annotations['reconcile.fluxcd.io/resetAt'];
  const requested = annotations['reconcile.fluxcd.io/requestedAt'];
  const handled = run.draft.text('lastHandledResetAt');
  if (reset !== undefined) run.draft.set('lastHandledResetAt', reset);
  return reset !== undefined && reset === requested && reset !== handled && requested !== run.draft.text('lastHandledReconcileAt');
}

/** Notes what is tried, and forgets failures of something else. */
export function noteAttempt(run: ReleaseRun): void {
  const { draft, object, chart } = run;
  const version = chart.metadata.version ?? '';
  const differs =
    draft.get('lastAttemptedGeneration') !== generationOf(object) ||
    draft.text('lastAttemptedRevision') !== version ||
    draft.text('lastAttemptedConfigDigest') !== run.configDigest;
  if (differs || resetRequested(run)) clearFailures(draft);
  draft.set('storageNamespace', run.target.storageNamespace);
  draft.set('lastAttemptedGeneration', generationOf(object));
  draft.set('lastAttemptedRevision', version);
  draft.set('lastAttemptedRevisionDigest', run.ociDigest);
  draft.set('lastAttemptedConfigDigest', run.configDigest);
  draft.set('lastAttemptedValuesChecksum', undefined);
  draft.set('lastReleaseRevision', undefined);
}

/** Remembers what the release was rendered with, beside chart and values. */
export function observeParts(run: ReleaseRun): void {
  const spec = specOf(run.object);
  run.draft.set('observedPostRenderersDigest', partDigest(spec['postRenderers']));
  run.draft.set('observedCommonMetadataDigest', partDigest(spec['commonMetadata']));
}

/** The target that the status remembers. */
export function storedTarget(draft: StatusDraft, otherwise: ReleaseTarget): ReleaseTarget {
  const snapshot = latest(draft);
  return {
    name: snapshot?.name ?? otherwise.name,
    namespace: snapshot?.namespace ?? otherwise.namespace,
    storageNamespace: draft.text('storageNamespace') ?? otherwise.storageNamespace,
  };
}
