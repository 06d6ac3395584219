import { getObject, type JsonObject } from '@flux-ts/base';
import { specOf } from '@flux-ts/kube';
import type { StatusDraft } from '@flux-ts/runtime';
import { specDuration, specObject, specText } from '../shared/spec.ts';

/** What happens after failed releases. */
export interface Remediation {
  readonly kind: 'install' | 'upgrade';
  /** Tries after the first; negative without end. */
  readonly retries: number;
  readonly failures: number;
  readonly strategy: 'uninstall' | 'rollback';
  readonly remediateLastFailure: boolean;
  readonly ignoreTestFailures: boolean;
}

function failuresOf(draft: StatusDraft, kind: 'install' | 'upgrade'): number {
  const value = draft.get(kind === 'install' ? 'installFailures' : 'upgradeFailures');
  return typeof value === 'number' ? value : 0;
}

/** The remediation of a kind of release action. */
export function remediationOf(object: JsonObject, draft: StatusDraft, kind: 'install' | 'upgrade'): Remediation {
  const spec = specObject(object, kind, 'remediation') ?? {};
  const retries = typeof spec['retries'] === 'number' ? spec['retries'] : 0;
  const last = spec['remediateLastFailure'];
  const ignore = spec['ignoreTestFailures'];
  return {
    kind,
    retries,
    failures: failuresOf(draft, kind),
    strategy: kind === 'install' ? 'uninstall' : spec['strategy'] === 'uninstall' ? 'uninstall' : 'rollback',
    remediateLastFailure: typeof last === 'boolean' ? last : kind === 'upgrade' && retries > 0,
    ignoreTestFailures: typeof ignore === 'boolean' ? ignore : testsMayFail(object),
  };
}

function testsMayFail(object: JsonObject): boolean {
  return specObject(object, 'test')?.['ignoreFailures'] === true;
}

/** The remediation of the action that was tried last; undefined where none was. */
export function activeRemediation(object: JsonObject, draft: StatusDraft): Remediation | undefined {
  const last = draft.text('lastAttemptedReleaseAction');
  return last === 'install' || last === 'upgrade' ? remediationOf(object, draft, last) : undefined;
}

/** Whether no try is left. */
export function isExhausted(remediation: Remediation): boolean {
  return remediation.retries >= 0 && remediation.failures > remediation.retries;
}

/** The pause of the RetryOnFailure strategy of the action tried last; undefined where it does not apply. */
export function retryIntervalOf(object: JsonObject, draft: StatusDraft, gateDefault: boolean): number | undefined {
  const last = draft.text('lastAttemptedReleaseAction');
  if (last !== 'install' && last !== 'upgrade') return undefined;
  const name = specText(object, last, 'strategy', 'name') ?? (gateDefault ? 'RetryOnFailure' : 'RemediateOnFailure');
  return name === 'RetryOnFailure' ? (specDuration(object, last, 'strategy', 'retryInterval') ?? 300_000) : undefined;
}

/** Whether tests are run after a release. */
export function testsEnabled(object: JsonObject): boolean {
  return specObject(object, 'test')?.['enable'] === true;
}

/** Whether a failed test is no failure of the release. */
export function testsIgnored(object: JsonObject): boolean {
  return testsMayFail(object);
}

/** Counts a failure for an action's remediation. */
export function countFailure(draft: StatusDraft, kind: 'install' | 'upgrade'): void {
  draft.set(kind === 'install' ? 'installFailures' : 'upgradeFailures', failuresOf(draft, kind) + 1);
}

/** Counts any failure. */
export function countAnyFailure(draft: StatusDraft): void {
  const value = draft.get('failures');
  draft.set('failures', (typeof value === 'number' ? value : 0) + 1);
}

/** Forgets all failures. */
export function clearFailures(draft: StatusDraft): void {
  for (const field of ['failures', 'installFailures', 'upgradeFailures']) draft.set(field, undefined);
}

/** Values of the spec that the HelmRelease gives itself. */
export function inlineValues(object: JsonObject): JsonObject {
  return getObject(specOf(object), ['values']) ?? {};
}
