import { describe, expect, test } from 'vitest';
import { isBoxed, KyamlScalar, parseKyaml, plainValue, printYaml, readKyamlScalar, scalarTag, scalarText, YamlError } from './index.ts';

function box(text: string, tag: KyamlScalar['tag'], value: KyamlScalar['value']): KyamlScalar {
  return new KyamlScalar(text, tag, value);
}

describe('parseKyaml', () => {
  test.each([
    [
      'keeps scalars plain that print as they are written',
      'a: 5\nb: true\nc: yes\nd: "5"\ne: 1.5\nf: ~\n',
      { a: 5, b: true, c: 'yes', d: '5', e: 1.5, f: null },
    ],
    [
      'boxes scalars that do not',
      'a: 012\nb: True\nc: 1e3\nd: 1.0\n',
      { a: box('012', '!!int', 10), b: box('True', '!!bool', true), c: box('1e3', '!!float', 1000), d: box('1.0', '!!float', 1) },
    ],
    ['boxes timestamps', 'a: 2020-1-2\n', { a: box('2020-1-2', '!!timestamp', '2020-01-02T00:00:00Z') }],
    [
      'resolves aliases and merge keys, own keys first',
      'a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\nc: *a\n',
      { a: { x: 1, y: 2 }, b: { x: 1, y: 3 }, c: { x: 1, y: 2 } },
    ],
    ['keeps keys as they are written', '1: a\ntrue: b\n', { '1': 'a', true: 'b' }],
    [
      'reads nothing in a flow collection as what kustomize prints',
      'a: {b: , c}\n',
      { a: { b: box('', '!!null', ''), c: box('', '!!null', '') } },
    ],
    [
      'leaves a time in a flow collection as it is written',
      'a: [2020-1-2T3:4:5Z]\n',
      { a: [box('2020-1-2T3:4:5Z', '!!timestamp', '2020-1-2T3:4:5Z')] },
    ],
    ['folds as kustomize does after printing', 'a: >\n  x\n   y\n', { a: box('x\n y\n', '!!str', 'x\n\n y\n') }],
    ['reads integers of 64 bits', 'a: 12345678901234567890\n', { a: 12345678901234567890n }],
  ])('%s', (_name, text, want) => {
    expect(parseKyaml(text)).toEqual([want]);
  });

  test('gives one entry a document', () => {
    expect(parseKyaml('---\na: 1\n---\n# nothing\n--- # c\nb: 2\n')).toEqual([{ a: 1 }, null, { b: 2 }]);
    expect(parseKyaml('a: |\n  x\n---\nb: 1\r\n')).toEqual([{ a: 'x\n' }, { b: 1 }]);
  });

  test.each([
    ['a: 1\n---\nb: 1\nb: 2\n', 'yaml: unmarshal errors:\n  line 2: mapping key "b" already defined at line 1', 4],
    ['a: 1\n--- b\n', 'invalid document separator: --- b', 2],
    ['a: {1: 2}\n', 'json: unsupported type: map[interface {}]interface {}', 1],
    ['a: .nan\n', 'json: unsupported value: NaN', 1],
    ['a:\n  <<: 1\n', 'map merge requires map or sequence of maps as the value', 2],
    ['a: b: c\n', 'yaml: mapping values are not allowed in this context', 1],
  ])('%j is refused as kustomize does', (text, message, line) => {
    let error: unknown;
    try {
      parseKyaml(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(YamlError);
    expect((error as YamlError).message).toBe(message);
    expect((error as YamlError).diagnostics[0]?.line).toBe(line);
  });
});

describe('boxed scalars', () => {
  test('plainValue takes the boxes off and shares what has none', () => {
    const [value] = parseKyaml('a: {b: 1}\nc: [012, x]\n__proto__: 1.0\n');
    const plain = plainValue(value as never) as { a: unknown };
    expect(plain).toEqual(JSON.parse('{"a": {"b": 1}, "c": [10, "x"], "__proto__": 1}'));
    expect(plain.a).toBe((value as { a: unknown }).a);
    expect(printYaml(plain as never)).toBe('__proto__: 1\na:\n  b: 1\nc:\n- 10\n- x\n');
  });

  test('readKyamlScalar, scalarText and scalarTag agree', () => {
    for (const text of ['12', '0x1', 'true', 'TRUE', 'null', 'yes', '1e3', '1.5', '2020-01-01', '18446744073709551615', '']) {
      const value = readKyamlScalar(text);
      expect(scalarText(value)).toBe(value === null ? 'null' : text);
      if (isBoxed(value)) expect(scalarTag(value)).toBe(value.tag);
    }
    expect(['x', 1, 1.5, true, null, 5n].map(scalarTag)).toEqual(['!!str', '!!int', '!!float', '!!bool', '!!null', '!!int']);
  });
});
