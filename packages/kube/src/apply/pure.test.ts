import { expect, test } from 'vitest';
import { cleanupPatch } from './cleanup.ts';
import { hasDrifted, normalizeDryRun } from './drift.ts';
import { adoptIgnored, selects, withoutPointers } from './ignore.ts';
import { maskSecretData } from './sanitize.ts';
import { sortForApply, splitStages } from './sort.ts';
import { inventoryId, parseInventoryId, staleEntries } from '../inventory.ts';

const object = (
  kind: string,
  name: string,
  apiVersion = 'v1',
): { apiVersion: string; kind: string; metadata: { name: string; namespace: string } } => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'n' },
});

test('objects are applied definitions first, webhooks last, equal kinds by name', () => {
  const sorted = sortForApply([
    object('ValidatingWebhookConfiguration', 'w', 'admissionregistration.k8s.io/v1'),
    object('Deployment', 'b', 'apps/v1'),
    object('Widget', 'x', 'example.com/v1'),
    object('Deployment', 'a', 'apps/v1'),
    object('Namespace', 'n'),
    object('ConfigMap', 'c'),
  ]).map((o) => `${o['kind'] as string}/${(o['metadata'] as { name: string }).name}`);
  expect(sorted).toEqual(['Namespace/n', 'ConfigMap/c', 'Deployment/a', 'Deployment/b', 'Widget/x', 'ValidatingWebhookConfiguration/w']);
});

test('stages wait for cluster definitions and classes; custom kinds come before the rest', () => {
  const stages = splitStages(
    [
      object('ConfigMap', 'c'),
      object('StorageClass', 's', 'storage.k8s.io/v1'),
      object('Role', 'r', 'rbac.authorization.k8s.io/v1'),
      object('Namespace', 'n'),
    ],
    new Set(['rbac.authorization.k8s.io/Role']),
  );
  expect(stages.map((s) => [s.wait, s.objects.map((o) => o['kind'])])).toEqual([
    [true, ['Namespace']],
    [true, ['StorageClass']],
    [false, ['Role']],
    [false, ['ConfigMap']],
  ]);
});

test.each([
  {
    name: 'a namespaced object of a group',
    ref: { namespace: 'n', name: 'web', group: 'apps', kind: 'Deployment' },
    id: 'n_web_apps_Deployment',
  },
  { name: 'a core object', ref: { namespace: 'n', name: 'c', group: '', kind: 'ConfigMap' }, id: 'n_c__ConfigMap' },
  {
    name: 'an RBAC name with colons',
    ref: { namespace: '', name: 'system:node', group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
    id: '_system__node_rbac.authorization.k8s.io_ClusterRole',
  },
])('inventory ids go both ways for $name', ({ ref, id }) => {
  expect(inventoryId(ref)).toBe(id);
  expect(parseInventoryId(id)).toEqual(ref);
});

test('stale entries are those whose id is gone, whatever their version', () => {
  const old = [
    { id: 'n_a__ConfigMap', v: 'v1' },
    { id: 'n_b_apps_Deployment', v: 'v1beta1' },
  ];
  expect(staleEntries(old, [{ id: 'n_b_apps_Deployment', v: 'v1' }])).toEqual([old[0]]);
});

test.each([
  { name: 'the status differs', change: { status: { x: 1 } }, drifted: false },
  { name: 'the resourceVersion differs', change: { metadata: { name: 'a', labels: { l: '1' }, resourceVersion: '9' } }, drifted: false },
  { name: 'a label is gone', change: { metadata: { name: 'a' } }, drifted: true },
  { name: 'an annotation was added', change: { metadata: { name: 'a', labels: { l: '1' }, annotations: { b: 'c' } } }, drifted: true },
  { name: 'the spec differs', change: { spec: { n: 2 } }, drifted: true },
])('drift is $drifted when $name', ({ change, drifted }) => {
  const live = { apiVersion: 'v1', kind: 'X', metadata: { name: 'a', labels: { l: '1' } }, spec: { n: 1 } };
  expect(hasDrifted(live, { ...live, ...change })).toBe(drifted);
  expect(hasDrifted(undefined, live)).toBe(true);
});

test('a dry run that doubles a metric of an autoscaler is no drift', () => {
  const metric = (value: number): { type: string; resource: { name: string; target: { averageUtilization: number } } } => ({
    type: 'Resource',
    resource: { name: 'cpu', target: { averageUtilization: value } },
  });
  const hpa = (
    metrics: readonly ReturnType<typeof metric>[],
  ): { apiVersion: string; kind: string; spec: { metrics: readonly ReturnType<typeof metric>[] } } => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    spec: { metrics },
  });
  expect(normalizeDryRun(hpa([metric(50), metric(80)]))).toEqual(hpa([metric(80)]));
});

test('cleanup takes annotations away and merges the fields of other managers into ours', () => {
  const live = {
    metadata: {
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}', keep: '1' },
      managedFields: [
        { manager: 'kubectl-edit', operation: 'Update', apiVersion: 'v1', fieldsV1: { 'f:data': { 'f:a': {} } } },
        { manager: 'kubectl', operation: 'Update', apiVersion: 'v1', subresource: 'status', fieldsV1: { 'f:status': {} } },
        { manager: 'flux', operation: 'Apply', apiVersion: 'v1', fieldsV1: { 'f:data': { 'f:b': {} } } },
      ],
    },
  };
  const patch = cleanupPatch(
    live,
    {
      annotations: ['kubectl.kubernetes.io/last-applied-configuration', 'absent'],
      fieldManagers: [{ name: 'kubectl', operation: 'Update' }],
    },
    'flux',
  );
  expect(patch[0]).toEqual({ op: 'remove', path: '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration' });
  expect(patch[1]).toMatchObject({ op: 'replace', path: '/metadata/managedFields' });
  const entries = patch[1]?.['value'] as readonly { manager: string; operation: string; subresource?: string; fieldsV1: unknown }[];
  expect(entries.map((e) => [e.manager, e.operation, e.subresource])).toEqual([
    ['flux', 'Apply', undefined],
    ['kubectl', 'Update', 'status'],
  ]);
  expect(entries[0]?.fieldsV1).toEqual({ 'f:data': { 'f:a': {}, 'f:b': {} } });
});

test('cleanup is nothing where there is nothing to clean', () => {
  expect(
    cleanupPatch({ metadata: { name: 'a' } }, { annotations: ['x'], fieldManagers: [{ name: 'kubectl', operation: 'Apply' }] }, 'flux'),
  ).toEqual([]);
});

test('ignored fields take the live value, unless another manager applies them: then they are left out', () => {
  const desired = { spec: { replicas: 1, paused: false } };
  const live = {
    metadata: { managedFields: [{ manager: 'hpa', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:replicas': {} } } }] },
    spec: { replicas: 5, paused: true },
  };
  expect(adoptIgnored({ desired, live, pointers: ['/spec/replicas', '/spec/paused', '/spec/absent'], manager: 'flux' })).toEqual({
    spec: { paused: true },
  });
  expect(withoutPointers(desired, ['/spec/replicas', 'malformed', '/none/at/all'])).toEqual({ spec: { paused: false } });
});

test.each([
  { name: 'no selector', selector: undefined, chosen: true },
  { name: 'a kind', selector: { kind: 'Deployment' }, chosen: true },
  { name: 'a pattern that matches only a part', selector: { kind: 'Deploy' }, chosen: false },
  { name: 'a pattern', selector: { name: 'we.*', namespace: 'n' }, chosen: true },
  { name: 'a pattern that is none', selector: { name: '(' }, chosen: false },
])('a selector with $name says $chosen', ({ selector, chosen }) => {
  expect(selects(selector, object('Deployment', 'web', 'apps/v1'), () => ({ matches: () => true }))).toBe(chosen);
});

test('the values of Secrets never show in a diff', () => {
  const masked = maskSecretData({ data: { same: 'YQ==', other: 'Yg==' } }, { data: { same: 'YQ==', other: 'Yw==', fresh: 'ZA==' } });
  expect(masked.before).toEqual({ data: { same: '***', other: '*** (before)' } });
  expect(masked.after).toEqual({ data: { same: '***', other: '*** (after)', fresh: '***' } });
});
