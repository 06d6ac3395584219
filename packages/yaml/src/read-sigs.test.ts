import { describe, expect, test } from 'vitest';
import { parseYaml, parseYamlStrict, YamlError } from './index.ts';

function failure(read: () => unknown): YamlError {
  try {
    read();
  } catch (error) {
    if (error instanceof YamlError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parseYaml values', () => {
  test.each([
    ['reads YAML 1.1 words as booleans', 'a: yes\nb: Off\nc: y\nd: "no"\n', { a: true, b: false, c: true, d: 'no' }],
    ['turns keys into strings', 'yes: 1\n1: 2\n1.5: 3\n0x10: 4\n', { true: 1, '1': 2, '1.5': 3, '16': 4 }],
    ['reads octal, hexadecimal, binary and underscores', '[0755, 0o17, 0x1F, 0b11, 1_000, +1, -0b11]', [493, 15, 31, 3, 1000, 1, -3]],
    [
      'keeps integers of 64 bits exact',
      '[9007199254740993, 18446744073709551615, -9223372036854775808]',
      [9007199254740993n, 18446744073709551615n, -9223372036854775808n],
    ],
    ['reads what is beyond 64 bits as a float', '[18446744073709551616, 1e3, .5, 08]', [18446744073709552000, 1000, 0.5, 8]],
    [
      'leaves base 60 and dates as strings',
      '[190:20:30, 2020-01-01, 2001-12-14T21:59:43Z]',
      ['190:20:30', '2020-01-01', '2001-12-14T21:59:43Z'],
    ],
    ['takes the last of repeated keys', 'a: 1\na: 2\n', { a: 2 }],
    [
      'applies merge keys in the order of the text',
      'b: &b {x: 1, z: 2}\nc: {x: 0, <<: *b, z: 3}\n',
      { b: { x: 1, z: 2 }, c: { x: 1, z: 3 } },
    ],
    ['gives earlier mappings of a merged list the last word', '<<: [{a: 1}, {a: 2, b: 3}]\n', { a: 1, b: 3 }],
    ['decodes !!binary', 'a: !!binary aGVsbG8=\n', { a: 'hello' }],
    ['keeps unknown tags out of the value', 'a: !foo bar\n', { a: 'bar' }],
    ['reads a stream without a document as null', '# nothing\n', null],
    ['reads the first document only', 'a: 1\n---\nb: 2\n', { a: 1 }],
    ['skips a byte order mark', '\ufeffa: 1\n', { a: 1 }],
    ['reads CRLF', 'a: |\r\n  x\r\n  y\r\nb: "p\r\n  q"\r\n', { a: 'x\ny\n', b: 'p q' }],
    ['keeps a key named __proto__', '__proto__: {a: 1}\n', JSON.parse('{"__proto__": {"a": 1}}') as unknown],
    ['reads lists that stand at their key', 'a:\n- b\n- c: d\n  e: f\ng: h\n', { a: ['b', { c: 'd', e: 'f' }], g: 'h' }],
    ['reads missing values as null', 'a:\nb:\n  c:\n  -\n', { a: null, b: { c: [null] } }],
  ])('%s', (_name, text, want) => {
    expect(parseYaml(text)).toEqual(want);
  });

  test.each([
    ['literal', '|', 'x\n  y\n\nz\n'],
    ['literal, stripped', '|-', 'x\n  y\n\nz'],
    ['literal, kept', '|+', 'x\n  y\n\nz\n\n'],
    ['folded', '>', 'x\n  y\n\nz\n'],
    ['folded, stripped', '>-', 'x\n  y\n\nz'],
  ])('parseYaml reads a block scalar: %s', (_name, header, want) => {
    expect(parseYaml(`a: ${header}\n  x\n    y\n\n  z\n\nb: c\n`)).toEqual({ a: want, b: 'c' });
  });

  test.each([
    ['a plain scalar over lines', 'a: x\n  y\n\n  z\nb: 1\n', { a: 'x y\nz', b: 1 }],
    ['a double-quoted one over lines', 'a: "x \n  y\\\n   z\\tq"\n', { a: 'x yz\tq' }],
    ['a single-quoted one with quotes', "a: 'it''s\n\n  so'\n", { a: "it's\nso" }],
  ])('parseYaml folds %s', (_name, text, want) => {
    expect(parseYaml(text)).toEqual(want);
  });
});

describe('parseYaml errors', () => {
  test.each([
    ['a: b: c', 'yaml: mapping values are not allowed in this context', 1, 5],
    ['a: 1\n b: 2\n', 'yaml: line 2: mapping values are not allowed in this context', 2, 3],
    ['a: [1\nb: 2', "yaml: line 1: did not find expected ',' or ']'", 2, 2],
    ['a: "x', 'yaml: found unexpected end of stream', 1, 6],
    ['a: @x', 'yaml: found character that cannot start any token', 1, 4],
    ['a: *x', "yaml: unknown anchor 'x' referenced", 1, 4],
    ['a: &x [*x]', "yaml: anchor 'x' value contains itself", 1, 8],
    ['{a: 1}: 2', 'yaml: invalid map key: map[interface {}]interface {}{"a":1}', 1, 1],
    ['<<: 1', 'yaml: map merge requires map or sequence of maps as the value', 1, 5],
    ['a: !!int x', 'yaml: cannot decode !!str `x` as a !!int', 1, 4],
    ['a: \x01', 'yaml: control characters are not allowed', 1, 1],
    ['~: 1', 'unsupported map key of type: %!s(<nil>), key: <nil>, value: 1', 1, 1],
    ['a: .inf', 'json: unsupported value: +Inf', 1, 1],
    ['%YAML 1.2\n---\na', 'yaml: found incompatible YAML document', 1, 1],
  ])("%j gives Go's text", (text, detail, line, column) => {
    const error = failure(() => parseYaml(text, { file: 'values.yaml' }));
    expect(error.detail).toBe(detail);
    expect(error.message).toBe(`error converting YAML to JSON: ${detail}`);
    expect(error.diagnostics[0]).toMatchObject({ file: 'values.yaml', line, column });
  });

  test('names bad bytes as Go does', () => {
    expect(failure(() => parseYaml(Buffer.from([97, 0xff]))).detail).toBe('yaml: invalid leading UTF-8 octet');
    expect(failure(() => parseYaml(Buffer.from([97, 0xc3]))).detail).toBe('yaml: incomplete UTF-8 octet sequence');
  });

  test('parseYamlStrict refuses repeated keys, with every line', () => {
    const error = failure(() => parseYamlStrict('a: 1\nb:\n  c: 1\n  c: 2\na: 2\n'));
    expect(error.code).toBe('YAML_DUPLICATE_KEY');
    expect(error.detail).toBe('yaml: unmarshal errors:\n  line 4: key "c" already set in map\n  line 5: key "a" already set in map');
    expect(parseYamlStrict('a: 1\nb: {a: 1}\n')).toEqual({ a: 1, b: { a: 1 } });
  });
});

describe('bounds', () => {
  test('an alias bomb ends in an error', () => {
    let text = 'a0: &a0 [x, x, x, x, x, x, x, x, x]\n';
    for (let i = 1; i < 12; i++) text += `a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]\n`;
    expect(failure(() => parseYaml(text)).detail).toBe('yaml: document contains excessive aliasing');
  });

  test('a megabyte of nested aliases ends in an error', () => {
    const lines = ['a0: &a0 [x]'];
    for (let size = 0, i = 1; size < 1_000_000; i++) {
      lines.push(`a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`);
      size += (lines.at(-1) as string).length;
    }
    expect(failure(() => parseYaml(lines.join('\n'))).code).toBe('YAML_ALIAS');
  });

  test.each([
    ['flow', '['.repeat(100_000)],
    ['flow, closed', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['dashes', '- '.repeat(100_000)],
    ['braces', '{a: '.repeat(100_000)],
  ])('100,000 levels of nesting end in a clear error: %s', (_name, text) => {
    expect(failure(() => parseYaml(text)).detail).toBe('yaml: exceeded max depth of 10000');
  });

  test('each limit is an option', () => {
    expect(failure(() => parseYaml('a: [[[1]]]', { maxDepth: 3 })).detail).toBe('yaml: nested deeper than 3 levels');
    expect(failure(() => parseYaml('a: 12345', { maxDocumentBytes: 7 })).code).toBe('YAML_LIMIT');
    expect(failure(() => parseYaml(`a: ${'x'.repeat(60)}`, { maxScalarBytes: 50 })).code).toBe('YAML_LIMIT');
    expect(failure(() => parseYaml('a: &a 1\nb: [*a, *a]', { maxAliases: 1 })).code).toBe('YAML_LIMIT');
    expect(parseYaml('a: [[[1]]]', { maxDepth: 4 })).toEqual({ a: [[[1]]] });
  });

  test('nesting at the default bound is read', () => {
    expect(JSON.stringify(parseYaml('['.repeat(1000) + ']'.repeat(1000)))).toBe('['.repeat(1000) + ']'.repeat(1000));
  });
});
