import type { StatusDraft } from '@flux-ts/runtime';
import type { JsonObject } from '@flux-ts/base';
import { testsEnabled, testsIgnored } from './remediation.ts';

/** Composes Ready from Remediated, TestSuccess and Released: the newest generation first, then that order. */
export function summarize(object: JsonObject, draft: StatusDraft): void {
  const withTests = testsEnabled(object);
  if (!withTests) draft.unmark('TestSuccess');
  const types = withTests && !testsIgnored(object) ? ['Remediated', 'TestSuccess', 'Released'] : ['Remediated', 'Released'];
  const best = types
    .map((type) => draft.condition(type))
    .filter((c) => c !== undefined)
    .sort((a, b) => (b.observedGeneration ?? 0) - (a.observedGeneration ?? 0) || types.indexOf(a.type) - types.indexOf(b.type))[0];
  if (best === undefined) return;
  const status = best.type === 'Remediated' ? 'False' : best.status;
  if (status === 'True') draft.unmark('Stalled');
  draft.mark('Ready', status, best.reason, best.message);
}
