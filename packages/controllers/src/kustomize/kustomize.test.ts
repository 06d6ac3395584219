import { afterEach, expect, test } from 'vitest';
import { getPath, type JsonObject } from '@flux-ts/base';
import { finalizersOf, labelsOf, resourceVersionOf } from '@flux-ts/kube';
import { configMapText, createWorld, kustomization, type World } from '../../test/world.ts';
import type { ControllerOptions } from '../options.ts';
import { createKustomizeController } from './controller.ts';

let world: World;

afterEach(() => world.close());

async function start(options: ControllerOptions = {}): Promise<World> {
  world = await createWorld();
  world.start(createKustomizeController(world.deps(), { requeueDependencyMs: 5000, ...options }));
  return world;
}

const isReady = (name: string): boolean => world.ready('Kustomization', `default/${name}`)?.status === 'True';
const revisionOf = (name: string): unknown => getPath(world.find('Kustomization', `default/${name}`), ['status', 'lastAppliedRevision']);

test('a Kustomization applies what is in its path, labels it and lists it in the inventory', async () => {
  await start();
  await world.source('repo', 'main@sha1:a', { 'app/cm.yaml': configMapText('web', { a: '1' }), 'other/cm.yaml': configMapText('no') });
  await world.apply(kustomization('app'));
  await world.until('app is ready', () => isReady('app'));
  const object = world.find('Kustomization', 'default/app') as JsonObject;
  expect(world.ready('Kustomization', 'default/app')).toMatchObject({
    reason: 'ReconciliationSucceeded',
    message: 'Applied revision: main@sha1:a',
  });
  expect(labelsOf(world.find('ConfigMap', 'default/web') as JsonObject)).toEqual({
    'kustomize.toolkit.fluxcd.io/name': 'app',
    'kustomize.toolkit.fluxcd.io/namespace': 'default',
  });
  expect(getPath(object, ['status', 'inventory', 'entries'])).toEqual([{ id: 'default_web__ConfigMap', v: 'v1' }]);
  expect(getPath(object, ['status', 'observedGeneration'])).toBe(1);
  expect(getPath(object, ['status', 'history', 0, 'lastReconciledStatus'])).toBe('ReconciliationSucceeded');
  expect(finalizersOf(object)).toEqual(['finalizers.fluxcd.io']);
  expect(world.find('ConfigMap', 'default/no')).toBeUndefined();
  expect(world.events('app')).toContain('Normal Progressing ConfigMap/default/web created');
});

test('a new revision changes, adds and prunes; what is unchanged is not written', async () => {
  await start();
  await world.source('repo', 'main@sha1:a', {
    'app/a.yaml': configMapText('a', { v: '1' }),
    'app/b.yaml': configMapText('b'),
    'app/c.yaml': configMapText('c'),
  });
  await world.apply(kustomization('app'));
  await world.until('app is ready', () => isReady('app'));
  const before = resourceVersionOf(world.find('ConfigMap', 'default/c') as JsonObject);
  await world.source('repo', 'main@sha1:b', { 'app/a.yaml': configMapText('a', { v: '2' }), 'app/c.yaml': configMapText('c') });
  await world.until('the new revision', () => revisionOf('app') === 'main@sha1:b');
  expect(getPath(world.find('ConfigMap', 'default/a'), ['data', 'v'])).toBe('2');
  expect(world.find('ConfigMap', 'default/b')).toBeUndefined();
  expect(resourceVersionOf(world.find('ConfigMap', 'default/c') as JsonObject)).toBe(before);
  expect(world.events('app')).toContain('Normal Progressing ConfigMap/default/b deleted');
});

test('drift is put back at the next interval, and a pass without changes applies nothing', async () => {
  await start();
  await world.source('repo', 'main@sha1:a', { 'app/a.yaml': configMapText('a', { v: '1' }) });
  await world.apply(kustomization('app'));
  await world.until('app is ready', () => isReady('app'));
  await world.client.patch(
    { apiVersion: 'v1', kind: 'ConfigMap' },
    { namespace: 'default', name: 'a' },
    { kind: 'merge', patch: { data: { v: 'x' } } },
  );
  await world.until('the drift is corrected', () => getPath(world.find('ConfigMap', 'default/a'), ['data', 'v']) === '1');
  const applied = world.counters.get('kustomize.applied');
  const downloads = world.counters.get('http.get');
  await world.advance(1_300_000);
  expect(world.counters.get('kustomize.applied')).toBe(applied);
  expect(world.counters.get('http.get')).toBe(downloads);
});

test('a dependency must be ready at the revision of the same source', async () => {
  await start();
  await world.source('repo', 'main@sha1:a', { 'app/a.yaml': configMapText('a'), 'infra/i.yaml': configMapText('i') });
  await world.apply(kustomization('app', { dependsOn: [{ name: 'infra' }] }));
  await world.until('app waits', () => world.ready('Kustomization', 'default/app')?.reason === 'DependencyNotReady');
  expect(world.ready('Kustomization', 'default/app')?.message).toMatch(/^dependency 'default\/infra' not found: /);
  await world.apply(kustomization('infra'));
  await world.until('both are ready', () => isReady('infra') && isReady('app'));
  await world.source('repo', 'main@sha1:b', { 'app/a.yaml': configMapText('a'), 'infra/i.yaml': 'not: [valid' });
  await world.until('infra fails', () => world.ready('Kustomization', 'default/infra')?.reason === 'BuildFailed');
  await world.advance(20_000);
  expect(world.ready('Kustomization', 'default/app')?.message).toBe("dependency 'default/infra' is not ready");
  expect(revisionOf('app')).toBe('main@sha1:a');
  expect(world.events('app')).toContain('Normal DependencyNotReady Dependencies do not meet ready condition, retrying in 5s');
});

test('wait fails early when an object has failed, and passes once all are current', async () => {
  await start();
  const deployment = (name: string): string =>
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace: 'default' },
      spec: {
        selector: { matchLabels: { a: name } },
        template: { metadata: { labels: { a: name } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    });
  await world.source('repo', 'main@sha1:a', { 'app/d.yaml': deployment('web') });
  await world.apply(kustomization('app', { wait: true, timeout: '1m', retryInterval: '30s' }));
  await world.until('the wait ends', () => world.ready('Kustomization', 'default/app')?.reason === 'HealthCheckFailed');
  expect(world.ready('Kustomization', 'default/app')?.message).toMatch(
    /^health check failed after 1m0(\.\d+)?s: timeout waiting for: \[Deployment\/default\/web status: 'InProgress'\]$/,
  );
  const conditions = [
    { type: 'Available', status: 'True' },
    { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
  ];
  const status = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, conditions };
  await world.client.patch(
    { apiVersion: 'apps/v1', kind: 'Deployment' },
    { namespace: 'default', name: 'web' },
    { kind: 'merge', patch: { status }, subresource: 'status' },
  );
  await world.until('app is ready', () => isReady('app'));
  expect(world.events('app').some((e) => e.startsWith('Normal Progressing Health check passed in '))).toBe(true);
});

test.each([
  {
    name: 'a path that is not there',
    spec: { path: './nothing' },
    reason: 'ArtifactFailed',
    message: /^kustomization path not found: stat \/nothing: no such file or directory$/,
  },
  {
    name: 'a source that is not there',
    spec: { sourceRef: { kind: 'GitRepository', name: 'gone' } },
    reason: 'ArtifactFailed',
    message: /"gone" not found$/,
  },
  { name: 'a patch that is none', spec: { patches: [{ patch: '- op: nonsense' }] }, reason: 'BuildFailed', message: /./ },
  {
    name: 'an account without rights',
    spec: { serviceAccountName: 'nobody' },
    reason: 'ReconciliationFailed',
    message: /^ConfigMap\/default\/a dry-run failed \(Forbidden\): .*system:serviceaccount:default:nobody/s,
  },
  {
    name: 'a kubeconfig that runs a command',
    spec: { kubeConfig: { secretRef: { name: 'remote' } } },
    reason: 'ReconciliationFailed',
    message: /commands are not allowed here$/,
  },
])('Ready is False with $name', async ({ spec, reason, message }) => {
  await start();
  const value =
    'current-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]\nusers: [{name: u, user: {exec: {command: id}}}]\n';
  await world.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'remote', namespace: 'default' }, stringData: { value } });
  await world.source('repo', 'main@sha1:a', { 'app/a.yaml': configMapText('a') });
  await world.apply(kustomization('app', { retryInterval: '1h', ...spec }));
  await world.until('app fails', () => world.ready('Kustomization', 'default/app')?.status === 'False');
  expect(world.ready('Kustomization', 'default/app')).toMatchObject({ reason });
  expect(world.ready('Kustomization', 'default/app')?.message).toMatch(message);
  expect(world.find('ConfigMap', 'default/a')).toBeUndefined();
});

test('references to other namespaces are refused where that is told', async () => {
  await start({ noCrossNamespaceRefs: true });
  await world.source('repo', 'main@sha1:a', { 'app/a.yaml': configMapText('a') });
  await world.apply(kustomization('app', { sourceRef: { kind: 'GitRepository', name: 'repo', namespace: 'flux-system' } }));
  await world.until('app is refused', () => world.ready('Kustomization', 'default/app')?.reason === 'AccessDenied');
  expect(world.ready('Kustomization', 'default/app')?.message).toBe(
    "can't access 'GitRepository/flux-system/repo', cross-namespace references have been blocked",
  );
});

test.each([
  { name: 'deletes what it applied', spec: {}, kept: false },
  { name: 'leaves it where prune is off', spec: { prune: false }, kept: true },
  { name: 'deletes it where the policy says so', spec: { prune: false, deletionPolicy: 'Delete' }, kept: false },
  { name: 'leaves it where the policy says so', spec: { deletionPolicy: 'Orphan' }, kept: true },
  { name: 'leaves it while suspended', spec: { suspend: true }, kept: true },
])('a deleted Kustomization $name', async ({ spec, kept }) => {
  await start();
  await world.source('repo', 'main@sha1:a', { 'app/a.yaml': configMapText('a') });
  await world.apply(kustomization('app'));
  await world.until('app is ready', () => isReady('app'));
  await world.apply(kustomization('app', spec));
  await world.advance(1000);
  await world.client.delete({ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' }, { namespace: 'default', name: 'app' });
  await world.until('app is gone', () => world.find('Kustomization', 'default/app') === undefined);
  expect(world.find('ConfigMap', 'default/a') !== undefined).toBe(kept);
});

test('a request by annotation reconciles at once and is noted', async () => {
  await start();
  await world.source('repo', 'main@sha1:a', { 'app/a.yaml': configMapText('a', { v: '1' }) });
  await world.apply(kustomization('app', { interval: '10h' }));
  await world.until('app is ready', () => isReady('app'));
  const annotations = { 'reconcile.fluxcd.io/requestedAt': 'now' };
  const type = { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization' };
  await world.client.patch(type, { namespace: 'default', name: 'app' }, { kind: 'merge', patch: { metadata: { annotations } } });
  await world.until(
    'the request is handled',
    () => getPath(world.find('Kustomization', 'default/app'), ['status', 'lastHandledReconcileAt']) === 'now',
    5000,
  );
});

test('variables come from ConfigMaps and Secrets, inline ones win', async () => {
  await start();
  await world.apply(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'vars', namespace: 'default' }, data: { a: 'map', b: 'map', c: 'map' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'vars', namespace: 'default' }, stringData: { b: 'secret', c: 'secret' } },
  );
  await world.source('repo', 'main@sha1:a', { 'app/a.yaml': configMapText('a', { a: '${a}', b: '${b}', c: '${c}' }) });
  const substituteFrom = [
    { kind: 'ConfigMap', name: 'vars' },
    { kind: 'Secret', name: 'vars' },
    { kind: 'Secret', name: 'gone', optional: true },
  ];
  await world.apply(kustomization('app', { postBuild: { substitute: { c: 'inline' }, substituteFrom } }));
  await world.until('app is ready', () => isReady('app'));
  expect(getPath(world.find('ConfigMap', 'default/a'), ['data'])).toEqual({ a: 'map', b: 'secret', c: 'inline' });
});

test('one invalid object blocks its stage, and the message says which', async () => {
  await start();
  await world.source('repo', 'main@sha1:a', {
    'app/a.yaml': configMapText('a'),
    'app/b.yaml': JSON.stringify({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'b', namespace: 'default' },
      spec: { ports: [{ port: 0 }] },
    }),
  });
  await world.apply(kustomization('app', { retryInterval: '1h' }));
  await world.until('app fails', () => world.ready('Kustomization', 'default/app')?.reason === 'ReconciliationFailed');
  expect(world.ready('Kustomization', 'default/app')?.message).toMatch(/^Service\/default\/b dry-run failed \(Invalid\): /);
  expect(world.find('ConfigMap', 'default/a')).toBeUndefined();
});

test('CEL expressions decide about health and about dependencies', async () => {
  await start();
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  };
  const type = { apiVersion: 'example.com/v1', kind: 'Widget' };
  const widget = { ...type, metadata: { name: 'w', namespace: 'default' } };
  const phase = (text: string): Promise<unknown> =>
    world.client.patch(type, { namespace: 'default', name: 'w' }, { kind: 'merge', patch: { status: { phase: text } } });
  await world.source('repo', 'main@sha1:a', {
    'infra/w.yaml': JSON.stringify(crd) + '\n---\n' + JSON.stringify(widget),
    'app/a.yaml': configMapText('a'),
  });
  const exprs = [{ apiVersion: 'example.com/v1', kind: 'Widget', current: "status.phase == 'Fine'", failed: "status.phase == 'Broken'" }];
  await world.apply(
    kustomization('infra', { wait: true, healthCheckExprs: exprs, retryInterval: '1m', timeout: '30s' }),
    kustomization('app', {
      dependsOn: [
        {
          name: 'infra',
          readyExpr: "has(dep.status.conditions) && dep.status.conditions.exists(c, c.type == 'Healthy' && c.status == 'True')",
        },
      ],
    }),
  );
  await world.until('the widget', () => world.find('Widget', 'default/w') !== undefined);
  await phase('Broken');
  await world.until('infra fails early', () => world.ready('Kustomization', 'default/infra')?.reason === 'HealthCheckFailed');
  expect(world.ready('Kustomization', 'default/infra')?.message).toMatch(
    /failed early due to stalled resources: \[Widget\/default\/w status: 'Failed'\]$/,
  );
  expect(world.ready('Kustomization', 'default/app')?.message).toBe("dependency 'default/infra' is not ready according to readyExpr eval");
  await phase('Fine');
  await world.until('both are ready', () => isReady('infra') && isReady('app'));
});

test('an expression that is none stalls the object', async () => {
  await start();
  await world.source('repo', 'main@sha1:a', { 'app/a.yaml': configMapText('a') });
  await world.apply(kustomization('app', { healthCheckExprs: [{ apiVersion: 'v1', kind: 'X', current: 'status.' }] }));
  await world.until('app is stalled', () => world.ready('Kustomization', 'default/app')?.reason === 'InvalidCELExpression');
  expect(world.ready('Kustomization', 'default/app')?.message).toMatch(/^Reconciliation failed terminally due to configuration error: /);
});

test('ignored fields are no drift, also where a label chooses the object', async () => {
  await start();
  const text = (labels: JsonObject): string =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', namespace: 'default', labels },
      data: { v: '1', w: '1' },
    });
  await world.source('repo', 'main@sha1:a', { 'app/a.yaml': text({ tuned: 'yes' }) });
  await world.apply(kustomization('app', { ignore: [{ paths: ['/data/v'], target: { kind: 'ConfigMap', labelSelector: 'tuned=yes' } }] }));
  await world.until('app is ready', () => isReady('app'));
  const patch = { data: { v: 'tuned', w: 'tuned' } };
  await world.client.patch({ apiVersion: 'v1', kind: 'ConfigMap' }, { namespace: 'default', name: 'a' }, { kind: 'merge', patch });
  await world.until('the other field is put back', () => getPath(world.find('ConfigMap', 'default/a'), ['data', 'w']) === '1');
  expect(getPath(world.find('ConfigMap', 'default/a'), ['data', 'v'])).toBe('tuned');
});
