import { errorMessage, FluxError, type JsonObject } from '@flux-ts/base';
import { isKubeError, isNotFound, type KubeError } from '../errors.ts';
import { namespaceOf, subjectOf } from '../object.ts';
import type { ChangeSetEntry } from './change-set.ts';

/** Why an apply, a delete or a wait failed. */
export type ApplyErrorCode = 'APPLY_DRY_RUN' | 'APPLY_FAILED' | 'APPLY_DELETE' | 'WAIT_TIMEOUT' | 'WAIT_FAILED';

/** A failed apply, delete or wait. `changes` are those made before it. */
export class ApplyError extends FluxError<ApplyErrorCode> {
  readonly changes: readonly ChangeSetEntry[];

  constructor(init: {
    readonly code: ApplyErrorCode;
    readonly message: string;
    readonly cause?: unknown;
    readonly changes?: readonly ChangeSetEntry[];
  }) {
    super(init);
    this.changes = init.changes ?? [];
  }

  /** The same error with more changes noted. */
  withChanges(changes: readonly ChangeSetEntry[]): ApplyError {
    return new ApplyError({ code: this.code, message: this.message, cause: this.cause, changes });
  }
}

/** Words a failed dry run as Flux does: `Kind/ns/name dry-run failed (Reason): message`. */
export function dryRunError(object: JsonObject, error: unknown): ApplyError {
  const subject = subjectOf(object);
  const message = errorMessage(error);
  if (isNotFound(error)) {
    const what = namespaceOf(object) === '' ? 'namespace not specified' : 'not found';
    return new ApplyError({ code: 'APPLY_DRY_RUN', message: `${subject} ${what}: ${message}`, cause: error });
  }
  const reason = isKubeError(error) ? reasonOf(error) : '';
  return new ApplyError({
    code: 'APPLY_DRY_RUN',
    message: `${subject} dry-run failed${reason === '' ? '' : ` (${reason})`}: ${message}`,
    cause: error,
  });
}

function reasonOf(error: KubeError): string {
  return error.causes.some((c) => c.type === 'FieldManagerConflict') ? 'FieldManagerConflict' : error.reason;
}

/** Tells whether a write failed because a field cannot change, as Flux decides it: by reason or by the words of the message. */
export function isImmutableError(error: unknown): boolean {
  if (isKubeError(error, 'KUBE_CONFLICT', 'KUBE_INVALID')) return true;
  return /is immutable|immutable field/i.test(errorMessage(error));
}
