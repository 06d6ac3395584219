import { deepEqual, type JsonObject, type JsonValue } from '@flux-ts/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  applyJsonPatch,
  applyMergePatch,
  compareTyped,
  createJsonPatch,
  createMergePatch,
  createTwoWayMergePatch,
  FieldSet,
  mergeTyped,
  removeFields,
  strategicMergePatch,
  toFieldSet,
  typeFromStructural,
  type StrategicSchema,
} from './index.ts';

const RUNS = { numRuns: 150 };
const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'x/y', 'm~n');
const scalar = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.boolean(), fc.constantFrom('', 'x', 'ü', 'a b'));
const json = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
const object = fc.dictionary(name, json, { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<JsonObject>;

const type = typeFromStructural(
  {
    type: 'object',
    properties: {
      n: { type: 'integer' },
      set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
      list: {
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        items: {
          type: 'object',
          properties: { name: { type: 'string' }, value: { type: 'integer' }, atomic: { type: 'array', items: { type: 'string' } } },
        },
      },
      map: { type: 'object', additionalProperties: { type: 'integer' } },
    },
  },
  { root: false },
);
const word = fc.constantFrom('a', 'b', 'c', 'd');
const item = fc.record(
  { name: word, value: fc.integer({ min: 0, max: 2 }), atomic: fc.array(word, { maxLength: 2 }) },
  { requiredKeys: ['name'], noNullPrototype: true },
);
const typed = fc.record(
  {
    n: fc.integer({ min: 0, max: 2 }),
    set: fc.uniqueArray(word, { maxLength: 4 }),
    list: fc.uniqueArray(item, { maxLength: 4, selector: (entry) => entry.name }),
    map: fc.dictionary(word, fc.integer({ min: 0, max: 2 }), { maxKeys: 3, noNullPrototype: true }),
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<JsonObject>;

const path = fc.array(fc.constantFrom('f:a', 'f:b', 'k:{"name":"x"}', 'v:1'), { minLength: 1, maxLength: 3 });
const fields = fc.array(path, { maxLength: 6 }).map((paths) => FieldSet.of(...paths));

describe('field sets', () => {
  test('union, intersection and difference obey the laws of sets', () => {
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        expect(a.union(b).equals(b.union(a))).toBe(true);
        expect(a.intersection(b).equals(b.intersection(a))).toBe(true);
        expect(a.difference(b).union(a.intersection(b)).equals(a)).toBe(true);
        expect(a.difference(b).intersection(b).isEmpty).toBe(true);
        expect(a.union(b).size).toBe(a.size + b.size - a.intersection(b).size);
      }),
      RUNS,
    );
  });

  test('are read back from what they are written to', () => {
    fc.assert(
      fc.property(fields, (set) => {
        expect(FieldSet.fromJson(set.toJson()).equals(set)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('typed merge', () => {
  test('keeps everything that the configuration says', () => {
    fc.assert(
      fc.property(typed, typed, (live, config) => {
        const merged = mergeTyped(type, live, config) ?? {};
        const { added, modified } = compareTyped(type, merged, mergeTyped(type, merged, config));
        expect(added.isEmpty && modified.isEmpty).toBe(true);
        expect(
          toFieldSet(type, config)
            .difference(toFieldSet(type, merged))
            .paths()
            .filter((p) => p.at(-1)?.startsWith('v:') ?? false),
        ).toEqual([]);
      }),
      RUNS,
    );
  });

  test('changes nothing when the same is merged again, and never its inputs', () => {
    fc.assert(
      fc.property(typed, typed, (live, config) => {
        const before = JSON.stringify([live, config]);
        const once = mergeTyped(type, live, config);
        expect(mergeTyped(type, once, config)).toEqual(once);
        expect(JSON.stringify([live, config])).toBe(before);
      }),
      RUNS,
    );
  });

  test('comparing the other way round swaps what was added and what was removed', () => {
    fc.assert(
      fc.property(typed, typed, (a, b) => {
        const there = compareTyped(type, a, b);
        const back = compareTyped(type, b, a);
        expect(there.added.equals(back.removed) && there.removed.equals(back.added) && there.modified.equals(back.modified)).toBe(true);
      }),
      RUNS,
    );
  });

  test('removing all of a value leaves nothing of what the set named', () => {
    fc.assert(
      fc.property(typed, (value) => {
        const set = toFieldSet(type, value);
        expect(toFieldSet(type, removeFields(type, value, set)).intersection(set).isEmpty).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('patches lead from one document to the other', () => {
  test('as JSON patches', () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        expect(deepEqual(applyJsonPatch(a, createJsonPatch(a, b)), b)).toBe(true);
      }),
      RUNS,
    );
  });

  test('as merge patches', () => {
    fc.assert(
      fc.property(object, object, (a, b) => {
        expect(deepEqual(applyMergePatch(a, createMergePatch(a, b)), b)).toBe(true);
      }),
      RUNS,
    );
  });

  test('as strategic patches', () => {
    const itemSchema: StrategicSchema = {
      name: 'Item',
      field: () => ({ strategies: [], mergeKey: '', kind: 'scalar', schema: undefined }),
    };
    const schema: StrategicSchema = {
      name: 'Thing',
      field: (key) => {
        if (key === 'list') return { strategies: ['merge'], mergeKey: 'name', kind: 'list', schema: itemSchema };
        return { strategies: key === 'set' ? ['merge'] : [], mergeKey: '', kind: key === 'map' ? 'map' : 'list', schema: undefined };
      },
    };
    fc.assert(
      fc.property(typed, typed, (a, b) => {
        expect(strategicMergePatch(a, createTwoWayMergePatch(a, b, schema), schema)).toEqual(b);
      }),
      RUNS,
    );
  });
});
