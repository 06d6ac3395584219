import { errorMessage, FluxError } from '@flux-ts/base';
import type { StatusDraft } from '@flux-ts/runtime';

/**
 * How a reconciliation ends short of success.
 * retry: after retryInterval, told as an error · wait: after the dependency interval, in silence · stall: only a change of
 * the object helps · backoff: with a growing pause.
 */
export type EndKind = 'retry' | 'wait' | 'stall' | 'backoff';

/** Which step failed; the table says what that means. */
export type FailureStep =
  | 'source-missing'
  | 'source-error'
  | 'source-denied'
  | 'artifact-missing'
  | 'artifact-gone'
  | 'dependency'
  | 'cel'
  | 'fetch'
  | 'path'
  | 'client'
  | 'build'
  | 'apply'
  | 'prune'
  | 'health'
  | 'health-canceled'
  | 'unsupported';

interface Rule {
  readonly reason: string;
  readonly end: EndKind;
  readonly event: 'error' | 'info' | 'none';
  /** Also written into status.history under this reason. */
  readonly history: boolean;
}

const RULES: Readonly<Record<FailureStep, Rule>> = {
  'source-missing': { reason: 'ArtifactFailed', end: 'retry', event: 'none', history: false },
  'source-error': { reason: 'ArtifactFailed', end: 'backoff', event: 'none', history: false },
  'source-denied': { reason: 'AccessDenied', end: 'stall', event: 'error', history: false },
  'artifact-missing': { reason: 'ArtifactFailed', end: 'wait', event: 'none', history: false },
  'artifact-gone': { reason: 'ArtifactFailed', end: 'wait', event: 'none', history: false },
  dependency: { reason: 'DependencyNotReady', end: 'wait', event: 'info', history: false },
  cel: { reason: 'InvalidCELExpression', end: 'stall', event: 'error', history: false },
  fetch: { reason: 'ArtifactFailed', end: 'retry', event: 'error', history: false },
  path: { reason: 'ArtifactFailed', end: 'retry', event: 'error', history: false },
  client: { reason: 'ReconciliationFailed', end: 'retry', event: 'error', history: false },
  build: { reason: 'BuildFailed', end: 'retry', event: 'error', history: false },
  apply: { reason: 'ReconciliationFailed', end: 'retry', event: 'error', history: true },
  prune: { reason: 'PruneFailed', end: 'retry', event: 'error', history: true },
  health: { reason: 'HealthCheckFailed', end: 'retry', event: 'error', history: true },
  'health-canceled': { reason: 'HealthCheckCanceled', end: 'backoff', event: 'info', history: false },
  unsupported: { reason: 'FeatureGateDisabled', end: 'stall', event: 'error', history: false },
};

/** A step of a Kustomization that failed. `eventMessage` differs from the condition's where upstream's does. */
export class KustomizeFailure extends FluxError<'KUSTOMIZE_FAILED'> {
  readonly step: FailureStep;
  readonly eventMessage: string;

  constructor(init: { readonly step: FailureStep; readonly message: string; readonly eventMessage?: string; readonly cause?: unknown }) {
    super({ code: 'KUSTOMIZE_FAILED', message: init.message, cause: init.cause });
    this.step = init.step;
    this.eventMessage = init.eventMessage ?? init.message;
  }

  /** What this failure means. */
  get rule(): Rule {
    return RULES[this.step];
  }
}

/** Makes whatever was thrown in a step a failure of it. */
export function failureOf(step: FailureStep, error: unknown, prefix = ''): KustomizeFailure {
  if (error instanceof KustomizeFailure) return error;
  return new KustomizeFailure({ step, message: `${prefix}${errorMessage(error)}`, cause: error });
}

const TERMINAL = 'Reconciliation failed terminally due to configuration error';

/** Writes a failure into the draft. */
export function markFailure(draft: StatusDraft, failure: KustomizeFailure): void {
  const { reason, end } = failure.rule;
  const message = failure.step === 'cel' ? `${TERMINAL}: ${failure.message}` : failure.message;
  draft.mark('Ready', 'False', reason, message);
  if (failure.step === 'health') draft.mark('Healthy', 'False', reason, message);
  if (end === 'stall') {
    draft.markStalled(reason, message);
    draft.observe();
  }
}

/** Writes the end of a run into the draft, as upstream does whatever happened before. */
export function concludeStatus(draft: StatusDraft): void {
  if (draft.is('Ready', 'True')) {
    draft.unmark('Reconciling');
    draft.observe();
  }
  const reconciling = draft.condition('Reconciling');
  if (draft.is('Ready', 'False') && reconciling !== undefined)
    draft.mark('Reconciling', reconciling.status, 'ProgressingWithRetry', reconciling.message);
}
