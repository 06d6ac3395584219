import { createApiServer, type ApiServer } from '@flux-ts/apiserver';
import { fluxCrds } from '@flux-ts/api';
import { packTarGz } from '@flux-ts/archive';
import {
  CertificateAuthority,
  Counters,
  digest,
  formatTime,
  HttpError,
  seededRandom,
  silentLogger,
  RealClock,
  VirtualClock,
  type Clock,
  type JsonObject,
} from '@flux-ts/base';
import { chartArchive, loadChart } from '@flux-ts/helm';
import { KubeClient, keyText, keyOf, typeOf } from '@flux-ts/kube';
import { getCondition, readConditions, type Condition, type Controller, type HttpClient } from '@flux-ts/runtime';
import { loadKinds } from '@flux-ts/schema';
import { createSimulator } from '@flux-ts/simulator';

/** A cluster on a virtual clock with nothing but the controllers under test; downloads come from memory. */
export interface World {
  readonly clock: Clock;
  readonly server: ApiServer;
  readonly client: KubeClient;
  readonly counters: Counters;
  readonly http: HttpClient;
  /** What is served under a URL; undefined answers 404. */
  readonly files: Map<string, Uint8Array>;
  deps(): {
    client: KubeClient;
    clock: Clock;
    random: ReturnType<typeof seededRandom>;
    log: typeof silentLogger;
    http: HttpClient;
    counters: Counters;
  };
  start(...controllers: readonly Controller[]): void;
  apply(...objects: readonly JsonObject[]): Promise<void>;
  find(type: string, key: string): JsonObject | undefined;
  /** Lets time pass until the test holds. @throws where it does not within the limit */
  until(what: string, test: () => boolean, limitMs?: number): Promise<void>;
  ready(type: string, key: string): Condition | undefined;
  /** Lets a virtual clock move on. */
  advance(spanMs: number): Promise<void>;
  /** The events of an object: "Type Reason Message". */
  events(name: string): readonly string[];
  /** A source whose artifact is a tarball of files. */
  source(name: string, revision: string, files: Readonly<Record<string, string>>): Promise<void>;
  /** A HelmChart is answered with a chart made of files. */
  chart(key: string, files: Readonly<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}

const KINDS = new Set(['GitRepository', 'OCIRepository', 'HelmRepository', 'HelmChart', 'Kustomization', 'HelmRelease']);

/** Starts a world. */
export async function createWorld(
  options: { readonly simulate?: boolean; /** On the machine's clock, for real I/O. */ readonly real?: boolean } = {},
): Promise<World> {
  await Promise.all([loadKinds(), import('@flux-ts/cel')]); // real I/O; afterwards everything runs on the virtual clock
  const clock: Clock = options.real === true ? new RealClock() : new VirtualClock();
  const random = seededRandom(7);
  const counters = new Counters();
  const server = await createApiServer({ clock, random, counters, freeze: true });
  for (const crd of fluxCrds({ release: '2.9' }))
    if (KINDS.has(String((crd['spec'] as { names: JsonObject }).names['kind']))) server.installCrd(crd);
  const client = new KubeClient({ transport: server.transport(), fieldManager: 'test' });
  const objects = new Map<string, JsonObject>();
  const idOf = (object: JsonObject): string => `${typeOf(object).kind} ${keyText(keyOf(object))}`;
  server.onChange((change) => {
    if (change.type === 'DELETED') objects.delete(idOf(change.object));
    else objects.set(idOf(change.object), change.object);
  });
  const files = new Map<string, Uint8Array>();
  const http: HttpClient = {
    get(url) {
      const bytes = files.get(url);
      if (bytes === undefined) return Promise.reject(new HttpError({ code: 'HTTP_STATUS', message: `${url}: 404`, status: 404 }));
      counters.add('http.get');
      return Promise.resolve({ bytes, headers: {} });
    },
    close: () => undefined,
  };
  const abort = new AbortController();
  const running: Promise<void>[] = [];
  if (options.simulate === true) {
    const authority = new CertificateAuthority({ commonName: 'test', nowMs: clock.now(), serial: () => random.bytes(16) });
    const certificate = (hosts: readonly string[]): ReturnType<CertificateAuthority['issue']> =>
      authority.issue({ commonName: hosts[0] ?? 'x', dnsNames: hosts });
    running.push(createSimulator({ client, clock, random, certificate }).start(abort.signal));
  }
  const artifact = (path: string, revision: string, bytes: Uint8Array): JsonObject => {
    const url = `http://artifacts/${path}`;
    files.set(url, bytes);
    return { path, url, revision, digest: digest(bytes), lastUpdateTime: formatTime(clock.now()), size: bytes.length };
  };
  const world: World = {
    clock,
    server,
    client,
    counters,
    http,
    files,
    deps: () => ({ client, clock, random, log: silentLogger, http, counters }),
    start(...controllers) {
      for (const controller of controllers) running.push(controller.start(abort.signal));
    },
    async apply(...list) {
      for (const object of list) await client.apply(object, { force: true });
    },
    find: (kind, key) => objects.get(`${kind} ${key}`),
    async until(what, test, limitMs = 600_000) {
      const started = clock.now();
      const end = started + limitMs;
      if (clock instanceof VirtualClock) await clock.run(() => test() || clock.now() > end);
      else while (!test() && clock.now() < Math.min(end, started + 10_000)) await clock.sleep(5);
      if (test()) return;
      const seen = [...objects.values()].flatMap((o) =>
        readConditions(o).map((c) => `${idOf(o)} ${c.type}=${c.status} ${c.reason}: ${c.message}`),
      );
      throw new Error(`${what} did not come true in ${limitMs} ms\n${seen.join('\n')}`);
    },
    ready(kind, key) {
      const object = objects.get(`${kind} ${key}`);
      return object === undefined ? undefined : getCondition(readConditions(object), 'Ready');
    },
    async advance(spanMs) {
      if (clock instanceof VirtualClock) await clock.advance(spanMs);
    },
    events: (name) =>
      [...objects.values()]
        .filter((o) => typeOf(o).kind === 'Event' && (o['involvedObject'] as JsonObject)['name'] === name)
        .map((o) => `${String(o['type'])} ${String(o['reason'])} ${String(o['message'])}`),
    async source(name, revision, tree) {
      const bytes = packTarGz(Object.entries(tree).map(([path, text]) => ({ path, bytes: Buffer.from(text) })));
      const type = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository' };
      const metadata = { name, namespace: 'default' };
      await client.apply({ ...type, metadata, spec: { url: 'https://example.com/x', interval: '1m' } }, { force: true });
      await client.apply(
        {
          ...type,
          metadata,
          status: { observedGeneration: 1, artifact: artifact(`${name}-${revision}.tgz`, revision, bytes), conditions: readyNow(clock) },
        },
        { force: true, subresource: 'status' },
      );
    },
    async chart(key, tree) {
      const chart = loadChart({ files: Object.entries(tree).map(([file, text]) => ({ name: file, data: Buffer.from(text) })) });
      const version = chart.metadata.version;
      const [namespace = '', name = ''] = key.split('/');
      const type = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'HelmChart' };
      await world.until('the HelmChart', () => objects.has(`HelmChart ${key}`));
      const generation = (objects.get(`HelmChart ${key}`)?.['metadata'] as { generation?: number } | undefined)?.generation ?? 1;
      const status = {
        observedGeneration: generation,
        artifact: artifact(`${name}-${version}.tgz`, version, chartArchive(chart)),
        conditions: readyNow(clock),
      };
      await client.apply({ ...type, metadata: { name, namespace }, status }, { force: true, subresource: 'status' });
    },
    async close() {
      abort.abort(new Error('the world ends'));
      await Promise.all(running.map((r) => r.catch(() => undefined)));
      await server.close();
    },
  };
  return world;
}

function readyNow(clock: Clock): readonly JsonObject[] {
  return [{ type: 'Ready', status: 'True', reason: 'Succeeded', message: 'stored', lastTransitionTime: formatTime(clock.now()) }];
}

/** A Kustomization of the source `repo` in namespace default. */
export function kustomization(name: string, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace: 'default' },
    spec: { interval: '10m', prune: true, path: `./${name}`, sourceRef: { kind: 'GitRepository', name: 'repo' }, ...spec },
  };
}

/** A ConfigMap as text. */
export function configMapText(name: string, data: Readonly<Record<string, string>> = {}, namespace = 'default'): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data });
}

/** A HelmRelease with a chart template in namespace default. */
export function helmRelease(name: string, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name, namespace: 'default' },
    spec: { interval: '10m', chart: { spec: { chart: name, sourceRef: { kind: 'HelmRepository', name: 'repo' } } }, ...spec },
  };
}
