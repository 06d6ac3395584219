import type { JsonObject } from '@flux-ts/base';
import { describe, expect, test } from 'vitest';
import { celRules } from './rules.ts';

const cel = celRules();

/** The most that one rule of a schema may cost. */
function costOf(schema: JsonObject, rule: string): number | undefined {
  const [program] = cel.compile(schema, [{ rule }], false);
  expect(program?.error).toBeUndefined();
  return program?.estimate?.().cost;
}

type Make = (limit: number | undefined) => JsonObject;

const named = (type: string): JsonObject => {
  if (type === 'int-or-string') return { 'x-kubernetes-int-or-string': true };
  return ['duration', 'date', 'date-time'].includes(type) ? { type: 'string', format: type } : { type };
};
const limited = (schema: JsonObject, keyword: string, limit: number | undefined): JsonObject =>
  limit === undefined ? schema : { ...schema, [keyword]: limit };
const listOf =
  (items: JsonObject): Make =>
  (limit) =>
    limited({ type: 'array', items }, 'maxItems', limit);
const mapOf =
  (additionalProperties: JsonObject): Make =>
  (limit) =>
    limited({ type: 'object', additionalProperties }, 'maxProperties', limit);
const text: Make = (limit) => limited({ type: 'string' }, 'maxLength', limit);
const bytes: Make = (limit) => limited({ type: 'string', format: 'byte' }, 'maxLength', limit);
const pair: JsonObject = {
  type: 'object',
  required: ['required'],
  properties: { required: { type: 'string' }, optional: { type: 'string' } },
};
const texts: Make = (limit) => listOf(text(limit))(limit);
const values: Make = (limit) => limited({ type: 'string', enum: ['A', 'B', 'C', 'LongValue'] }, 'maxLength', limit);
const fields =
  (...names: readonly string[]): Make =>
  (limit) => ({ type: 'object', properties: Object.fromEntries(names.map((name) => [name, text(limit)])) });
const replaced: Make = (limit) => ({ type: 'object', properties: { str: text(limit), before: text(2), after: text(4) } });
const nested: Make = (limit) => listOf(mapOf(pair)(limit))(limit);

// costs as upstream's own tests expect them (apiextensions-apiserver pkg/apiserver/schema/cel, TestCostEstimation):
// without a limit, and with one
const CASES: readonly (readonly [Make, string, number, limit: number, number])[] = [
  [listOf(named('number')), 'self.all(x, true)', 4718591, 10, 32],
  [listOf(named('string')), 'self.all(x, true)', 3145727, 20, 62],
  [listOf(named('boolean')), 'self.all(x, true)', 1887437, 5, 17],
  [listOf(listOf(named('number'))(undefined)), 'self.all(x, true)', 3145727, 100, 302],
  [listOf(pair), 'self.all(x, true)', 555128, 50, 152],
  [mapOf(named('number')), 'self.all(x, true)', 1348169, 10, 32],
  [mapOf(named('string')), 'self.all(x, true)', 1179647, 3, 11],
  [mapOf(named('boolean')), 'self.all(x, true)', 943718, 100, 302],
  [text, "self.contains('test')", 314574, 10, 5],
  [text, "self.startsWith('test')", 2, 15, 2],
  [text, "self.endsWith('test')", 2, 30, 2],
  [text, 'size(self + "hello") > size("hello")', 314578, 4, 7],
  [listOf(named('number')), 'self[1] == 0.0', 2, 5000, 2],
  [listOf(named('string')), 'self[1] == self[1]', 314577, 8, 314577],
  [text, 'self.matches("x")', 314574, 50, 22],
  [text, '"".matches("(((((((((())))))))))[0-9]")', 7, 10, 7],
  [text, 'self.matches("")', 1, 100, 1],
  [(limit) => mapOf(text(limit))(limit), 'self.all(x, x.contains(self[x]))', 2752507, 10, 72],
  [mapOf(named('number')), 'self["x"] == 0.0', 2, 0, 2],
  [text, 'self == "x"', 2, 0, 1],
  [bytes, 'self == b"x"', 2, 0, 1],
  [listOf(named('number')), 'self.all(x, x == 0.0)', 6291454, 3 * 1024 * 2048, 25165826],
  [nested, 'self.all(x, x["y"].required == "z")', 7340027, 10, 72],
  [(limit) => listOf(mapOf(pair)(limit))(undefined), 'self.all(x, x["y"].required == "z")', 7340027, 10, 7340027],
  [listOf(named('int-or-string')), 'self.all(x, true)', 4718591, 10, 32],
  [listOf(named('int-or-string')), 'self[0] == 5', 3, 10, 3],
  [listOf(named('boolean')), 'self[0] == false', 2, 25, 2],
  [listOf(pair), 'self[0] == null', 2, 422, 2],
  [listOf(listOf(named('number'))(undefined)), 'self[0][0] == -1.0', 3, 51, 3],
  [listOf(mapOf(named('number'))(undefined)), 'self.all(x, x.y == 25.2)', 6291452, 12, 74],
  [listOf(mapOf(named('number'))(undefined)), 'self[0].x > 2.0', 4, 3000, 4],
  [listOf(named('duration')), 'self.all(x, true)', 2359295, 5, 17],
  [listOf(named('duration')), 'self[0].getHours() == 2', 4, 525, 4],
  [listOf(named('date')), 'self.all(x, true)', 725936, 15, 47],
  [listOf(named('date-time')), 'self.all(x, true)', 428963, 25, 77],
  [mapOf(named('int-or-string')), 'self.all(x, true)', 1348169, 15, 47],
  [mapOf(pair), 'self.all(x, true)', 428963, 20, 62],
  [mapOf(mapOf(named('number'))(undefined)), 'self.all(x, true)', 1179647, 10, 32],
  [mapOf(listOf(named('number'))(undefined)), 'self.all(x, true)', 1179647, 25, 77],
  [mapOf(named('duration')), 'self.all(x, true)', 1048577, 5, 17],
  [mapOf(named('date')), 'self.all(x, true)', 524288, 10, 32],
  [mapOf(named('date-time')), 'self.all(x, true)', 349526, 25, 77],
  [text, "self.find('[0-9]+') == ''", 629147, 10, 11],
  [texts, "self.join(' ') == 'aa bb'", 329853068905, 10, 43],
  [texts, 'self.isSorted() == true', 329854432052, 10, 52],
  [replaced, "self.str.replace(self.before, self.after) == 'does not matter'", 629154, 4, 12],
  [fields('str', 'separator'), 'self.str.split(self.separator) == []', 629160, 10, 22],
  [text, "self.lowerAscii() == 'lower!'", 314575, 10, 6],
  [mapOf(named('integer')), 'oldSelf.size() == self.size()', 5, 10, 5],
  [mapOf(named('date-time')), 'self["a"] == self["b"]', 8, 7, 8],
  [mapOf(named('duration')), 'self["c"] == self["d"]', 8, 42, 8],
  [values, "self.contains('A')", 2, 1000, 401],
];

describe('the estimated cost of a rule', () => {
  test.each(CASES)('%# %s', (make, rule, free, limit, bounded) => {
    expect(costOf(make(undefined), rule)).toBe(free);
    expect(costOf(make(limit), rule)).toBe(bounded);
  });

  test('of nested loops over lists without limits is out of every bound', () => {
    const numbers = listOf(named('number'));
    expect(costOf(numbers(undefined), 'self.all(x, self.all(y, true))')).toBeGreaterThan(1e12);
    expect(costOf(numbers(10), 'self.all(x, self.all(y, true))')).toBe(352);
    expect(costOf(numbers(10), 'self.all(x, self.all(y, self.all(z, true)))')).toBe(3552);
  });

  test('has() is free', () => {
    expect(costOf(mapOf(named('number'))(undefined), 'has(self.x)')).toBe(1);
  });

  test('what a loop makes is no larger than what it goes through', () => {
    const schema = texts(10);
    expect(costOf(schema, "self.map(x, x + '!').all(x, x.startsWith('a'))")).toBeLessThan(1000);
    expect(costOf(schema, "self.filter(x, x != '').exists(x, x == 'a')")).toBeLessThan(1000);
  });
});
