import { mkdtempSync, rmSync, writeFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { unpackTarGz } from '@flux-ts/archive';
import { getPath, getString, type JsonObject } from '@flux-ts/base';
import { runGit, serveGit, type GitServer } from '@flux-ts/git';
import { chartArchive, loadChart } from '@flux-ts/helm';
import { HELM_CHART_LAYER, HELM_CONFIG, parseReference, pushArtifact, serveRegistry, type OciRegistry } from '@flux-ts/oci';
import { artifactOf, ArtifactStore } from '@flux-ts/runtime';
import { createWorld, type World } from '../../test/world.ts';
import { createSourceController } from './controller.ts';

const root = mkdtempSync(join(tmpdir(), 'flux-source-test-'));
const credentials = { username: 'git', password: 's3cret' };
let git: GitServer;
let registry: OciRegistry;
let world: World;
let store: ArtifactStore;

beforeAll(async () => {
  mkdirSync(join(root, 'repo'));
  await runGit(['init', '-q', '-b', 'main', '--', join(root, 'repo')]);
  git = await serveGit({ repository: (path) => (path === '/repo.git' ? join(root, 'repo', '.git') : undefined), credentials });
  registry = await serveRegistry();
});

afterAll(async () => {
  await git.close();
  await registry.close();
  rmSync(root, { recursive: true, force: true });
});

beforeEach(async () => {
  world = await createWorld({ real: true });
  const dir = mkdtempSync(join(root, 'run-'));
  mkdirSync(join(dir, 'work'));
  store = new ArtifactStore({
    rootDir: join(dir, 'artifacts'),
    hostname: 'artifacts',
    clock: world.clock,
    retentionTtlMs: 0,
    retentionRecords: 1,
  });
  const resolve = (url: string): string => url.replace('oci://registry.example', `http://${registry.host}`);
  world.start(
    createSourceController(
      { ...world.deps(), store, resolve, workDir: join(dir, 'work') },
      { requeueDependencyMs: 50, minRetryDelayMs: 50 },
    ),
  );
});

afterEach(() => world.close());

async function commit(message: string, files: Readonly<Record<string, string>>): Promise<string> {
  const repo = join(root, 'repo');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(repo, path, '..'), { recursive: true });
    writeFileSync(join(repo, path), text);
  }
  const run = (...args: string[]): Promise<Buffer> =>
    runGit(['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: repo });
  await run('add', '-A');
  await run('commit', '-q', '--allow-empty', '-m', message);
  return (await run('rev-parse', 'HEAD')).toString().trim();
}

const SOURCE = 'source.toolkit.fluxcd.io/v1';

function repository(spec: JsonObject = {}): JsonObject {
  const body = { url: `${git.url}/repo.git`, interval: '1h', ref: { branch: 'main' }, secretRef: { name: 'auth' }, ...spec };
  return { apiVersion: SOURCE, kind: 'GitRepository', metadata: { name: 'repo', namespace: 'default' }, spec: body };
}

const SECRET = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'auth', namespace: 'default' }, stringData: credentials };

async function request(kind: string, name: string): Promise<void> {
  const at = String(world.clock.now());
  const patch = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': at } } };
  await world.client.patch({ apiVersion: SOURCE, kind }, { namespace: 'default', name }, { kind: 'merge', patch });
  await world.until(
    'the request is handled',
    () => getPath(world.find(kind, `default/${name}`), ['status', 'lastHandledReconcileAt']) === at,
  );
}

async function filesOf(kind: string, name: string): Promise<readonly string[]> {
  const artifact = artifactOf(world.find(kind, `default/${name}`) as JsonObject);
  return artifact === undefined ? [] : unpackTarGz(await store.read(artifact)).map((e) => e.path);
}

const ready = (kind: string, name: string): string => {
  const c = world.ready(kind, `default/${name}`);
  return c === undefined ? '' : `${c.status} ${c.reason} ${c.message}`;
};

test('a GitRepository stores its revision, and clones again only for another', async () => {
  const first = await commit('first commit\n\nmore', {
    'app/a.yaml': 'a: 1\n',
    '.sourceignore': 'ignored/\n',
    'ignored/x': '',
    'pic.jpg': '',
  });
  symlinkSync('a.yaml', join(root, 'repo', 'app', 'link.yaml'));
  await world.apply(SECRET, repository());
  const revision = `main@sha1:${first}`;
  await world.until('repo is ready', () => ready('GitRepository', 'repo') === `True Succeeded stored artifact for revision '${revision}'`);
  expect(await filesOf('GitRepository', 'repo')).toEqual(['.sourceignore', 'app/a.yaml', 'pic.jpg']);
  expect(world.events('repo')).toContain("Normal NewArtifact stored artifact for commit 'first commit'");
  expect(artifactOf(world.find('GitRepository', 'default/repo') as JsonObject)).toMatchObject({
    revision,
    path: `gitrepository/default/repo/${first}.tar.gz`,
    url: `http://artifacts/gitrepository/default/repo/${first}.tar.gz`,
  });
  await request('GitRepository', 'repo');
  expect(world.counters.get('git.clone')).toBe(1);
  expect(world.events('repo')).toContain(
    `Normal GitOperationSucceeded no changes since last reconciliation: observed revision '${revision}'`,
  );
  const second = await commit('second', { 'app/a.yaml': 'a: 2\n' });
  await request('GitRepository', 'repo');
  expect(getString(world.find('GitRepository', 'default/repo'), ['status', 'artifact', 'revision'])).toBe(`main@sha1:${second}`);
  expect(await filesOf('GitRepository', 'repo')).toEqual(['.sourceignore', 'app/a.yaml', 'app/link.yaml', 'pic.jpg']);
  await world.apply(repository({ ignore: '/*\n!/app\n' }));
  await world.until(
    'the other content',
    () => getPath(world.find('GitRepository', 'default/repo'), ['status', 'observedIgnore']) !== undefined,
  );
  expect(await filesOf('GitRepository', 'repo')).toEqual(['app/a.yaml', 'app/link.yaml']);
});

test.each([
  {
    name: 'credentials that are not there',
    spec: { secretRef: { name: 'gone' } },
    want: /^False AuthenticationFailed failed to get secret 'default\/gone': secrets "gone" not found$/,
  },
  { name: 'no credentials', spec: { secretRef: null }, want: /^False GitOperationFailed failed to checkout and determine revision: / },
  {
    name: 'a branch that is not there',
    spec: { ref: { branch: 'x' } },
    want: /^False GitOperationFailed failed to checkout and determine revision: couldn't find remote ref "refs\/heads\/x"$/,
  },
  {
    name: 'an ssh URL without a key',
    spec: { url: 'ssh://git@127.0.0.1/x' },
    want: /^False AuthenticationFailed failed to configure authentication options: /,
  },
])('a GitRepository fails with $name', async ({ spec, want }) => {
  await world.apply(SECRET);
  const object = repository();
  const body = Object.fromEntries(Object.entries({ ...(object['spec'] as JsonObject), ...spec }).filter(([, v]) => v !== null));
  await world.apply({ ...object, spec: body });
  await world.until('the failure', () => want.test(ready('GitRepository', 'repo')));
});

test('a file URL never reaches the controller', async () => {
  await expect(world.apply(repository({ url: 'file:///tmp/x' }))).rejects.toThrow(/spec.url/);
});

function chart(version: string, name = 'web'): Uint8Array {
  const text = `apiVersion: v2\nname: ${name}\nversion: ${version}\n`;
  const files = { 'Chart.yaml': text, 'values.yaml': 'a: 1\nb: {c: 2}\n', 'prod.yaml': 'b: {c: 3}\n', 'templates/cm.yaml': 'kind: x\n' };
  return chartArchive(loadChart({ files: Object.entries(files).map(([file, data]) => ({ name: file, data: Buffer.from(data) })) }));
}

function serveIndex(versions: readonly string[]): void {
  const entry = (v: string): string =>
    `  - {name: web, version: ${v}, apiVersion: v2, urls: ["charts/web-${v}.tgz"], created: "2026-01-01T00:00:00Z"}\n`;
  world.files.set('https://charts.example/index.yaml', Buffer.from(`apiVersion: v1\nentries:\n  web:\n${versions.map(entry).join('')}`));
  for (const v of versions) world.files.set(`https://charts.example/charts/web-${v}.tgz`, chart(v));
}

const HELM_REPOSITORY = { apiVersion: SOURCE, kind: 'HelmRepository', metadata: { name: 'charts', namespace: 'default' } };

function helmChart(spec: JsonObject = {}): JsonObject {
  const body = { chart: 'web', version: '1.x', interval: '1h', sourceRef: { kind: 'HelmRepository', name: 'charts' }, ...spec };
  return { apiVersion: SOURCE, kind: 'HelmChart', metadata: { name: 'web', namespace: 'default' }, spec: body };
}

test('a HelmChart takes the highest version in its range from the index, and a newer one when the index has it', async () => {
  serveIndex(['1.0.0', '1.2.0', '2.0.0', '1.3.0-rc.1']);
  await world.apply(helmChart(), { ...HELM_REPOSITORY, spec: { url: 'https://charts.example', interval: '1h' } });
  await world.until('the chart', () => ready('HelmChart', 'web') === "True ChartPullSucceeded pulled 'web' chart with version '1.2.0'");
  expect(ready('HelmRepository', 'charts')).toMatch(/^True Succeeded stored artifact: revision 'sha256:[0-9a-f]{64}'$/);
  expect(
    world
      .events('charts')
      .some((e) => /^Normal NewArtifact stored fetched index of size [\d.]+k?B from 'https:\/\/charts.example'$/.test(e)),
  ).toBe(true);
  expect(world.events('web')).toContain("Normal ChartPullSucceeded pulled 'web' chart with version '1.2.0'");
  expect(getPath(world.find('HelmChart', 'default/web'), ['status', 'url'])).toBe('http://artifacts/helmchart/default/web/latest.tar.gz');
  serveIndex(['1.2.0', '1.4.0']);
  await request('HelmRepository', 'charts');
  await world.until('the newer chart', () => ready('HelmChart', 'web').endsWith("version '1.4.0'"));
});

test('values files are merged into the chart, and its version tells the generation', async () => {
  serveIndex(['1.0.0']);
  await world.apply(
    { ...HELM_REPOSITORY, spec: { url: 'https://charts.example', interval: '1h' } },
    helmChart({ valuesFiles: ['values.yaml', 'prod.yaml'] }),
  );
  await world.until('the chart', () => ready('HelmChart', 'web').startsWith('True'));
  expect(ready('HelmChart', 'web')).toBe(
    "True ChartPackageSucceeded packaged 'web' chart with version '1.0.0+1' and merged values files [values.yaml prod.yaml]",
  );
  const artifact = artifactOf(world.find('HelmChart', 'default/web') as JsonObject);
  expect(loadChart({ archive: await store.read(artifact as NonNullable<typeof artifact>) }).values).toEqual({ a: 1, b: { c: 3 } });
});

test.each([
  {
    name: 'a chart that is not there',
    spec: { chart: 'other' },
    want: /^False InvalidChartReference invalid chart reference: failed to get chart version for remote reference: no chart name found$/,
  },
  { name: 'a range that nothing is in', spec: { version: '9.x' }, want: /no 'web' chart with version matching '9.x' found$/ },
  {
    name: 'a values file that is not there',
    spec: { valuesFiles: ['gone.yaml'] },
    want: /^False ValuesFilesError values files merge error: no values file found at path 'gone.yaml'$/,
  },
])('a HelmChart is stalled with $name', async ({ spec, want }) => {
  serveIndex(['1.0.0']);
  await world.apply({ ...HELM_REPOSITORY, spec: { url: 'https://charts.example', interval: '1h' } }, helmChart(spec));
  await world.until('the failure', () => want.test(ready('HelmChart', 'web')));
  const conditions = getPath(world.find('HelmChart', 'default/web'), ['status', 'conditions']) as readonly JsonObject[];
  expect(conditions.some((c) => c['type'] === 'Stalled' && c['status'] === 'True')).toBe(true);
});

test('a repository in a registry is static: its status is wiped once, and its charts are pulled', async () => {
  for (const version of ['1.0.0', '1.1.0+build.5'])
    await pushArtifact(
      parseReference(`oci://${registry.host}/charts/web:${version.replaceAll('+', '_')}`),
      { layer: chart(version), layerMediaType: HELM_CHART_LAYER, config: Buffer.from('{}'), configMediaType: HELM_CONFIG },
      { auth: { insecure: true } },
    );
  await world.apply({ ...HELM_REPOSITORY, spec: { type: 'oci', url: 'oci://registry.example/charts', interval: '1h' } }, helmChart());
  await world.until('the wipe', () => JSON.stringify(world.find('HelmRepository', 'default/charts')?.['status'] ?? {}) === '{}');
  expect(getPath(world.find('HelmRepository', 'default/charts'), ['metadata', 'finalizers'])).toBeUndefined();
  await world.until(
    'the chart',
    () => ready('HelmChart', 'web') === "True ChartPullSucceeded pulled 'web' chart with version '1.1.0+build.5'",
  );
});

test('a HelmChart from a source tree is packaged, with the revision in its version where that is asked for', async () => {
  const hash = await commit('chart', {
    'charts/web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
    'charts/web/templates/a.yaml': 'a: 1\n',
  });
  await world.apply(
    SECRET,
    repository(),
    helmChart({ chart: './charts/web', sourceRef: { kind: 'GitRepository', name: 'repo' }, reconcileStrategy: 'Revision' }),
  );
  const version = `0.1.0+${hash.slice(0, 12)}`;
  await world.until(
    'the chart',
    () => ready('HelmChart', 'web') === `True ChartPackageSucceeded packaged 'web' chart with version '${version}'`,
  );
});

test('a chart of a source tree gets the dependencies it lacks: from the tree, and from a repository', async () => {
  serveIndex(['1.0.0', '1.4.0', '2.0.0']);
  const dependencies = [
    '- {name: shared, version: ">=0.2", repository: "file://../shared"}',
    '- {name: web, version: 1.x, repository: "https://charts.example"}',
  ];
  await commit('umbrella', {
    'charts/umbrella/Chart.yaml': `apiVersion: v2\nname: umbrella\nversion: 0.1.0\ndependencies:\n${dependencies.join('\n')}\n`,
    'charts/shared/Chart.yaml': 'apiVersion: v2\nname: shared\nversion: 0.2.5\n',
    'charts/shared/templates/a.yaml': 'a: 1\n',
  });
  await world.apply(SECRET, repository(), helmChart({ chart: 'charts/umbrella', sourceRef: { kind: 'GitRepository', name: 'repo' } }));
  await world.until('the chart', () => ready('HelmChart', 'web').startsWith('True'));
  const artifact = artifactOf(world.find('HelmChart', 'default/web') as JsonObject);
  const built = loadChart({ archive: await store.read(artifact as NonNullable<typeof artifact>) });
  expect(built.subcharts.map((c) => `${c.metadata.name} ${c.metadata.version ?? ''}`)).toEqual(['shared 0.2.5', 'web 1.4.0']);
});

test.each([
  {
    dependency: '{name: gone, repository: "file://../gone"}',
    want: "failed to add local dependency 'gone': no chart found at '/charts/gone'",
  },
  {
    dependency: '{name: shared, version: 3.x, repository: "file://../shared"}',
    want: "failed to add local dependency 'shared': can't get a valid version for constraint '3.x'",
  },
  { dependency: '{name: other, version: 1.x, repository: "https://charts.example"}', want: "failed to add remote dependency 'other': " },
  { dependency: '{name: x, version: 1.x, repository: "@stable"}', want: 'aliased repository dependency is not supported' },
])('a dependency that cannot be had fails the chart: $dependency', async ({ dependency, want }) => {
  serveIndex(['1.0.0']);
  await commit('broken', {
    'charts/broken/Chart.yaml': `apiVersion: v2\nname: broken\nversion: 0.1.0\ndependencies:\n- ${dependency}\n`,
    'charts/shared/Chart.yaml': 'apiVersion: v2\nname: shared\nversion: 0.2.5\n',
  });
  await world.apply(SECRET, repository(), helmChart({ chart: 'charts/broken', sourceRef: { kind: 'GitRepository', name: 'repo' } }));
  await world.until('the failure', () => ready('HelmChart', 'web').startsWith('False DependencyBuildError dependency build error: '));
  expect(ready('HelmChart', 'web')).toContain(want);
});

test('an artifact that has been tampered with is made anew', async () => {
  await commit('again', { 'app/a.yaml': 'a: 3\n' });
  await world.apply(SECRET, repository());
  await world.until('repo is ready', () => ready('GitRepository', 'repo').startsWith('True'));
  const artifact = artifactOf(world.find('GitRepository', 'default/repo') as JsonObject);
  writeFileSync(store.fileOf(artifact?.path ?? ''), 'other');
  await request('GitRepository', 'repo');
  expect(
    world
      .events('repo')
      .some((e) => e.startsWith('Warning ArtifactVerificationFailed failed to verify integrity of artifact: computed digest')),
  ).toBe(true);
  expect((await filesOf('GitRepository', 'repo')).includes('app/a.yaml')).toBe(true);
});

test('a deleted source takes its artifacts along', async () => {
  await world.apply(SECRET, repository());
  await world.until('repo is ready', () => ready('GitRepository', 'repo').startsWith('True'));
  const artifact = artifactOf(world.find('GitRepository', 'default/repo') as JsonObject) as NonNullable<ReturnType<typeof artifactOf>>;
  await world.client.delete({ apiVersion: SOURCE, kind: 'GitRepository' }, { namespace: 'default', name: 'repo' });
  await world.until('repo is gone', () => world.find('GitRepository', 'default/repo') === undefined);
  expect(await store.exists(artifact)).toBe(false);
});
