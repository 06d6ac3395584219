import { stringifyJson, type JsonObject } from '@flux-ts/base';
import { expect, test } from 'vitest';
import { Printer } from './print.ts';

const fields = { 'f:data': { '.': {}, 'f:a"b\\': {} } };
const entry = { manager: 'a', operation: 'Apply', time: '2026-01-01T00:00:00Z', fieldsV1: fields };

test.each<{ name: string; object: JsonObject }>([
  { name: 'is empty', object: {} },
  { name: 'has no metadata', object: { kind: 'A', spec: { managedFields: [1] } } },
  { name: 'has no managers', object: { metadata: { name: 'a', managedFields: [] }, spec: {} } },
  {
    name: 'has managers that share fields',
    object: { metadata: { name: 'é"\n\u2028', managedFields: [entry, { ...entry, manager: 'b' }] } },
  },
  { name: 'has managers in odd forms', object: { metadata: { managedFields: [null, 'x', {}, { fieldsV1: null }, { fieldsV1: [] }] } } },
  { name: 'has a number beyond 2^53', object: { metadata: { managedFields: [entry] }, spec: { n: 2n ** 60n } } },
  {
    name: 'has its metadata at the end',
    object: { spec: { metadata: { managedFields: 0 } }, metadata: { managedFields: [entry], z: null } },
  },
])('an object is printed as ever when it $name', ({ object }) => {
  const printer = new Printer();
  expect(printer.print(object)).toBe(stringifyJson(object));
  expect(printer.print(object)).toBe(stringifyJson(object));
});
