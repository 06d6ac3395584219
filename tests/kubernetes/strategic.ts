import { canonicalJson, isArray, isObject, own, parseJson, type JsonObject, type JsonValue } from '@flux-ts/base';
import {
  createThreeWayMergePatch,
  createTwoWayMergePatch,
  PatchError,
  strategicMergePatch,
  type StrategicField,
  type StrategicSchema,
} from '@flux-ts/merge';

import { readCorpus, runCases, same, type Case, type CorpusFile, type Outcome } from './suite.ts';

/** The facts of a Swagger definition. */
function schemaOf(definitions: JsonObject, name: string): StrategicSchema {
  const properties = ((definitions[name] as JsonObject)['properties'] ?? {}) as JsonObject;
  const refOf = (schema: JsonValue | undefined): StrategicSchema | undefined => {
    const ref = isObject(schema) ? own(schema, '$ref') : undefined;
    const target = typeof ref === 'string' ? ref.slice('#/definitions/'.length) : undefined;
    return target === undefined || !Object.hasOwn(definitions, target) || target.includes('RawExtension')
      ? undefined
      : schemaOf(definitions, target);
  };
  return {
    name,
    field: (key): StrategicField | undefined => {
      const property = own(properties, key);
      if (!isObject(property)) return undefined;
      const strategies = String(property['x-kubernetes-patch-strategy'] ?? '')
        .split(',')
        .filter((s) => s !== '');
      const mergeKey = String(property['x-kubernetes-patch-merge-key'] ?? '');
      if (property['type'] === 'array') return { strategies, mergeKey, kind: 'list', schema: refOf(property['items']) };
      if (property['additionalProperties'] !== undefined)
        return { strategies, mergeKey, kind: 'map', schema: refOf(property['additionalProperties']) };
      return { strategies, mergeKey, kind: property['$ref'] === undefined ? 'scalar' : 'struct', schema: refOf(property) };
    },
  };
}

const object = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {});

/** Merging lists have no order that counts, as upstream's tests compare them. */
function sorted(value: JsonValue | undefined, schema: StrategicSchema | undefined): JsonValue {
  if (!isObject(value)) return value ?? null;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]): [string, JsonValue] => {
      const field = schema?.field(key);
      if (isArray(item) && (field?.strategies.includes('merge') === true || key.startsWith('$deleteFrom') || key === '$retainKeys')) {
        const items = item.map((entry) => sorted(entry, field?.schema));
        const keyOf = (entry: JsonValue): string => String(isObject(entry) ? entry[field?.mergeKey ?? ''] : entry);
        return [
          key,
          (isObject(items[0]) ? items : [...new Set(items)]).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0)),
        ];
      }
      return [key, isObject(item) ? sorted(item, field?.schema) : (item as JsonValue)];
    }),
  );
}

function fails(run: () => unknown, part: string): void {
  try {
    run();
  } catch (error) {
    if ((error as Error).message.includes(part)) return;
    throw error;
  }
  throw new Error(`did not fail with ${part}`);
}

function conflictOf(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    if (error instanceof PatchError && error.code === 'PATCH_CONFLICT') return true;
    throw error;
  }
}

function check(file: CorpusFile, test: Case): void {
  const name = String(test['schema']);
  const schema = schemaOf((file.schemas[name] as JsonObject)['definitions'] as JsonObject, name);
  const equal = (what: string, got: JsonValue, want: JsonValue | undefined): void =>
    same(what, canonicalJson(got), canonicalJson(want ?? {}));
  const [original, modified, current] = [object(test['original']), object(test['modified']), object(test['current'])];
  switch (test['op']) {
    case 'sortMergeLists':
      return equal('sorted', sorted(original, schema), test['sorted']);
    case 'apply': {
      const apply = (): JsonObject => strategicMergePatch(original, object(test['twoWay']), schema);
      if (test['expectedError'] !== undefined) return fails(apply, String(test['expectedError']));
      return equal('modified', apply(), test['modified']);
    }
    case 'rawExtension':
    case 'create': {
      const twoWay = createTwoWayMergePatch(original, modified, schema);
      equal('two-way', twoWay, test['twoWay']);
      equal('two-way result', strategicMergePatch(original, twoWay, schema), test['twoWayResult'] ?? test['modified']);
      const threeWay = (overwrite: boolean): JsonObject => createThreeWayMergePatch({ original, modified, current }, schema, { overwrite });
      if (test['expectedError'] !== undefined) return fails(() => threeWay(false), String(test['expectedError']));
      // upstream's names say where a conflict must be found; with overwriting there is a patch all the same
      const conflict = conflictOf(() => threeWay(false));
      same(
        'conflict',
        String(conflict),
        String(String(test['name']).includes('conflict') && !String(test['name']).includes('no conflict')),
      );
      const patch = threeWay(conflict);
      equal('three-way', patch, test['threeWay']);
      return equal('result', strategicMergePatch(current, patch, schema), test['result']);
    }
    default: {
      const texts = object(test['texts']);
      const read = (key: string): JsonObject => object(parseJson(String(texts[key] ?? '{}')));
      if (test['op'] === 'numberConversion') {
        const patch = createTwoWayMergePatch(read('old'), read('new'), schema);
        equal('patch', patch, read('expectedPatch'));
        return equal('result', strategicMergePatch(read('old'), patch, schema), read('expectedResult'));
      }
      const two = createTwoWayMergePatch(read('original'), read('modified'), schema);
      equal('two-way', two, read('expectedTwoWay'));
      equal('two-way result', strategicMergePatch(read('original'), two, schema), read('expectedTwoWayResult'));
      const three = createThreeWayMergePatch({ original: read('original'), modified: read('modified'), current: read('current') }, schema);
      equal('three-way', three, read('expectedThreeWay'));
      return equal('three-way result', strategicMergePatch(read('current'), three, schema), read('expectedThreeWayResult'));
    }
  }
}

/** Strategic merge patches: applied and created. */
export function strategic(corpus: string): Outcome[] {
  const file = readCorpus(corpus, 'strategicpatch/strategicpatch');
  return runCases(file, (test) => check(file, test));
}
