import { FluxError } from '@flux-ts/base';
import { explainRenderError, RenderError, type Chart } from '@flux-ts/helm';
import { UsageError } from '../../frame/flags.ts';
import type { Io } from '../../frame/io.ts';
import { HelmCommandError, type ValuesLayer } from './chart-args.ts';

/** What helps to explain an error beyond its text. */
export interface ErrorContext {
  readonly chart?: Chart;
  readonly layers?: readonly ValuesLayer[];
  /** Explain even where standard error is no terminal. */
  readonly explain?: boolean;
  /** What was rendered is shown already. */
  readonly debug?: boolean;
}

/**
 * Prints an error in Helm's words and, for a terminal or on request, what it means: frame, stack, layers, suggestion.
 * @returns the exit code; errors that are no answer to the user's input are thrown again
 */
export function reportError(error: unknown, io: Io, context: ErrorContext = {}): number {
  const known = error instanceof HelmCommandError || error instanceof UsageError || error instanceof FluxError;
  if (!known || io.signal.aborted) throw error;
  const hint =
    error instanceof RenderError && error.code !== 'RENDER_BUDGET' && context.debug !== true
      ? '\n\nUse --debug flag to render out invalid YAML'
      : '';
  io.err(`Error: ${error.message}${hint}\n`);
  if ((context.explain === true || io.isTerminal) && context.chart !== undefined && error instanceof FluxError) {
    const more = explainRenderError(error, { chart: context.chart, layers: context.layers ?? [] });
    if (more !== undefined) io.err(`\n${more}\n`);
  }
  return 1;
}
