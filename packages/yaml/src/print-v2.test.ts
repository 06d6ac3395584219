import { parseJson, type JsonValue } from '@flux-ts/base';
import { describe, expect, test } from 'vitest';
import { parseYaml, printYaml, printYamlV2, YamlError } from './index.ts';

describe('printYaml', () => {
  test.each<[string, JsonValue, string]>([
    ['orders keys naturally', { a10: 1, a9: 1, B: 1, b: 1, _: 1, '1': 1 }, '_: 1\n"1": 1\nB: 1\na9: 1\na10: 1\nb: 1\n'],
    ['does not indent lists', { a: [1, { b: 2, c: [3] }] }, 'a:\n- 1\n- b: 2\n  c:\n  - 3\n'],
    ['writes lists of lists', [[1, [2]], []], '- - 1\n  - - 2\n- []\n'],
    ['writes empty collections', { a: {}, b: [], c: '' }, 'a: {}\nb: []\nc: ""\n'],
    [
      'quotes what would be another type',
      ['yes', '1', 'null', '1:30', '2020-01-01', '0x1', '~'],
      '- "yes"\n- "1"\n- "null"\n- "1:30"\n- "2020-01-01"\n- "0x1"\n- "~"\n',
    ],
    ['quotes single what is no plain scalar', ['*', 'a: b', ' a', '- x', '#', "it's"], "- '*'\n- 'a: b'\n- ' a'\n- '- x'\n- '#'\n- it's\n"],
    [
      'writes numbers as Go does',
      [1e20, 1e21, 0.00001, 1234567.5, -0, 18446744073709551615n],
      '- 1e+20\n- 1e+21\n- 1e-05\n- 1.2345675e+06\n- 0\n- 18446744073709551615\n',
    ],
    [
      'writes lines as a literal',
      { a: 'x\n y\n', b: 'x\ny', c: 'x\n\n', d: '\nx' },
      'a: |\n  x\n   y\nb: |-\n  x\n  y\nc: |+\n  x\n\nd: |2-\n\n  x\n',
    ],
    ['escapes what it does not print', ['\t', 'a\u{1f600}', 'x \ny'], '- "\\t"\n- "a\\U0001F600"\n- "x \\ny"\n'],
    ['writes long keys with a question mark', { ['k'.repeat(129)]: { a: 1 } }, `? ${'k'.repeat(129)}\n: a: 1\n`],
    ['writes a key of lines', { 'a\nb': [1] }, '? |-\n  a\n  b\n: - 1\n'],
    ['escapes all behind a mark', '\ufeffa', '"\\uFEFF\\x61"\n'],
    ['keeps a key named __proto__', JSON.parse('{"__proto__": 1}') as JsonValue, '__proto__: 1\n'],
  ])('%s', (_name, value, want) => {
    expect(printYaml(value)).toBe(want);
  });

  test('folds at 80 columns', () => {
    const words = Array.from({ length: 20 }, (_, i) => `word${i}`).join(' ');
    const lines = printYaml({ key: words }).split('\n');
    expect(lines[0]).toBe('key: word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12');
    expect(lines[1]).toBe('  word13 word14 word15 word16 word17 word18 word19');
    expect(printYaml(`${words}: x`)).toContain("'word0");
    expect(printYaml(`${words} `.replaceAll(' ', '  ')).split('\n').length).toBe(2);
  });

  test('refuses what Go cannot read back from its own JSON', () => {
    expect(() => printYaml('\x7f')).toThrow(YamlError);
    expect(() => printYaml({ ['k'.repeat(1100)]: 1 })).toThrow("did not find expected ',' or '}'");
    expect(printYaml('a\u0085b')).toBe('a b\n');
  });

  test('replaces half surrogates', () => {
    expect(printYaml('\ud800')).toBe('\ufffd\n');
  });
});

describe('printYamlV2', () => {
  test('orders keys as asked', () => {
    const value = parseJson('{"a10": 1, "a9": 2, "B": {"y": 1}}');
    expect(printYamlV2(value)).toBe('B:\n  "y": 1\na9: 2\na10: 1\n');
    expect(printYamlV2(value, { keyOrder: 'bytes' })).toBe('B:\n  "y": 1\na10: 1\na9: 2\n');
    expect(printYamlV2(value, { keyOrder: 'source' })).toBe('a10: 1\na9: 2\nB:\n  "y": 1\n');
  });

  test('writes every digit of a whole float64, or a float', () => {
    expect(printYamlV2([43858076528279550, 1e6])).toBe('- 43858076528279552\n- 1000000\n');
    expect(printYamlV2([1e6], { numbers: 'float64' })).toBe('- 1e+06\n');
  });
});

test('the example of the README holds', () => {
  expect(printYaml(parseYaml('yes: 0755\na: [1, "2"]\n'))).toBe('a:\n- 1\n- "2"\n"true": 493\n');
});
