import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FluxError, formatTime, getString, isObject, RealClock, silentLogger, type JsonObject } from '@flux-ts/base';
import { fluxCrds } from '@flux-ts/api';
import { KubeClient, nameOf } from '@flux-ts/kube';
import { parseYamlDocuments } from '@flux-ts/yaml';
import { startLocalCluster, type LocalCluster, type LocalClusterOptions } from './cluster.ts';
import { serveFolder, type ServedFolder } from './folder.ts';
import { RULES_FILE_NAME } from './rules-file.ts';

/** Why a folder cannot be run. */
export class DevError extends FluxError<'DEV_FOLDER' | 'DEV_PATH'> {}

/** The name of a mirror file that is found by itself at the top of a fleet. */
export const MIRROR_FILE_NAME = '.flux-mirrors.yaml';

/** What to run. */
export interface DevOptions extends Omit<LocalClusterOptions, 'name'> {
  readonly name?: string;
  /** The fleet's folder. */
  readonly dir: string;
  /** The cluster's folder in it, e.g. `clusters/staging`. Default: `clusters/staging`, else the only one, else the first. */
  readonly path?: string;
}

/** A fleet that runs from a folder. */
export interface DevSession {
  readonly cluster: LocalCluster;
  readonly folder: ServedFolder;
  /** The cluster's folder, relative: `clusters/staging`. */
  readonly path: string;
  close(): Promise<void>;
}

/** What a fleet's folder stands for, found out before anything is started. */
export interface DevPlan {
  readonly dir: string;
  readonly path: string;
  readonly name: string;
  readonly mirrors?: string;
  readonly simulatorRules?: string;
}

/** Finds out which cluster of a fleet is meant. @throws DevError */
export function planDev(options: Pick<DevOptions, 'dir' | 'path' | 'name' | 'mirrors' | 'simulatorRules'>): DevPlan {
  const dir = resolve(options.dir);
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new DevError({ code: 'DEV_FOLDER', message: `${options.dir}: no such folder` });
  const path = (options.path ?? defaultPath(dir)).replace(/^\.?\/+|\/+$/g, '');
  if (path.split('/').includes('..') || statSync(join(dir, path), { throwIfNoEntry: false })?.isDirectory() !== true) {
    const known = clustersOf(dir).map((name) => `clusters/${name}`);
    throw new DevError({
      code: 'DEV_PATH',
      message: `--path ${path}: no such folder in ${options.dir}${known.length > 0 ? `; there are ${known.join(', ')}` : ''}`,
    });
  }
  const own = (file: string): string | undefined => (existsSync(join(dir, file)) ? join(dir, file) : undefined);
  const mirrors = options.mirrors ?? own(MIRROR_FILE_NAME);
  const simulatorRules = options.simulatorRules ?? own(RULES_FILE_NAME);
  const name = options.name ?? (path === '' ? basename(dir) : basename(path));
  return {
    dir,
    path,
    name: name.toLowerCase().replace(/[^a-z0-9.-]+/g, '-'),
    ...(mirrors === undefined ? {} : { mirrors }),
    ...(simulatorRules === undefined ? {} : { simulatorRules }),
  };
}

function clustersOf(dir: string): readonly string[] {
  const clusters = join(dir, 'clusters');
  if (!existsSync(clusters)) return [];
  return readdirSync(clusters, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

function defaultPath(dir: string): string {
  const names = clustersOf(dir);
  const chosen = names.includes('staging') ? 'staging' : names[0];
  return chosen === undefined ? '' : `clusters/${chosen}`;
}

/** Starts a cluster that follows a folder: its Git branch, Flux's CRDs, and the GitRepository and Kustomization `flux-system`. */
export async function startDev(options: DevOptions): Promise<DevSession> {
  const plan = planDev(options);
  const log = options.log ?? silentLogger;
  const clock = options.clock ?? new RealClock();
  const cluster = await startLocalCluster({
    ...options,
    clock,
    log,
    name: plan.name,
    ...(plan.mirrors === undefined ? {} : { mirrors: plan.mirrors }),
    ...(plan.simulatorRules === undefined ? {} : { simulatorRules: plan.simulatorRules }),
  });
  let folder: ServedFolder | undefined;
  try {
    const changed = (): void =>
      void requestReconciliation(cluster.client, clock.now()).catch((error: unknown) =>
        log.error('cannot ask for a reconciliation', { error: String(error) }),
      );
    folder = await serveFolder(plan.dir, { store: join(cluster.dataDir, 'served.git'), clock, log, changed });
    const served = folder;
    const url = cluster.mirrors.addGit(`http://localhost/${basename(plan.dir)}`, served.store);
    const sync = readSync(plan);
    if (sync.url !== undefined) cluster.mirrors.addGit(sync.url.replace(/\.git$/, ''), served.store);
    for (const crd of fluxCrds()) cluster.server.installCrd(crd);
    await createSync(cluster.client, { url, branch: served.branch, path: plan.path, secrets: sync.secrets });
    cluster.controllers.startAll(new KubeClient({ transport: cluster.server.transport() }), ['--concurrent=10', '--requeue-dependency=2s']);
    const close = async (): Promise<void> => {
      served.close();
      await cluster.close();
    };
    return { cluster, folder: served, path: plan.path, close };
  } catch (error) {
    folder?.close();
    await cluster.close();
    throw error;
  }
}

interface Sync {
  /** The URL of a GitRepository that the fleet itself brings under flux-system; it is served from the folder too. */
  readonly url?: string;
  readonly secrets: readonly string[];
}

/** Reads the sync manifests that bootstrap left in the fleet, if there are any. */
function readSync(plan: DevPlan): Sync {
  const file = join(plan.dir, plan.path, 'flux-system', 'gotk-sync.yaml');
  if (!existsSync(file)) return { secrets: [] };
  const objects = parseYamlDocuments(readFileSync(file), { file })
    .map((document) => document.value)
    .filter(isObject);
  const repository = objects.find((object) => object['kind'] === 'GitRepository' && nameOf(object) === 'flux-system');
  const url = getString(repository, ['spec', 'url']);
  const secret = getString(repository, ['spec', 'secretRef', 'name']);
  return { ...(url === undefined ? {} : { url }), secrets: secret === undefined ? [] : [secret] };
}

async function createSync(
  client: KubeClient,
  sync: { readonly url: string; readonly branch: string; readonly path: string; readonly secrets: readonly string[] },
): Promise<void> {
  const metadata = { name: 'flux-system', namespace: 'flux-system' };
  for (const name of sync.secrets) {
    // the fleet names credentials that a local copy does not need; ssh keys of the same Secret are never used either
    const stringData = { username: 'git', password: 'local', identity: 'local', 'identity.pub': 'local', known_hosts: 'local' };
    await client.apply(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace: 'flux-system', annotations: { 'flux-ts.dev/placeholder': 'true' } },
        stringData,
      },
      { force: true },
    );
  }
  const repository: JsonObject = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata,
    spec: { interval: '1m0s', ref: { branch: sync.branch }, url: sync.url },
  };
  const kustomization: JsonObject = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata,
    spec: { interval: '10m0s', path: `./${sync.path}`, prune: true, sourceRef: { kind: 'GitRepository', name: 'flux-system' } },
  };
  for (const object of [repository, kustomization]) await client.apply(object, { force: true });
}

/** Asks source-controller to look at the fleet's repository now. */
async function requestReconciliation(client: KubeClient, nowMs: number): Promise<void> {
  const patch = { metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': `${formatTime(nowMs)}/${nowMs}` } } };
  await client.patch(
    { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository' },
    { namespace: 'flux-system', name: 'flux-system' },
    { kind: 'merge', patch },
  );
}
