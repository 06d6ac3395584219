import { deepEqual, getObject, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { compareQuantities, fieldError, parseQuantity } from '@flux-ts/schema';
import { podSpecErrors } from './pod-spec.ts';
import type { Strategy } from './strategy.ts';

const CHANGEABLE = ['activeDeadlineSeconds', 'terminationGracePeriodSeconds', 'tolerations', 'schedulingGates', 'nodeName'];

/** Pods: their quality of service, and the little that may change. */
export const podStrategy: Strategy = {
  generation: true,
  returnsDeleted: true,
  prepareCreate: (object) => ({ ...object, status: { phase: 'Pending', qosClass: qualityOfService(getObject(object, ['spec']) ?? {}) } }),
  validateCreate: (object) => podSpecErrors(getObject(object, ['spec']), 'spec'),
  validateUpdate(next, old) {
    const after = comparable(getObject(next, ['spec']) ?? {});
    const before = comparable(getObject(old, ['spec']) ?? {});
    if (deepEqual(after, before)) return [];
    const why =
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
    return [fieldError('FieldValueForbidden', 'spec', null, why)];
  },
};

/** A Pod's spec without what an update may change. */
function comparable(spec: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(spec)) {
    if (CHANGEABLE.includes(key)) continue;
    const list = (key === 'containers' || key === 'initContainers') && Array.isArray(value);
    out[key] = list ? (value as readonly JsonObject[]).map((c) => ({ ...c, image: '' })) : value;
  }
  return out;
}

/** Guaranteed, Burstable or BestEffort, from the containers' requests and limits. */
export function qualityOfService(spec: JsonObject): string {
  const containers = [...list(spec, 'containers'), ...list(spec, 'initContainers')];
  let some = false;
  let guaranteed = true;
  for (const container of containers) {
    const resources = isObject(container['resources']) ? container['resources'] : {};
    const requests = isObject(resources['requests']) ? resources['requests'] : {};
    const limits = isObject(resources['limits']) ? resources['limits'] : {};
    for (const name of ['cpu', 'memory']) {
      if (positive(requests[name]) || positive(limits[name])) some = true;
      if (!positive(limits[name]) || !sameQuantity(requests[name] ?? limits[name], limits[name])) guaranteed = false;
    }
  }
  return !some ? 'BestEffort' : guaranteed ? 'Guaranteed' : 'Burstable';
}

function list(spec: JsonObject, key: string): readonly JsonObject[] {
  return (spec[key] as readonly JsonObject[] | undefined) ?? [];
}

function positive(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== '' && compareQuantities(parseQuantity(String(value)), parseQuantity('0')) > 0;
}

function sameQuantity(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a !== undefined && b !== undefined && compareQuantities(parseQuantity(String(a)), parseQuantity(String(b))) === 0;
}
