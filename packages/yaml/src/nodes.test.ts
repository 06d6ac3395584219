import { describe, expect, test } from 'vitest';
import {
  getField,
  mappingNode,
  nodeValue,
  parseNode,
  parseNodes,
  printNodes,
  printYamlV3,
  removeField,
  scalarNode,
  sequenceIndentOf,
  sequenceNode,
  setField,
  spliceScalar,
  visitNodes,
  type YamlNode,
} from './index.ts';

const COMMENTED = `# head

# of a
a: 1 # behind
# foot of a

b:
- x # one
# before y
- "y"
c: {d: e, f: [1, 2]}
g: |
  text
   more
h: &anchor
  i: 'j'
k: *anchor
l: !custom m
`;

describe('printNodes', () => {
  test('keeps comments, styles, order and anchors', () => {
    expect(printNodes(parseNodes(COMMENTED))).toBe(COMMENTED);
  });

  test.each([
    ['wide lists', 'a:\n- b\n', { sequenceIndent: 'wide' as const }, 'a:\n  - b\n'],
    ['compact lists', 'a:\n    - b\n    -   c: d\n', {}, 'a:\n- b\n- c: d\n'],
    ['several documents', 'a: 1\n---\nb: 2\n', {}, 'a: 1\n---\nb: 2\n'],
    ['no folding', `a: ${'word '.repeat(40).trim()}\n`, {}, `a: ${'word '.repeat(40).trim()}\n`],
    ['the tag that yaml.v3 gives merge keys', 'a: &a {b: c}\nd:\n  <<: *a\n', {}, 'a: &a {b: c}\nd:\n  !!merge <<: *a\n'],
    ['nothing for nothing', 'a:\nb: ~\n', {}, 'a:\nb: ~\n'],
  ])('writes %s', (_name, text, options, want) => {
    expect(printNodes(parseNodes(text), options)).toBe(want);
  });

  test('quotes a text that would be another type', () => {
    const node = parseNode('a: x\n') as YamlNode;
    setField(node, 'a', scalarNode('5', '!!str'));
    setField(node, 'b', scalarNode('5'));
    setField(node, 'c', sequenceNode([scalarNode('p q', '!!str', 'single'), mappingNode([[scalarNode('k'), scalarNode('x\ny\n')]])]));
    expect(printNodes([node])).toBe('a: "5"\nb: 5\nc:\n- \'p q\'\n- k: |\n    x\n    y\n');
  });
});

describe('nodes', () => {
  test('have places and ranges in the source', () => {
    const source = 'a: &x "é"\nb:\n  - c\n';
    const node = parseNode(source) as YamlNode;
    const a = getField(node, 'a') as YamlNode;
    expect({ line: a.line, column: a.column, text: source.slice(a.start, a.end) }).toEqual({ line: 1, column: 4, text: '"é"' });
    const c = (getField(node, 'b') as YamlNode).content[0] as YamlNode;
    expect({ line: c.line, column: c.column, text: source.slice(c.start, c.end) }).toEqual({ line: 3, column: 5, text: 'c' });
  });

  test('nodeValue decodes as yaml.v3 does', () => {
    expect(nodeValue(parseNode('a: yes\nb: 0o17\nc: 2020-01-01\n1: x\n') as YamlNode)).toEqual({
      a: 'yes',
      b: 15,
      c: '2020-01-01T00:00:00Z',
      '1': 'x',
    });
    expect(() => nodeValue(parseNode('a: 1\na: 2\n') as YamlNode)).toThrow('line 2: mapping key "a" already defined at line 1');
  });

  test('fields can be taken out', () => {
    const node = parseNode('a: 1\nb: 2\n') as YamlNode;
    expect(removeField(node, 'a')).toBe(true);
    expect(removeField(node, 'a')).toBe(false);
    expect(printNodes([node])).toBe('b: 2\n');
  });

  test('visitNodes tells values their keys', () => {
    const seen: string[] = [];
    visitNodes(parseNode('a: {b: c}\nd: [e]\n') as YamlNode, (node, key) => {
      if (node.kind === 'scalar') seen.push(`${key?.text ?? '-'}:${node.text}`);
    });
    expect(seen).toEqual(['-:a', '-:b', 'b:c', '-:d', '-:e']);
  });
});

describe('spliceScalar', () => {
  test.each([
    ['a plain scalar', 'a: old # keep\nb:   c\n', 'new:1.0', 'a: new:1.0 # keep\nb:   c\n'],
    ['a double-quoted one', 'a: "old" # keep\n', 'n"w', 'a: "n\\"w" # keep\n'],
    ['a single-quoted one', "a: 'old'\n", "it's", "a: 'it''s'\n"],
    ['a text that would be a number', 'a: old\n', '1.0', 'a: "1.0"\n'],
    ['a number by a number', 'a: 1\n', '2', 'a: 2\n'],
    ['a plain one by a text that needs quotes', 'a: old\n', 'x: y', "a: 'x: y'\n"],
    ['a literal one', 'a: |\n  old\nb: 1\n', 'new', 'a: "new"\nb: 1\n'],
  ])('changes %s and nothing else', (_name, source, text, want) => {
    expect(spliceScalar(source, getField(parseNode(source) as YamlNode, 'a') as YamlNode, text)).toBe(want);
  });
});

test('sequenceIndentOf finds how lists stand', () => {
  expect(sequenceIndentOf('a:\n- b\n')).toBe('compact');
  expect(sequenceIndentOf('a: |\n  x\nb:\n  # c\n  - d\n')).toBe('wide');
  expect(sequenceIndentOf('a: 1\n')).toBe('compact');
});

test.each([
  ['a map', { b: [1, { c: 1e6 }], a: 'yes', d: {} }, { indent: 2 }, 'a: "yes"\nb:\n  - 1\n  - c: 1e+06\nd: {}\n'],
  ['four columns', { a: { b: [1] } }, {}, 'a:\n    b:\n        - 1\n'],
  ['compact lists and ints', { a: [1000000] }, { indent: 2, compactSequences: true, numbers: 'int64' as const }, 'a:\n- 1000000\n'],
  ['letters behind digits first', { a1b: 1, 'a1-': 2 }, { indent: 2 }, 'a1b: 1\na1-: 2\n'],
])('printYamlV3 writes %s', (_name, value, options, want) => {
  expect(printYamlV3(value, options)).toBe(want);
});
