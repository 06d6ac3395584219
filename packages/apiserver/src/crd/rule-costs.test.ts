import { seededRandom, VirtualClock, type JsonObject } from '@flux-ts/base';
import { celRules } from '@flux-ts/cel';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask } from '../../test/client.ts';
import { createApiServer, type ApiServer } from '../index.ts';
import { thingDefinition } from '../../test/things.ts';

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const TAGS = 'spec.validation.openAPIV3Schema.properties[spec].properties[tags]';
const ADVICE = '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';

let server: ApiServer;

beforeEach(async () => {
  server = await createApiServer({ clock: new VirtualClock(), random: seededRandom(1), cel: celRules() });
});
afterEach(() => server.close());

function definition(tags: JsonObject): JsonObject {
  const spec = { type: 'object', properties: { tags } };
  return thingDefinition({ schema: { openAPIV3Schema: { type: 'object', properties: { spec } } } });
}

const rules = [{ rule: "self.all(x, x.contains('gpu'))" }];

const create = (tags: JsonObject, query: Record<string, string> = { dryRun: 'All' }) =>
  ask(server, 'POST', DEFINITIONS, { body: definition(tags), query });

test('a rule over an unlimited list of unlimited texts is refused as a real cluster refuses it', async () => {
  const { status, message } = await create({ type: 'array', items: { type: 'string' }, 'x-kubernetes-validations': rules });
  expect(status).toBe(422);
  expect(message).toBe(
    `CustomResourceDefinition.apiextensions.k8s.io "things.example.com" is invalid: [` +
      [
        `${TAGS}.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x ${ADVICE}`,
        `${TAGS}.x-kubernetes-validations[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
        `spec.validation.openAPIV3Schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${ADVICE}`,
      ].join(', ') +
      ']',
  );
});

// measured on a real validator of v0.36
test.each([
  [16, 909_090],
  [63, 333_333],
  [253, 94_339],
  [1024, 24_154],
])('texts of %d characters are taken up to %d of them', async (maxLength, most) => {
  const tags = (maxItems: number): JsonObject => ({
    type: 'array',
    maxItems,
    items: { type: 'string', maxLength },
    'x-kubernetes-validations': rules,
  });
  expect((await create(tags(most))).status).toBe(201);
  expect((await create(tags(most + 1))).message).toContain('estimated rule cost exceeds budget by factor of 1.0000');
});

test('what a rule of an item costs counts for every item, and a message counts, too', async () => {
  const item = (rule: JsonObject): JsonObject => ({ type: 'string', maxLength: 100, 'x-kubernetes-validations': [rule] });
  const list = (rule: JsonObject, maxItems?: number): JsonObject => ({
    type: 'array',
    items: item(rule),
    ...(maxItems === undefined ? {} : { maxItems }),
  });
  const rule = { rule: "self.matches('^[a-z]+$')" };
  expect((await create(list(rule, 1000))).status).toBe(201);
  expect((await create(list(rule))).message).toContain(
    `${TAGS}.items.x-kubernetes-validations[0].rule: Forbidden: estimated rule cost exceeds budget by factor of 8.7x`,
  );
  const told = { rule: 'true', messageExpression: "'not ' + string(size(self))" };
  expect((await create(list(told, 10))).message).toContain(
    `${TAGS}.items.x-kubernetes-validations[0].messageExpression: Forbidden: estimated messageExpression cost exceeds budget by factor of more than 100x`,
  );
});
