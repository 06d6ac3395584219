import { deepEqual, getArray, isObject, omit, type JsonObject, type JsonValue } from '@flux-ts/base';
import { annotationsOf, groupOf, labelsOf, typeOf } from '../object.ts';

function sameMap(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return deepEqual(a, b);
}

function comparable(object: JsonObject): JsonObject {
  return omit(omit(normalizeDryRun(object), 'metadata'), 'status');
}

/**
 * Tells whether a dry run shows a change: labels, annotations, or anything but metadata and status.
 * @param live undefined where the object does not exist, which is a change
 */
export function hasDrifted(live: JsonObject | undefined, dryRun: JsonObject): boolean {
  if (live === undefined) return true;
  if (live === dryRun) return false;
  if (!sameMap(labelsOf(live), labelsOf(dryRun)) || !sameMap(annotationsOf(live), annotationsOf(dryRun))) return true;
  return !deepEqual(comparable(live), comparable(dryRun));
}

/**
 * Takes duplicated metrics out of a HorizontalPodAutoscaler: a server-side dry run adds metrics of the same
 * identity instead of replacing them. The last of each identity stays, in the place of the first; metrics without a type go.
 */
export function normalizeDryRun(object: JsonObject): JsonObject {
  if (groupOf(object) !== 'autoscaling' || typeOf(object).kind !== 'HorizontalPodAutoscaler') return object;
  const metrics = getArray(object, ['spec', 'metrics']);
  if (metrics === undefined) return object;
  const seen = new Map<string, JsonValue>();
  for (const metric of metrics) if (isObject(metric) && metric['type'] !== undefined) seen.set(metricIdentity(metric), metric);
  if (seen.size === metrics.length) return object;
  return { ...object, spec: { ...(object['spec'] as JsonObject), metrics: [...seen.values()] } };
}

function metricIdentity(metric: JsonObject): string {
  const type = typeof metric['type'] === 'string' ? metric['type'] : '';
  const source = metric[type === '' ? '' : `${type[0]?.toLowerCase() ?? ''}${type.slice(1)}`];
  const identity = isObject(source) ? omit(omit(source, 'target'), 'current') : (source ?? null);
  return `${type} ${JSON.stringify(identity)}`;
}
