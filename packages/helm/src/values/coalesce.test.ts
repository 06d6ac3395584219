import { describe, expect, test } from 'vitest';
import { chartOf, renderFiles } from '../testing.ts';
import { coalesceValues } from './coalesce.ts';
import { isCompatibleRange, processDependencies } from './dependencies.ts';
import { valuesProvenance } from './provenance.ts';
import { mergeValues, readValues } from './read.ts';

const SUB = {
  'charts/s/Chart.yaml': 'name: s\nversion: 1.0.0\n',
  'charts/s/values.yaml': 'a: 1\nkeep: x\nglobal: {own: s, deep: {s: 1}}\n',
};

describe('coalesceValues', () => {
  test.each([
    ['a user value over a default', 'a: 1\nb: {c: 1, d: 2}\n', { b: { c: 5 } }, { a: 1, b: { c: 5, d: 2 } }],
    ['null takes a default away', 'a: 1\nb: {c: 1, d: 2}\n', { a: null, b: { c: null } }, { b: { d: 2 } }],
    ['lists are replaced', 'a: [1, 2]\n', { a: [3] }, { a: [3] }],
    ['a table over a scalar stays', 'a: 1\n', { a: { b: 1 } }, { a: { b: 1 } }],
    ['a scalar over a table stays', 'a: {b: 1}\n', { a: 1 }, { a: 1 }],
    ['null of the defaults is dropped by Helm 4', 'a: null\nb: {c: null, d: [null]}\n', {}, { b: { d: [null] } }],
  ])('%s', (_, defaults, values, want) => {
    expect(coalesceValues(chartOf({ 'values.yaml': defaults }), values)).toEqual(want);
  });
  test('Helm 3 keeps null of the defaults', () => {
    expect(coalesceValues(chartOf({ 'values.yaml': 'a: null\nb: {c: null}\n' }), {}, { helmVersion: 3 })).toEqual({
      a: null,
      b: { c: null },
    });
  });
  test('globals go down, a subchart sees its section only', () => {
    const values = coalesceValues(chartOf({ 'values.yaml': 's: {a: 2}\nglobal: {g: 1}\n', ...SUB }), { global: { deep: { top: 1 } } });
    expect(values).toEqual({
      global: { g: 1, deep: { top: 1 } },
      s: { a: 2, keep: 'x', global: { g: 1, own: 's', deep: { top: 1, s: 1 } } },
    });
  });
  test('leaves chart and values as they were', () => {
    const chart = chartOf({ 'values.yaml': 'a: {b: {c: 1}}\n', ...SUB });
    const values = { a: { b: { d: 1 } } };
    const before = JSON.stringify([chart.values, chart.subcharts[0]?.values, values]);
    coalesceValues(chart, values);
    expect(JSON.stringify([chart.values, chart.subcharts[0]?.values, values])).toBe(before);
  });
  test('a section that is no table is an error', () => {
    expect(() => coalesceValues(chartOf(SUB), { s: 'x' })).toThrow('type mismatch on s: %!t(string=x)');
  });
});

describe('processDependencies', () => {
  const chart = (dependency: string): Record<string, string> => ({
    'Chart.yaml': `apiVersion: v2\nname: c\nversion: 0.1.0\ndependencies:\n- ${dependency}\n`,
    ...SUB,
    'charts/s/templates/x.yaml': 'name: {{ .Chart.Name }}',
  });
  const names = (dependency: string, values = {}): string[] =>
    processDependencies(chartOf(chart(dependency)), values).subcharts.map((c) => c.metadata.name);
  test.each([
    ['{name: s, version: 1.x, repository: ""}', {}, ['s']],
    ['{name: s, version: 2.x, repository: ""}', {}, ['s']],
    ['{name: s, version: 1.x, repository: "", alias: t}', {}, ['t']],
    ['{name: s, version: 1.x, repository: "", condition: s.enabled}', { s: { enabled: false } }, []],
    ['{name: s, version: 1.x, repository: "", condition: "no.such,s.enabled"}', { s: { enabled: false } }, []],
    ['{name: s, version: 1.x, repository: "", condition: s.a}', {}, ['s']],
    ['{name: s, version: 1.x, repository: "", tags: [x, w]}', { tags: { x: false, w: true } }, ['s']],
    ['{name: s, version: 1.x, repository: "", tags: [x]}', { tags: { x: false } }, []],
    ['{name: s, version: 1.x, repository: "", tags: [x], condition: s.on}', { tags: { x: false }, s: { on: true } }, ['s']],
  ])('%s with %j', (dependency, values, want) => {
    expect(names(dependency, values)).toEqual(want);
  });
  test('imports values of a subchart below the parent own', () => {
    const files = chart('{name: s, version: 1.x, repository: "", import-values: [{child: global, parent: here}, data]}');
    files['charts/s/values.yaml'] = 'global: {a: 1, b: 2}\nexports: {data: {top: 1}}\n';
    files['values.yaml'] = 'here: {b: 3}\n';
    const processed = processDependencies(chartOf(files), {});
    expect(processed.values).toMatchObject({ here: { a: 1, b: 3 }, top: 1 });
    expect(processed.metadata.dependencies?.[0]).toMatchObject({
      enabled: true,
      'import-values': [
        { child: 'global', parent: 'here' },
        { child: 'exports.data', parent: '.' },
      ],
    });
  });
  test('paths below an alias go on with it in Helm 4 and with the old name in Helm 3', () => {
    const files = chart('{name: s, version: 1.x, repository: "", alias: t}');
    files['charts/s/charts/nn/Chart.yaml'] = 'name: nn\nversion: 1.0.0\n';
    files['charts/s/charts/nn/templates/y.yaml'] = 'a: 1';
    expect([...renderFiles(files).files.keys()].sort()).toEqual(['c/charts/t/charts/nn/templates/y.yaml', 'c/charts/t/templates/x.yaml']);
    expect([...renderFiles(files, { helmVersion: 3 }).files.keys()].sort()).toEqual([
      'c/charts/s/charts/nn/templates/y.yaml',
      'c/charts/t/templates/x.yaml',
    ]);
  });
  test('a range that is none fits nothing', () => {
    expect([isCompatibleRange('nonsense', '1.0.0'), isCompatibleRange('', '1.0.0'), isCompatibleRange('1.x', 'x')]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('the rest of values', () => {
  test('mergeValues keeps null and replaces lists', () => {
    expect(mergeValues({ a: { b: 1, c: [1] } }, { a: { b: null, c: [2] }, d: 1 })).toEqual({ a: { b: null, c: [2] }, d: 1 });
  });
  test('readValues merges documents and makes every number a float', () => {
    expect(readValues('a: {b: 1}\n---\na: {c: 12345678901234567890}\n')).toEqual({ a: { b: 1, c: 12345678901234567000 } });
    expect(readValues('')).toEqual({});
    expect(() => readValues('[1]')).toThrow('json: cannot unmarshal array into Go value of type map[string]interface {}');
  });
  test('valuesProvenance names the layer that set each leaf', () => {
    const chart = chartOf({ 'values.yaml': 'a: 1\nb: {c: 2, d: 3}\n', ...SUB });
    const layers = [
      { name: 'one.yaml', values: { b: { c: 5 } } },
      { name: '--set b.c=6', values: { b: { c: 6n } } },
    ];
    const found = valuesProvenance(coalesceValues(chart, mergeValues(layers[0]?.values ?? {}, layers[1]?.values ?? {})), layers, chart);
    const of = (path: string): unknown => found.find((o) => o.path.join('.') === path);
    expect(of('a')).toMatchObject({ source: 'values.yaml of c', overrides: [] });
    expect(of('b.c')).toMatchObject({ value: 6n, source: '--set b.c=6', overrides: ['one.yaml', 'values.yaml of c'] });
    expect(of('s.keep')).toMatchObject({ source: 'values.yaml of c/s' });
  });
});
