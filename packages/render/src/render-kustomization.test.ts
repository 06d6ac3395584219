import { describe, expect, test } from 'vitest';
import { memoryFileSystem } from '@flux-ts/kustomize';
import type { JsonObject } from '@flux-ts/base';
import { loadKinds } from '@flux-ts/schema';
import { RenderError } from './errors.ts';
import { renderKustomization, type KustomizationEnv } from './render-kustomization.ts';

const CM = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  host: ${host:=none}\n  n: "${n}"\n';
const SERVICE = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: svc\nspec:\n  unknown: x\n  ports:\n  - port: ${port}\n';

function render(
  files: Readonly<Record<string, string>>,
  spec: JsonObject,
  env: Partial<KustomizationEnv> = {},
): ReturnType<typeof renderKustomization> {
  return renderKustomization(
    { spec, sourceRoot: memoryFileSystem(files), name: 'apps', namespace: 'flux-system' },
    { readRef: () => undefined, ...env },
  );
}

describe('renderKustomization', () => {
  test('lists the manifests of a directory without kustomization, and directories that have one', () => {
    const files = {
      '/apps/b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n',
      '/apps/a/cm.yml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
      '/apps/k/kustomization.yaml': 'namePrefix: k-\nresources: [cm.yaml]\n',
      '/apps/k/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n',
      '/apps/k/not-listed.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\n',
    };
    const { objects } = render(files, { path: './apps' });
    expect(objects.map(({ object }) => (object['metadata'] as JsonObject)['name'])).toEqual(['a', 'b', 'k-c']);
  });

  test('puts the spec on top of the kustomization and labels what it gives', () => {
    const { objects } = render(
      {
        '/kustomization.yaml': 'resources: [cm.yaml]\nnamespace: own\n',
        '/cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n',
      },
      {
        targetNamespace: 'team',
        namePrefix: 'p-',
        commonMetadata: { labels: { a: 'b' }, annotations: { c: 'd' } },
        patches: [{ patch: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {x: y}' }],
      },
    );
    expect(objects[0]?.object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: { x: 'y' },
      metadata: {
        name: 'p-web',
        namespace: 'team',
        creationTimestamp: null,
        annotations: { c: 'd' },
        labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system', a: 'b' },
      },
    });
  });

  test('substitutes variables, inline ones over those of references, and reads the text again', () => {
    const { yaml } = render(
      { '/kustomization.yaml': 'resources: [cm.yaml]\n', '/cm.yaml': CM },
      {
        postBuild: {
          substitute: { n: '5' },
          substituteFrom: [
            { kind: 'ConfigMap', name: 'vars' },
            { kind: 'Secret', name: 'gone', optional: true },
          ],
        },
      },
      { readRef: (kind) => (kind === 'ConfigMap' ? { n: '1', host: 'h\n' } : undefined) },
    );
    expect(yaml).toBe('apiVersion: v1\ndata:\n  host: h\n  "n": 5\nkind: ConfigMap\nmetadata:\n  name: web\n');
  });

  test('takes builtin kinds through their Go structs', async () => {
    const kinds = await loadKinds();
    const { objects } = render(
      { '/kustomization.yaml': 'resources: [s.yaml]\n', '/s.yaml': SERVICE.replace('${port}', '80') },
      {},
      { kinds },
    );
    expect(objects[0]?.object['spec']).toEqual({ ports: [{ port: 80, protocol: 'TCP', targetPort: 0 }] });
  });

  test.each([
    {
      name: 'a path that is not there',
      spec: { path: './nope' },
      code: 'RENDER_PATH',
      message: 'kustomization path not found: stat /artifact/nope: no such file or directory',
    },
    {
      name: 'a variable that is not set',
      spec: { postBuild: { substitute: { x: 'y' } } },
      code: 'RENDER_SUBSTITUTE',
      message: 'post build failed for \'web\': envsubst error: variable substitution failed: variable not set (strict mode): "n"',
    },
    {
      name: 'a reference that is not there',
      spec: { postBuild: { substituteFrom: [{ kind: 'Secret', name: 's' }] } },
      code: 'RENDER_SUBSTITUTE',
      message: "post build failed for 'web': substitute from 'Secret/s' error: secrets \"s\" not found",
    },
    {
      name: 'a remote component',
      spec: { components: ['https://example.com/x'] },
      code: 'RENDER_GENERATE',
      message: "component path 'https://example.com/x' must be local and relative",
    },
  ])('refuses $name', ({ spec, code, message }) => {
    const run = (): unknown => render({ '/kustomization.yaml': 'resources: [cm.yaml]\n', '/cm.yaml': CM }, spec as JsonObject);
    expect(run).toThrowError(message);
    try {
      run();
    } catch (error) {
      expect((error as RenderError).code).toBe(code);
    }
  });

  test.each([
    { field: 'resources', kustomization: 'resources: [/etc/passwd]\n' },
    { field: 'resources beyond the root', kustomization: 'resources: [../../../../etc/passwd]\n' },
    { field: 'patches', kustomization: 'resources: [cm.yaml]\npatches: [{path: /etc/passwd}]\n' },
    { field: 'patchesStrategicMerge', kustomization: 'resources: [cm.yaml]\npatchesStrategicMerge: [/etc/passwd]\n' },
    {
      field: 'patchesJson6902',
      kustomization: 'resources: [cm.yaml]\npatchesJson6902: [{target: {version: v1, kind: ConfigMap, name: web}, path: /etc/passwd}]\n',
    },
    { field: 'configMapGenerator files', kustomization: 'configMapGenerator: [{name: x, files: [/etc/passwd]}]\n' },
    { field: 'configMapGenerator envs', kustomization: 'configMapGenerator: [{name: x, envs: [/etc/passwd]}]\n' },
    { field: 'secretGenerator files', kustomization: 'secretGenerator: [{name: x, files: [k=../../../etc/passwd]}]\n' },
    { field: 'replacements', kustomization: 'resources: [cm.yaml]\nreplacements: [{path: /etc/passwd}]\n' },
    { field: 'configurations', kustomization: 'resources: [cm.yaml]\nconfigurations: [/etc/passwd]\n' },
    { field: 'crds', kustomization: 'resources: [cm.yaml]\ncrds: [/etc/passwd]\n' },
    { field: 'openapi', kustomization: 'resources: [cm.yaml]\nopenapi: {path: /etc/passwd}\n' },
    { field: 'components', kustomization: 'resources: [cm.yaml]\ncomponents: [/etc]\n' },
    { field: 'transformers', kustomization: 'resources: [cm.yaml]\ntransformers: [/etc/passwd]\n' },
  ])('refuses a path out of the artifact in $field', ({ kustomization }) => {
    expect(() => render({ '/kustomization.yaml': kustomization, '/cm.yaml': CM }, {})).toThrowError(
      /fs-security-constraint|cannot be absolute|no such file|not in or below/,
    );
  });

  test('gives equal digests for equal objects and a digest of the YAML', () => {
    const files = { '/kustomization.yaml': 'resources: [cm.yaml]\n', '/cm.yaml': CM };
    const a = render(files, {});
    expect(render(files, {}).objects[0]?.digest).toBe(a.objects[0]?.digest);
    expect(a.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});
