import { type JsonObject } from '@flux-ts/base';
import { describe, expect, test } from 'vitest';
import { checkStructural, type CheckStructuralOptions } from './check-structural.ts';
import { formatFieldError } from './field-error.ts';

function said(schema: JsonObject, options: CheckStructuralOptions = {}): string[] {
  return checkStructural(schema, { path: 'S', ...options }).map(formatFieldError);
}

function inRoot(a: JsonObject): JsonObject {
  return { type: 'object', properties: { a } };
}

// the texts are those of apiextensions-apiserver v0.36
describe('checkStructural', () => {
  test('accepts a structural schema', () => {
    const port = { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true };
    const list = { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'] };
    const items = { type: 'object', properties: { k: { type: 'string', default: '' }, port }, oneOf: [{ required: ['port'] }] };
    expect(said(inRoot({ ...list, items }))).toEqual([]);
    expect(said({ type: 'object', properties: { metadata: { type: 'object' }, spec: { type: 'object', default: {} } } })).toEqual([]);
  });

  test.each<[string, JsonObject, string[]]>([
    ['no type at the root', {}, ['S.type: Required value: must not be empty at the root']],
    ['a root that is no object', { type: 'string' }, ['S.type: Invalid value: "string": must be object at the root']],
    ['a field without a type', inRoot({}), ['S.properties[a].type: Required value: must not be empty for specified object fields']],
    [
      'words on metadata',
      { type: 'object', properties: { metadata: { type: 'object', description: 'x' } } },
      [
        'S.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified',
      ],
    ],
    [
      'a type below a junctor',
      inRoot({ type: 'string', allOf: [{ type: 'string' }] }),
      ['S.properties[a].allOf[0].type: Forbidden: must be empty to be structural'],
    ],
    [
      'a field that is only below a junctor',
      { type: 'object', anyOf: [{ properties: { b: { minLength: 1 } } }] },
      ['S.properties[b]: Required value: because it is defined in S.anyOf[0].properties[b]'],
    ],
    [
      'unknown fields in a default',
      inRoot({ type: 'object', properties: {}, default: { b: 1 } }),
      ['S.properties[a].default: Invalid value: {"b":1}: must not have unknown fields'],
    ],
    [
      'a default of a wrong type',
      inRoot({ type: 'string', default: 1 }),
      ['S.properties[a].default: Invalid value: "integer":  in body must be of type string: "integer"'],
    ],
    [
      'keys that need not be there',
      inRoot({
        type: 'array',
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['k', 'q'],
        items: { type: 'object', properties: { k: { type: 'string' } } },
      }),
      [
        'S.properties[a].x-kubernetes-list-map-keys: Invalid value: ["k","q"]: entries must all be names of item properties',
        'S.properties[a].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
      ],
    ],
    [
      'sets of granular maps',
      inRoot({ type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object' } }),
      [
        'S.properties[a].items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set',
      ],
    ],
    ['references', { type: 'object', $ref: '#/x' }, ['S.$ref: Forbidden: $ref is not supported']],
    [
      'unique items',
      inRoot({ type: 'array', items: { type: 'string' }, uniqueItems: true }),
      ['S.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic'],
    ],
    [
      'rules that say nothing or go nowhere',
      inRoot({ type: 'object', 'x-kubernetes-validations': [{ rule: ' ' }, { rule: 'true', fieldPath: '.b', reason: 'No' }] }),
      [
        'S.properties[a].x-kubernetes-validations[0].rule: Required value: rule is not specified',
        'S.properties[a].x-kubernetes-validations[1].reason: Unsupported value: "No": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
        'S.properties[a].x-kubernetes-validations[1].fieldPath: Invalid value: ".b": must be a valid path',
      ],
    ],
  ])('refuses %s', (_name, schema, want) => {
    expect(said(schema)).toEqual(want);
  });

  test('shows rules that do not compile, and old values that cannot be found', () => {
    const cel = {
      compile: () => [{ error: 'compilation failed: x', messageError: 'm', usesOldSelf: true, evaluate: () => ({ cost: 0 }) }],
    };
    const items = { type: 'string', 'x-kubernetes-validations': [{ rule: 'a > b', messageExpression: '1' }] };
    const shown = '{"Rule":"a \\u003e b","Message":"","MessageExpression":"1","Reason":null,"FieldPath":"","OptionalOldSelf":null}';
    const at = 'S.properties[a].items.x-kubernetes-validations[0]';
    expect(said(inRoot({ type: 'array', items }), { cel })).toEqual([
      `${at}.rule: Invalid value: ${shown}: compilation failed: x`,
      `${at}.messageExpression: Invalid value: ${shown}: m`,
      `${at}.rule: Invalid value: "a > b": oldSelf cannot be used on the uncorrelatable portion of the schema within S.properties[a]`,
    ]);
  });

  test('knows fewer keywords at the root of a version with a status', () => {
    const [error] = said({ type: 'object', maxProperties: 3 }, { status: true });
    expect(error).toContain('fields are allowed at the root of the schema if the status subresource is enabled');
  });
});
