const BRAND = Symbol.for('flux-ts.error');

/** What every error of this project is made from. `code` is one of a closed union in each package. */
export interface FluxErrorInit<Code extends string = string> {
  readonly code: Code;
  readonly message: string;
  readonly cause?: unknown;
}

/** The base of all errors: a stable `code` to branch on, upstream's words as `message`, the `cause` kept. */
export class FluxError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly [BRAND] = true;

  constructor(init: FluxErrorInit<Code>) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = new.target.name;
    this.code = init.code;
  }
}

/** Tells whether a caught value is one of this project's errors, also across two loaded copies of a package. */
export function isFluxError(error: unknown): error is FluxError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** Gives the message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
