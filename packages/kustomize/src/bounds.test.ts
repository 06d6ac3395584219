import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KustomizeError, build, diskFileSystem, memoryFileSystem, type BuildOptions } from './index.ts';

const CM = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n';

function errorOf(run: () => unknown): KustomizeError {
  try {
    run();
  } catch (error) {
    if (error instanceof KustomizeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('paths that lead out', () => {
  const outside = { '/secret/x.yaml': CM, '/secret/kustomization.yaml': 'resources: [x.yaml]\n', '/secret/chart/Chart.yaml': 'name: c\n' };
  const file = '/secret/x.yaml';
  test.each([
    ['resources', `resources: [${file}]`],
    ['resources, a directory', 'resources: [/secret]'],
    ['bases', 'bases: [/secret]'],
    ['components', 'components: [/secret]'],
    ['crds', `crds: [${file}]`],
    ['configurations', `configurations: [${file}]`],
    ['openapi', `openapi: {path: ${file}}`],
    ['generators', `generators: [${file}]`],
    ['transformers', `transformers: [${file}]`],
    ['validators', `validators: [${file}]`],
    ['patches', `resources: [cm.yaml]\npatches: [{path: ${file}}]`],
    ['patchesStrategicMerge', `resources: [cm.yaml]\npatchesStrategicMerge: [${file}]`],
    ['patchesJson6902', `resources: [cm.yaml]\npatchesJson6902: [{path: ${file}, target: {kind: ConfigMap, name: web, version: v1}}]`],
    ['replacements', `resources: [cm.yaml]\nreplacements: [{path: ${file}}]`],
    ['configMapGenerator files', `configMapGenerator: [{name: a, files: [${file}]}]`],
    ['configMapGenerator files with a key', `configMapGenerator: [{name: a, files: [k=${file}]}]`],
    ['configMapGenerator envs', `configMapGenerator: [{name: a, envs: [${file}]}]`],
    ['configMapGenerator env', `configMapGenerator: [{name: a, env: ${file}}]`],
    ['secretGenerator files', `secretGenerator: [{name: a, files: [${file}]}]`],
    ['secretGenerator envs', `secretGenerator: [{name: a, envs: [${file}]}]`],
    ['helmCharts valuesFile', `helmCharts: [{name: c, valuesFile: ${file}}]`],
    ['helmCharts additionalValuesFiles', `helmCharts: [{name: c, additionalValuesFiles: [${file}]}]`],
  ])('%s: an absolute path is refused', (_, kustomization) => {
    const files = {
      ...outside,
      '/app/cm.yaml': CM,
      '/app/charts/c/Chart.yaml': 'name: c\n',
      '/app/kustomization.yaml': `${kustomization}\n`,
    };
    const options: BuildOptions = { enableHelm: true, inflateChart: () => CM };
    const { message } = errorOf(() => build(memoryFileSystem(files), '/app', options));
    expect(message).toMatch(/security; file '\/secret\/x.yaml' is not in or below '\/app'|new root '\/secret' cannot be absolute/);
  });

  test('a path with dots is refused for files and fine for directories', () => {
    const files = {
      ...outside,
      '/app/kustomization.yaml': 'resources: [../secret]\n',
      '/up/kustomization.yaml': 'resources: [../secret/x.yaml]\n',
    };
    expect(build(memoryFileSystem(files), '/app').resources).toHaveLength(1);
    expect(errorOf(() => build(memoryFileSystem(files), '/up')).message).toContain("is not in or below '/up'");
  });

  describe('by links on disk', () => {
    let home: string;
    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), 'kustomize-links-'));
      mkdirSync(join(home, 'root/app'), { recursive: true });
      mkdirSync(join(home, 'outside'));
      writeFileSync(join(home, 'outside/cm.yaml'), CM);
      writeFileSync(join(home, 'outside/kustomization.yaml'), 'resources: [cm.yaml]\n');
    });
    afterEach(() => rmSync(home, { recursive: true, force: true }));

    test('a link to a file outside is refused', () => {
      symlinkSync(join(home, 'outside/cm.yaml'), join(home, 'root/app/cm.yaml'));
      writeFileSync(join(home, 'root/app/kustomization.yaml'), 'resources: [cm.yaml]\n');
      const { message } = errorOf(() => build(diskFileSystem('/'), join(home, 'root/app')));
      expect(message).toContain('security; file');
    });

    test('nothing outside the root of a file system is reached, whatever the load restrictor', () => {
      symlinkSync(join(home, 'outside'), join(home, 'root/app/base'));
      writeFileSync(join(home, 'root/app/kustomization.yaml'), 'resources: [base]\n');
      const fs = diskFileSystem(join(home, 'root'));
      expect(() => build(fs, '/app', { loadRestrictor: 'LoadRestrictionsNone' })).toThrow(/accumulating resources/);
      expect(build(diskFileSystem('/'), join(home, 'root/app')).resources).toHaveLength(1);
    });

    test('a link that leads to itself is an error', () => {
      symlinkSync('loop.yaml', join(home, 'root/app/loop.yaml'));
      writeFileSync(join(home, 'root/app/kustomization.yaml'), 'resources: [loop.yaml]\n');
      expect(() => build(diskFileSystem('/'), join(home, 'root/app'))).toThrow(KustomizeError);
    });
  });
});

describe('sizes', () => {
  test('a file of 100 MB is refused before it is read', () => {
    const fs = memoryFileSystem({
      '/app/kustomization.yaml': 'resources: [big.yaml]\n',
      '/app/big.yaml': new Uint8Array(100 * 1024 * 1024),
    });
    const error = errorOf(() => build(fs, '/app'));
    expect(error.code).toBe('KUSTOMIZE_LIMIT');
    expect(error.message).toContain("file '/app/big.yaml' is 104857600 bytes; the limit is 67108864");
  });

  test('directories one inside the other without end are refused', () => {
    const files: Record<string, string> = {};
    for (let i = 0; i < 200; i++) files[`/d${i}/kustomization.yaml`] = `resources: [../d${i + 1}]\n`;
    files['/d200/kustomization.yaml'] = 'namePrefix: a\n';
    expect(errorOf(() => build(memoryFileSystem(files), '/d0')).message).toContain('more than 64 kustomizations lie one inside the other');
  });

  test('10,000 generated resources are built in time that grows with their number', () => {
    const generators = Array.from({ length: 10_000 }, (_, i) => `- {name: c${i}, literals: [a=${i}]}\n`).join('');
    const fs = memoryFileSystem({ '/app/kustomization.yaml': `namePrefix: p-\nconfigMapGenerator:\n${generators}` });
    expect(build(fs, '/app').resources).toHaveLength(10_000);
  }, 20_000);

  test('10,000 keys of one generator', () => {
    const literals = Array.from({ length: 10_000 }, (_, i) => `  - k${i}=${i}\n`).join('');
    const fs = memoryFileSystem({ '/app/kustomization.yaml': `secretGenerator:\n- name: c\n  literals:\n${literals}` });
    expect(Object.keys(build(fs, '/app').resources[0]?.object['data'] ?? {})).toHaveLength(10_000);
  }, 20_000);
});
