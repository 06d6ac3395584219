import { describe, expect, test } from 'vitest';
import { celRules } from './rules.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    n: { type: 'integer' },
    f: { type: 'number' },
    at: { type: 'string', format: 'date-time' },
    port: { 'x-kubernetes-int-or-string': true },
    'a-b.c': { type: 'string' },
    set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    items: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
      items: { type: 'object', properties: { k: { type: 'string' }, v: { type: 'string' } } },
    },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
  },
};

function run(rule: string, self: object, options: { oldSelf?: object; optionalOldSelf?: boolean; root?: boolean } = {}): unknown {
  const [program] = celRules().compile(SCHEMA, [{ rule, optionalOldSelf: options.optionalOldSelf === true }], options.root === true);
  if (program?.error !== undefined) return program.error;
  const answer = program?.evaluate({ self: self as never, oldSelf: options.oldSelf as never });
  return answer?.error ?? answer?.value;
}

describe('celRules', () => {
  test.each([
    { rule: 'self.n == 1 && self.f == 1.0', self: { n: 1, f: 1 } },
    { rule: 'self.at < timestamp("2027-01-01T00:00:00Z")', self: { at: '2026-01-01T00:00:00Z' } },
    { rule: 'type(self.port) == int ? self.port > 0 : self.port.endsWith("%")', self: { port: '5%' } },
    { rule: 'self.a__dash__b__dot__c == "x"', self: { 'a-b.c': 'x' } },
    { rule: 'self.set == ["b", "a"] && size(self.set + ["a", "c"]) == 3', self: { set: ['a', 'b'] } },
    { rule: 'self.items == [self.items[1], self.items[0]]', self: { items: [{ k: 'a' }, { k: 'b' }] } },
    { rule: 'self.labels.all(k, self.labels[k] != "") && !has(self.n)', self: { labels: { a: 'b' }, n: null } },
  ])('$rule', ({ rule, self }) => {
    expect(run(rule, self)).toBe(true);
  });

  test('gives rules the old value, plain or as an optional', () => {
    expect(run('self.n >= oldSelf.n', { n: 2 }, { oldSelf: { n: 1 } })).toBe(true);
    expect(run('!oldSelf.hasValue() || oldSelf.value().n == 1', { n: 2 }, { optionalOldSelf: true })).toBe(true);
    expect(celRules().compile(SCHEMA, [{ rule: 'self == oldSelf' }], false)[0]?.usesOldSelf).toBe(true);
  });

  test('knows names and kind of a whole resource only', () => {
    expect(run("self.metadata.name == 'x'", { metadata: { name: 'x' } }, { root: true })).toBe(true);
    expect(run('has(self.metadata.labels)', {}, { root: true })).toContain("undefined field 'labels'");
    expect(run('self.kind == "x"', {})).toContain("undefined field 'kind'");
  });

  test('says why a rule does not compile', () => {
    expect(run("self.n == 'a'", {})).toBe(
      "compilation failed: ERROR: <input>:1:8: found no matching overload for '_==_' applied to '(int, string)'\n | self.n == 'a'\n | .......^",
    );
    expect(run('self.n', {})).toBe('cel expression must evaluate to a bool');
    expect(run("self.at.getHours(string(int('x'))) == 1", {})).toBe(
      "program instantiation failed: type conversion error from 'string' to 'int'",
    );
  });

  test('says what is wrong with the data', () => {
    expect(run('has(self.labels.a)', { labels: [] })).toBe('invalid data, expected a map for the provided schema with type=object');
    expect(run('self.n == 1', {})).toBe('no such key: n');
  });

  test('evaluates message expressions', () => {
    const [program] = celRules().compile(SCHEMA, [{ rule: 'false', messageExpression: "'n is ' + string(self.n)" }], false);
    expect(program?.message?.({ self: { n: 3 } }).value).toBe('n is 3');
  });
});
