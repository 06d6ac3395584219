// Releases written here are listed, shown, upgraded and rolled back by the real helm 3 and 4 against the embedded API
// server, and theirs are read here.  npx tsx --conditions=flux-ts-source tests/oracle/helm/releases.ts
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DiskFileSystem } from '@flux-ts/archive';
import { createApiServer } from '@flux-ts/apiserver';
import { getString, isObject, RealClock, systemRandom, type JsonObject } from '@flux-ts/base';
import {
  decodeReleaseSecret,
  encodeReleaseSecret,
  loadChart,
  newRelease,
  observationDigest,
  releaseJson,
  releaseSecretName,
  renderChart,
  type HelmMajor,
  type ReleaseRecord,
} from '@flux-ts/helm';
import { oraclePath } from '../../../tools/oracle.mjs';

const run = promisify(execFile);
const clock = new RealClock();
let passed = 0;
let failed = 0;

function check(what: string, ok: boolean, seen: unknown = ''): void {
  if (ok) passed++;
  else {
    failed++;
    console.log(`FAIL ${what} ${typeof seen === 'string' ? seen : JSON.stringify(seen)}`);
  }
}

const dir = mkdtempSync(join(tmpdir(), 'releases-'));
const chartDir = join(dir, 'chart');
mkdirSync(join(chartDir, 'templates'), { recursive: true });
writeFileSync(
  join(chartDir, 'Chart.yaml'),
  'apiVersion: v2\nname: demo\nversion: 1.2.3\nappVersion: "4.5"\ndescription: "a < b & c > d é"\nkeywords: [x]\n',
);
writeFileSync(join(chartDir, 'values.yaml'), 'text: "<tag> & more"\nnumber: 1000000\nnested: {list: [1, a, null], off: false}\n');
writeFileSync(join(chartDir, 'templates/NOTES.txt'), 'Thanks for {{ .Release.Name }}.\n');
writeFileSync(
  join(chartDir, 'templates/map.yaml'),
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-map\ndata:\n  text: {{ .Values.text | quote }}\n  revision: "{{ .Release.Revision }}"\n  extra: {{ .Values.extra | default "none" | quote }}\n',
);
writeFileSync(
  join(chartDir, 'templates/hook.yaml'),
  'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-hook\n  annotations:\n    helm.sh/hook: post-upgrade\n    helm.sh/hook-weight: "3"\n    helm.sh/hook-delete-policy: hook-succeeded\n',
);

/** What our own installation would record. */
function ourRelease(name: string, helmVersion: HelmMajor): ReleaseRecord {
  const chart = loadChart({ fs: new DiskFileSystem(chartDir), path: '/' });
  const values = { extra: 'ours', n: 1.5, list: [{ a: '<b>' }] };
  const rendered = renderChart({ chart, values, release: { name, namespace: 'ns' }, helmVersion, clock, random: systemRandom });
  return newRelease(rendered, {
    name,
    namespace: 'ns',
    revision: 1,
    status: 'deployed',
    description: 'Install complete',
    nowText: '2026-01-02T03:04:05.678901234Z',
    applyMethod: helmVersion === 4 ? 'ssa' : 'csa',
  });
}

const server = await createApiServer({ clock, random: systemRandom });
const listener = await server.listen();
const api = server.transport();
const kubeconfig = join(dir, 'kubeconfig');
writeFileSync(
  kubeconfig,
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: listener.url } }],
    users: [{ name: 'u', user: { token: listener.token } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'ns' } }],
    'current-context': 'x',
  }),
);
const secretPath = (name: string): string => `/api/v1/namespaces/ns/secrets/${name}`;

async function body(path: string): Promise<JsonObject> {
  const answer = await api.request({ method: 'GET', path });
  if (answer.status !== 200 || !isObject(answer.body)) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

try {
  server.seed([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns' } }]);
  for (const [helmVersion, program] of [
    [4, oraclePath('helm4')],
    [3, oraclePath('helm3')],
  ] as const) {
    if (program === undefined) {
      console.log(`helm ${helmVersion} is not installed (node tools/oracle.mjs install): skipped`);
      continue;
    }
    const env = { ...process.env, KUBECONFIG: kubeconfig, HELM_CACHE_HOME: dir, HELM_CONFIG_HOME: dir, HELM_DATA_HOME: dir };
    const helm = async (...args: string[]): Promise<string> => {
      try {
        return (await run(program, args, { env })).stdout;
      } catch (error) {
        return `failed: ${String((error as { stderr?: unknown }).stderr)}`;
      }
    };
    const ours = `ours${helmVersion}`;
    const record = ourRelease(ours, helmVersion);
    const created = await api.request({
      method: 'POST',
      path: '/api/v1/namespaces/ns/secrets',
      body: encodeReleaseSecret(record, { namespace: 'ns', createdAtSeconds: clock.now() / 1000 }),
    });
    check(`${ours}: the Secret is stored`, created.status === 201, created.body);
    const list = JSON.parse((await helm('list', '-o', 'json')) || '[]') as {
      name: string;
      chart: string;
      status: string;
      app_version: string;
    }[];
    const listed = list.find((r) => r.name === ours);
    check(
      `helm ${helmVersion} lists ours`,
      listed?.chart === 'demo-1.2.3' && listed.status === 'deployed' && listed.app_version === '4.5',
      list,
    );
    const manifest = await helm('get', 'manifest', ours);
    check(`helm ${helmVersion} shows our manifest`, manifest.trim() === record.manifest.trim(), manifest);
    const shownValues = JSON.parse(await helm('get', 'values', ours, '-o', 'json')) as unknown;
    check(
      `helm ${helmVersion} shows our values`,
      JSON.stringify(shownValues) === '{"extra":"ours","list":[{"a":"\\u003cb\\u003e"}],"n":1.5}' ||
        JSON.stringify(shownValues) === JSON.stringify({ extra: 'ours', list: [{ a: '<b>' }], n: 1.5 }),
      shownValues,
    );
    const notes = await helm('get', 'notes', ours);
    check(`helm ${helmVersion} shows our notes`, notes.includes(`Thanks for ${ours}.`), notes);
    const hooks = await helm('get', 'hooks', ours);
    check(`helm ${helmVersion} shows our hooks`, hooks.includes(`name: ${ours}-hook`), hooks);
    const upgraded = await helm('upgrade', ours, chartDir, '--reuse-values', '--set', 'extra=theirs');
    check(`helm ${helmVersion} upgrades ours`, upgraded.includes('has been upgraded'), upgraded);
    const map = await body(`/api/v1/namespaces/ns/configmaps/${ours}-map`);
    check(`helm ${helmVersion} applied the upgrade`, getString(map, ['data', 'extra']) === 'theirs', map);
    const second = decodeReleaseSecret(await body(secretPath(releaseSecretName(ours, 2))));
    check(
      'its revision is read here',
      second.version === 2 && second.info.status === 'deployed' && second.config?.['extra'] === 'theirs',
      second,
    );
    const first = decodeReleaseSecret(await body(secretPath(releaseSecretName(ours, 1))));
    check('our revision was superseded', first.info.status === 'superseded', first.info);
    const back = await helm('rollback', ours, '1');
    check(`helm ${helmVersion} rolls back to ours`, back.includes('Rollback was a success'), back);

    const theirs = `theirs${helmVersion}`;
    const installed = await helm('install', theirs, chartDir, '--set', 'extra=<x>,text=null');
    check(`helm ${helmVersion} installs`, installed.includes('STATUS: deployed'), installed);
    const secret = await body(secretPath(releaseSecretName(theirs, 1)));
    const read = decodeReleaseSecret(secret);
    const chart = loadChart({ fs: new DiskFileSystem(chartDir), path: '/' });
    const mine = renderChart({
      chart,
      values: read.config ?? {},
      release: { name: theirs, namespace: 'ns' },
      helmVersion,
      clock,
      random: systemRandom,
    });
    check('their manifest is what we render', read.manifest === mine.manifest, read.manifest);
    check('their chart is read', read.chart.metadata?.version === '1.2.3' && read.info.status === 'deployed', read.chart.metadata);
    check(
      'their digest is stable',
      observationDigest(read) === observationDigest(decodeReleaseSecret(encodeReleaseSecret(read, { namespace: 'ns' }))),
    );
    const again = encodeReleaseSecret(read, { namespace: 'ns', createdAtSeconds: 1 });
    const original = JSON.parse(releaseJson(read)) as JsonObject;
    check(
      'nothing is lost between reading and writing',
      JSON.stringify(original) === JSON.stringify(JSON.parse(releaseJson(decodeReleaseSecret(again)))),
      original,
    );
    const before = await helm('get', 'all', theirs);
    const labels = { metadata: { ...(secret['metadata'] as JsonObject) }, data: again['data'] as JsonObject };
    const replaced = await api.request({ method: 'PUT', path: secretPath(releaseSecretName(theirs, 1)), body: { ...secret, ...labels } });
    check('the Secret is replaced', replaced.status === 200, replaced.body);
    const after = await helm('get', 'all', theirs);
    check(
      `helm ${helmVersion} shows the same after we wrote it again`,
      before === after && before.includes('MANIFEST'),
      `${before}\n---\n${after}`,
    );
    check(
      `helm ${helmVersion} uninstalls both`,
      !/failed/.test(await helm('uninstall', ours)) && !/failed/.test(await helm('uninstall', theirs)),
    );
  }
} finally {
  await listener.close();
  await server.close();
  rmSync(dir, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
