import { getObject, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { compareQuantities, parseQuantity } from '@flux-ts/schema';
import type { Strategy } from './strategy.ts';

/** Pods: their quality of service. */
export const podStrategy: Strategy = {
  generation: true,
  returnsDeleted: true,
  prepareCreate: (object) => ({ ...object, status: { phase: 'Pending', qosClass: qualityOfService(getObject(object, ['spec']) ?? {}) } }),
};

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
