import { afterEach, expect, test } from 'vitest';
import { getPath, getString, type JsonObject } from '@flux-ts/base';
import { decodeReleaseSecret, type ReleaseRecord } from '@flux-ts/helm';
import { annotationsOf, labelsOf, typeOf } from '@flux-ts/kube';
import { createWorld, helmRelease, type World } from '../../test/world.ts';
import type { ControllerOptions } from '../options.ts';
import { createHelmController } from './controller.ts';

let world: World;

afterEach(() => world.close());

async function start(options: ControllerOptions = {}, simulate = true): Promise<World> {
  world = await createWorld({ simulate });
  world.start(createHelmController(world.deps(), { requeueDependencyMs: 5000, ...options }));
  return world;
}

const CHART = (version: string): string => `apiVersion: v2\nname: web\nversion: ${version}\nappVersion: "9"\n`;
const CONFIG =
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  v: {{ .Values.v | quote }}\n  chart: {{ .Chart.Version }}\n';

function chartFiles(version: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { 'Chart.yaml': CHART(version), 'values.yaml': 'v: default\n', 'templates/cm.yaml': CONFIG, ...more };
}

function job(name: string, hook: string, more = ''): string {
  return `apiVersion: batch/v1
kind: Job
metadata:
  name: ${name}
  annotations: {helm.sh/hook: ${hook}${more}}
spec:
  backoffLimit: 0
  template:
    metadata: {annotations: {}}
    spec: {restartPolicy: Never, containers: [{name: c, image: job}]}
`;
}

const FAILING = "'simulator.flux-ts.dev/fail': JobFailed";
const failingJob = (name: string, hook: string): string => job(name, hook).replace('annotations: {}', `annotations: {${FAILING}}`);

const KEY = 'default/default-web';
const hr = (): JsonObject => world.find('HelmRelease', 'default/web') as JsonObject;
const condition = (type: string): JsonObject | undefined =>
  (getPath(hr(), ['status', 'conditions']) as readonly JsonObject[] | undefined)?.find((c) => c['type'] === type);
const status = (...path: (string | number)[]): unknown => getPath(hr(), ['status', ...path]);
const isReady = (): boolean => world.ready('HelmRelease', 'default/web')?.status === 'True';

function releases(): ReleaseRecord[] {
  return [1, 2, 3, 4, 5, 6]
    .map((n) => world.find('Secret', `default/sh.helm.release.v1.web.v${n}`))
    .filter((s) => s !== undefined)
    .map(decodeReleaseSecret);
}

async function install(spec: JsonObject = {}, files = chartFiles('1.0.0')): Promise<void> {
  await world.apply(helmRelease('web', spec));
  await world.chart(KEY, files);
}

test('a HelmRelease makes its HelmChart, installs the release and tells what it did', async () => {
  await start();
  await install({ values: { v: 'mine' } });
  await world.until('web is ready', isReady);
  expect(getPath(world.find('HelmChart', KEY), ['spec'])).toMatchObject({
    chart: 'web',
    version: '*',
    interval: '10m',
    sourceRef: { kind: 'HelmRepository', name: 'repo' },
  });
  const object = world.find('ConfigMap', 'default/web') as JsonObject;
  expect(object['data']).toEqual({ v: 'mine', chart: '1.0.0' });
  expect(labelsOf(object)).toEqual({
    'app.kubernetes.io/managed-by': 'Helm',
    'helm.toolkit.fluxcd.io/name': 'web',
    'helm.toolkit.fluxcd.io/namespace': 'default',
  });
  expect(annotationsOf(object)).toEqual({ 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'default' });
  const message = 'Helm install succeeded for release default/web.v1 with chart web@1.0.0';
  expect(world.ready('HelmRelease', 'default/web')).toMatchObject({ reason: 'InstallSucceeded', message });
  expect(condition('Released')).toMatchObject({ status: 'True', message });
  expect(world.events('web')).toContain(`Normal InstallSucceeded ${message}`);
  expect(status('history', 0)).toMatchObject({
    apiVersion: 'v2',
    name: 'web',
    version: 1,
    status: 'deployed',
    chartVersion: '1.0.0',
    appVersion: '9',
  });
  expect(status('inventory', 'entries')).toEqual([{ id: 'default_web__ConfigMap', v: 'v1' }]);
  expect(status('observedGeneration')).toBe(1);
  expect(releases().map((r) => [r.version, r.info.status, r.info.description])).toEqual([[1, 'deployed', 'Install complete']]);
});

test('other values and other charts upgrade; nothing new does nothing', async () => {
  await start();
  await install();
  await world.until('web is ready', isReady);
  await world.advance(1_300_000);
  expect(releases()).toHaveLength(1);
  await world.apply(helmRelease('web', { values: { v: 'two' } }));
  await world.until('the upgrade', () => getPath(world.find('ConfigMap', 'default/web'), ['data', 'v']) === 'two' && isReady());
  await world.chart(KEY, chartFiles('2.0.0'));
  await world.until('the chart', () => status('history', 0, 'chartVersion') === '2.0.0' && isReady());
  expect(releases().map((r) => [r.version, r.info.status])).toEqual([
    [1, 'superseded'],
    [2, 'superseded'],
    [3, 'deployed'],
  ]);
  expect(condition('Released')).toMatchObject({
    reason: 'UpgradeSucceeded',
    message: 'Helm upgrade succeeded for release default/web.v3 with chart web@2.0.0',
  });
  expect((status('history') as readonly JsonObject[]).map((s) => [s['version'], s['status']])).toEqual([
    [3, 'deployed'],
    [2, 'superseded'],
  ]);
});

test('an upgrade keeps the values of the release where it is told to, and one upgrade settles it', async () => {
  await start();
  await install({ values: { v: 'mine' } });
  await world.until('web is ready', isReady);
  await world.apply(helmRelease('web', { values: { other: 'x' }, upgrade: { preserveValues: true } }));
  await world.until('the upgrade', () => status('history', 0, 'version') === 2 && isReady());
  expect(getPath(world.find('ConfigMap', 'default/web'), ['data', 'v'])).toBe('mine');
  await world.advance(1_300_000);
  expect(releases().map((r) => r.config)).toEqual([{ v: 'mine' }, { v: 'mine', other: 'x' }]);
});

test('what a new chart no longer has is deleted, unless it asks to be kept', async () => {
  await start();
  const other = (name: string, keep: string): string =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, annotations: {${keep}}}\n`;
  await install(
    {},
    chartFiles('1.0.0', { 'templates/a.yaml': other('gone', ''), 'templates/b.yaml': other('kept', 'helm.sh/resource-policy: keep') }),
  );
  await world.until('web is ready', isReady);
  await world.chart(KEY, chartFiles('1.1.0'));
  await world.until('the upgrade', () => status('history', 0, 'chartVersion') === '1.1.0' && isReady());
  expect(world.find('ConfigMap', 'default/gone')).toBeUndefined();
  expect(world.find('ConfigMap', 'default/kept')).toBeDefined();
});

test('hooks run before and after by weight, and go when they have succeeded', async () => {
  await start();
  const seen: string[] = [];
  world.server.onChange((c) => {
    if (c.type === 'ADDED' && (typeOf(c.object).kind === 'Job' || getString(c.object, ['metadata', 'name']) === 'web')) {
      if (typeOf(c.object).kind !== 'HelmRelease') seen.push(getString(c.object, ['metadata', 'name']) ?? '');
    }
  });
  const done = ', helm.sh/hook-delete-policy: hook-succeeded';
  await install(
    {},
    chartFiles('1.0.0', {
      'templates/post.yaml': job('post', 'post-install', done),
      'templates/second.yaml': job('second', 'pre-install', `${done}, helm.sh/hook-weight: "2"`),
      'templates/first.yaml': job('first', 'pre-install', `${done}, helm.sh/hook-weight: "-1"`),
    }),
  );
  await world.until('web is ready', isReady);
  expect(seen).toEqual(['first', 'second', 'web', 'post']);
  expect(world.find('Job', 'default/first')).toBeUndefined();
  expect(releases()[0]?.hooks?.map((h) => h.last_run?.phase)).toEqual(['Succeeded', 'Succeeded', 'Succeeded']);
});

test('a failed install without retries is stalled', async () => {
  await start();
  await install({}, chartFiles('1.0.0', { 'templates/pre.yaml': failingJob('pre', 'pre-install') }));
  await world.until('web is stalled', () => condition('Stalled')?.['status'] === 'True');
  expect(condition('Stalled')).toMatchObject({ reason: 'RetriesExceeded', message: 'Failed to install after 1 attempt(s)' });
  expect(world.ready('HelmRelease', 'default/web')).toMatchObject({ status: 'False', reason: 'InstallFailed' });
  expect(world.ready('HelmRelease', 'default/web')?.message).toMatch(
    /^Helm install failed for release default\/web with chart web@1\.0\.0: failed pre-install: job pre failed: BackoffLimitExceeded$/,
  );
  expect(releases().map((r) => r.info.status)).toEqual(['failed']);
  expect([status('failures'), status('installFailures')]).toEqual([1, 1]);
});

test('a failed install with retries is uninstalled and tried again, and a better chart resets the count', async () => {
  await start();
  await install(
    { install: { remediation: { retries: 2 } } },
    chartFiles('1.0.0', { 'templates/pre.yaml': failingJob('pre', 'pre-install') }),
  );
  await world.until('web is stalled', () => condition('Stalled')?.['status'] === 'True');
  expect(condition('Stalled')?.['message']).toBe('Failed to install after 3 attempt(s)');
  expect(
    world.events('web').filter((e) => e.startsWith('Normal UninstallSucceeded Helm uninstall remediation for release default/web.v1')),
  ).not.toEqual([]);
  await world.chart(KEY, chartFiles('1.0.1'));
  await world.until('web is ready', isReady);
  expect([condition('Stalled'), status('installFailures')]).toEqual([undefined, undefined]);
});

test('a failed upgrade is rolled back to the release before it', async () => {
  await start();
  await install({ upgrade: { remediation: { retries: 1 } } });
  await world.until('web is ready', isReady);
  await world.chart(KEY, chartFiles('2.0.0', { 'templates/pre.yaml': failingJob('pre', 'post-upgrade') }));
  await world.until('web is remediated', () => condition('Stalled')?.['status'] === 'True' && condition('Remediated') !== undefined);
  expect(condition('Remediated')).toMatchObject({
    status: 'True',
    reason: 'RollbackSucceeded',
    message: 'Helm rollback to previous release default/web.v3 with chart web@1.0.0 succeeded',
  });
  expect(world.events('web')).toContain(
    'Normal RollbackSucceeded Helm rollback to previous release default/web.v1 with chart web@1.0.0 succeeded',
  );
  expect(world.ready('HelmRelease', 'default/web')).toMatchObject({ status: 'False', reason: 'RollbackSucceeded' });
  expect(getPath(world.find('ConfigMap', 'default/web'), ['data', 'chart'])).toBe('1.0.0');
});

test('tests run after a release, and their failure is one of the release', async () => {
  await start();
  await install({ test: { enable: true } }, chartFiles('1.0.0', { 'templates/tests/t.yaml': job('t', 'test') }));
  await world.until('web is tested', () => condition('TestSuccess')?.['status'] === 'True' && isReady());
  expect(condition('TestSuccess')?.['message']).toBe(
    'Helm test succeeded for release default/web.v1 with chart web@1.0.0: 1 test hook completed successfully',
  );
  expect(status('history', 0, 'testHooks', 't', 'phase')).toBe('Succeeded');
  await world.chart(KEY, chartFiles('1.0.1', { 'templates/tests/t.yaml': failingJob('t', 'test') }));
  await world.until('the test fails', () => condition('TestSuccess')?.['status'] === 'False');
  expect(condition('TestSuccess')?.['message']).toMatch(/^Helm test failed for release default\/web.v2 with chart web@1.0.1: /);
  await world.until('web is stalled', () => condition('Stalled')?.['status'] === 'True');
});

test('a deleted HelmRelease uninstalls its release and takes its HelmChart along', async () => {
  await start();
  await install(
    {},
    chartFiles('1.0.0', { 'templates/del.yaml': job('del', 'pre-delete', ', helm.sh/hook-delete-policy: hook-succeeded') }),
  );
  await world.until('web is ready', isReady);
  await world.client.delete({ apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' }, { namespace: 'default', name: 'web' });
  await world.until('web is gone', () => world.find('HelmRelease', 'default/web') === undefined);
  expect(world.find('ConfigMap', 'default/web')).toBeUndefined();
  expect(world.find('HelmChart', KEY)).toBeUndefined();
  expect(releases()).toEqual([]);
  expect(world.events('web')).toContain(
    'Normal UninstallSucceeded Helm uninstall succeeded for release default/web.v1 with chart web@1.0.0',
  );
});

test('another release name uninstalls the old release first', async () => {
  await start();
  await install();
  await world.until('web is ready', isReady);
  await world.apply(helmRelease('web', { releaseName: 'other' }));
  await world.until('the new release', () => status('history', 0, 'name') === 'other' && isReady());
  expect(world.find('ConfigMap', 'default/web')).toBeUndefined();
  expect(world.find('ConfigMap', 'default/other')).toBeDefined();
});

test.each([
  { mode: 'warn', corrected: false },
  { mode: 'enabled', corrected: true },
])('drift is found and corrected: $corrected with mode $mode', async ({ mode, corrected }) => {
  await start();
  await install({ driftDetection: { mode } });
  await world.until('web is ready', isReady);
  const type = { apiVersion: 'v1', kind: 'ConfigMap' };
  await world.client.patch(
    type,
    { namespace: 'default', name: 'web' },
    { kind: 'merge', patch: { metadata: { labels: { foreign: 'x' } }, data: { v: 'drifted' } } },
  );
  await world.until('the drift is noticed', () => world.events('web').some((e) => e.startsWith('Warning DriftDetected')));
  expect(world.events('web')).toContain(
    'Warning DriftDetected Cluster state of release default/web.v1 has drifted from the desired state:\nConfigMap/default/web changed (0 additions, 1 changes, 0 removals)',
  );
  const foreign = getPath(world.find('ConfigMap', 'default/web'), ['metadata', 'labels', 'foreign']);
  expect(foreign).toBe('x'); // labels of others are no drift
  await world.advance(10_000);
  expect(getPath(world.find('ConfigMap', 'default/web'), ['data', 'v'])).toBe(corrected ? 'default' : 'drifted');
});

test('a release that somebody else has upgraded is taken back by an upgrade', async () => {
  await start();
  await install();
  await world.until('web is ready', isReady);
  const secret = world.find('Secret', 'default/sh.helm.release.v1.web.v1') as JsonObject;
  await world.client.delete({ apiVersion: 'v1', kind: 'Secret' }, { namespace: 'default', name: 'sh.helm.release.v1.web.v1' });
  expect(secret).toBeDefined();
  await world.until('a new install', () => releases().length === 1 && isReady());
  expect(status('history', 0, 'version')).toBe(1);
});

test('a pending release that nobody works on is unlocked and upgraded', async () => {
  await start();
  await install();
  await world.until('web is ready', isReady);
  const record = releases()[0] as ReleaseRecord;
  const { encodeReleaseSecret } = await import('@flux-ts/helm');
  const pending = { ...record, version: 2, info: { ...record.info, status: 'pending-upgrade' as const } };
  await world.client.create(encodeReleaseSecret(pending, { namespace: 'default', createdAtSeconds: 1 }));
  await world.until('the unlock', () => world.events('web').some((e) => e.includes('Unlocked Helm release')));
  expect(world.events('web')).toContain(
    'Normal PendingRelease Unlocked Helm release default/web.v2 with chart web@1.0.0 in pending-upgrade state',
  );
  await world.until('the upgrade', () => status('history', 0, 'version') === 3 && isReady());
});

test('values come from ConfigMaps and Secrets; a missing one is told', async () => {
  await start();
  await world.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'vals', namespace: 'default' },
    data: { 'values.yaml': 'v: from-map\n' },
  });
  await install({
    valuesFrom: [
      { kind: 'ConfigMap', name: 'vals' },
      { kind: 'Secret', name: 'late' },
    ],
  });
  await world.until('the values are missing', () => world.ready('HelmRelease', 'default/web')?.reason === 'ValuesError');
  expect(world.ready('HelmRelease', 'default/web')?.message).toContain('"late" not found');
  await world.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'late', namespace: 'default' },
    stringData: { 'values.yaml': 'other: x\n' },
  });
  await world.until('web is ready', isReady);
  expect(getPath(world.find('ConfigMap', 'default/web'), ['data', 'v'])).toBe('from-map');
});

test('a template that looks something up sees the cluster', async () => {
  await start();
  await world.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'there', namespace: 'default' }, data: { k: 'found' } });
  const text =
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: looked}\ndata:\n  k: {{ (lookup "v1" "ConfigMap" "default" "there").data.k | default "lost" }}\n';
  await install({}, chartFiles('1.0.0', { 'templates/l.yaml': text }));
  await world.until('web is ready', isReady);
  expect(getPath(world.find('ConfigMap', 'default/looked'), ['data', 'k'])).toBe('found');
});

test('a HelmChart in another namespace is refused where that is told', async () => {
  await start({ noCrossNamespaceRefs: true });
  const chart = { spec: { chart: 'web', sourceRef: { kind: 'HelmRepository', name: 'repo', namespace: 'flux-system' } } };
  await world.apply(helmRelease('web', { chart }));
  await world.until('web is refused', () => world.ready('HelmRelease', 'default/web')?.reason === 'AccessDenied');
  expect(world.find('HelmChart', 'flux-system/default-web')).toBeUndefined();
});
