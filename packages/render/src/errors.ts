import { FluxError, errorMessage, isFluxError, type Diagnostic, type FluxErrorInit } from '@flux-ts/base';

/** Where rendering failed. */
export type RenderErrorCode =
  | 'RENDER_PATH'
  | 'RENDER_GENERATE'
  | 'RENDER_BUILD'
  | 'RENDER_DECRYPT'
  | 'RENDER_SUBSTITUTE'
  | 'RENDER_READ'
  | 'RENDER_VALUES'
  | 'RENDER_CHART';

/** A Kustomization or HelmRelease that could not be rendered; `message` is Flux's text, `diagnostics` say where. */
export class RenderError extends FluxError<RenderErrorCode> {
  readonly diagnostics: readonly Diagnostic[];

  constructor(init: FluxErrorInit<RenderErrorCode> & { readonly diagnostics?: readonly Diagnostic[] }) {
    super(init);
    this.diagnostics = init.diagnostics ?? diagnosticsOf(init.cause);
  }
}

function diagnosticsOf(error: unknown): readonly Diagnostic[] {
  return isFluxError(error) && 'diagnostics' in error && Array.isArray(error.diagnostics) ? (error.diagnostics as Diagnostic[]) : [];
}

/** Runs a step; what it throws gets a code and a prefix. */
export function step<T>(code: RenderErrorCode, prefix: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new RenderError({ code, message: `${prefix}${errorMessage(error)}`, cause: error });
  }
}
