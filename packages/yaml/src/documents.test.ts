import { describe, expect, test } from 'vitest';
import { parseYamlDocuments, YamlError } from './index.ts';

const STREAM = '# lead\n\na: 1\nb:\n  - x\n  - "y": z\n---\n# c\nc: d\n---\n--- # e\nq: "1"\n';

describe('parseYamlDocuments', () => {
  // the end mark sends the second stream through the other reader
  test.each([
    ['fast', STREAM],
    ['faithfully', `${STREAM}...\n`],
  ])('gives values, texts, lines and places: %s', (_name, text) => {
    const documents = parseYamlDocuments(text, { file: 'all.yaml' });
    expect(documents.map((d) => d.value)).toEqual([{ a: 1, b: ['x', { y: 'z' }] }, { c: 'd' }, null, { q: '1' }]);
    expect(documents.map((d) => d.line)).toEqual([3, 7, 10, 11]);
    expect(documents[1]?.text).toBe('---\n# c\nc: d\n');
    expect(documents.map((d) => text.slice(d.start, d.end))).toEqual(documents.map((d) => d.text));
    expect(documents[0]?.position(['b', 1, 'y'])).toEqual({ file: 'all.yaml', line: 6, column: 5 });
    expect(documents[0]?.position(['b', 0])).toEqual({ file: 'all.yaml', line: 5, column: 5 });
    expect(documents[3]?.position(['q'])).toEqual({ file: 'all.yaml', line: 12, column: 1 });
    expect(documents[0]?.position(['b', 2])).toBeUndefined();
    expect(documents[0]?.position([])).toEqual({ file: 'all.yaml', line: 3, column: 1 });
  });

  test('has no document where there is no content', () => {
    expect(parseYamlDocuments('# only\n\n')).toEqual([]);
    expect(parseYamlDocuments('---\n').map((d) => d.value)).toEqual([null]);
  });

  test('names the line of an error in the whole stream', () => {
    expect(() => parseYamlDocuments('a: 1\n---\nb: c: d\n')).toThrow(YamlError);
    expect(() => parseYamlDocuments('a: 1\n---\nb: c: d\n')).toThrow('yaml: line 3: mapping values are not allowed in this context');
  });

  test('takes the place of the last of repeated keys', () => {
    expect(parseYamlDocuments('a: 1\na: 2\n')[0]?.position(['a'])).toEqual({ line: 2, column: 1 });
  });
});
