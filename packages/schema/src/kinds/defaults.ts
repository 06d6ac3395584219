import type { JsonObject } from '@flux-ts/base';

/** placeholder until the tables of defaults stand */
export function applyDefaults(_typeName: string, object: JsonObject): JsonObject {
  return object;
}
