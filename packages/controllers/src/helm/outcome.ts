import { errorMessage, FluxError } from '@flux-ts/base';
import type { StatusDraft } from '@flux-ts/runtime';

/**
 * How a run ends short of a release.
 * backoff: with a growing pause · interval: at the next interval, a watch comes earlier · dependency: after the dependency
 * interval · terminal: only a change of the object helps · requeue: at once, with a pause that grows
 */
export type EndKind = 'backoff' | 'interval' | 'dependency' | 'terminal' | 'requeue';

/** Which step failed; the table says what that means. */
export type FailureStep =
  | 'denied'
  | 'chart-object'
  | 'dependency'
  | 'cel'
  | 'source'
  | 'source-not-ready'
  | 'artifact-gone'
  | 'artifact'
  | 'values'
  | 'chart-mutate'
  | 'client'
  | 'state'
  | 'action'
  | 'retries'
  | 'rollback-target'
  | 'must-requeue'
  | 'retry-later';

interface Rule {
  /** The reason of Ready=False; undefined leaves Ready as the actions wrote it. */
  readonly reason: string | undefined;
  readonly stalled: string | undefined;
  readonly end: EndKind;
  readonly event: 'error' | 'info' | 'none';
  /** Whether status.observedGeneration moves. */
  readonly observed: boolean;
}

const RULES: Readonly<Record<FailureStep, Rule>> = {
  denied: { reason: 'AccessDenied', stalled: 'AccessDenied', end: 'terminal', event: 'error', observed: true },
  'chart-object': { reason: undefined, stalled: undefined, end: 'backoff', event: 'none', observed: false },
  dependency: { reason: 'DependencyNotReady', stalled: undefined, end: 'dependency', event: 'info', observed: false },
  cel: { reason: 'InvalidCELExpression', stalled: 'InvalidCELExpression', end: 'terminal', event: 'error', observed: true },
  source: { reason: 'ArtifactFailed', stalled: undefined, end: 'backoff', event: 'none', observed: false },
  'source-not-ready': { reason: 'SourceNotReady', stalled: undefined, end: 'interval', event: 'none', observed: false },
  'artifact-gone': { reason: 'ArtifactFailed', stalled: undefined, end: 'dependency', event: 'none', observed: false },
  artifact: { reason: 'ArtifactFailed', stalled: undefined, end: 'backoff', event: 'error', observed: false },
  values: { reason: 'ValuesError', stalled: undefined, end: 'backoff', event: 'error', observed: false },
  'chart-mutate': { reason: 'ChartMutateError', stalled: undefined, end: 'backoff', event: 'none', observed: false },
  client: { reason: 'RESTClientError', stalled: undefined, end: 'backoff', event: 'none', observed: false },
  state: { reason: 'StateError', stalled: undefined, end: 'backoff', event: 'none', observed: false },
  action: { reason: undefined, stalled: undefined, end: 'backoff', event: 'none', observed: false },
  retries: { reason: undefined, stalled: 'RetriesExceeded', end: 'terminal', event: 'none', observed: true },
  'rollback-target': { reason: undefined, stalled: 'MissingRollbackTarget', end: 'terminal', event: 'none', observed: true },
  'must-requeue': { reason: undefined, stalled: undefined, end: 'requeue', event: 'none', observed: false },
  'retry-later': { reason: undefined, stalled: undefined, end: 'interval', event: 'none', observed: false },
};

/** A step of a HelmRelease that failed. */
export class HelmFailure extends FluxError<'HELM_RELEASE_FAILED'> {
  readonly step: FailureStep;
  /** When to come back, where the step knows better than the table. */
  readonly retryAfterMs: number | undefined;
  readonly eventMessage: string;

  constructor(init: {
    readonly step: FailureStep;
    readonly message: string;
    readonly eventMessage?: string;
    readonly retryAfterMs?: number;
    readonly cause?: unknown;
  }) {
    super({ code: 'HELM_RELEASE_FAILED', message: init.message, cause: init.cause });
    this.step = init.step;
    this.eventMessage = init.eventMessage ?? init.message;
    this.retryAfterMs = init.retryAfterMs;
  }

  /** What this failure means. */
  get rule(): Rule {
    return RULES[this.step];
  }
}

/** Makes whatever was thrown in a step a failure of it. */
export function failureOf(step: FailureStep, error: unknown, prefix = ''): HelmFailure {
  if (error instanceof HelmFailure) return error;
  return new HelmFailure({ step, message: `${prefix}${errorMessage(error)}`, eventMessage: errorMessage(error), cause: error });
}

/** Writes a failure into the draft. */
export function markFailure(draft: StatusDraft, failure: HelmFailure): void {
  const { reason, stalled, observed } = failure.rule;
  if (reason !== undefined) draft.mark('Ready', 'False', reason, failure.message);
  if (stalled !== undefined) draft.markStalled(stalled, failure.message);
  if (observed) draft.observe();
}
