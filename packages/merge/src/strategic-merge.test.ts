import type { JsonObject } from '@flux-ts/base';
import { describe, expect, test } from 'vitest';

import {
  createThreeWayMergePatch,
  createTwoWayMergePatch,
  strategicMergePatch,
  type StrategicField,
  type StrategicSchema,
} from './index.ts';

const item: StrategicSchema = struct('Item', {
  name: {},
  value: {},
  args: { kind: 'list' },
  tags: { kind: 'list', strategies: ['merge'] },
});
const schema: StrategicSchema = struct('Thing', {
  name: {},
  items: { kind: 'list', strategies: ['merge'], mergeKey: 'name', schema: item },
  atomic: { kind: 'list', schema: item },
  names: { kind: 'list', strategies: ['merge'] },
  one: { kind: 'struct', strategies: ['retainKeys'], schema: item },
  whole: { kind: 'struct', strategies: ['replace'], schema: item },
  free: { kind: 'map' },
});

function struct(name: string, fields: Readonly<Record<string, Partial<StrategicField>>>): StrategicSchema {
  return {
    name,
    field: (key) =>
      Object.hasOwn(fields, key) ? { strategies: [], mergeKey: '', kind: 'scalar', schema: undefined, ...fields[key] } : undefined,
  };
}

describe('strategic merge', () => {
  const original = {
    items: [
      { name: 'a', value: '1' },
      { name: 'b', value: '2' },
    ],
    names: ['x', 'y'],
    one: { name: 'n', value: 'v' },
    atomic: [{ name: 'q' }],
  };

  test.each<{ name: string; patch: JsonObject; want: JsonObject }>([
    {
      name: 'merges items by key and puts new ones first',
      patch: { items: [{ name: 'c' }, { name: 'a', value: '9' }] },
      want: { ...original, items: [{ name: 'c' }, { name: 'a', value: '9' }, { name: 'b', value: '2' }] },
    },
    {
      name: 'deletes an item',
      patch: { items: [{ name: 'a', $patch: 'delete' }] },
      want: { ...original, items: [{ name: 'b', value: '2' }] },
    },
    { name: 'replaces a list', patch: { items: [{ $patch: 'replace' }, { name: 'z' }] }, want: { ...original, items: [{ name: 'z' }] } },
    {
      name: 'sorts by the given order',
      patch: { '$setElementOrder/items': [{ name: 'b' }, { name: 'a' }] },
      want: {
        ...original,
        items: [
          { name: 'b', value: '2' },
          { name: 'a', value: '1' },
        ],
      },
    },
    { name: 'deletes scalars', patch: { '$deleteFromPrimitiveList/names': ['x'], names: ['z'] }, want: { ...original, names: ['z', 'y'] } },
    {
      name: 'keeps only the retained keys',
      patch: { one: { $retainKeys: ['name'], name: 'n' } },
      want: { ...original, one: { name: 'n' } },
    },
    { name: 'replaces lists without a strategy', patch: { atomic: [] }, want: { ...original, atomic: [] } },
    {
      name: 'drops nulls and directives of what is new',
      patch: { free: { a: null, b: { $patch: 'delete' }, c: 1 }, whole: { $patch: 'replace', name: 'w' } },
      want: { ...original, free: { c: 1 } },
    },
    { name: 'takes a key away', patch: { names: null }, want: { items: original.items, one: original.one, atomic: original.atomic } },
  ])('$name', ({ patch, want }) => {
    expect(strategicMergePatch(original, patch, schema)).toEqual(want);
  });

  test.each([
    { patch: { items: [{ value: '1' }] }, message: 'map: map[value:1] does not contain declared merge key: name' },
    { patch: { one: { $patch: 'what' } }, message: 'unknown patch type: what in map: map[$patch:what]' },
    { patch: { one: { $retainKeys: ['name'], value: 'v' } }, message: "patch content doesn't match retainKeys list" },
    { patch: { '$setElementOrder/items': [{ name: 'a' }], items: [{ name: 'b' }] }, message: "doesn't match $setElementOrder list" },
  ])('refuses $patch', ({ patch, message }) => {
    expect(() => strategicMergePatch(original, patch, schema)).toThrow(message);
  });

  test('leaves its inputs alone', () => {
    const before = JSON.stringify(original);
    strategicMergePatch(original, { items: [{ name: 'a', value: '9' }], names: ['n'], one: { $retainKeys: [] } }, schema);
    expect(JSON.stringify(original)).toBe(before);
  });
});

describe('a strategic patch', () => {
  const original = { items: [{ name: 'a', value: '1' }, { name: 'b' }], names: ['x'] };
  const modified = { items: [{ name: 'b', value: '2' }], names: ['y'] };

  test('of two objects leads from one to the other', () => {
    const patch = createTwoWayMergePatch(original, modified, schema);
    expect(patch).toEqual({
      '$setElementOrder/items': [{ name: 'b' }],
      items: [
        { name: 'b', value: '2' },
        { name: 'a', $patch: 'delete' },
      ],
      '$setElementOrder/names': ['y'],
      '$deleteFromPrimitiveList/names': ['x'],
      names: ['y'],
    });
    expect(strategicMergePatch(original, patch, schema)).toEqual(modified);
  });

  test('of three objects keeps what others added', () => {
    const current = { items: [{ name: 'a', value: '1' }, { name: 'b' }, { name: 'theirs' }], names: ['x'] };
    const patch = createThreeWayMergePatch({ original, modified, current }, schema);
    expect(strategicMergePatch(current, patch, schema)).toEqual({ items: [{ name: 'b', value: '2' }, { name: 'theirs' }], names: ['y'] });
  });

  test('of three objects refuses to overwrite a change unless told to', () => {
    const objects = { original: { name: 'a' }, modified: { name: 'b' }, current: { name: 'c' } };
    expect(() => createThreeWayMergePatch(objects, schema)).toThrow(expect.objectContaining({ code: 'PATCH_CONFLICT' }));
    expect(createThreeWayMergePatch(objects, schema, { overwrite: true })).toEqual({ name: 'b' });
  });
});
