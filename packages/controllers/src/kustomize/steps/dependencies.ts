import { errorMessage, formatDuration, getString, type JsonObject } from '@flux-ts/base';
import { generationOf, namespaceOf, statusOf } from '@flux-ts/kube';
import { hasRevision, isReady, readConditions } from '@flux-ts/runtime';
import { gateEnabled } from '../../options.ts';
import { TYPES } from '../../shared/deps.ts';
import { CelConfigError, evaluateReady } from '../../shared/health-exprs.ts';
import { specList, specText } from '../../shared/spec.ts';
import { KustomizeFailure } from '../outcome.ts';
import type { KustomizeRun, RunSource } from '../run.ts';

function sameSource(a: JsonObject, b: JsonObject): boolean {
  const of = (o: JsonObject): string =>
    [specText(o, 'sourceRef', 'kind'), specText(o, 'sourceRef', 'namespace') ?? namespaceOf(o), specText(o, 'sourceRef', 'name')].join('/');
  return of(a) === of(b);
}

/** What keeps a dependency from being ready; undefined where nothing does. */
function unready(object: JsonObject, dependency: JsonObject, source: RunSource): string | undefined {
  const status = statusOf(dependency);
  if (readConditions(dependency).length === 0 || generationOf(dependency) !== status['observedGeneration'] || !isReady(dependency))
    return 'is not ready';
  if (sameSource(object, dependency) && !hasRevision(source.artifact, getString(status, ['lastAppliedRevision'])))
    return 'revision is not up to date';
  return undefined;
}

async function checkOne(run: KustomizeRun, reference: JsonObject, source: RunSource): Promise<string | undefined> {
  const { cell, object, context } = run;
  const namespace = getString(reference, ['namespace']) || namespaceOf(object);
  const name = getString(reference, ['name']) ?? '';
  let dependency: JsonObject;
  try {
    dependency = await cell.client.get(TYPES.Kustomization, { namespace, name }, { signal: context.signal });
  } catch (error) {
    context.signal.throwIfAborted();
    return `dependency '${namespace}/${name}' not found: ${errorMessage(error)}`;
  }
  const expression = getString(reference, ['readyExpr']) ?? '';
  if (expression !== '') {
    const why = await evaluateReady(expression, { self: object, dep: dependency });
    if (why !== undefined) return why.startsWith('is not') ? `dependency '${namespace}/${name}' ${why}` : why;
    if (!gateEnabled(run.options, 'AdditiveCELDependencyCheck')) return undefined;
  }
  const problem = unready(object, dependency, source);
  return problem === undefined ? undefined : `dependency '${namespace}/${name}' ${problem}`;
}

/** Makes sure that all dependencies are ready, and applied at the revision of this source where they share it. @throws KustomizeFailure */
export async function checkDependencies(run: KustomizeRun, source: RunSource): Promise<void> {
  const references = specList(run.object, 'dependsOn');
  for (const reference of references) {
    let why: string | undefined;
    try {
      why = await checkOne(run, reference, source);
    } catch (error) {
      if (!(error instanceof CelConfigError)) throw error;
      throw new KustomizeFailure({
        step: 'cel',
        message: `failed to evaluate dependency ${getString(reference, ['name']) ?? ''}: ${error.message}`,
        cause: error,
      });
    }
    if (why === undefined) continue;
    const after = formatDuration(run.options.requeueDependencyMs ?? 30_000);
    throw new KustomizeFailure({
      step: 'dependency',
      message: why,
      eventMessage: `Dependencies do not meet ready condition, retrying in ${after}`,
    });
  }
  if (references.length > 0) run.context.log.info('All dependencies are ready, proceeding with reconciliation');
}
