import { errorMessage, FluxError, getString, type JsonObject } from '@flux-ts/base';
import type { CelProgram } from '@flux-ts/cel';
import { conditionsOfGeneration, current, failed, inProgress, typeOf, type StatusReader, type StatusResult } from '@flux-ts/kube';

/** A CEL expression that does not compile or does not say true or false. */
export class CelConfigError extends FluxError<'CEL_INVALID'> {}

const FIELDS = ['apiVersion', 'kind', 'metadata', 'spec', 'status', 'data'];

interface Rules {
  readonly apiVersion: string;
  readonly kind: string;
  readonly current: CelProgram;
  readonly failed: CelProgram | undefined;
  readonly inProgress: CelProgram | undefined;
}

async function compile(text: string | undefined, what: string): Promise<CelProgram | undefined> {
  if (text === undefined || text === '') return undefined;
  const { compileCel, fluxEnv } = await import('@flux-ts/cel'); // most objects have no expressions
  try {
    return compileCel(text, fluxEnv(FIELDS));
  } catch (error) {
    throw new CelConfigError({
      code: 'CEL_INVALID',
      message: `failed to parse the expression ${what}: ${errorMessage(error)}`,
      cause: error,
    });
  }
}

/** Makes a status reader of a spec's healthCheckExprs. @returns undefined where there are none @throws CelConfigError */
export async function healthReader(exprs: readonly JsonObject[]): Promise<StatusReader | undefined> {
  if (exprs.length === 0) return undefined;
  const rules: Rules[] = [];
  for (const e of exprs) {
    const always = await compile(getString(e, ['current']), 'Current');
    if (always === undefined) throw new CelConfigError({ code: 'CEL_INVALID', message: 'expression Current not specified' });
    rules.push({
      apiVersion: getString(e, ['apiVersion']) ?? '',
      kind: getString(e, ['kind']) ?? '',
      current: always,
      failed: await compile(getString(e, ['failed']), 'Failed'),
      inProgress: await compile(getString(e, ['inProgress']), 'InProgress'),
    });
  }
  return (object) => {
    const type = typeOf(object);
    const rule = rules.find((r) => r.kind === type.kind && r.apiVersion === type.apiVersion);
    return rule === undefined ? undefined : statusByRules(object, rule);
  };
}

function statusByRules(object: JsonObject, rule: Rules): StatusResult {
  const stale = conditionsOfGeneration(object);
  if (stale !== undefined) return stale;
  const vars = Object.fromEntries(FIELDS.map((f) => [f, object[f] ?? {}]));
  const holds = (program: CelProgram | undefined): boolean => {
    if (program === undefined) return false;
    try {
      return program.evaluate(vars) === true;
    } catch {
      return false; // a field that is not there yet
    }
  };
  if (holds(rule.inProgress)) return inProgress('InProgress', 'Resource is reconciling');
  if (holds(rule.failed)) return failed('Failed', 'Resource failed to reconcile');
  if (holds(rule.current)) return current('Resource is current');
  return inProgress('InProgress', 'Resource is reconciling');
}

/** Evaluates a dependency's readyExpr. @returns why it is not ready, undefined where it is @throws CelConfigError where the text does not compile */
export async function evaluateReady(
  text: string,
  vars: { readonly self: JsonObject; readonly dep: JsonObject },
): Promise<string | undefined> {
  const { compileCel, fluxEnv } = await import('@flux-ts/cel');
  let program: CelProgram;
  try {
    program = compileCel(text, fluxEnv(['self', 'dep']));
  } catch (error) {
    throw new CelConfigError({ code: 'CEL_INVALID', message: errorMessage(error), cause: error });
  }
  try {
    return program.evaluate({ ...vars }) === true ? undefined : 'is not ready according to readyExpr eval';
  } catch (error) {
    return `failed to evaluate the CEL expression '${text}': ${errorMessage(error)}`; // a field that is not there yet, most often
  }
}
