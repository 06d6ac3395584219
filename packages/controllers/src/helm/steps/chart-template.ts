import { errorMessage, getObject, getString, type JsonObject, type JsonValue } from '@flux-ts/base';
import { ApplyManager, changeOf, isTerminating, nameOf, namespaceOf, parseKey, specOf, withMetadata } from '@flux-ts/kube';
import { TYPES } from '../../shared/deps.ts';
import { specFlag, specObject, specText } from '../../shared/spec.ts';
import { HelmFailure } from '../outcome.ts';
import { FIELD_MANAGER, GROUP, tell, type HelmRun } from '../run.ts';

function chartNamespace(object: JsonObject): string {
  return specText(object, 'chart', 'spec', 'sourceRef', 'namespace') ?? namespaceOf(object);
}

/** `namespace/name` of the HelmChart that is made for an object's chart template. */
export function chartKeyOf(object: JsonObject): string {
  return `${chartNamespace(object)}/${namespaceOf(object)}-${nameOf(object)}`;
}

/** Refuses another namespace where the controller must not reach into one. @throws HelmFailure AccessDenied */
export function checkAccess(run: HelmRun, kind: string, key: string): void {
  const { namespace } = parseKey(key);
  if (run.options.noCrossNamespaceRefs !== true || namespace === namespaceOf(run.object)) return;
  throw new HelmFailure({ step: 'denied', message: `cross-namespace references are not allowed: cannot access ${kind} ${key}` });
}

/** The HelmChart of an object's chart template. */
export function buildHelmChart(object: JsonObject): JsonObject {
  const template = getObject(specOf(object), ['chart']) ?? {};
  const from = getObject(template, ['spec']) ?? {};
  const spec: Record<string, JsonValue> = {
    chart: getString(from, ['chart']) ?? '',
    version: getString(from, ['version']) ?? '*',
    sourceRef: { kind: getString(from, ['sourceRef', 'kind']) ?? '', name: getString(from, ['sourceRef', 'name']) ?? '' },
    interval: getString(from, ['interval']) ?? specText(object, 'interval') ?? '5m',
  };
  for (const field of ['reconcileStrategy', 'valuesFiles', 'ignoreMissingValuesFiles', 'verify']) {
    const value = from[field];
    if (value !== undefined) spec[field] = value;
  }
  const { namespace, name } = parseKey(chartKeyOf(object));
  const chart: JsonObject = { ...TYPES.HelmChart, metadata: { name, namespace: namespace ?? '' }, spec };
  const labels = (getObject(template, ['metadata', 'labels']) ?? {}) as Readonly<Record<string, string>>;
  const annotations = (getObject(template, ['metadata', 'annotations']) ?? {}) as Readonly<Record<string, string>>;
  return withMetadata(chart, {
    labels: { ...labels, [`${GROUP}/name`]: nameOf(object), [`${GROUP}/namespace`]: namespaceOf(object) },
    annotations,
  });
}

async function deleteChart(run: HelmRun): Promise<void> {
  const { draft, cell, object, context } = run;
  const key = draft.text('helmChart');
  if (key === undefined || key === '' || specFlag(object, 'suspend')) return;
  checkAccess(run, 'HelmChart', key);
  try {
    const found = await cell.client.find(TYPES.HelmChart, parseKey(key), { signal: context.signal });
    if (found !== undefined) {
      await cell.client.delete(TYPES.HelmChart, parseKey(key), { signal: context.signal });
      tell(run, { severity: 'trace', reason: 'HelmChartDeleted', message: `deleted HelmChart '${key}'` });
    }
  } catch (error) {
    context.signal.throwIfAborted();
    throw new HelmFailure({ step: 'chart-object', message: `failed to delete HelmChart '${key}': ${errorMessage(error)}`, cause: error });
  }
  draft.set('helmChart', undefined);
}

/** Makes, changes or deletes the HelmChart of a HelmRelease. @throws HelmFailure */
export async function reconcileChartTemplate(run: HelmRun): Promise<void> {
  const { draft, object, cell, context } = run;
  const key = chartKeyOf(object);
  const current = draft.text('helmChart');
  const hasRef = specObject(object, 'chartRef') !== undefined;
  if (isTerminating(object) || hasRef || (current !== undefined && current !== '' && current !== key)) {
    await deleteChart(run);
    if (isTerminating(object) || hasRef) return;
  }
  checkAccess(run, 'HelmChart', key);
  const chart = buildHelmChart(object);
  const manager = new ApplyManager({ client: cell.client, clock: cell.clock, fieldManager: FIELD_MANAGER });
  const source = `${specText(object, 'chart', 'spec', 'sourceRef', 'kind') ?? ''}/${chartNamespace(object)}/${specText(object, 'chart', 'spec', 'sourceRef', 'name') ?? ''}`;
  let entry = changeOf(chart, 'unknown');
  try {
    entry = (await manager.applyAll([chart], { signal: context.signal }))[0] ?? entry;
  } catch (error) {
    context.signal.throwIfAborted();
    const message = `failed to run server-side apply: ${errorMessage(error)}`;
    tell(run, { severity: 'trace', reason: 'HelmChartSyncErr', message });
    throw new HelmFailure({ step: 'chart-object', message, cause: error });
  }
  if (entry.action === 'created' || entry.action === 'configured') {
    const verb = entry.action === 'created' ? 'Created' : 'Configured';
    tell(run, { severity: 'trace', reason: `HelmChart${verb}`, message: `${verb} ${entry.subject} with SourceRef '${source}'` });
  }
  draft.set('helmChart', key);
}
