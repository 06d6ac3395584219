import { errorMessage, formatDuration } from '@flux-ts/base';
import type { ReleaseRecord } from '@flux-ts/helm';
import { inventoryEntry, nameOf, namespaceOf } from '@flux-ts/kube';
import { actionContext, actionOptions, crdPolicy, maxHistory } from '../actions/context-of.ts';
import type { ActionContext } from '../actions/context.ts';
import { applyCrds } from '../actions/crds.ts';
import { prepareObjects } from '../actions/objects.ts';
import { manifestObjects, performRelease } from '../actions/release.ts';
import { chartNameOf, fullName, latest, wasTested, writeHistory } from '../history.ts';
import { HelmFailure } from '../outcome.ts';
import { clearFailures, countAnyFailure, countFailure, retryIntervalOf, testsEnabled } from '../remediation.ts';
import { actionFlag, GROUP, tell, type ReleaseRun } from '../run.ts';
import { renderRelease } from '../steps/render.ts';
import { summarize } from '../summary.ts';
import { factsOf, observe, withLog } from './observe.ts';

/** Installs or upgrades. Failures that left a record are noted and counted; others are thrown, to be tried again. */
export async function releaseAction(run: ReleaseRun, kind: 'install' | 'upgrade'): Promise<void> {
  const { draft, object, cell } = run;
  const written = new Map<number, ReleaseRecord>();
  const context = actionContext(run, kind, (record) => written.set(record.version, record));
  const startedMs = cell.clock.now();
  draft.set('lastAttemptedReleaseAction', kind);
  if (kind === 'install') writeHistory(draft, []);
  draft.unmark('TestSuccess', 'Remediated');
  let failed: { readonly error: unknown } | undefined;
  try {
    await makeRelease(run, kind, context);
  } catch (error) {
    context.signal.throwIfAborted();
    failed = { error };
  }
  draft.set('lastAttemptedReleaseActionDuration', formatDuration(cell.clock.now() - startedMs));
  if (written.size > 0) observe(run, written);
  if (failed === undefined) await releaseSucceeded(run, kind);
  else releaseFailed(run, { kind, context, error: failed.error, counted: written.size > 0 });
  summarize(object, draft);
  if (failed !== undefined && written.size === 0)
    throw new HelmFailure({ step: 'action', message: errorMessage(failed.error), cause: failed.error });
}

async function makeRelease(run: ReleaseRun, kind: 'install' | 'upgrade', context: ActionContext): Promise<void> {
  const { object, client, target, cell } = run;
  const history = await context.storage.history(target.name, context.signal);
  const newest = history[0];
  const previousRecord = kind === 'upgrade' ? (history.find((r) => r.info.status === 'deployed') ?? newest) : undefined;
  if (kind === 'install' && actionFlag(object, 'install', 'createNamespace')) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: target.namespace } };
    await client.apply(namespace, { fieldManager: 'helm-controller', force: true, signal: context.signal });
  }
  const revision = (newest?.version ?? 0) + 1;
  const labels = { [`${GROUP}/name`]: nameOf(object), [`${GROUP}/namespace`]: namespaceOf(object) };
  // the files of crds/ go first: templates may ask what the cluster knows
  const rendered = await renderRelease(run, { revision, isInstall: kind === 'install', isUpgrade: kind === 'upgrade' });
  if (rendered.crds.length > 0) await applyCrds(context, { files: rendered.crds, policy: crdPolicy(run, kind), labels });
  cell.counters?.add(`helm.${kind}`);
  await performRelease(context, {
    rendered,
    revision,
    options: actionOptions(run, kind, previousRecord),
    maxHistory: maxHistory(run),
    previous: previousRecord,
    history,
  });
}

async function releaseSucceeded(run: ReleaseRun, kind: 'install' | 'upgrade'): Promise<void> {
  const { draft, object } = run;
  const snapshot = latest(draft);
  if (snapshot === undefined) return;
  const reason = kind === 'install' ? 'InstallSucceeded' : 'UpgradeSucceeded';
  const message = `Helm ${kind} succeeded for release ${fullName(snapshot)} with chart ${chartNameOf(snapshot)}`;
  draft.mark('Released', 'True', reason, message);
  if (testsEnabled(object) && !wasTested(snapshot)) {
    draft.mark(
      'TestSuccess',
      'Unknown',
      'AwaitingTests',
      `Helm release ${fullName(snapshot)} with chart ${chartNameOf(snapshot)} is awaiting tests`,
    );
  }
  if (retryIntervalOf(object, draft, false) !== undefined) clearFailures(draft);
  await noteInventory(run);
  tell(run, { severity: 'info', reason, message, facts: factsOf(snapshot) });
}

/** Writes the objects of the newest release into status.inventory. */
async function noteInventory(run: ReleaseRun): Promise<void> {
  const context = actionContext(run, undefined);
  const record = (await context.storage.history(run.target.name, context.signal))[0];
  if (record === undefined) return;
  const objects = await prepareObjects(context, manifestObjects(record.manifest));
  run.draft.set('inventory', { entries: objects.map(inventoryEntry).map((e) => ({ id: e.id, v: e.v })) });
}

function releaseFailed(
  run: ReleaseRun,
  failure: { readonly kind: 'install' | 'upgrade'; readonly context: ActionContext; readonly error: unknown; readonly counted: boolean },
): void {
  const { draft, target, chart } = run;
  const { kind } = failure;
  const reason = kind === 'install' ? 'InstallFailed' : 'UpgradeFailed';
  const name = `${chart.metadata.name}@${chart.metadata.version ?? ''}`;
  const message = `Helm ${kind} failed for release ${target.namespace}/${target.name} with chart ${name}: ${errorMessage(failure.error).trim()}`;
  countAnyFailure(draft);
  draft.mark('Released', 'False', reason, message);
  if (failure.counted) countFailure(draft, kind);
  const facts = {
    revision: chart.metadata.version,
    token: run.configDigest,
    'app-version': chart.metadata.appVersion,
    'oci-digest': run.ociDigest,
  };
  tell(run, { severity: 'error', reason, message: withLog(message, failure.context), facts });
}
