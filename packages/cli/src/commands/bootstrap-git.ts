import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { formatDuration, formatTime, RealClock, type JsonObject } from '@flux-ts/base';
import { DiskFileSystem } from '@flux-ts/archive';
import { openWorkTree, parseRemote, type GitAuth, type WorkTree } from '@flux-ts/git';
import { ApplyManager, computeStatus, type KubeClient } from '@flux-ts/kube';
import { build } from '@flux-ts/kustomize';
import type { CommandContext } from '../frame/command.ts';
import { progressOn, type Progress } from '../frame/progress.ts';
import type { InstallOptions } from '../install/components.ts';
import { componentsYaml, installManifests, KUSTOMIZATION_YAML, syncManifests, syncYaml, type SyncOptions } from '../install/manifests.ts';
import { clientFor } from '../kube/access.ts';
import { pollUntil, waitReady } from '../kube/wait.ts';
import { VERSION } from '../version.ts';

/** `flux bootstrap git --url=... --branch=... --path=...`: commits Flux's components and sync manifests and installs both. */
export async function run(context: CommandContext): Promise<number> {
  const { flags, io } = context;
  const target = targetOf(context);
  const access = await clientFor(context);
  const dir = await mkdtemp(join(tmpdir(), 'flux-bootstrap-'));
  try {
    const progress = progressOn(io);
    progress.action(`cloning branch ${JSON.stringify(target.branch)} from Git repository ${JSON.stringify(target.url)}`);
    const tree = await openWorkTree(
      target.url,
      { branch: target.branch, dir },
      { auth: target.auth, signal: io.signal, timeoutMs: flags.duration('timeout') },
    );
    progress.success('cloned repository');
    const work: Work = { context, progress, target, tree, client: access.client };
    await components(work);
    await secret(work);
    await sync(work);
    await confirm(work);
    return 0;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

interface Target {
  readonly url: string;
  readonly branch: string;
  readonly path: string;
  readonly auth: GitAuth;
  readonly install: InstallOptions;
  readonly sync: SyncOptions;
}

interface Work {
  readonly context: CommandContext;
  readonly progress: Progress;
  readonly target: Target;
  readonly tree: WorkTree;
  readonly client: KubeClient;
}

function targetOf(context: CommandContext): Target {
  const { flags, io } = context;
  if (flags.string('url') === '') throw new Error('url is required');
  const remote = parseRemote(flags.string('url'));
  const loopback = /^(127\.|localhost$|\[::1\]$)/.test(remote.hostname);
  if (remote.protocol === 'http:' && !loopback && !flags.bool('allow-insecure-http'))
    throw new Error('scheme http is insecure, pass --allow-insecure-http=true to allow it');
  if (remote.protocol === 'ssh:')
    throw new Error('bootstrap over ssh is not available in flux-ts yet; use an https URL with --username and --password');
  const username = decodeURIComponent(remote.username) || flags.string('username');
  const password = decodeURIComponent(remote.password) || flags.string('password') || io.env['GIT_PASSWORD'] || '';
  remote.username = '';
  remote.password = '';
  const ca = flags.string('ca-file');
  const namespace = flags.string('namespace');
  const path = flags.string('path').replace(/^\.?\/+|\/+$/g, '');
  if (path.split('/').includes('..'))
    throw new Error(`invalid path ${JSON.stringify(flags.string('path'))}: it must stay inside the repository`);
  const components = [...flags.strings('components'), ...flags.strings('components-extra')];
  const url = remote.href;
  return {
    url,
    branch: flags.string('branch'),
    path,
    auth: {
      ...(password === '' ? {} : { username, password }),
      ...(ca === '' ? {} : { caPem: readFileSync(resolve(io.cwd, ca), 'utf8') }),
    },
    install: {
      namespace,
      version: `v${VERSION}`,
      registry: flags.string('registry'),
      components,
      clusterDomain: flags.string('cluster-domain'),
      logLevel: flags.string('log-level'),
      networkPolicy: flags.bool('network-policy'),
      watchAllNamespaces: flags.bool('watch-all-namespaces'),
      ...(flags.string('image-pull-secret') === '' ? {} : { imagePullSecret: flags.string('image-pull-secret') }),
    },
    sync: {
      namespace,
      name: namespace,
      url,
      branch: flags.string('branch'),
      path,
      secret: flags.string('secret-name') || namespace,
      interval: formatDuration(flags.duration('interval')),
      recurseSubmodules: flags.bool('recurse-submodules'),
    },
  };
}

function fluxFolder(target: Target): string {
  return [target.path, target.install.namespace].filter((part) => part !== '').join('/');
}

async function commit(work: Work, what: string, files: ReadonlyMap<string, string>, message: string): Promise<void> {
  const { flags } = work.context;
  const when = formatTime(new RealClock().now());
  const hash = await work.tree.commit(files, message, {
    name: flags.string('author-name'),
    email: flags.string('author-email') || 'flux@localhost',
    when,
  });
  if (hash === undefined) {
    work.progress.success(`${what} manifests are up to date`);
    return;
  }
  work.progress.success(`committed ${what} manifests to ${JSON.stringify(work.target.branch)} (${JSON.stringify(hash)})`);
  work.progress.action(`pushing ${what} manifests to ${JSON.stringify(work.target.url)}`);
  await work.tree.push();
}

async function components(work: Work): Promise<void> {
  const { progress, target, tree, context, client } = work;
  const folder = fluxFolder(target);
  progress.action('generating component manifests');
  const text = componentsYaml(target.install);
  progress.success('generated component manifests');
  const own = existsSync(join(tree.dir, folder, 'kustomization.yaml'));
  await commit(
    work,
    'component',
    new Map([[`${folder}/gotk-components.yaml`, text]]),
    `Add Flux ${target.install.version} component manifests`,
  );
  progress.action(`installing components in ${JSON.stringify(target.install.namespace)} namespace`);
  const objects = own ? patched(tree.dir, folder) : installManifests(target.install);
  await apply(client, objects, context);
  progress.success('installed components');
  await waitForDeployments(work);
  progress.success('reconciled components');
}

/** What the fleet's own kustomization makes of the components (its labels and patches). */
function patched(root: string, folder: string): readonly JsonObject[] {
  const result = build(new DiskFileSystem(root), `/${folder}`, { loadRestrictor: 'LoadRestrictionsNone', reorder: 'none' });
  return result.resources
    .map((resource) => resource.object)
    .filter((object) => !['GitRepository', 'Kustomization'].includes(String(object['kind'])));
}

async function apply(client: KubeClient, objects: readonly JsonObject[], context: CommandContext): Promise<void> {
  const manager = new ApplyManager({ client, clock: new RealClock(), fieldManager: 'flux' });
  await manager.applyStaged(objects, {
    force: false,
    signal: context.io.signal,
    waitIntervalMs: 200,
    waitTimeoutMs: context.flags.duration('timeout'),
  });
}

async function waitForDeployments(work: Work): Promise<void> {
  const { client, context, target } = work;
  for (const name of target.install.components) {
    await pollUntil(
      async () => {
        const deployment = await client.get({ apiVersion: 'apps/v1', kind: 'Deployment' }, { namespace: target.install.namespace, name });
        const status = computeStatus(deployment, { nowMs: new RealClock().now() });
        if (status.status === 'Failed') throw new Error(`${name}: ${status.message}`);
        return status.status === 'Current' ? true : undefined;
      },
      { timeoutMs: context.flags.duration('timeout'), signal: context.io.signal, what: `${name} deployment` },
    );
  }
}

async function secret(work: Work): Promise<void> {
  const { progress, target, client } = work;
  const { namespace, secret: name } = target.sync;
  const label = JSON.stringify(`${namespace}/${name}`);
  progress.action(`determining if source secret ${label} exists`);
  const wanted: Record<string, string> = {
    ...(target.auth.username === undefined ? {} : { username: target.auth.username }),
    ...(target.auth.password === undefined ? {} : { password: target.auth.password }),
    ...(target.auth.caPem === undefined ? {} : { 'ca.crt': target.auth.caPem }),
  };
  const found = await client.find({ apiVersion: 'v1', kind: 'Secret' }, { namespace, name });
  const data = found?.['data'] as Record<string, string> | undefined;
  if (data !== undefined && Object.entries(wanted).every(([key, value]) => data[key] === Buffer.from(value).toString('base64'))) {
    progress.success('source secret up to date');
    return;
  }
  progress.action('generating source secret');
  progress.action(`applying source secret ${label}`);
  await client.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData: wanted }, { force: true });
  progress.success('reconciled source secret');
}

async function sync(work: Work): Promise<void> {
  const { progress, target, tree, client, context } = work;
  const folder = fluxFolder(target);
  progress.action('generating sync manifests');
  const files = new Map([[`${folder}/gotk-sync.yaml`, syncYaml(target.sync)]]);
  if (!existsSync(join(tree.dir, folder, 'kustomization.yaml'))) files.set(`${folder}/kustomization.yaml`, KUSTOMIZATION_YAML);
  progress.success('generated sync manifests');
  await commit(work, 'sync', files, 'Add Flux sync manifests');
  progress.action('applying sync manifests');
  await apply(client, syncManifests(target.sync), context);
  progress.success('reconciled sync configuration');
}

async function confirm(work: Work): Promise<void> {
  const { progress, target, client, context, tree } = work;
  const options = { timeoutMs: context.flags.duration('timeout'), signal: context.io.signal };
  const key = { namespace: target.sync.namespace, name: target.sync.name };
  const head = await tree.head();
  for (const object of syncManifests(target.sync)) {
    const type = { apiVersion: String(object['apiVersion']), kind: String(object['kind']) };
    progress.waiting(`waiting for ${type.kind} ${JSON.stringify(`${key.namespace}/${key.name}`)} to be reconciled`);
    const patch = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': formatTime(new RealClock().now()) } } };
    await client.patch(type, key, { kind: 'merge', patch });
    await pollUntil(
      async () => {
        const ready = await waitReady(client, { type, key }, options);
        return head === undefined || JSON.stringify(ready['status']).includes(head) ? ready : undefined;
      },
      { ...options, what: `${type.kind} at commit ${head ?? ''}` },
    );
    progress.success(`${type.kind} reconciled successfully`);
  }
  progress.action('confirming components are healthy');
  await waitForDeployments(work);
  for (const component of target.install.components) progress.success(`${component}: deployment ready`);
  progress.success('all components are healthy');
}
