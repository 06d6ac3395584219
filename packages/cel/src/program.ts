import type { JsonValue } from '@flux-ts/base';
import { checkText, type CelEnv } from './env.ts';
import { CelError } from './errors.ts';
import { estimateCost, type SizeOfPath } from './estimate.ts';
import { Frame, type Variables } from './frame.ts';
import { plan } from './interpreter.ts';
import { fromJson, toJson } from './json-values.ts';
import { formatType, type CelType } from './types.ts';
import type { CelValue } from './values.ts';

/** What one run may cost by default, in CEL units; Kubernetes' limit for one call. */
export const CALL_COST_LIMIT = 1_000_000;

/** How a program is run. */
export interface EvaluateOptions {
  /** The most that a run may cost. Default: no limit. */
  readonly costLimit?: number;
}

/** A run's answer with what it cost. */
export type Outcome =
  | { readonly value: CelValue; readonly error?: undefined; readonly cost: number }
  | { readonly value?: undefined; readonly error: CelError; readonly cost: number };

/** A compiled expression; it can be run any number of times. */
export interface CelProgram {
  readonly text: string;
  /** The type of the answer, as cel-go prints it: "bool", "dyn", "list(string)". */
  readonly resultType: string;
  readonly type: CelType;
  /** The variables that the text uses. */
  readonly variables: ReadonlySet<string>;
  /** Runs with JSON for the variables. @throws CelError CEL_EVALUATE, CEL_COST */
  evaluate(variables: Readonly<Record<string, JsonValue>>, options?: EvaluateOptions): CelValue;
  /** Runs with values for the variables; an error is an answer, too. */
  run(variables: Variables, options?: EvaluateOptions): Outcome;
  /** The most that a run may cost, by the sizes that its variables may have; 2^64 where there is no bound. */
  estimate(sizeOfPath: SizeOfPath): number;
}

/**
 * Compiles an expression.
 * @throws CelError CEL_COMPILE with cel-go's text; where a literal fails beforehand, with "program instantiation failed"
 */
export function compileCel(text: string, env: CelEnv): CelProgram {
  const { expr, checked } = checkText(text, env);
  let code: (frame: Frame) => CelValue;
  try {
    code = plan(expr, env, checked);
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    throw new CelError({ code: 'CEL_COMPILE', message: `program instantiation failed: ${error.message}`, cause: error });
  }
  const run = (variables: Variables, options: EvaluateOptions = {}): Outcome => {
    const frame = new Frame(variables, options.costLimit ?? Infinity);
    try {
      return { value: code(frame), cost: frame.cost };
    } catch (error) {
      if (error instanceof CelError) return { error, cost: frame.cost };
      throw error;
    }
  };
  return {
    text,
    resultType: formatType(checked.type),
    type: checked.type,
    variables: checked.variables,
    run,
    estimate: (sizeOfPath) => estimateCost(expr, checked, sizeOfPath),
    evaluate: (variables, options) => {
      const outcome = run((name) => (Object.hasOwn(variables, name) ? fromJson(variables[name] as JsonValue) : undefined), options);
      if (outcome.error !== undefined) throw outcome.error;
      return outcome.value;
    },
  };
}

/** Runs a program and gives JSON. @throws CelError as {@link CelProgram.evaluate} does, and for what JSON has no form for */
export function evaluateToJson(
  program: CelProgram,
  variables: Readonly<Record<string, JsonValue>>,
  options: EvaluateOptions = {},
): JsonValue {
  return toJson(program.evaluate(variables, options));
}
