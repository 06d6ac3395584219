import { errorMessage, formatDuration, getString, type JsonObject } from '@flux-ts/base';
import { generationOf, namespaceOf, statusOf } from '@flux-ts/kube';
import { isReady, readConditions } from '@flux-ts/runtime';
import { gateEnabled } from '../../options.ts';
import { TYPES } from '../../shared/deps.ts';
import { CelConfigError, evaluateReady } from '../../shared/health-exprs.ts';
import { specList } from '../../shared/spec.ts';
import { HelmFailure } from '../outcome.ts';
import type { HelmRun } from '../run.ts';

async function checkOne(run: HelmRun, reference: JsonObject): Promise<string | undefined> {
  const { cell, object, context } = run;
  const name = `${getString(reference, ['namespace']) || namespaceOf(object)}/${getString(reference, ['name']) ?? ''}`;
  const [namespace = '', short = ''] = name.split('/');
  let dependency: JsonObject;
  try {
    dependency = await cell.client.get(TYPES.HelmRelease, { namespace, name: short }, { signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    return `unable to get '${name}' dependency: ${errorMessage(error)}`;
  }
  const expression = getString(reference, ['readyExpr']) ?? '';
  if (expression !== '') {
    const why = await evaluateReady(expression, { self: object, dep: dependency });
    if (why !== undefined) return why.startsWith('is not') ? `dependency '${name}' ${why}` : why;
    if (!gateEnabled(run.options, 'AdditiveCELDependencyCheck')) return undefined;
  }
  const observed = statusOf(dependency)['observedGeneration'];
  const ready = generationOf(dependency) === observed && readConditions(dependency).length > 0 && isReady(dependency);
  return ready ? undefined : `dependency '${name}' is not ready`;
}

/** Makes sure that all dependencies are ready. @throws HelmFailure */
export async function checkDependencies(run: HelmRun): Promise<void> {
  for (const reference of specList(run.object, 'dependsOn')) {
    let why: string | undefined;
    try {
      why = await checkOne(run, reference);
    } catch (error) {
      if (!(error instanceof CelConfigError)) throw error;
      throw new HelmFailure({
        step: 'cel',
        message: `failed to evaluate dependency ${getString(reference, ['name']) ?? ''}: ${error.message}`,
        cause: error,
      });
    }
    if (why === undefined) continue;
    const after = formatDuration(run.options.requeueDependencyMs ?? 30_000);
    run.context.log.info(`dependencies do not meet ready condition (${why}): retrying in ${after}`);
    throw new HelmFailure({ step: 'dependency', message: why });
  }
}
