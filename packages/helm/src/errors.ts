import { FluxError } from '@flux-ts/base';

/** Why a chart could not be loaded. */
export type ChartErrorCode =
  'CHART_MISSING_FILE' | 'CHART_INVALID' | 'CHART_YAML' | 'CHART_TOO_LARGE' | 'CHART_UNSAFE' | 'CHART_DEPENDENCY';

/** A chart that cannot be loaded; `message` is Helm's text. */
export class ChartError extends FluxError<ChartErrorCode> {}

/** Makes a {@link ChartError}. */
export function chartError(code: ChartErrorCode, message: string, cause?: unknown): ChartError {
  return new ChartError({ code, message, cause });
}

/** Why values could not be put together. */
export type ValuesErrorCode = 'VALUES_SET' | 'VALUES_YAML' | 'VALUES_TYPE' | 'VALUES_SCHEMA';

/** Values that cannot be read, layered or do not meet the chart's schema; `message` is Helm's text. */
export class ValuesError extends FluxError<ValuesErrorCode> {}

/** Makes a {@link ValuesError}. */
export function valuesError(code: ValuesErrorCode, message: string, cause?: unknown): ValuesError {
  return new ValuesError({ code, message, cause });
}

/** Why a chart could not be rendered. */
export type RenderErrorCode = 'RENDER_PARSE' | 'RENDER_EXEC' | 'RENDER_YAML' | 'RENDER_BUDGET' | 'RENDER_KUBE_VERSION' | 'RENDER_POST';

/** What a {@link RenderError} is made from. */
export interface RenderErrorInit {
  readonly code: RenderErrorCode;
  readonly message: string;
  readonly template?: string;
  readonly document?: string;
  readonly files?: ReadonlyMap<string, string>;
  readonly cause?: unknown;
}

/** A chart that cannot be rendered; `message` is Helm's text, `cause` the template's own error with its place and stack. */
export class RenderError extends FluxError<RenderErrorCode> {
  /** The template file that was being rendered, as in `# Source:` lines. */
  readonly template: string | undefined;
  /** RENDER_YAML: the rendered document that is no YAML. */
  readonly document: string | undefined;
  /** RENDER_YAML: what was rendered. */
  readonly files: ReadonlyMap<string, string> | undefined;

  constructor(init: RenderErrorInit) {
    super(init);
    this.template = init.template;
    this.document = init.document;
    this.files = init.files;
  }
}
