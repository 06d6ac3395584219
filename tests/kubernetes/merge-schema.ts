import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { canonicalJson, isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { loadKinds } from '@flux-ts/schema';
import { load } from 'js-yaml';

import { same, type Outcome } from './suite.ts';

/** Atoms in one spelling: no defaults but those of scalars, no relationship that is the usual one, fields in order. */
function normal(value: JsonValue, parent = ''): JsonValue {
  if (isArray(value)) {
    const items = value.map((item) => normal(item));
    return parent === 'fields'
      ? items.sort((a, b) => (String((a as JsonObject)['name']) < String((b as JsonObject)['name']) ? -1 : 1))
      : items;
  }
  if (!isObject(value)) return value;
  const out: Record<string, JsonValue> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === 'default' && isObject(item)) continue;
    if (key === 'elementRelationship' && item === 'separable' && value['namedType'] === undefined) continue;
    if (key === 'unions') continue;
    out[key] = normal(item as JsonValue, key);
  }
  // a list of strings that has a name of its own
  if (String(out['namedType']).endsWith('.ExtraValue'))
    return { list: { elementRelationship: 'atomic', elementType: { scalar: 'string' } } };
  // a free type, spelled out in place
  if (out['scalar'] === 'untyped' && isObject(out['map']))
    return { namedType: own(out['map'] as JsonObject, 'elementRelationship') === 'atomic' ? '__untyped_atomic_' : '__untyped_deduced_' };
  return out;
}

/** The types for server-side apply against upstream's own schema. */
export async function mergeSchema(corpus: string): Promise<Outcome[]> {
  const kinds = await loadKinds();
  const schema = load(gunzipSync(readFileSync(join(corpus, 'tables/v1.36/smd-schema.yaml.gz'))).toString()) as { types: JsonObject[] };
  const swagger = JSON.parse(gunzipSync(readFileSync(join(corpus, 'openapi/v1.36.json.gz'))).toString()) as { definitions: JsonObject };
  const out: Outcome[] = [];
  for (const type of schema.types) {
    const { name, ...atom } = type;
    if (typeof name !== 'string' || !Object.hasOwn(swagger.definitions, name)) continue;
    let problem: string | undefined;
    try {
      const mine = kinds.mergeTypes.resolve(name);
      same('atom', canonicalJson(normal(mine as unknown as JsonValue)), canonicalJson(normal(atom)));
    } catch (error) {
      problem = (error as Error).message;
    }
    out.push({ suite: 'tables/smd-schema', name, problem });
  }
  return out;
}
