import { getPath, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { crdFor, explainField, FLUX_KINDS, fluxCrds, fluxKind, schemaFor, versionsIn } from './crd.ts';
import { fieldChanges, FIELD_CHANGES } from './field-changes.ts';
import type { FluxKind } from './kind.ts';
import { typeSource } from './type-source.ts';

function kindOf(name: string): FluxKind {
  return FLUX_KINDS.find((k) => k.kind === name) as FluxKind;
}

/** Every node of a schema with its path. */
function* nodes(schema: JsonObject, path = ''): Generator<[string, JsonObject]> {
  yield [path, schema];
  const properties = schema['properties'];
  if (isObject(properties)) for (const [name, child] of Object.entries(properties)) yield* nodes(child as JsonObject, `${path}.${name}`);
  if (isObject(schema['items'])) yield* nodes(schema['items'], `${path}[]`);
  if (isObject(schema['additionalProperties'])) yield* nodes(schema['additionalProperties'], `${path}{}`);
}

const ALL: [string, string, JsonObject][] = FLUX_KINDS.flatMap((kind) =>
  kind.versions.map((v): [string, string, JsonObject] => [kind.kind, v.name, schemaFor(kind, v.name)]),
);

test.each(ALL)('%s %s says nothing on the metadata of the object itself: the API server refuses that', (_kind, _version, schema) => {
  expect(getPath(schema, ['properties', 'metadata'])).toEqual({ type: 'object' });
});

describe('crdFor', () => {
  test('holds every version ever served and stores the newest', () => {
    const crd = crdFor(kindOf('HelmRelease'));
    const versions = getPath(crd, ['spec', 'versions']) as readonly JsonObject[];
    expect(versions.map((v) => [v['name'], v['served'], v['storage']])).toEqual([
      ['v2beta1', true, false],
      ['v2beta2', true, false],
      ['v2', true, true],
    ]);
    expect(getPath(crd, ['spec', 'conversion'])).toEqual({ strategy: 'None' });
    expect(getPath(crd, ['metadata', 'name'])).toBe('helmreleases.helm.toolkit.fluxcd.io');
  });

  test('takes the versions that it is asked for, and refuses others', () => {
    const crd = crdFor(kindOf('Kustomization'), { versions: ['v1', 'v1beta2'] });
    expect((getPath(crd, ['spec', 'versions']) as readonly JsonObject[]).map((v) => v['name'])).toEqual(['v1beta2', 'v1']);
    expect(() => crdFor(kindOf('Kustomization'), { versions: ['v2'] })).toThrow('Kustomization has no version v2');
  });

  test('says that a status is not observed yet, except where upstream does not', () => {
    const without = FLUX_KINDS.filter(
      (kind) =>
        getPath(schemaFor(kind, (kind.versions[0] as { name: string }).name), ['properties', 'status', 'default', 'observedGeneration']) !==
        -1,
    );
    expect(without.map((k) => k.kind)).toEqual(['Alert', 'Provider', 'ArtifactGenerator', 'ExternalArtifact']);
  });
});

describe('fluxCrds', () => {
  test.each([
    ['0.38', 13, { HelmRelease: 'v2beta1', GitRepository: 'v1beta2,v1beta1', ImagePolicy: 'v1beta1' }],
    ['2.2', 13, { HelmRelease: 'v2beta2,v2beta1', GitRepository: 'v1,v1beta2,v1beta1', Alert: 'v1beta3,v1beta2,v1beta1' }],
    ['2.9', 15, { HelmRelease: 'v2', GitRepository: 'v1', Alert: 'v1beta3' }],
  ])('gives what Flux %s serves', (release, kinds, versions) => {
    expect(fluxCrds({ release })).toHaveLength(kinds);
    for (const [kind, want] of Object.entries(versions))
      expect(
        versionsIn(kindOf(kind), release)
          .map((v) => v.name)
          .join(),
      ).toBe(want);
  });

  test('gives every kind and version without a release', () => {
    expect(fluxCrds().flatMap((crd) => getPath(crd, ['spec', 'versions']) as readonly JsonValue[])).toHaveLength(ALL.length);
  });
});

test('intervals and timeouts of every kind and version of today refuse what is no duration', () => {
  const checked = FLUX_KINDS.flatMap((kind) =>
    [...nodes(schemaFor(kind, (kind.versions[0] as { name: string }).name))]
      .filter(([path]) => /\.(interval|timeout|retryInterval)$/.test(path) && path.startsWith('.spec'))
      .map(([path, node]) => [`${kind.kind}${path}`, String(node['pattern'])] as const),
  );
  expect(checked.length).toBeGreaterThan(25);
  for (const [where, pattern] of checked) {
    const accepts = ['1y', '-', '10ns', '', '1', '1d', '5m x', '10m', '1m30s'].filter((text) => new RegExp(pattern).test(text));
    expect(accepts, where).toEqual(['10m', '1m30s']);
  }
});

test('every field of every version has words of its own', () => {
  const silent = ALL.flatMap(([kind, version, schema]) =>
    [...nodes(schema)]
      .filter(([path, node]) => /\.\w+$/.test(path) && path !== '.metadata' && typeof node['description'] !== 'string')
      .map(([path]) => `${kind}/${version}${path}`),
  );
  expect(silent).toEqual([]);
});

describe('explainField', () => {
  test.each([
    [
      'Kustomization',
      'v1',
      ['spec', 'interval'],
      'string',
      true,
      'How often to look for changes, such as "10m"; the controller may vary it a little.',
    ],
    [
      'Kustomization',
      'v1',
      ['spec', 'patches'],
      '[]Object',
      false,
      'Patches, strategic merge or JSON 6902, each with the objects that it is for.',
    ],
    ['Kustomization', 'v1', ['spec', 'patches', 'target', 'kind'], 'string', false, 'The kind of the objects.'],
    [
      'Kustomization',
      'v1',
      ['spec', 'postBuild', 'substitute'],
      'map[string]string',
      false,
      'Values for ${variables} in the built objects.',
    ],
    [
      'Bucket',
      'v1',
      ['spec', 'provider'],
      'string',
      false,
      'Whose object store it is; `generic` means anything that speaks S3 with keys from the Secret.',
    ],
    ['HelmRelease', 'v2', ['spec', 'values'], 'Object', false, 'Values for the chart; they win over valuesFrom.'],
  ])('finds %s %s %j', (kind, version, path, type, required, description) => {
    expect(explainField(kindOf(kind), version, path)).toMatchObject({ type, required, description });
  });

  test('gives nothing for a field that is not there', () => {
    expect(explainField(kindOf('Kustomization'), 'v1', ['spec', 'nothing'])).toBeUndefined();
    expect(explainField(kindOf('Kustomization'), 'v1', ['spec', 'constructor'])).toBeUndefined();
  });
});

test('field changes name fields that were there and fields that are there now', () => {
  for (const change of FIELD_CHANGES) {
    for (const name of change.kinds) {
      const steps = (path: string): string[] => path.replace(/ .*/, '').replaceAll('[]', '').split('.');
      const removed = change.from.some(
        (v) => kindOf(name).versions.some((k) => k.name === v) && explainField(kindOf(name), v, steps(change.path)) !== undefined,
      );
      expect(removed, `${name} ${change.path}`).toBe(true);
      if (change.newPath !== undefined)
        expect(explainField(kindOf(name), change.to, steps(change.newPath)), `${name} ${change.newPath}`).toBeDefined();
      else expect(explainField(kindOf(name), change.to, steps(change.path)), `${name} ${change.path}`).toBeUndefined();
    }
  }
  expect(fieldChanges('Receiver', 'v1beta2').map((c) => c.newPath)).toEqual(['status.webhookPath']);
});

test('fluxKind finds a kind by its group', () => {
  expect(fluxKind('source.toolkit.fluxcd.io', 'Bucket')?.plural).toBe('buckets');
  expect(fluxKind('helm.toolkit.fluxcd.io', 'Bucket')).toBeUndefined();
});

test('the generated types belong to the definitions', async () => {
  const file = new URL('./types.generated.ts', import.meta.url);
  const options = (await resolveConfig(file)) ?? {};
  expect(await format(typeSource(FLUX_KINDS), { ...options, parser: 'typescript' })).toBe(readFileSync(file, 'utf8'));
});
