import { define, getArray, getObject, getPath, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';

/** How a version that is not the stored one is made and read. */
export interface Conversion {
  fromStored(stored: JsonObject): JsonObject;
  toStored(object: JsonObject): JsonObject;
}

/** The conversion of a built-in kind's version; undefined where it is the stored one. */
export function conversionOf(group: string, version: string, kind: string): Conversion | undefined {
  if (group === 'events.k8s.io' && kind === 'Event') return EVENTS;
  if (group === 'autoscaling' && version === 'v1' && kind === 'HorizontalPodAutoscaler') return AUTOSCALER;
  return undefined;
}

function renamed(object: JsonObject, names: Readonly<Record<string, string>>, apiVersion: string): Record<string, JsonValue> {
  const out: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(object)) define(out, names[key] ?? key, key === 'apiVersion' ? apiVersion : value);
  return out;
}

const TO_NEW: Readonly<Record<string, string>> = {
  involvedObject: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
  reportingComponent: 'reportingController',
};
const TO_OLD: Readonly<Record<string, string>> = Object.fromEntries(Object.entries(TO_NEW).map(([a, b]) => [b, a]));

/** Events lie in their core form; both groups see the same ones. */
const EVENTS: Conversion = {
  fromStored: (stored) => renamed(stored, TO_NEW, 'events.k8s.io/v1'),
  toStored: (object) => {
    const out = renamed(object, TO_OLD, 'v1');
    out['involvedObject'] ??= {};
    out['source'] ??= {};
    out['firstTimestamp'] ??= null;
    out['lastTimestamp'] ??= null;
    return out;
  },
};

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const CURRENT = 'autoscaling.alpha.kubernetes.io/current-metrics';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';

function isCpu(metric: JsonObject): boolean {
  return (
    metric['type'] === 'Resource' &&
    getPath(metric, ['resource', 'name']) === 'cpu' &&
    getPath(metric, ['resource', 'target', 'type']) === 'Utilization'
  );
}

/** autoscaling/v1 knows one metric, the use of the processor; the others travel in annotations. */
const AUTOSCALER: Conversion = {
  fromStored(stored) {
    const spec: Record<string, JsonValue> = { ...getObject(stored, ['spec']) };
    const status: Record<string, JsonValue> = { ...getObject(stored, ['status']) };
    const annotations: Record<string, JsonValue> = { ...getObject(stored, ['metadata', 'annotations']) };
    const metrics = (getArray(spec, ['metrics']) ?? []).filter(isObject);
    const cpu = metrics.find(isCpu);
    const others = metrics.filter((m) => m !== cpu);
    if (cpu !== undefined) spec['targetCPUUtilizationPercentage'] = getPath(cpu, ['resource', 'target', 'averageUtilization']) ?? 0;
    if (others.length > 0) annotations[METRICS] = JSON.stringify(others);
    if (spec['behavior'] !== undefined) annotations[BEHAVIOR] = JSON.stringify(spec['behavior']);
    if (status['conditions'] !== undefined) annotations[CONDITIONS] = JSON.stringify(status['conditions']);
    if (Array.isArray(status['currentMetrics'])) annotations[CURRENT] = JSON.stringify(status['currentMetrics']);
    for (const field of ['metrics', 'behavior']) delete spec[field];
    for (const field of ['conditions', 'currentMetrics']) delete status[field];
    return withParts(stored, 'autoscaling/v1', { spec, status, annotations });
  },
  toStored(object) {
    const spec: Record<string, JsonValue> = { ...getObject(object, ['spec']) };
    const status: Record<string, JsonValue> = { ...getObject(object, ['status']) };
    const annotations: Record<string, JsonValue> = { ...getObject(object, ['metadata', 'annotations']) };
    const others = readAnnotation(annotations, METRICS);
    const percent = spec['targetCPUUtilizationPercentage'];
    const cpu =
      percent === undefined
        ? []
        : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } } }];
    const metrics = [...(Array.isArray(others) ? (others as readonly JsonValue[]) : []), ...cpu];
    delete spec['targetCPUUtilizationPercentage'];
    if (metrics.length > 0) spec['metrics'] = metrics;
    const behavior = readAnnotation(annotations, BEHAVIOR);
    if (behavior !== undefined) spec['behavior'] = behavior;
    const conditions = readAnnotation(annotations, CONDITIONS);
    if (conditions !== undefined) status['conditions'] = conditions;
    const current = readAnnotation(annotations, CURRENT);
    if (current !== undefined) status['currentMetrics'] = current;
    delete status['currentCPUUtilizationPercentage'];
    return withParts(object, 'autoscaling/v2', { spec, status, annotations });
  },
};

function readAnnotation(annotations: Record<string, JsonValue>, key: string): JsonValue | undefined {
  const text = annotations[key];
  delete annotations[key];
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

interface Parts {
  readonly spec: JsonObject;
  readonly status: JsonObject;
  readonly annotations: JsonObject;
}

function withParts(object: JsonObject, apiVersion: string, { spec, status, annotations }: Parts): JsonObject {
  const metadata: Record<string, JsonValue> = { ...getObject(object, ['metadata']) };
  delete metadata['annotations'];
  if (Object.keys(annotations).length > 0) metadata['annotations'] = annotations;
  return { ...object, apiVersion, metadata, spec, ...(object['status'] === undefined ? {} : { status }) };
}
