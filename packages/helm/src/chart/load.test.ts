import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DiskFileSystem, gunzip, MemoryFileSystem, packTar, packTarGz, readTar } from '@flux-ts/archive';
import { afterAll, describe, expect, test } from 'vitest';
import { ChartError } from '../errors.ts';
import { chartOf } from '../testing.ts';
import { chartCrds } from './crds.ts';
import { helmIgnore, pathMatcher } from './ignore.ts';
import { loadChart, withChartVersion } from './load.ts';
import { fileText } from './model.ts';
import { chartArchive } from './package.ts';

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ChartError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'no error';
}

const dir = mkdtempSync(join(tmpdir(), 'chart-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const CHART = 'apiVersion: v2\nname: c\nversion: 0.1.0\n';

describe('loadChart', () => {
  test('sorts files into templates, crds, other files and subcharts', () => {
    const chart = chartOf({
      'values.yaml': 'a: 1\nbig: 12345678901234567890\n',
      'templates/a.yaml': 'x',
      'templates/_h.tpl': 'y',
      'crds/b.yaml': 'crd',
      'README.md': 'hello',
      'charts/s/Chart.yaml': 'name: s\nversion: 1.0.0\n',
      'charts/s/crds/c.json': '{}',
      'charts/_off/Chart.yaml': 'name: off\nversion: 1.0.0\n',
      'charts/.hidden': 'no chart',
    });
    expect(chart.templates.map((f) => f.name)).toEqual(['templates/a.yaml', 'templates/_h.tpl']);
    expect(chart.files.map((f) => f.name)).toEqual(['crds/b.yaml', 'README.md']);
    expect(chart.values).toEqual({ a: 1, big: 12345678901234567000 });
    expect(chart.subcharts.map((c) => [c.metadata.name, c.metadata.apiVersion])).toEqual([['s', 'v1']]);
    expect(chartCrds(chart).map((f) => f.filename)).toEqual(['c/crds/b.yaml', 'c/charts/s/crds/c.json']);
    expect(withChartVersion(chart, '0.1.0+abc').metadata.version).toBe('0.1.0+abc');
  });

  test('reads numbers and booleans of Chart.yaml as text and keys in any case', () => {
    const chart = chartOf({ 'Chart.yaml': 'apiVersion: v2\nName: c\nversion: 0.1.0\nappVersion: 1.10\nannotations: {a: true}\n' });
    expect(chart.metadata).toMatchObject({ name: 'c', appVersion: '1.1', annotations: { a: 'true' } });
  });

  test.each([
    [{ 'Chart.yaml': 'name: ../x\nversion: 0.1.0\n' }, 'CHART_INVALID validation: chart.metadata.name "../x" is invalid'],
    [{ 'Chart.yaml': 'version: 0.1.0\n' }, 'CHART_INVALID validation: chart.metadata.name is required'],
    [{ 'Chart.yaml': 'name: x\n' }, 'CHART_INVALID validation: chart.metadata.version is required'],
    [{ 'Chart.yaml': 'name: x\nversion: abc\n' }, 'CHART_INVALID validation: chart.metadata.version "abc" is invalid'],
    [
      { 'Chart.yaml': 'name: x\nversion: 1.0.0\ntype: foo\n' },
      'CHART_INVALID validation: chart.metadata.type must be application or library',
    ],
    [{ 'values.yaml': '- a\n' }, 'cannot load values.yaml: cannot unmarshal yaml document: error unmarshaling JSON'],
    [{ 'charts/x.tgz': 'no archive' }, 'error unpacking subchart x.tgz in c: '],
    [{ 'charts/s/values.yaml': '' }, 'error unpacking subchart s in c: Chart.yaml file is missing'],
  ])('refuses %j', (files, want) => {
    expect(failure(() => chartOf(files as unknown as Record<string, string>))).toContain(want);
  });

  test('reads a packaged chart with packaged subcharts', () => {
    const sub = packTarGz([{ path: 's/Chart.yaml', bytes: 'name: s\nversion: 1.0.0\n' }]);
    const files = [
      { path: 'c/Chart.yaml', bytes: CHART },
      { path: 'c/charts/s-1.0.0.tgz', bytes: sub },
      { path: 'c/templates/a.yaml', bytes: '\ufeffx: 1' },
    ];
    const chart = loadChart({ archive: packTarGz(files) });
    expect(chart.subcharts.map((c) => c.metadata.name)).toEqual(['s']);
    expect(fileText(chart.templates[0] as never)).toBe('x: 1');
  });

  test('does not unpack more than its bounds', () => {
    const bomb = packTarGz([
      { path: 'c/Chart.yaml', bytes: CHART },
      { path: 'c/big', bytes: new Uint8Array(6 * 1024 * 1024) },
    ]);
    expect(failure(() => loadChart({ archive: bomb }))).toBe(
      'CHART_TOO_LARGE decompressed chart file "c/big" is larger than the maximum file size 5242880',
    );
    const many = Array.from({ length: 40 }, (_, i) => ({ path: `c/f${i}`, bytes: new Uint8Array(1024 * 1024) }));
    const huge = gzipSync(packTar(many), { level: 1 });
    const before = process.memoryUsage().rss;
    const limits = { maxChartBytes: 10 * 1024 * 1024, maxFiles: 100 };
    expect(failure(() => loadChart({ archive: huge }, limits))).toContain(
      'CHART_TOO_LARGE decompressed chart is larger than the maximum size 10485760',
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
  });

  test('follows no link out of the chart, Chart.lock among them', () => {
    mkdirSync(join(dir, 'c/templates'), { recursive: true });
    writeFileSync(join(dir, 'c/Chart.yaml'), CHART);
    writeFileSync(join(dir, 'secret'), 'dependencies: []');
    symlinkSync('../secret', join(dir, 'c/Chart.lock'));
    expect(failure(() => loadChart({ fs: new DiskFileSystem(join(dir, 'c')), path: '/' }))).toBe(
      'CHART_UNSAFE /Chart.lock leads out of its folder',
    );
    // inside a larger root the same link is fine
    expect(loadChart({ fs: new DiskFileSystem(dir), path: '/c' }).lock?.dependencies).toEqual([]);
  });

  test('leaves out what .helmignore names', () => {
    const fs = new MemoryFileSystem(
      Object.entries({
        'Chart.yaml': CHART,
        '.helmignore': '# no\n*.md\n/top.txt\nsecret/\ndocs/*.txt\n',
        'a.md': '',
        'x/b.md': '',
        'top.txt': '',
        'x/top.txt': '',
        'x/secret/y': '',
        'docs/a.txt': '',
        'templates/.hidden': '',
        'templates/a.yaml': '',
      }).map(([path, bytes]) => ({ path, bytes })),
    );
    expect(loadChart({ fs, path: '/' }).raw.map((f) => f.name)).toEqual(['.helmignore', 'Chart.yaml', 'templates/a.yaml', 'x/top.txt']);
  });
});

describe('helmIgnore', () => {
  test('a ! rule ignores what it does not match', () => {
    const ignored = helmIgnore('!keep.txt\n');
    expect([ignored('keep.txt', false), ignored('other.txt', false)]).toEqual([false, true]);
  });
  test('refuses ** and broken classes', () => {
    expect(failure(() => helmIgnore('a/**'))).toContain('double-star (**) syntax is not supported');
    expect(failure(() => helmIgnore('[a'))).toContain('syntax error in pattern');
  });
  test.each([
    ['a*c', 'abbc', true],
    ['a*c', 'ab/c', false],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['\\*', '*', true],
    ['?', 'é', true],
    ['*a*a*a*a*b', 'a'.repeat(2000), false],
    ['*.md', 'x/b.md', false],
    ['a*', 'a/b', false],
    ['ab*ba', 'aba', false],
    ['x/*', 'x/', true],
    ['*/b*d', 'a/bcd', true],
    ['*a/*b', 'xa/ya/zb', false],
    ['*ab*ab', 'aabab', true],
    ['a?c*', 'a😀cd', true],
    ['[^x]*y', '/y', false],
  ])('%s against %s is %s', (pattern, name, want) => {
    expect(pathMatcher(pattern)(name)).toBe(want);
  });
});

describe('chartArchive', () => {
  const files = {
    'Chart.yaml': 'name: c\napiVersion: v2\nversion: 0.1.0\nkeywords: [b]\n',
    'values.yaml': '# kept\na: 1\n',
    'templates/a.yaml': 'x: 1\n',
    'NOTES.md': 'n',
    'charts/s/Chart.yaml': 'name: s\nversion: 1.0.0\n',
  };
  test("gives Helm's members in Helm's order, the same bytes each time", () => {
    const bytes = chartArchive(chartOf(files));
    expect(Buffer.from(chartArchive(chartOf(files))).equals(bytes)).toBe(true);
    const tar = readTar(gunzip(bytes, 1e6));
    expect(tar.map((e) => [e.path, e.mode.toString(8)])).toEqual([
      ['c/Chart.yaml', '644'],
      ['c/values.yaml', '644'],
      ['c/templates/a.yaml', '644'],
      ['c/NOTES.md', '644'],
      ['c/charts/s/Chart.yaml', '644'],
    ]);
    expect(Buffer.from(tar[0]?.bytes ?? []).toString()).toBe('apiVersion: v2\nkeywords:\n- b\nname: c\nversion: 0.1.0\n');
    expect(Buffer.from(bytes).toString('latin1')).toContain('Helm\0');
  });
  test('loads again as the same chart', () => {
    const again = loadChart({ archive: chartArchive(chartOf(files)) });
    expect(again.values).toEqual({ a: 1 });
    expect(again.subcharts[0]?.metadata.name).toBe('s');
  });
});
