import { describe, expect, test } from 'vitest';
import { formatFieldErrors, formatInvalid } from './field-error.ts';
import { compileSchema } from './structural-schema.ts';

const INTERVAL = { type: 'string', pattern: String.raw`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$` };

const WIDGET = compileSchema({
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      required: ['interval'],
      properties: {
        interval: INTERVAL,
        timeout: { ...INTERVAL, default: '60s' },
        provider: { type: 'string', enum: ['generic', 'aws'], default: 'generic' },
        retries: { type: 'integer', format: 'int32', minimum: 0, maximum: 10 },
        ratio: { type: 'number', multipleOf: 0.5 },
        share: { type: 'number', exclusiveMinimum: true, minimum: 0 },
        name: { type: 'string', minLength: 2, maxLength: 5 },
        port: { 'x-kubernetes-int-or-string': true },
        at: { type: 'string', format: 'date-time' },
        tags: { type: 'array', maxItems: 2, items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        refs: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, ns: { type: 'string', default: 'x' } } },
        },
        labels: { type: 'object', maxProperties: 1, additionalProperties: { type: 'string' } },
        values: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        note: { type: 'string', nullable: true },
        choice: {
          type: 'object',
          properties: { a: { type: 'string' }, b: { type: 'string' } },
          oneOf: [{ required: ['a'] }, { required: ['b'] }],
        },
      },
    },
    status: {
      type: 'object',
      default: { observedGeneration: -1 },
      properties: { observedGeneration: { type: 'integer', format: 'int64' } },
    },
  },
});

function check(spec: object): string {
  const errors = WIDGET.validate({
    apiVersion: 'x/v1',
    kind: 'Widget',
    metadata: { name: 'a' },
    spec: { interval: '1m', ...spec },
  } as never);
  return errors.length === 0 ? '' : formatFieldErrors(errors);
}

describe('validate', () => {
  test.each([
    {
      name: 'a right object',
      spec: { retries: 3, ratio: 1.5, share: 0.1, name: 'abc', port: 'http', note: null, at: '2026-01-01T00:00:00Z' },
      want: '',
    },
    {
      name: 'a year as an interval',
      spec: { interval: '1y' },
      want: String.raw`spec.interval: Invalid value: "1y": spec.interval in body should match '^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$'`,
    },
    {
      name: 'a hyphen as an interval',
      spec: { interval: '-' },
      want: String.raw`spec.interval: Invalid value: "-": spec.interval in body should match '^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$'`,
    },
    {
      name: 'nanoseconds as an interval',
      spec: { interval: '10ns' },
      want: String.raw`spec.interval: Invalid value: "10ns": spec.interval in body should match '^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$'`,
    },
    {
      name: 'a value outside an enum',
      spec: { provider: 'gcp' },
      want: 'spec.provider: Unsupported value: "gcp": supported values: "generic", "aws"',
    },
    {
      name: 'a wrong type',
      spec: { provider: 1 },
      want: '[spec.provider: Invalid value: "integer": spec.provider in body must be of type string: "integer", spec.provider: Unsupported value: 1: supported values: "generic", "aws"]',
    },
    {
      name: 'null where it is not allowed',
      spec: { name: null },
      want: 'spec.name: Invalid value: "null": spec.name in body must be of type string: "null"',
    },
    {
      name: 'a number too small',
      spec: { retries: -1 },
      want: 'spec.retries: Invalid value: -1: spec.retries in body should be greater than or equal to 0',
    },
    {
      name: 'a number too large',
      spec: { retries: 11 },
      want: 'spec.retries: Invalid value: 11: spec.retries in body should be less than or equal to 10',
    },
    {
      name: 'a fraction for an integer',
      spec: { retries: 1.5 },
      want: '[spec.retries: Invalid value: "float64": spec.retries in body must be of type int32: "float64", <nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.retries]',
    },
    { name: 'no multiple', spec: { ratio: 0.7 }, want: 'spec.ratio: Invalid value: 0.7: spec.ratio in body should be a multiple of 0.5' },
    {
      name: 'a bound that is excluded',
      spec: { share: 0 },
      want: 'spec.share: Invalid value: 0: spec.share in body should be greater than 0',
    },
    {
      name: 'a text too short',
      spec: { name: 'a' },
      want: 'spec.name: Invalid value: "a": spec.name in body should be at least 2 chars long',
    },
    { name: 'a text too long', spec: { name: 'abcdef' }, want: 'spec.name: Too long: may not be more than 5 bytes' },
    {
      name: 'a boolean for int or string',
      spec: { port: true },
      want: 'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
    },
    { name: 'no time', spec: { at: 'today' }, want: 'spec.at: Invalid value: "today": spec.at in body must be of type date-time: "today"' },
    { name: 'too many items', spec: { tags: ['a', 'b', 'c'] }, want: 'spec.tags: Too many: 3: must have at most 2 items' },
    { name: 'an item twice in a set', spec: { tags: ['a', 'a'] }, want: 'spec.tags[1]: Duplicate value: "a"' },
    {
      name: 'a key twice in a list map',
      spec: { refs: [{ name: 'a' }, { name: 'a', ns: 'y' }] },
      want: 'spec.refs[1]: Duplicate value: {"name":"a"}',
    },
    { name: 'a required field of an item', spec: { refs: [{}] }, want: 'spec.refs[0].name: Required value' },
    { name: 'too many map entries', spec: { labels: { a: '1', b: '2' } }, want: 'spec.labels: Too many: 2: must have at most 1 item' },
    {
      name: 'a wrong map entry',
      spec: { labels: { a: 1 } },
      want: 'spec.labels.a: Invalid value: "integer": spec.labels.a in body must be of type string: "integer"',
    },
    {
      name: 'none of the alternatives',
      spec: { choice: {} },
      want: '[<nil>: Invalid value: "": "spec.choice" must validate one and only one schema (oneOf). Found none valid, spec.choice.a: Required value]',
    },
    {
      name: 'both alternatives',
      spec: { choice: { a: '', b: '' } },
      want: '<nil>: Invalid value: "": "spec.choice" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    },
  ])('tells $name', ({ spec, want }) => {
    expect(check(spec)).toBe(want);
  });

  test('tells a missing field with the words of a 422 answer', () => {
    const errors = WIDGET.validate({ spec: {} });
    expect(formatInvalid({ group: 'x.io', kind: 'Widget', name: 'a' }, errors)).toBe(
      'Widget.x.io "a" is invalid: spec.interval: Required value',
    );
  });

  test('drops errors of what did not change when the old object is given', () => {
    const old = { spec: { interval: '1y', name: 'a', tags: ['a', 'a'], refs: [{ name: 'x', ns: 1 }] } };
    expect(WIDGET.validate(old, { oldValue: old })).toEqual([]);
    expect(WIDGET.validate({ spec: { ...old.spec, name: 'b' } }, { oldValue: old }).map((e) => e.field)).toEqual(['spec.name']);
    const moved = { spec: { ...old.spec, refs: [{ name: 'y' }, { name: 'x', ns: 1 }] } };
    expect(WIDGET.validate(moved, { oldValue: old })).toEqual([]);
    expect(WIDGET.validate({ spec: { ...old.spec, refs: [{ name: 'y', ns: 1 }] } }, { oldValue: old }).map((e) => e.field)).toEqual([
      'spec.refs[0].ns',
    ]);
  });
});

describe('normalize', () => {
  test('takes away what is unknown and fills in what is missing', () => {
    const input = {
      apiVersion: 'x/v1',
      kind: 'Widget',
      metadata: { name: 'a', other: 1 },
      extra: 1,
      spec: { interval: '1m', typo: 1, values: { any: { deep: [1] } }, refs: [{ name: 'a', typo: 1 }], name: null, provider: null },
    };
    const before = JSON.stringify(input);
    expect(WIDGET.normalize(input)).toEqual({
      value: {
        apiVersion: 'x/v1',
        kind: 'Widget',
        metadata: { name: 'a', other: 1 },
        spec: { interval: '1m', timeout: '60s', provider: 'generic', values: { any: { deep: [1] } }, refs: [{ name: 'a', ns: 'x' }] },
        status: { observedGeneration: -1 },
      },
      pruned: ['extra', 'spec.refs[0].typo', 'spec.typo'],
    });
    expect(JSON.stringify(input)).toBe(before);
  });

  test('gives the same object when there is nothing to do', () => {
    const input = { spec: { interval: '1m', timeout: '1s', provider: 'aws' }, status: { observedGeneration: 3 } };
    expect(WIDGET.normalize(input).value).toBe(input);
  });

  test('keeps a key named __proto__ apart from the prototype', () => {
    const labels = JSON.parse('{"__proto__": "x"}') as Record<string, string>;
    const { value } = WIDGET.normalize({ spec: { interval: '1m', labels, typo: 1 } });
    expect(JSON.stringify(value)).toContain('"labels":{"__proto__":"x"}');
  });
});

test('field finds the schema below a path', () => {
  expect(WIDGET.field(['spec', 'refs', '[]', 'name'])).toEqual({ type: 'string' });
  expect(WIDGET.field(['spec', 'labels', '{}'])).toEqual({ type: 'string' });
  expect(WIDGET.field(['spec', 'nothing'])).toBeUndefined();
});
