import { describe, expect, test } from 'vitest';
import { compileCel, dynamicEnv, evaluateToJson, fluxEnv } from './index.ts';

const SELF = { a: 1, s: 'x', l: [1, 2], m: { k: 'v' }, d: 1.5, b: true, n: null, o: [{ t: 'Ready', st: 'True' }, { t: 'X' }] };
const ENV = dynamicEnv(['self']);

describe('evaluate', () => {
  test.each([
    ['self.a + 1', 2],
    ['self.l[1] == 2 && self.s in ["x"]', true],
    ['self.o.filter(c, c.t == "Ready").all(c, c.st == "True")', true],
    ['self.o.map(c, has(c.st), c.st)', ['True']],
    ['self.m.transformMap(k, v, v + k)', { k: 'vk' }],
    ['self.l.exists(x, x == "a")', false],
    ['self.zz || true', true],
    ['false && self.zz', false],
    ['self.?m.?zz.orValue("none")', 'none'],
    ['optional.of(1).optMap(x, x + 1).value()', 2],
    ['{?"a": self.?a, ?"z": self.?z}', { a: 1 }],
    ['type(self.a) == int && type(self.d) == double', true],
    ['dyn(1u) == 1 && 1 < 1.5', true],
    ['9223372036854775807 - 1', 9223372036854775806n],
    ['-7 / 2 == -3 && -7 % 2 == -1', true],
    ['string(1e6) + "|" + string(0.5)', '1e+06|0.5'],
    ['string(timestamp("2020-01-01T00:00:00.5+01:00") + duration("90m"))', '2020-01-01T01:30:00.5+01:00'],
    ['timestamp("2020-07-01T00:00:00Z").getHours("Europe/Berlin")', 2],
    ['duration("1h30m").getMinutes()', 90],
    ['"a,b,c".split(",", 2)', ['a', 'b,c']],
    ['"tacocat".replace("c", "x", 1).upperAscii()', 'TAXOCAT'],
    ['"%s %d %.2f".format(["a", 1, 2.0])', 'a 1 2.00'],
    ['"%s".format([{"b": [1, "x"]}])', '{"b":[1, "x"]}'],
    ['"%s".format([timestamp("2021-06-01T12:30:00+02:00")])', '2021-06-01T12:30:00+02:00'],
    ['self.nothing in []', false],
    ['"abc 123".find("[0-9]+")', '123'],
    ['[3, 1, 2].sort() + [[4], [5]].flatten()', [1, 2, 3, 4, 5]],
    ['["bb", "a"].sortBy(x, x.size())', ['a', 'bb']],
    ['quantity("1Gi").isGreaterThan(quantity("1G")) && quantity("1.5k").asInteger() == 1500', true],
    ['cidr("10.0.0.0/8").containsIP("10.1.2.3") && string(ip("2001:DB8::0:1")) == "2001:db8::1"', true],
    ['url("https://a.b:80/c d?k=1&k=2").getQuery()', { k: ['1', '2'] }],
    ['semver("1.2.3-rc.1").isLessThan(semver("1.2.3"))', true],
    ['sets.equivalent([1, 2], [2, 1, 1])', true],
    ["'\\x41\\u00e9' + r'\\n' + '''\n'''", 'Aé\\n\n'],
  ])('%s', (text, want) => {
    expect(evaluateToJson(compileCel(text, ENV), { self: SELF })).toEqual(want);
  });

  test.each([
    ['self.zz', 'no such key: zz'],
    ['self.l[5]', 'index out of bounds: 5'],
    ["self.l['a']", "unsupported index type 'string' in list"],
    ['self.a / 0', 'division by zero'],
    ['9223372036854775807 + 1', 'integer overflow'],
    ['self.a + self.s', 'no such overload'],
    ['string(self)', 'no such overload: string(map)'],
    ['self.a.all(x, true)', "got 'types.Int', expected iterable type"],
    ['optional.none().value()', 'optional.none() dereference'],
    ['[].max()', 'max called on empty list'],
    ['quantity("x")', "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"],
  ])('%s fails with cel-go’s text', (text, message) => {
    expect(() => compileCel(text, ENV).evaluate({ self: SELF })).toThrow(expect.objectContaining({ code: 'CEL_EVALUATE', message }));
  });

  test('stops at the cost limit', () => {
    const program = compileCel('self.l.map(x, self.l.map(y, x * y)).size() > 0', ENV);
    expect(() => program.evaluate({ self: SELF }, { costLimit: 20 })).toThrow(
      expect.objectContaining({ code: 'CEL_COST', message: 'operation cancelled: actual cost limit exceeded' }),
    );
  });

  test('counts what a run costs', () => {
    const cost = (text: string): number => compileCel(text, ENV).run((name) => (name === 'self' ? 1n : undefined)).cost;
    expect([cost('self == 1'), cost('[1, 2].map(x, x + 1)'), cost('[self]'), cost('1 in [1, 2, 3]')]).toEqual([2, 29, 11, 0]);
  });
});

describe('compileCel', () => {
  test.each([
    [
      '1 + ',
      "ERROR: <input>:1:5: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}\n | 1 + \n | ....^",
    ],
    ['self.k! == 1', "ERROR: <input>:1:7: Syntax error: mismatched input '!' expecting <EOF>\n | self.k! == 1\n | ......^"],
    ['nope.x', "ERROR: <input>:1:1: undeclared reference to 'nope' (in container '')\n | nope.x\n | ^"],
    ["1 + 'a'", "ERROR: <input>:1:3: found no matching overload for '_+_' applied to '(int, string)'\n | 1 + 'a'\n | ..^"],
    ["[1, 'a']", "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, 'a']\n | ....^"],
    ["duration('1d')", "ERROR: <input>:1:10: invalid duration argument\n | duration('1d')\n | .........^"],
    ['has(self)', 'ERROR: <input>:1:5: invalid argument to has() macro\n | has(self)\n | ....^'],
    ["'é' + x", "ERROR: <input>:1:7: undeclared reference to 'x' (in container '')\n | 'é' + x\n | .．....^"],
  ])('refuses %s', (text, message) => {
    expect(() => compileCel(text, ENV)).toThrow(expect.objectContaining({ code: 'CEL_COMPILE', message }));
  });

  test('says where all the issues are', () => {
    try {
      compileCel('a +\n b', ENV);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        diagnostics: [
          { line: 1, column: 1 },
          { line: 2, column: 2 },
        ],
      });
    }
  });

  test('ends in an error when an expression is nested too deeply', () => {
    expect(() => compileCel(`${'('.repeat(5000)}1${')'.repeat(5000)}`, ENV)).toThrow('expression recursion limit exceeded: 250');
  });

  test('knows the type and the variables of an expression', () => {
    expect(compileCel('self.l.map(x, 1)', ENV)).toMatchObject({ resultType: 'list(int)', variables: new Set(['self']) });
  });
});

describe('fluxEnv', () => {
  const status = {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Stalled', status: 'False' },
    ],
  };

  test.each([
    ["status.conditions.filter(e, e.type == 'Ready').all(e, e.status == 'True')", true],
    ['has(status.observedGeneration) && status.observedGeneration < 1', false],
    ["status.conditions.exists(e, e.type == 'Stalled' && e.status == 'True')", false],
    ["base64.encode(b'a') + 'ab'.reverse()", 'YQ==ba'],
    ['[1, 2].first().value()', 1],
    ["'%s'.format([{'b': 2.5}])", '{b: 2.5}'],
  ])('%s', (text, want) => {
    expect(evaluateToJson(compileCel(text, fluxEnv(['status'])), { status })).toEqual(want);
  });

  test('has no functions of Kubernetes', () => {
    expect(() => compileCel("quantity('1')", fluxEnv([]))).toThrow("undeclared reference to 'quantity' (in container '')");
  });
});
