import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CertificateAuthority,
  Counters,
  RealClock,
  silentLogger,
  systemRandom,
  type CertificateBundle,
  type Clock,
  type Logger,
  type Random,
} from '@flux-ts/base';
import { createApiServer, serviceAccountUser, type ApiListener, type ApiServer } from '@flux-ts/apiserver';
import { KubeClient } from '@flux-ts/kube';
import { createSimulator } from '@flux-ts/simulator';
import type { WorkerScript } from '@flux-ts/render';
import { ControllerHost } from './controller-host.ts';
import { startMirrors, type Mirrors } from './mirrors.ts';
import { readMirrorFile } from './mirror-file.ts';
import { readRulesFile } from './rules-file.ts';
import { readSnapshot } from './snapshot.ts';

/** What a cluster in this process is made of. */
export interface LocalClusterOptions {
  readonly name: string;
  /** Default: any free one. */
  readonly port?: number;
  readonly persistDir?: string;
  /** A mirror file. */
  readonly mirrors?: string;
  /** A file with rules for the simulator. */
  readonly simulatorRules?: string;
  /** A snapshot file to begin with. */
  readonly snapshot?: string;
  readonly log?: Logger;
  readonly clock?: Clock;
  readonly random?: Random;
  /** The namespace that Flux lives in. Default flux-system. */
  readonly namespace?: string;
  /** The program of the workers that charts are rendered in; without it they are rendered in this thread. */
  readonly renderWorker?: WorkerScript;
}

/** A cluster in this process: API server, simulator, the controllers' host and the mirrors. */
export interface LocalCluster {
  readonly name: string;
  readonly listener: ApiListener;
  readonly server: ApiServer;
  /** An administrator's client, in process. */
  readonly client: KubeClient;
  readonly controllers: ControllerHost;
  readonly mirrors: Mirrors;
  readonly counters: Counters;
  /** A folder that lives as long as the cluster. */
  readonly dataDir: string;
  close(): Promise<void>;
}

/** Starts a cluster. What was opened is closed again where a later step fails. */
export async function startLocalCluster(options: LocalClusterOptions): Promise<LocalCluster> {
  const clock = options.clock ?? new RealClock();
  const random = options.random ?? systemRandom;
  const log = options.log ?? silentLogger;
  const counters = new Counters();
  const rules = options.simulatorRules === undefined ? undefined : readRulesFile(options.simulatorRules);
  const temporary = await mkdtemp(join(tmpdir(), `flux-${options.name}-`));
  const dataDir = options.persistDir ?? temporary;
  await mkdir(dataDir, { recursive: true });
  const stop = new AbortController();
  const closers: (() => Promise<unknown>)[] = [() => rm(temporary, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    stop.abort(new Error('the cluster was stopped'));
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const mirrors = await startMirrors(options.mirrors === undefined ? [] : readMirrorFile(options.mirrors), temporary);
    closers.push(() => mirrors.close());
    const clientFor = (namespace: string, account: string): KubeClient =>
      new KubeClient({ transport: server.transport(serviceAccountUser(namespace, account)) });
    const controllers = new ControllerHost({
      clock,
      random,
      log,
      counters,
      clientFor,
      dataDir,
      rewrite: (url) => mirrors.rewrite(url),
      namespace: options.namespace ?? 'flux-system',
      ...(options.renderWorker === undefined ? {} : { renderWorker: options.renderWorker }),
    });
    const server = await createApiServer({
      clock,
      random,
      log,
      counters,
      pods: controllers,
      ...(options.persistDir === undefined ? {} : { persistDir: join(options.persistDir, 'objects') }),
    });
    closers.push(() => server.close());
    if (options.snapshot !== undefined) server.restore(readSnapshot(options.snapshot));
    await controllers.open();
    closers.push(() => controllers.close());
    const client = new KubeClient({ transport: server.transport(), fieldManager: 'flux' });
    const authority = new CertificateAuthority({ commonName: 'simulated-webhook-ca', nowMs: clock.now(), serial: () => random.bytes(16) });
    const certificate = (hosts: readonly string[]): CertificateBundle =>
      authority.issue({ commonName: hosts[0] ?? 'simulated', dnsNames: hosts });
    const simulator = createSimulator({
      client,
      clock,
      random,
      log: log.with({ component: 'simulator' }),
      certificate,
      ...(rules === undefined ? {} : { rules }),
      pods: controllers,
    });
    const running = simulator.start(stop.signal).catch((error: unknown) => log.error('simulator stopped', { error: String(error) }));
    closers.push(() => running);
    const listener = await server.listen({ host: '127.0.0.1', port: options.port ?? 0, tls: true });
    closers.push(() => listener.close());
    return { name: options.name, listener, server, client, controllers, mirrors, counters, dataDir, close };
  } catch (error) {
    await close();
    throw error;
  }
}
