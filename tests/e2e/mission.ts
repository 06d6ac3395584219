import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { edit, MISSION, ROOT, type Sandbox } from './harness.ts';

const MIRROR = join(ROOT, 'tests/e2e/mission-mirror.yaml');
const WANTED = ['cert-manager', 'ingress-nginx', 'weave-gitops', 'podinfo'];

interface Item {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly lastAppliedRevision?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly lastTransitionTime: string }[];
  };
}

/** The mission's own repository, unchanged, from commit to Ready; then a day in its life. */
export async function mission(box: Sandbox): Promise<void> {
  const repository = await box.repository('fleet', MISSION);
  const started = await box.flux([
    'dev',
    repository,
    '--path',
    'clusters/staging',
    '--mirror',
    MIRROR,
    '--until-ready',
    '--keep',
    '--timeout',
    '2m',
  ]);
  box.check('dev brings clusters/staging to ready and stays', started.code === 0, started);
  if (started.code !== 0) return;
  await listings(box);
  await order(box);
  await realClients(box);
  await changes(box, repository);
  const production = await box.flux([
    'dev',
    repository,
    '--path',
    'clusters/production',
    '--mirror',
    MIRROR,
    '--until-ready',
    '--keep',
    '--timeout',
    '2m',
  ]);
  box.check('dev brings clusters/production to ready beside it', production.code === 0, production);
  const host = await box.kubectl([
    '--context',
    'production',
    '-n',
    'podinfo',
    'get',
    'ingress',
    'podinfo',
    '-o',
    'jsonpath={.spec.rules[0].host}',
  ]);
  box.check('production serves its own host', host.out === 'podinfo.production', host);
  const clusters = await box.flux(['cluster', 'list']);
  box.check('both clusters are listed as running', (clusters.out.match(/running/g) ?? []).length === 2, clusters);
  await clone(box, repository);
}

async function listings(box: Sandbox): Promise<void> {
  const releases = await box.flux(['--context', 'staging', 'get', 'helmreleases', '-A']);
  box.check(
    'get helmreleases -A prints the columns of Flux',
    /^NAMESPACE\s+\tNAME\s+\tREVISION\s*\tSUSPENDED\tREADY\tMESSAGE/.test(releases.out),
    releases,
  );
  for (const [name, version] of [
    ['cert-manager', 'v1.11.0'],
    ['ingress-nginx', '4.4.2'],
    ['weave-gitops', '4.0.12'],
    ['podinfo', '6.3.0'],
  ] as const) {
    const row = releases.out.split('\n').find((line) => line.split('\t')[1]?.trim() === name) ?? '';
    box.check(`${name} ${version} is installed`, row.split('\t')[2]?.trim() === version && row.split('\t')[4]?.trim() === 'True', row);
  }
  const kustomizations = await box.flux(['--context', 'staging', 'get', 'kustomizations']);
  const rows = kustomizations.out
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t').map((cell) => cell.trim()));
  box.check(
    'all Kustomizations are ready at one revision',
    rows.length === 4 && rows.every((row) => row[3] === 'True' && row[1] === rows[0]?.[1] && /^main@sha1:[0-9a-f]{8}$/.test(row[1] ?? '')),
    kustomizations,
  );
  const watched = await box.run('timeout', ['4', join(ROOT, 'flux'), '--context', 'staging', 'get', 'kustomizations', '--watch']);
  box.check('get kustomizations --watch prints rows', watched.out.includes('infra-controllers') && watched.out.startsWith('NAME'), watched);
}

async function order(box: Sandbox): Promise<void> {
  const got = await box.kubectl([
    '--context',
    'staging',
    '-n',
    'flux-system',
    'get',
    'kustomizations.kustomize.toolkit.fluxcd.io',
    '-o',
    'json',
  ]);
  const items = got.code === 0 ? (JSON.parse(got.out) as { items: readonly Item[] }).items : [];
  const readyAt = (name: string): number =>
    Date.parse(
      items.find((item) => item.metadata.name === name)?.status.conditions?.find((c) => c.type === 'Ready')?.lastTransitionTime ?? '',
    );
  const [controllers, configs, apps] = ['infra-controllers', 'infra-configs', 'apps'].map(readyAt) as [number, number, number];
  box.check(
    'infrastructure became ready before configs and configs before apps',
    controllers <= configs && configs <= apps,
    JSON.stringify({ controllers, configs, apps }),
  );
  const created = async (kind: string, namespace: string, name: string): Promise<number> =>
    Date.parse(
      (
        await box.kubectl([
          '--context',
          'staging',
          ...(namespace === '' ? [] : ['-n', namespace]),
          'get',
          kind,
          name,
          '-o',
          'jsonpath={.metadata.creationTimestamp}',
        ])
      ).out,
    );
  const [issuer, release] = [await created('clusterissuer', '', 'letsencrypt'), await created('helmrelease', 'podinfo', 'podinfo')];
  box.check(
    'the issuer was made after the controllers were ready, the application after the configs',
    issuer >= controllers && release >= configs,
    JSON.stringify({ controllers, issuer, configs, release }),
  );
}

async function realClients(box: Sandbox): Promise<void> {
  for (const args of [
    ['get', 'helmreleases', '-A'],
    ['get', 'kustomizations', '-A'],
    ['get', 'deployments', '-A'],
    ['get', 'events', '-A'],
    ['describe', 'helmrelease', '-n', 'podinfo', 'podinfo'],
    ['describe', 'kustomization', '-n', 'flux-system', 'apps'],
    ['describe', 'deployment', '-n', 'podinfo', 'podinfo'],
  ]) {
    const ran = await box.kubectl(['--context', 'staging', ...args]);
    box.check(`kubectl ${args.join(' ')}`, ran.code === 0 && ran.out.trim().split('\n').length > 1, ran);
  }
  const list = await box.helm(['--kube-context', 'staging', 'list', '-A', '-o', 'json']);
  const names =
    list.code === 0
      ? (JSON.parse(list.out) as readonly { name: string; status: string }[])
          .filter((release) => release.status === 'deployed')
          .map((release) => release.name)
      : [];
  box.check(
    'the real helm lists the four releases',
    WANTED.every((name) => names.includes(name)),
    list,
  );
  const values = await box.helm(['--kube-context', 'staging', 'get', 'values', '-n', 'podinfo', 'podinfo']);
  box.check('the real helm reads the values of podinfo', values.out.includes('host: podinfo.staging'), values);
}

async function changes(box: Sandbox, repository: string): Promise<void> {
  const kubectl = (...args: readonly string[]): Promise<{ code: number; out: string; err: string }> =>
    box.kubectl(['--context', 'staging', ...args]);
  edit(join(repository, 'apps/staging/podinfo-values.yaml'), (text) => text.replace('podinfo.staging', 'podinfo.changed'));
  await box.commit(repository, 'another host');
  const host = await box.eventually(
    () => kubectl('-n', 'podinfo', 'get', 'ingress', 'podinfo', '-o', 'jsonpath={.spec.rules[0].host}'),
    (ran) => ran.out === 'podinfo.changed',
  );
  box.check("a commit that changes podinfo's host arrives without a command", host.out === 'podinfo.changed', host);

  edit(join(repository, 'apps/staging/podinfo-values.yaml'), (text) => text.replace('enable: false', 'enable: true'));
  await box.commit(repository, 'tests on');
  const tested = await box.eventually(
    () =>
      kubectl(
        '-n',
        'podinfo',
        'get',
        'helmrelease',
        'podinfo',
        '-o',
        'jsonpath={.status.conditions[?(@.type=="TestSuccess")].status} {.status.conditions[?(@.type=="Ready")].message}',
      ),
    (ran) => ran.out.startsWith('True'),
  );
  box.check('tests that are turned on run and succeed', tested.out.startsWith('True Helm test succeeded'), tested);

  await kubectl('-n', 'flux-system', 'delete', 'networkpolicy', 'weave-gitops-ingress');
  const gone = await kubectl('-n', 'flux-system', 'get', 'networkpolicy', 'weave-gitops-ingress');
  const reconciled = await box.flux(['--context', 'staging', 'reconcile', 'kustomization', 'infra-configs', '--with-source']);
  const back = await kubectl('-n', 'flux-system', 'get', 'networkpolicy', 'weave-gitops-ingress');
  box.check(
    'reconcile --with-source prints what it does and succeeds',
    reconciled.code === 0 && /✔ fetched revision main@sha1:/.test(reconciled.err) && /✔ applied revision main@sha1:/.test(reconciled.err),
    reconciled,
  );
  box.check('a NetworkPolicy deleted by hand comes back', gone.code !== 0 && back.code === 0, back);

  edit(join(repository, 'infrastructure/configs/kustomization.yaml'), (text) => text.replace('  - network-policies.yaml\n', ''));
  rmSync(join(repository, 'infrastructure/configs/network-policies.yaml'));
  await box.commit(repository, 'no network policy');
  const pruned = await box.eventually(
    () => kubectl('-n', 'flux-system', 'get', 'networkpolicy', 'weave-gitops-ingress'),
    (ran) => ran.code !== 0,
  );
  box.check('a removed manifest is pruned', pruned.code !== 0 && pruned.err.includes('not found'), pruned);

  edit(join(repository, 'infrastructure/controllers/kustomization.yaml'), (text) => text.replace('  - weave-gitops.yaml\n', ''));
  await box.commit(repository, 'no weave gitops');
  const uninstalled = await box.eventually(
    () => box.helm(['--kube-context', 'staging', 'list', '-A', '-q']),
    (ran) => !ran.out.includes('weave-gitops'),
  );
  box.check(
    'a removed HelmRelease is uninstalled',
    uninstalled.code === 0 && !uninstalled.out.includes('weave-gitops') && uninstalled.out.includes('podinfo'),
    uninstalled,
  );
  const objects = await kubectl(
    '-n',
    'flux-system',
    'get',
    'deployment,service,secret',
    '-l',
    'app.kubernetes.io/instance=weave-gitops',
    '-o',
    'name',
  );
  box.check('nothing of it is left', objects.out.trim() === '', objects);
}

/** A cluster whose kustomization.yaml includes the files of production. */
async function clone(box: Sandbox, repository: string): Promise<void> {
  const { mkdirSync, writeFileSync } = await import('node:fs');
  const dir = join(repository, 'clusters/production-clone');
  mkdirSync(dir, { recursive: true });
  writeFileSync(
    join(dir, 'kustomization.yaml'),
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - ../production/infrastructure.yaml\n  - ../production/apps.yaml\n',
  );
  await box.commit(repository, 'a clone of production');
  const ran = await box.flux([
    'dev',
    repository,
    '--path',
    'clusters/production-clone',
    '--mirror',
    MIRROR,
    '--until-ready',
    '--timeout',
    '2m',
  ]);
  box.check('a clone that includes the files of production becomes ready', ran.code === 0, ran);
}
