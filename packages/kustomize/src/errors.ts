import { FluxError, errorMessage, isFluxError, type Diagnostic } from '@flux-ts/base';

/** Why a build failed. `KUSTOMIZE_LOAD`: a file or directory; `KUSTOMIZE_CONFIG`: a kustomization file; `KUSTOMIZE_PANIC`: where kustomize itself panics; `KUSTOMIZE_BUILD`: anything later. */
export type KustomizeErrorCode =
  'KUSTOMIZE_LOAD' | 'KUSTOMIZE_CONFIG' | 'KUSTOMIZE_BUILD' | 'KUSTOMIZE_REMOTE' | 'KUSTOMIZE_LIMIT' | 'KUSTOMIZE_PANIC';

/** A failed build; `message` is kustomize's own text, `diagnostics` say where where that is known. */
export class KustomizeError extends FluxError<KustomizeErrorCode> {
  readonly diagnostics: readonly Diagnostic[];

  constructor(init: {
    readonly code?: KustomizeErrorCode;
    readonly message: string;
    readonly cause?: unknown;
    readonly diagnostics?: readonly Diagnostic[];
  }) {
    super({ code: init.code ?? 'KUSTOMIZE_BUILD', message: init.message, ...(init.cause === undefined ? {} : { cause: init.cause }) });
    this.diagnostics = init.diagnostics ?? diagnosticsOf(init.cause);
  }
}

function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  if (isFluxError(error) && 'diagnostics' in error && Array.isArray(error.diagnostics)) return error.diagnostics as readonly Diagnostic[];
  return [];
}

/** Makes an error with kustomize's text. */
export function failure(message: string, code: KustomizeErrorCode = 'KUSTOMIZE_BUILD'): KustomizeError {
  return new KustomizeError({ code, message });
}

/** Puts a prefix before an error's message (`prefix: message`), keeping its code, cause and diagnostics. */
export function prefixed(prefix: string, error: unknown): KustomizeError {
  return new KustomizeError({
    code: error instanceof KustomizeError ? error.code : 'KUSTOMIZE_BUILD',
    message: `${prefix}: ${errorMessage(error)}`,
    cause: error,
    diagnostics: error instanceof KustomizeError ? error.diagnostics : diagnosticsOf(error),
  });
}

/** Runs a step and puts a prefix before the message of what it throws. */
export function withPrefix<T>(prefix: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    throw prefixed(prefix, error);
  }
}
