import { FluxError } from '@flux-ts/base';

/** What a template function throws where Go's would return an error. The message is Go's text. */
export class GoError extends FluxError<'GO_ERROR'> {
  constructor(message: string, cause?: unknown) {
    super({ code: 'GO_ERROR', message, cause });
  }
}

/** A bound of a render was reached: steps, output, depth or time. */
export class BudgetError extends FluxError<'TEMPLATE_STEPS' | 'TEMPLATE_OUTPUT' | 'TEMPLATE_DEPTH' | 'TEMPLATE_TIME'> {}

/** One place in a template that was executing when an error came up. Lines count from 1, columns are Go's: bytes from 0. */
export interface TemplateFrame {
  /** The template that was executing (the name of the define). */
  readonly template: string;
  /** The name that the text was parsed under (the file). */
  readonly parseName: string;
  readonly line: number;
  readonly column: number;
  /** The source of the node, as Go prints it. */
  readonly node: string;
}

/** What a {@link TemplateError} is made from. */
export interface TemplateErrorInit {
  readonly code: 'TEMPLATE_PARSE' | 'TEMPLATE_EXEC' | 'TEMPLATE_MISSING';
  readonly message: string;
  readonly reason: string;
  readonly frame?: TemplateFrame;
  readonly cause?: unknown;
}

/**
 * A template that cannot be parsed or executed. `message` is Go's whole text, `reason` its end without the place.
 * The column is Go's: bytes from the start of the line, counted from 0 (parse errors have none: 0).
 */
export class TemplateError extends FluxError<TemplateErrorInit['code']> {
  readonly reason: string;
  readonly frame: TemplateFrame | undefined;

  constructor(init: TemplateErrorInit) {
    super(init);
    this.reason = init.reason;
    this.frame = init.frame;
  }

  /** The name of the template that was executing. */
  get template(): string {
    return this.frame?.template ?? '';
  }

  /** The line in the parsed text, from 1; 0 where unknown. */
  get line(): number {
    return this.frame?.line ?? 0;
  }

  /** Bytes from the start of the line. */
  get column(): number {
    return this.frame?.column ?? 0;
  }

  /** The nested executions (include, tpl) down to the first cause, outermost first. */
  get frames(): readonly TemplateFrame[] {
    const out: TemplateFrame[] = [];
    if (this.frame !== undefined) out.push(this.frame);
    for (let at = this.cause; at instanceof Error; at = at.cause) {
      if (at instanceof TemplateError && at.frame !== undefined) out.push(at.frame);
    }
    return out;
  }
}
