import { errorMessage, formatDuration, getString, type JsonObject } from '@flux-ts/base';
import {
  nameOf,
  namespaceOf,
  refOf,
  splitApiVersion,
  WaitInterrupted,
  type ApplyManager,
  type ChangeSetEntry,
  type ObjectRef,
  type StatusReader,
} from '@flux-ts/kube';
import { gateEnabled } from '../../options.ts';
import { specFlag, specList } from '../../shared/spec.ts';
import { KustomizeFailure } from '../outcome.ts';
import { progress, tell, timeoutOf, type KustomizeRun, type RunSource } from '../run.ts';

/** What a health check looks at. */
export interface HealthInput {
  readonly manager: ApplyManager;
  readonly entries: readonly ChangeSetEntry[];
  readonly objects: readonly JsonObject[];
  readonly reader: StatusReader | undefined;
  readonly source: RunSource;
  readonly isNewRevision: boolean;
  readonly drifted: boolean;
}

function referenced(object: JsonObject): readonly ObjectRef[] {
  return specList(object, 'healthChecks').map((check) => ({
    group: splitApiVersion(getString(check, ['apiVersion']) || 'apps/v1').group,
    kind: getString(check, ['kind']) ?? '',
    namespace: getString(check, ['namespace']) ?? '',
    name: getString(check, ['name']) ?? '',
  }));
}

function toCheck(object: JsonObject, entries: readonly ChangeSetEntry[]): readonly ObjectRef[] {
  const refs = specFlag(object, 'wait') ? entries.filter((e) => e.action !== 'skipped').map((e) => e.ref) : referenced(object);
  const isSelf = (r: ObjectRef): boolean => r.kind === 'Kustomization' && r.name === nameOf(object) && r.namespace === namespaceOf(object);
  return refs.filter((r) => !isSelf(r));
}

function jobsWithTtl(objects: readonly JsonObject[]): readonly ObjectRef[] {
  return objects
    .filter((o) => refOf(o).kind === 'Job' && refOf(o).group === 'batch')
    .filter((o) => typeof (o['spec'] as JsonObject | undefined)?.['ttlSecondsAfterFinished'] === 'number')
    .map(refOf);
}

/** Waits until what was applied (or what healthChecks names) is ready. @throws KustomizeFailure */
export async function checkHealth(run: KustomizeRun, input: HealthInput): Promise<void> {
  const { draft, cell, context, object } = run;
  if (specList(object, 'healthChecks').length === 0 && !specFlag(object, 'wait')) {
    draft.unmark('Healthy');
    return;
  }
  const refs = toCheck(object, input.entries);
  const wasHealthy = draft.is('Healthy', 'True');
  if (input.entries.length === 0 && specFlag(object, 'wait')) {
    draft.unmark('Healthy');
    return;
  }
  const startedMs = cell.clock.now();
  const message = `Running health checks for revision ${input.source.revision} with a timeout of ${formatDuration(timeoutOf(object))}`;
  draft.mark('Healthy', 'Unknown', 'Progressing', message);
  await progress(run, 'Running health checks', input.source.revision);
  try {
    await input.manager.waitForReady(refs, {
      timeoutMs: timeoutOf(object),
      failFast: !gateEnabled(run.options, 'DisableFailFastBehavior'),
      jobsWithTtl: jobsWithTtl(input.objects),
      reader: input.reader,
      signal: context.signal,
      ...(gateEnabled(run.options, 'CancelHealthCheckOnNewRevision') ? { interrupt: (): boolean => context.isQueued() } : {}),
    });
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof WaitInterrupted) {
      throw new KustomizeFailure({
        step: 'health-canceled',
        message: 'New reconciliation triggered',
        eventMessage: 'Health checks canceled due to new reconciliation',
      });
    }
    const after = formatDuration(cell.clock.now() - startedMs);
    throw new KustomizeFailure({ step: 'health', message: `health check failed after ${after}: ${errorMessage(error)}`, cause: error });
  }
  const passed = `Health check passed in ${formatDuration(cell.clock.now() - startedMs)}`;
  if (!wasHealthy || (input.isNewRevision && input.drifted)) tell(run, { severity: 'info', message: passed, source: input.source });
  draft.mark('Healthy', 'True', 'Succeeded', passed);
  await draft.patch(context.signal);
}
