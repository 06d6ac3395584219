import { errorMessage } from '@flux-ts/base';
import { hooksOfRelease } from '@flux-ts/helm';
import { specList } from '../../shared/spec.ts';
import { actionContext } from '../actions/context-of.ts';
import { runHooks, withHookRun } from '../actions/hooks.ts';
import { chartNameOf, fullName, latest, recordSnapshot, snapshotOf, testHooksOf, type Snapshot } from '../history.ts';
import { HelmFailure } from '../outcome.ts';
import { activeRemediation, countAnyFailure, countFailure } from '../remediation.ts';
import { tell, type ReleaseRun } from '../run.ts';
import { summarize } from '../summary.ts';
import { factsOf } from './observe.ts';

/** Runs the tests of the newest release. */
export async function testAction(run: ReleaseRun): Promise<void> {
  const { draft, object } = run;
  const snapshot = latest(draft);
  const context = actionContext(run, 'test');
  const record = (await context.storage.history(run.target.name, context.signal))[0];
  if (snapshot === undefined || record === undefined)
    throw new HelmFailure({ step: 'action', message: 'no latest release: required for test' });
  let noted = record;
  let failed: { readonly error: unknown } | undefined;
  const filters = specList(object, 'test', 'filters');
  const chosen = (name: string): boolean => {
    const excluded = filters.some((f) => f['exclude'] === true && f['name'] === name);
    const included = filters.filter((f) => f['exclude'] !== true);
    return !excluded && (included.length === 0 || included.some((f) => f['name'] === name));
  };
  try {
    await runHooks(context, record, {
      event: 'test',
      hooks: hooksOfRelease(record),
      choose: (hook) => chosen(hook.name),
      onRun: (hook, end) => {
        noted = withHookRun(noted, hook.name, end);
      },
    });
  } catch (error) {
    context.signal.throwIfAborted();
    failed = { error };
  }
  if (noted !== record) await context.storage.update(noted, context.signal);
  const tested = snapshotOf(noted, { ociDigest: snapshot.ociDigest, testHooks: testHooksOf(noted) });
  recordSnapshot(draft, tested);
  if (failed === undefined) testSucceeded(run, tested);
  else testFailed(run, tested, failed.error);
  summarize(object, draft);
}

function testSucceeded(run: ReleaseRun, tested: Snapshot): void {
  const count = Object.keys(tested.testHooks ?? {}).length;
  const what = count === 0 ? 'no test hooks' : `${count} test hook${count > 1 ? 's' : ''} completed successfully`;
  const message = `Helm test succeeded for release ${fullName(tested)} with chart ${chartNameOf(tested)}: ${what}`;
  run.draft.mark('TestSuccess', 'True', 'TestSucceeded', message);
  tell(run, { severity: 'info', reason: 'TestSucceeded', message, facts: factsOf(tested) });
}

function testFailed(run: ReleaseRun, tested: Snapshot, error: unknown): void {
  const { draft, object } = run;
  const message = `Helm test failed for release ${fullName(tested)} with chart ${chartNameOf(tested)}: ${errorMessage(error).trim()}`;
  countAnyFailure(draft);
  draft.mark('TestSuccess', 'False', 'TestFailed', message);
  tell(run, { severity: 'error', reason: 'TestFailed', message, facts: factsOf(tested) });
  const remediation = activeRemediation(object, draft);
  if (remediation !== undefined && !remediation.ignoreTestFailures) countFailure(draft, remediation.kind);
}
