import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { edit, gitHttpBackend, MISSION, ROOT, type Sandbox } from './harness.ts';

const MIRROR = join(ROOT, 'tests/e2e/mission-mirror.yaml');
const PASSWORD = 'correct-horse';

/** Bootstrap of a bare copy of the mission's repository behind the real git http-backend with credentials. */
export async function bootstrap(box: Sandbox): Promise<void> {
  const work = await box.repository('bootstrap', MISSION);
  await box.run('git', ['clone', '-q', '--bare', work, join(box.dir, 'git/fleet.git')]);
  await box.git(join(box.dir, 'git/fleet.git'), ['config', 'http.receivepack', 'true']);
  const server = await gitHttpBackend(join(box.dir, 'git'), { username: 'git', password: PASSWORD });
  try {
    const start = await box.flux(['cluster', 'start', 'boot', '--mirror', MIRROR]);
    box.check('cluster start serves and writes a context', start.code === 0, start);
    const pre = await box.flux(['--context', 'boot', 'check', '--pre']);
    box.check('check --pre passes', pre.code === 0 && pre.err.includes('✔ prerequisites checks passed'), pre);
    const args = [
      '--context',
      'boot',
      'bootstrap',
      'git',
      `--url=${server.url}/fleet.git`,
      '--branch=main',
      '--path=clusters/staging',
      '--timeout',
      '2m',
    ];
    const env = { GIT_PASSWORD: PASSWORD };
    const first = await box.flux(args, { env });
    box.check('bootstrap git commits and installs', first.code === 0 && first.err.includes('✔ all components are healthy'), first);
    const log = await box.git(join(box.dir, 'git/fleet.git'), ['log', '--format=%s', 'main']);
    box.check('it made the two commits of Flux', /^Add Flux sync manifests\nAdd Flux v\S+ component manifests\n/.test(log.out), log);
    const second = await box.flux(args, { env });
    const again = await box.git(join(box.dir, 'git/fleet.git'), ['log', '--format=%s', 'main']);
    box.check(
      'run again it changes nothing',
      second.code === 0 &&
        again.out === log.out &&
        second.err.includes('component manifests are up to date') &&
        second.err.includes('sync manifests are up to date'),
      second,
    );
    const patched = await box.kubectl([
      '--context',
      'boot',
      '-n',
      'flux-system',
      'get',
      'deployment',
      'kustomize-controller',
      '-o',
      'jsonpath={.spec.template.spec.containers[0].args} {.metadata.labels.toolkit\\.fluxcd\\.io/tenant}',
    ]);
    box.check(
      "the fleet's own patches of the components are kept",
      patched.out.includes('--concurrent=20') && patched.out.includes('sre-team'),
      patched,
    );
    const ready = await box.eventually(
      () => box.flux(['--context', 'boot', 'get', 'kustomizations', '--no-header']),
      (ran) =>
        ran.out.trim().split('\n').length === 4 &&
        ran.out
          .trim()
          .split('\n')
          .every((line) => line.split('\t')[3]?.trim() === 'True'),
      120_000,
    );
    box.check(
      'the cluster follows Git to ready',
      ready.out
        .trim()
        .split('\n')
        .every((line) => line.split('\t')[3]?.trim() === 'True'),
      ready,
    );
    await artifact(box);
    await follow(box, work, server.url);
    const check = await box.flux(['--context', 'boot', 'check']);
    box.check('check passes', check.code === 0, check);
  } finally {
    server.close();
  }
}

/** What source-controller serves in the cluster is reached from outside, as upstream's documentation does it. */
async function artifact(box: Sandbox): Promise<void> {
  const flux = ['--context', 'boot', '-n', 'flux-system'];
  const read = await box.kubectl([...flux, 'get', 'gitrepository', 'flux-system', '-o', 'jsonpath={.status.artifact}']);
  const { url, digest } = JSON.parse(read.out) as { readonly url: string; readonly digest: string };
  const { pathname } = new URL(url);
  for (const [kubectl, target] of [
    ['kubectl136', 'service/source-controller :80'],
    ['kubectl131', 'deployment/source-controller :http'],
  ] as const) {
    const seen = await box.forwarded(kubectl, [...flux, ...target.split(' ')], async (port) => {
      const bytes = new Uint8Array(await (await fetch(`http://127.0.0.1:${port}${pathname}`)).arrayBuffer());
      return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    });
    box.check(
      `${kubectl} port-forward ${target} gives the artifact that the GitRepository names`,
      seen === digest,
      `${seen}, not ${digest}`,
    );
  }
  const health = await box.forwarded('kubectl136', [...flux, 'deployment/kustomize-controller', ':healthz'], async (port) =>
    (await fetch(`http://127.0.0.1:${port}/readyz`)).text(),
  );
  box.check('kubectl port-forward reaches the health of kustomize-controller', health === 'ok', String(health));
}

async function follow(box: Sandbox, work: string, url: string): Promise<void> {
  const authenticated = url.replace('://', `://git:${PASSWORD}@`);
  await box.git(work, ['pull', '-q', '--rebase', `${authenticated}/fleet.git`, 'main']);
  edit(join(work, 'apps/staging/podinfo-values.yaml'), (text) => text.replace('podinfo.staging', 'podinfo.pushed'));
  await box.commit(work, 'pushed');
  const pushed = await box.git(work, ['push', '-q', `${authenticated}/fleet.git`, 'HEAD:main']);
  const reconcile = await box.flux(['--context', 'boot', 'reconcile', 'kustomization', 'flux-system', '--with-source']);
  const host = await box.eventually(
    () => box.kubectl(['--context', 'boot', '-n', 'podinfo', 'get', 'ingress', 'podinfo', '-o', 'jsonpath={.spec.rules[0].host}']),
    (ran) => ran.out === 'podinfo.pushed',
  );
  box.check(
    'a push is followed after reconcile kustomization flux-system --with-source',
    pushed.code === 0 && reconcile.code === 0 && host.out === 'podinfo.pushed',
    `${pushed.err}${reconcile.err}${host.out}`,
  );
}
