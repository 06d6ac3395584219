import { describe, expect, test } from 'vitest';
import { chooseVersion, type IndexEntry } from './index-entry.ts';
import { IndexError, readIndex } from './read-index.ts';

const YAML = `apiVersion: v1
entries:
  podinfo:
  - name: podinfo
    version: 6.0.0
    urls: [a.tgz]
    appVersion: |
      several
      podinfo: lines
  - name: podinfo
    version: 6.10.0
    appVersion: "1.0"
    urls:
    - b.tgz
    digest: abc
  -
  - {name: podinfo, version: "nonsense", urls: []}
  - {name: podinfo, version: 7.0.0-rc.1, urls: [c.tgz]}
  "quoted/name":
    - {name: ../evil, version: 1.0.0}
  other: [{name: other, version: 1.0.0, deprecated: true}]
generated: "2026-01-01T00:00:00Z"
`;

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

describe('readIndex', () => {
  test.each([1, 7, 100_000])('reads YAML in pieces of %i bytes', async (size) => {
    const index = await readIndex(chunks(YAML, size));
    expect([...index.entries.keys()]).toEqual(['podinfo', 'quoted/name', 'other']);
    expect(index.entries.get('podinfo')?.map((e) => e.version)).toEqual(['7.0.0-rc.1', '6.10.0', '6.0.0']);
    expect(index.entries.get('podinfo')?.[1]).toMatchObject({ urls: ['b.tgz'], digest: 'abc', appVersion: '1.0' });
    expect(index.entries.get('podinfo')?.[2]?.appVersion).toBe('several\npodinfo: lines\n');
    expect(index.entries.get('quoted/name')).toEqual([]);
    expect(index.entries.get('other')?.[0]?.deprecated).toBe(true);
    expect(index.generated).toBe('2026-01-01T00:00:00Z');
  });
  test.each([1, 9, 100_000])('reads JSON in pieces of %i bytes', async (size) => {
    const json = JSON.stringify({
      apiVersion: 'v1',
      annotations: { x: '{[,"' },
      entries: { a: [{ name: 'a', version: '1.0.0', appVersion: 'q " , } ]', urls: [] }], b: [] },
      generated: 'now',
    });
    const index = await readIndex(chunks(json, size));
    expect(index.entries.get('a')?.[0]).toMatchObject({ version: '1.0.0', appVersion: 'q " , } ]' });
    expect(index.entries.get('b')).toEqual([]);
    expect(index.generated).toBe('now');
  });
  test.each([
    ['', 'empty index.yaml file'],
    ['entries: {}\n', 'no API version specified'],
    ['apiVersion: v1\nentries:\n  a:\n  - name: [\n', 'yaml:'],
    ['{"apiVersion":"v1","entries":{"a":[}}', 'JSON'],
  ])('refuses %j', async (text, want) => {
    await expect(readIndex(Buffer.from(text))).rejects.toThrow(want);
    await expect(readIndex(Buffer.from(text))).rejects.toBeInstanceOf(IndexError);
  });
  test('stops at its bounds', async () => {
    await expect(readIndex(Buffer.from(YAML), { maxBytes: 100 })).rejects.toMatchObject({ code: 'INDEX_TOO_LARGE' });
    await expect(readIndex(Buffer.from(`apiVersion: ${'x'.repeat(5000)}`), { maxChartBytes: 1000 })).rejects.toMatchObject({
      code: 'INDEX_TOO_LARGE',
    });
  });
  test('a large index costs no more memory than its entries', async () => {
    const description = 'd'.repeat(400);
    async function* large(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from('apiVersion: v1\nentries:\n'));
      for (let c = 0; c < 40; c++) {
        yield Buffer.from(`  chart${c}:\n`);
        for (let v = 0; v < 50; v++) {
          yield Buffer.from(
            `  - name: chart${c}\n    version: 1.${v}.0\n    urls: [https://example.com/chart${c}-1.${v}.0.tgz]\n    keywords: [${description}, ${description}${description}]\n`,
          );
        }
      }
    }
    const index = await readIndex(large());
    expect(index.entries.size).toBe(40);
    expect(JSON.stringify(index.entries.get('chart1')?.[0]).length).toBeLessThan(200);
  });
});

describe('chooseVersion', () => {
  const entries: IndexEntry[] = ['7.0.0-rc.1', '6.10.0', '6.0.0', '5.0.0'].map((version) => ({ name: 'p', version, urls: [] }));
  test.each([
    ['', '6.10.0'],
    ['*', '6.10.0'],
    ['6.0.0', '6.0.0'],
    ['^5', '5.0.0'],
    ['>=6.0.0-0', '7.0.0-rc.1'],
    ['7.0.0-rc.1', '7.0.0-rc.1'],
    ['>=8', undefined],
  ])('%j gives %s', (constraint, want) => {
    expect(chooseVersion(entries, constraint)?.version).toBe(want);
  });
  test('throws for what is no range', () => {
    expect(() => chooseVersion(entries, 'nonsense')).toThrow('improper constraint');
  });
});
