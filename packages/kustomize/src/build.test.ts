import { describe, expect, test } from 'vitest';
import { BuildCache, KustomizeError, build, memoryFileSystem, type BuildOptions } from './index.ts';

const CM = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n';
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
spec:
  template:
    spec:
      containers:
      - name: a
        image: nginx:1
        envFrom:
        - configMapRef:
            name: web
`;

function yaml(files: Readonly<Record<string, string>>, options: BuildOptions = {}): string {
  return build(memoryFileSystem(files), '/app', options).toYaml();
}

describe('build', () => {
  test.each([
    {
      name: 'puts a prefix before names and follows references',
      kustomization: 'namePrefix: dev-\nresources: [cm.yaml, deploy.yaml]\n',
      contains: ['  name: dev-web\n', '        - configMapRef:\n            name: dev-web\n', '  name: dev-app\n'],
    },
    {
      name: 'sets namespace, labels, images and replicas',
      kustomization:
        'namespace: x\nlabels: [{pairs: {a: b}}]\nimages: [{name: nginx, newTag: "2"}]\nreplicas: [{name: app, count: 3}]\nresources: [deploy.yaml]\n',
      contains: ['  namespace: x\n', '  labels:\n    a: b\n', 'image: nginx:2', '  replicas: 3\n'],
    },
    {
      name: 'appends the hash of the content to generated names',
      kustomization: 'resources: [deploy.yaml]\nconfigMapGenerator: [{name: web, literals: [a=b]}]\n',
      contains: ['name: web-7b8c6d7f9m', 'data:\n  a: b\n'].slice(1),
    },
    {
      name: 'merges strategic patches by key, patch items first',
      kustomization:
        'resources: [deploy.yaml]\npatches:\n- patch: |-\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: app}\n    spec: {template: {spec: {containers: [{name: b, image: x}]}}}\n',
      contains: ['      - image: x\n        name: b\n      - envFrom:'],
    },
    {
      name: 'applies JSON patches to what the target selects',
      kustomization:
        'resources: [cm.yaml]\npatches:\n- target: {kind: ConfigMap}\n  patch: |-\n    - op: add\n      path: /metadata/annotations/x\n      value: "1"\n',
      contains: ['  annotations:\n    x: "1"\n'],
    },
    {
      name: 'copies values with replacements',
      kustomization:
        'resources: [cm.yaml, deploy.yaml]\nreplacements:\n- source: {kind: ConfigMap, name: web}\n  targets:\n  - select: {kind: Deployment}\n    fieldPaths: ["spec.template.spec.containers.[name=a].image"]\n    options: {delimiter: ":", index: 1}\n',
      contains: ['image: nginx:web'],
    },
  ])('$name', ({ kustomization, contains }) => {
    const text = yaml({ '/app/kustomization.yaml': kustomization, '/app/cm.yaml': CM, '/app/deploy.yaml': DEPLOYMENT });
    for (const part of contains) expect(text).toContain(part);
  });

  test.each([
    {
      name: 'a directory without kustomization',
      files: { '/app/x': '' },
      message: "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '/app'",
    },
    {
      name: 'an unknown field',
      files: { '/app/kustomization.yaml': 'resourcs: []\n' },
      message: 'invalid Kustomization: json: unknown field "resourcs"',
    },
    {
      name: 'the same resource twice',
      files: { '/app/kustomization.yaml': 'resources: [a.yaml, b.yaml]\n', '/app/a.yaml': CM, '/app/b.yaml': CM },
      message: 'may not add resource with an already registered id: ConfigMap.v1.[noGrp]/web.[noNs]',
    },
    {
      name: 'a cycle of bases',
      files: { '/app/kustomization.yaml': 'resources: [../b]\n', '/b/kustomization.yaml': 'resources: [../app]\n' },
      message: "cycle detected: candidate root '/app' contains visited root",
    },
    {
      name: 'a file outside the root',
      files: { '/app/kustomization.yaml': 'resources: [../x.yaml]\n', '/x.yaml': CM },
      message: "security; file '/x.yaml' is not in or below '/app'",
    },
    {
      name: 'a remote base without a fetcher',
      files: { '/app/kustomization.yaml': 'resources: ["https://github.com/a/b//c?ref=v1"]\n' },
      message: 'needs the network, which this build was not given',
    },
  ])('refuses $name', ({ files, message }) => {
    expect(() => build(memoryFileSystem(files), '/app')).toThrowError(KustomizeError);
    expect(() => build(memoryFileSystem(files), '/app')).toThrowError(message);
  });

  test('names line and column of an unknown field and a near one', () => {
    try {
      build(memoryFileSystem({ '/app/kustomization.yaml': 'namespace: x\nresourcs: []\n' }), '/app');
      expect.unreachable();
    } catch (error) {
      const [diagnostic] = (error as KustomizeError).diagnostics;
      expect(diagnostic).toMatchObject({ file: '/app/kustomization.yaml', line: 2, hint: 'did you mean "resources"?' });
    }
  });

  test('sorts as the command does when the order is legacy', () => {
    const files = { '/app/kustomization.yaml': 'resources: [d.yaml, c.yaml]\n', '/app/d.yaml': DEPLOYMENT, '/app/c.yaml': CM };
    expect(build(memoryFileSystem(files), '/app', { reorder: 'legacy' }).resources.map((r) => r.id.kind)).toEqual([
      'ConfigMap',
      'Deployment',
    ]);
    expect(build(memoryFileSystem(files), '/app').resources.map((r) => r.id.kind)).toEqual(['Deployment', 'ConfigMap']);
  });

  test('keeps a null that was written out and drops an empty one when a patch is merged', () => {
    const text = yaml({
      '/app/kustomization.yaml':
        'resources: [cm.yaml]\npatches: [{patch: "{apiVersion: v1, kind: ConfigMap, metadata: {name: web}, data: {b: c}}"}]\n',
      '/app/cm.yaml': `${CM}data:\n  kept: null\n  dropped:\n`,
    });
    expect(text).toContain('data:\n  b: c\n  kept: null\n');
  });

  test('notes every file, probe and absence it looked at', () => {
    const { reads } = build(memoryFileSystem({ '/app/kustomization.yaml': 'resources: [cm.yaml]\n', '/app/cm.yaml': CM }), '/app');
    expect([...reads.files.keys()]).toEqual(['/app/kustomization.yaml', '/app/cm.yaml']);
    expect(reads.probes.get('/app/kustomization.yml')).toBe('absent');
  });
});

describe('a shared cache', () => {
  const base = { '/base/kustomization.yaml': 'resources: [cm.yaml]\n', '/base/cm.yaml': CM };
  const overlays = {
    '/app/kustomization.yaml': 'namePrefix: a-\nresources: [../base]\n',
    '/other/kustomization.yaml': 'namePrefix: o-\nresources: [../base]\n',
  };

  test('builds a base once for several overlays', () => {
    const cache = new BuildCache();
    const fs = memoryFileSystem({ ...base, ...overlays });
    expect(build(fs, '/app', { cache }).toYaml()).toContain('name: a-web');
    expect(build(fs, '/other', { cache }).toYaml()).toContain('name: o-web');
    expect(cache.stats()).toEqual({ parsed: 1, built: 1, results: 2, reused: 1 });
  });

  test('builds a base again when a file in it has changed, and not when another has', () => {
    const cache = new BuildCache();
    build(memoryFileSystem({ ...base, ...overlays }), '/app', { cache });
    build(memoryFileSystem({ ...base, ...overlays, '/base/other.yaml': 'x' }), '/app', { cache });
    expect(cache.stats()).toMatchObject({ built: 1, results: 1 });
    const changed = build(memoryFileSystem({ ...base, ...overlays, '/base/cm.yaml': `${CM}data: {a: b}\n` }), '/app', { cache });
    expect(changed.toYaml()).toContain('data:\n  a: b\n');
    expect(cache.stats()).toMatchObject({ built: 2, results: 2 });
  });

  test('gives nothing built with other rights to a build with fewer', () => {
    const cache = new BuildCache();
    const fs = memoryFileSystem({
      '/app/kustomization.yaml': 'resources: [../base]\n',
      '/base/kustomization.yaml': 'resources: [../cm.yaml]\n',
      '/cm.yaml': CM,
    });
    expect(build(fs, '/app', { cache, loadRestrictor: 'LoadRestrictionsNone' }).resources).toHaveLength(1);
    expect(() => build(fs, '/app', { cache })).toThrow("security; file '/cm.yaml' is not in or below '/base'");
  });

  test('keeps nothing that came from outside', () => {
    const cache = new BuildCache();
    const fs = memoryFileSystem({
      '/app/kustomization.yaml': 'resources: [base]\n',
      '/app/base/kustomization.yaml': 'resources: [https://example.com/cm.yaml]\n',
    });
    const fetched = ['one', 'two'].map((name) => CM.replace('name: web', `name: ${name}`));
    const fetchRemote = (): Uint8Array => Buffer.from(fetched.shift() ?? '');
    const names = [1, 2].map(() => build(fs, '/app', { cache, fetchRemote }).resources[0]?.id.name);
    expect(names).toEqual(['one', 'two']);
  });
});
