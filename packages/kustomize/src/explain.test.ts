import { describe, expect, test } from 'vitest';
import { applyJsonPatch, explain, memoryFileSystem, type JsonPatchOperation } from './index.ts';

describe('explain', () => {
  const fs = memoryFileSystem({
    '/base/kustomization.yaml': 'resources: [cm.yaml]\n',
    '/base/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  a: one\n',
    '/app/kustomization.yaml': 'namePrefix: x-\nresources: [../base]\npatches: [{path: p.yaml}]\n',
    '/app/p.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {a: two}\n',
  });

  test('tells the file and the patch that set a field, and where they stand', () => {
    const [found] = explain(fs, '/app', 'data.a');
    expect(found).toMatchObject({ resource: expect.stringContaining('x-web') as string, field: 'data.a', value: 'two' });
    expect(found?.steps.map(({ name, value }) => [name, value])).toEqual([
      ['file', 'one'],
      ['PatchTransformer', 'two'],
    ]);
    expect(found?.steps[0]?.at).toMatchObject({ file: '/base/cm.yaml', line: 6 });
  });

  test('tells it for the name too', () => {
    expect(explain(fs, '/app', 'metadata.name')[0]?.steps.map(({ name }) => name)).toEqual(['file', 'PrefixTransformer']);
  });

  test('has nothing to say about a field that is not there', () => {
    expect(explain(fs, '/app', 'spec.x')).toEqual([]);
  });
});

describe('applyJsonPatch', () => {
  const target = { a: { 'b/c': 1 }, list: ['x', 'y'] };
  test.each<{ readonly name: string; readonly operations: readonly JsonPatchOperation[]; readonly wanted: unknown }>([
    { name: 'adds inside a list', operations: [{ op: 'add', path: '/list/1', value: 'n' }], wanted: { ...target, list: ['x', 'n', 'y'] } },
    { name: 'adds at the end', operations: [{ op: 'add', path: '/list/-', value: 'n' }], wanted: { ...target, list: ['x', 'y', 'n'] } },
    { name: 'reads escapes', operations: [{ op: 'replace', path: '/a/b~1c', value: 2 }], wanted: { ...target, a: { 'b/c': 2 } } },
    { name: 'moves', operations: [{ op: 'move', from: '/list/0', path: '/first' }], wanted: { a: target.a, list: ['y'], first: 'x' } },
    { name: 'tests', operations: [{ op: 'test', path: '/list/0', value: 'x' }], wanted: target },
  ])('$name', ({ operations, wanted }) => {
    expect(applyJsonPatch(target, operations)).toEqual(wanted);
  });

  test.each<readonly [string, JsonPatchOperation]>([
    ['Unable to remove nonexistent key: nope', { op: 'remove', path: '/nope' }],
    ['testing value /list/0 failed', { op: 'test', path: '/list/0', value: 'z' }],
    ['replace operation does not apply', { op: 'replace', path: '/nope/x', value: 1 }],
  ])('%s', (message, operation) => {
    expect(() => applyJsonPatch(target, [operation])).toThrow(message);
  });
});
