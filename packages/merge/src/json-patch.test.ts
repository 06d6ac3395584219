import type { JsonObject, JsonValue } from '@flux-ts/base';
import { describe, expect, test } from 'vitest';

import {
  applyJsonPatch,
  applyMergePatch,
  createJsonPatch,
  createMergePatch,
  createThreeWayJsonMergePatch,
  decodeJsonPatch,
  type JsonPatchOptions,
} from './index.ts';

describe('json patch', () => {
  const document = { a: { b: [1, 2, 3] }, 'x/y': 1, 'm~n': 2 };

  test.each<{ name: string; patch: JsonValue; want: JsonValue; options?: JsonPatchOptions }>([
    { name: 'adds a key', patch: [{ op: 'add', path: '/c', value: null }], want: { ...document, c: null } },
    { name: 'appends', patch: [{ op: 'add', path: '/a/b/-', value: 4 }], want: { ...document, a: { b: [1, 2, 3, 4] } } },
    { name: 'inserts', patch: [{ op: 'add', path: '/a/b/1', value: 9 }], want: { ...document, a: { b: [1, 9, 2, 3] } } },
    { name: 'counts from the end', patch: [{ op: 'remove', path: '/a/b/-1' }], want: { ...document, a: { b: [1, 2] } } },
    {
      name: 'reads escapes',
      patch: [
        { op: 'replace', path: '/x~1y', value: 5 },
        { op: 'remove', path: '/m~0n' },
      ],
      want: { a: document.a, 'x/y': 5 },
    },
    { name: 'moves', patch: [{ op: 'move', from: '/a/b', path: '/z' }], want: { a: {}, 'x/y': 1, 'm~n': 2, z: [1, 2, 3] } },
    { name: 'copies', patch: [{ op: 'copy', from: '/a/b/0', path: '/z' }], want: { ...document, z: 1 } },
    { name: 'takes null for a missing key in a test', patch: [{ op: 'test', path: '/q', value: null }], want: document },
    { name: 'replaces a key that is not there', patch: [{ op: 'replace', path: '/q', value: 1 }], want: { ...document, q: 1 } },
    {
      name: 'makes the way when asked',
      patch: [{ op: 'add', path: '/q/0/r', value: 1 }],
      want: { ...document, q: [{ r: 1 }] },
      options: { ensurePathExists: true },
    },
    {
      name: 'removes nothing when asked',
      patch: [
        { op: 'remove', path: '/q' },
        { op: 'remove', path: '/q/r' },
        { op: 'remove', path: '/a/b/7' },
      ],
      want: document,
      options: { allowMissingPathOnRemove: true },
    },
  ])('$name', ({ patch, want, options }) => {
    expect(applyJsonPatch(document, decodeJsonPatch(patch), options)).toEqual(want);
  });

  test.each([
    { patch: { op: 'add', path: '/q/r', value: 1 }, message: 'add operation does not apply: doc is missing path: "/q/r": missing value' },
    {
      patch: { op: 'add', path: '/a/b/9', value: 1 },
      message: "error in add for path: '/a/b/9': Unable to access invalid index: 9: invalid index referenced",
    },
    { patch: { op: 'remove', path: '/q' }, message: "error in remove for path: '/q': Unable to remove nonexistent key: q: missing value" },
    {
      patch: { op: 'replace', path: '/q/r', value: 1 },
      message: 'replace operation does not apply: doc is missing path: /q/r: missing value',
    },
    { patch: { op: 'test', path: '/x~1y', value: 2 }, message: 'testing value /x~1y failed: test failed' },
    { patch: { op: 'what', path: '/a' }, message: 'Unexpected kind: what' },
  ])('refuses $patch', ({ patch, message }) => {
    expect(() => applyJsonPatch(document, decodeJsonPatch([patch]))).toThrow(message);
  });

  test('a patch that is no list says what it is', () => {
    expect(() => decodeJsonPatch({})).toThrow('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  });
});

describe('a difference as a patch', () => {
  test.each<{ from: JsonValue; to: JsonValue; want: JsonValue }>([
    {
      from: { a: 1, b: 2 },
      to: { b: 3, c: 4 },
      want: [
        { op: 'remove', path: '/a' },
        { op: 'replace', path: '/b', value: 3 },
        { op: 'add', path: '/c', value: 4 },
      ],
    },
    {
      from: { a: [1, 2, 3] },
      to: { a: [1] },
      want: [
        { op: 'remove', path: '/a/1' },
        { op: 'remove', path: '/a/1' },
      ],
    },
    {
      from: { a: [1] },
      to: { a: [2, 3] },
      want: [
        { op: 'replace', path: '/a/0', value: 2 },
        { op: 'add', path: '/a/-', value: 3 },
      ],
    },
    { from: { a: [] }, to: { a: {} }, want: [{ op: 'replace', path: '/a', value: {} }] },
  ])('leads from $from to $to', ({ from, to, want }) => {
    const patch = createJsonPatch(from, to);
    expect(patch).toEqual(want);
    expect(applyJsonPatch(from, patch)).toEqual(to);
  });
});

test('a difference is one replacement where that is shorter', () => {
  const from = { d: { a: '1', b: '2', c: '3' }, e: 1 };
  const to = { d: { z: 1 }, e: 1 };
  expect(createJsonPatch(from, to)).toHaveLength(4);
  expect(createJsonPatch(from, to, { rationalize: true })).toEqual([{ op: 'replace', path: '/d', value: { z: 1 } }]);
});

describe('merge patch', () => {
  test.each<{ from: JsonObject; to: JsonObject; patch: JsonObject }>([
    { from: { a: 1, b: { c: 1, d: 2 } }, to: { b: { c: 2 } }, patch: { a: null, b: { c: 2, d: null } } },
    { from: { a: [1] }, to: { a: [2], b: {} }, patch: { a: [2], b: {} } },
  ])('leads from $from to $to', ({ from, to, patch }) => {
    expect(createMergePatch(from, to)).toEqual(patch);
    expect(applyMergePatch(from, patch)).toEqual(to);
  });

  test('three ways, keeps what others added and takes away what is no longer wanted', () => {
    expect(createThreeWayJsonMergePatch({ a: 1, b: 1 }, { a: 2 }, { a: 1, b: 1, c: 1 })).toEqual({ a: 2, b: null });
  });
});
