import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { planDev } from './dev.ts';
import { readMirrorFile } from './mirror-file.ts';
import { readRulesFile } from './rules-file.ts';
import { editFile, StateDirectory } from './state.ts';

const root = mkdtempSync(join(tmpdir(), 'flux-local-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(root, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe('a mirror file', () => {
  test('is read with paths relative to it', () => {
    const path = file(
      'm/mirrors.yaml',
      'mirrors:\n- prefix: https://charts.example.com/\n  charts: [a, ../b.tgz]\n- prefix: https://github.com/o/r\n  git: repo\n',
    );
    expect(readMirrorFile(path)).toEqual([
      { prefix: 'https://charts.example.com', charts: [join(root, 'm/a'), join(root, 'b.tgz')] },
      { prefix: 'https://github.com/o/r', charts: [], git: join(root, 'm/repo') },
    ]);
  });

  test.each([
    ['mirror: []\n', 'a list "mirrors" is needed'],
    ['mirrors:\n- prefx: x\n', 'mirrors[0]: unknown field "prefx", did you mean "prefix"?'],
    ['mirrors:\n- prefix: charts.example.com\n  charts: [a]\n', 'mirrors[0].prefix: a URL that begins with'],
    ['mirrors:\n- prefix: https://x\n', 'mirrors[0]: either "charts" or "git" is needed'],
    ['mirrors:\n- prefix: https://x\n  charts: [1]\n', 'mirrors[0]: charts: paths are needed'],
  ])('%j is refused', (text, message) => {
    expect(() => readMirrorFile(file('bad.yaml', text))).toThrow(message);
  });
});

describe('the plan of dev', () => {
  for (const cluster of ['production', 'staging']) file(`fleet/clusters/${cluster}/apps.yaml`, '');
  file('fleet/.flux-mirrors.yaml', 'mirrors: []\n');

  test('takes clusters/staging and the mirror file beside it by itself', () => {
    expect(planDev({ dir: join(root, 'fleet') })).toEqual({
      dir: join(root, 'fleet'),
      path: 'clusters/staging',
      name: 'staging',
      mirrors: join(root, 'fleet/.flux-mirrors.yaml'),
    });
  });

  test('names the cluster after the last element of the path unless told otherwise', () => {
    expect(planDev({ dir: join(root, 'fleet'), path: './clusters/production/' })).toMatchObject({
      path: 'clusters/production',
      name: 'production',
    });
    expect(planDev({ dir: join(root, 'fleet'), path: 'clusters/production', name: 'Mine' })).toMatchObject({ name: 'mine' });
  });

  test('takes the rules file at the top of the fleet by itself, unless another one is named', () => {
    const own = file('ruled/.flux-simulator.yaml', '');
    expect(planDev({ dir: join(root, 'ruled') })).toMatchObject({ simulatorRules: own });
    expect(planDev({ dir: join(root, 'ruled'), simulatorRules: '/other.yaml' })).toMatchObject({ simulatorRules: '/other.yaml' });
  });

  test.each([
    [{ dir: join(root, 'nowhere') }, 'no such folder'],
    [{ dir: join(root, 'fleet'), path: 'clusters/dev' }, 'there are clusters/production, clusters/staging'],
    [{ dir: join(root, 'fleet'), path: '../fleet' }, 'no such folder'],
  ])('%j is refused', (options, message) => {
    expect(() => planDev(options)).toThrow(message);
  });
});

describe('a rules file', () => {
  test('is read, and refused with the place of each mistake', () => {
    const head = 'apiVersion: simulator.flux-ts.dev/v1alpha1\nkind: SimulatorRules\n';
    const good = file('rules.yaml', `${head}failures: [{match: {name: web*}, fail: CrashLoopBackOff}]\n`);
    expect(readRulesFile(good).failures).toMatchObject([{ fail: 'CrashLoopBackOff', match: { kind: 'Pod', name: 'web*' } }]);
    const bad = file('bad-rules.yaml', `${head}failures: [{fial: NotReady}]\n`);
    expect(() => readRulesFile(bad)).toThrow(`${bad}:3:13: error: failures[0].fial: unknown field`);
    expect(() => readRulesFile(join(root, 'none.yaml'))).toThrow('none.yaml:1:1: error: cannot be read');
  });
});

describe('the state of clusters', () => {
  const state = new StateDirectory({ XDG_STATE_HOME: join(root, 'state') });
  const cluster = { name: 'a', port: 1, url: 'https://127.0.0.1:1', kubeconfig: '/k', startedAt: '2026-01-01T00:00:00Z' };

  test('forgets a process that is gone and keeps the port', () => {
    state.write({ ...cluster, pid: 2 ** 22 - 7 });
    expect(state.read('a')).toEqual(cluster);
    state.write({ ...cluster, pid: process.pid });
    expect(state.list()).toEqual([{ ...cluster, pid: process.pid }]);
  });

  test.each(['../x', 'A', '', 'a/b'])('refuses the name %j', (name) => {
    expect(() => state.folder(name)).toThrow('invalid cluster name');
  });

  test('edits a file in one step and takes over a lock whose owner is gone', () => {
    const path = file('config', 'one');
    writeFileSync(`${path}.flux-lock`, String(2 ** 22 - 7));
    editFile(path, (text) => `${text} two`);
    expect(readFileSync(path, 'utf8')).toBe('one two');
  });
});
