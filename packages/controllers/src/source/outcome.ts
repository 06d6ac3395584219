import { errorMessage, FluxError } from '@flux-ts/base';
import { TerminalError, type EventRecorder, type ReconcileResult, type StatusDraft } from '@flux-ts/runtime';
import { eventMetadata } from '../shared/deps.ts';

/** The condition that a failed step sets, True unless it is SourceVerified. */
export type FailureCondition = 'StorageOperationFailed' | 'FetchFailed' | 'IncludeUnavailable' | 'BuildFailed' | 'SourceVerified';

/** retry: comes back with a growing pause · stall: only a change of the object helps · wait: comes back after a fixed time. */
export type FailureKind = 'retry' | 'stall' | 'wait';

/** Why a source could not be reconciled. `reason` goes into the condition and the event. */
export class SourceFailure extends FluxError<'SOURCE_FAILED'> {
  readonly kind: FailureKind;
  readonly condition: FailureCondition | undefined;
  readonly reason: string;
  readonly requeueAfterMs: number | undefined;

  constructor(init: {
    readonly kind?: FailureKind;
    readonly condition?: FailureCondition | undefined;
    readonly reason: string;
    readonly message: string;
    readonly requeueAfterMs?: number;
    readonly cause?: unknown;
  }) {
    super({ code: 'SOURCE_FAILED', message: init.message, cause: init.cause });
    this.kind = init.kind ?? 'retry';
    this.condition = init.condition;
    this.reason = init.reason;
    this.requeueAfterMs = init.requeueAfterMs;
  }
}

/** How steps end when they do not throw: everything is as it should be, or the object must come back soon. */
export type StepOutcome = 'success' | 'requeue';

interface KindRule {
  readonly event: 'error' | 'info';
  readonly stalled: boolean;
  /** What the controller does with the key. */
  readonly next: (failure: SourceFailure, intervalMs: number) => ReconcileResult;
}

const RULES: Readonly<Record<FailureKind, KindRule>> = {
  retry: {
    event: 'error',
    stalled: false,
    next: (failure) => {
      throw failure;
    },
  },
  stall: { event: 'error', stalled: true, next: (_, intervalMs) => ({ requeueAfterMs: intervalMs }) },
  wait: { event: 'info', stalled: false, next: (failure) => ({ requeueAfterMs: failure.requeueAfterMs ?? 30_000 }) },
};

const NEGATIVE = [
  'StorageOperationFailed',
  'FetchFailed',
  'IncludeUnavailable',
  'BuildFailed',
  'ArtifactOutdated',
  'Stalled',
  'Reconciling',
];

/** Composes Ready from the other conditions: the first bad one in upstream's order, else the stored artifact. */
export function summarize(draft: StatusDraft): void {
  const verified = draft.condition('SourceVerified');
  const bad = verified?.status === 'False' ? verified : NEGATIVE.map((t) => draft.condition(t)).find((c) => c?.status === 'True');
  if (bad !== undefined) {
    draft.mark('Ready', 'False', bad.reason, bad.message);
    return;
  }
  const stored = draft.condition('ArtifactInStorage');
  if (stored !== undefined) draft.mark('Ready', stored.status, stored.reason, stored.message);
}

/** Writes the end of a successful run into the draft. */
export function concludeSuccess(draft: StatusDraft): void {
  draft.unmark('Reconciling', 'Stalled');
  draft.observe();
  summarize(draft);
}

/** Writes a failure into the draft, tells it as an event, and says what comes next. @throws the failure itself where it must be retried */
export function concludeFailure(
  draft: StatusDraft,
  error: unknown,
  context: { readonly events: EventRecorder; readonly intervalMs: number },
): () => ReconcileResult {
  const failure =
    error instanceof SourceFailure ? error : new SourceFailure({ reason: 'Failed', message: errorMessage(error), cause: error });
  const rule = RULES[failure.kind];
  // a build is of something that was fetched, and a fetch that fails leaves nothing to build
  if (failure.condition === 'BuildFailed') draft.unmark('FetchFailed');
  if (failure.condition === 'FetchFailed') draft.unmark('BuildFailed');
  if (failure.condition !== undefined)
    draft.mark(failure.condition, failure.condition === 'SourceVerified' ? 'False' : 'True', failure.reason, failure.message);
  if (rule.stalled) {
    draft.markStalled(failure.reason, failure.message);
    draft.observe();
  } else {
    draft.markReconciling('ProgressingWithRetry', draft.condition('Reconciling')?.message ?? 'reconciliation in progress');
  }
  summarize(draft);
  if (failure.condition === undefined && !rule.stalled) draft.mark('Ready', 'False', failure.reason, failure.message);
  context.events.record({
    object: draft.object,
    severity: rule.event,
    reason: failure.reason,
    message: failure.message,
    metadata: eventMetadata(draft.object, {}),
  });
  return () => rule.next(failure, context.intervalMs);
}

/** Marks an error as one that no retry cures. */
export function terminal(error: unknown): TerminalError {
  return new TerminalError(error);
}
