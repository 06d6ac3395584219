import { setMaxListeners } from 'node:events';
import type { Duplex } from 'node:stream';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { getArray, getString, isObject, type Clock, type Counters, type JsonObject, type Logger, type Random } from '@flux-ts/base';
import { PodPortError, type PodDialer } from '@flux-ts/apiserver';
import {
  createHelmController,
  createKustomizeController,
  createSourceController,
  parseControllerArgs,
  type ControllerOptions,
} from '@flux-ts/controllers';
import { namespaceOf, uidOf, type KubeClient } from '@flux-ts/kube';
import { RenderPool, type WorkerScript } from '@flux-ts/render';
import { ArtifactStore, createHttpClient, Metrics, serveArtifacts, type ArtifactServer, type Controller } from '@flux-ts/runtime';
import type { PodRunner } from '@flux-ts/simulator';
import { dialLoopback, servePodPorts, type PodPorts } from './pod-ports.ts';

/** The controllers that can run in this process, by the name of their Deployment and image. */
export const CONTROLLERS = ['source-controller', 'kustomize-controller', 'helm-controller'] as const;
/** The name of a controller. */
export type ControllerName = (typeof CONTROLLERS)[number];

const IMAGE = /(?:^|\/)(source-controller|kustomize-controller|helm-controller)(?::|@|$)/;
const ARTIFACT_HOST = /^http:\/\/source-controller\.[a-z0-9-]+\.svc\.cluster\.local\.?(?::\d+)?\//;

/** What a host of controllers is made of. */
export interface ControllerHostOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly counters?: Counters;
  /** A client that acts as a ServiceAccount. */
  readonly clientFor: (namespace: string, serviceAccount: string) => KubeClient;
  /** Where artifacts and work folders are kept. */
  readonly dataDir: string;
  /** Mirrors. */
  readonly rewrite: (url: string) => string;
  /** The namespace that Flux lives in. */
  readonly namespace: string;
  /** The program of the workers that charts are rendered in; without it they are rendered in this thread. */
  readonly renderWorker?: WorkerScript;
}

interface Running {
  /** The uid of the Pod that it runs for; undefined where it runs without one. */
  readonly uid: string | undefined;
  readonly abort: AbortController;
  readonly done: Promise<void>;
  /** What can be reached through its Pod; undefined without one. */
  readonly ports: Promise<PodPorts> | undefined;
}

/**
 * Runs Flux's controllers in this process: for Pods of their images with the Pods' own arguments and ServiceAccounts, or,
 * where a fleet brings no such Pods, by themselves. Each controller runs at most once.
 */
export class ControllerHost implements PodRunner, PodDialer {
  readonly #options: ControllerHostOptions;
  readonly #running = new Map<ControllerName, Running>();
  readonly #store: ArtifactStore;
  readonly #renderer: RenderPool | undefined;
  #artifacts: ArtifactServer | undefined;

  constructor(options: ControllerHostOptions) {
    this.#options = options;
    this.#store = new ArtifactStore({
      rootDir: join(options.dataDir, 'artifacts'),
      hostname: `source-controller.${options.namespace}.svc.cluster.local.`,
      clock: options.clock,
    });
    const { renderWorker: script, clock, random } = options;
    this.#renderer = script === undefined ? undefined : new RenderPool({ script, clock, random });
  }

  /** Opens the artifact server. */
  async open(): Promise<void> {
    await mkdir(join(this.#options.dataDir, 'artifacts'), { recursive: true });
    await mkdir(join(this.#options.dataDir, 'work'), { recursive: true });
    this.#artifacts = await serveArtifacts(this.#store, { port: 0 });
  }

  /** Maps names inside the cluster to loopback ports and public hosts to mirrors. */
  resolve(url: string): string {
    return ARTIFACT_HOST.test(url) && this.#artifacts !== undefined
      ? url.replace(ARTIFACT_HOST, `http://127.0.0.1:${this.#artifacts.port}/`)
      : this.#options.rewrite(url);
  }

  /** Starts every controller without a Pod, with default arguments and the rights of an administrator's ServiceAccount. */
  startAll(client: KubeClient, args: readonly string[] = []): void {
    for (const name of CONTROLLERS) if (!this.#running.has(name)) this.#launch(name, { uid: undefined, client, args });
  }

  knows(pod: JsonObject): boolean {
    return controllerOf(pod) !== undefined;
  }

  async start(pod: JsonObject): Promise<void> {
    const found = controllerOf(pod);
    if (found === undefined || this.#running.get(found.name)?.uid === uidOf(pod)) return;
    await this.#end(found.name);
    const account = getString(pod, ['spec', 'serviceAccountName']) ?? 'default';
    this.#launch(found.name, { uid: uidOf(pod), client: this.#options.clientFor(namespaceOf(pod), account), args: found.args });
    await this.#running.get(found.name)?.ports;
  }

  async stop(pod: JsonObject): Promise<void> {
    const found = controllerOf(pod);
    if (found !== undefined && this.#running.get(found.name)?.uid === uidOf(pod)) await this.#end(found.name);
  }

  /** Whether a controller runs for this very Pod: others of its image are simulated. */
  runs(pod: JsonObject): boolean {
    return this.#runningFor(pod) !== undefined;
  }

  /** Connects to what stands behind a Pod's port: artifacts, health, metrics. @throws PodPortError */
  async dial(pod: JsonObject, port: number, signal: AbortSignal): Promise<Duplex> {
    const ports = await this.#runningFor(pod)?.ports;
    const loopback = ports?.loopback(port);
    if (loopback === undefined) throw PodPortError.refused(port);
    return dialLoopback(loopback, signal);
  }

  #runningFor(pod: JsonObject): Running | undefined {
    const found = controllerOf(pod);
    const running = found === undefined ? undefined : this.#running.get(found.name);
    return running?.uid !== undefined && running.uid === uidOf(pod) ? running : undefined;
  }

  /** Stops everything. */
  async close(): Promise<void> {
    await Promise.all(CONTROLLERS.map((name) => this.#end(name)));
    await this.#renderer?.close();
    await this.#artifacts?.close();
  }

  async #end(name: ControllerName): Promise<void> {
    const running = this.#running.get(name);
    this.#running.delete(name);
    running?.abort.abort(new Error(`${name} was stopped`));
    await running?.done;
    await (await running?.ports)?.close();
  }

  #launch(
    name: ControllerName,
    how: { readonly uid: string | undefined; readonly client: KubeClient; readonly args: readonly string[] },
  ): void {
    const abort = new AbortController();
    setMaxListeners(0, abort.signal); // every worker and informer listens
    const log = this.#options.log.with({ controller: name });
    const options = parseControllerArgs(how.args);
    for (const flag of options.unknown ?? []) log.info('unknown flag is ignored', { flag });
    const metrics = new Metrics();
    const controller = this.#create(name, how.client, { log, options, metrics });
    const done = controller.start(abort.signal).catch((error: unknown) => log.error('controller stopped', { error: String(error) }));
    const artifacts = name === 'source-controller' && this.#artifacts !== undefined ? { artifacts: this.#artifacts.port } : {};
    const ports = how.uid === undefined ? undefined : servePodPorts({ args: how.args, metrics, ...artifacts });
    this.#running.set(name, { uid: how.uid, abort, done, ports });
  }

  #create(
    name: ControllerName,
    client: KubeClient,
    how: { readonly log: Logger; readonly options: ControllerOptions; readonly metrics: Metrics },
  ): Controller {
    const { clock, random, counters } = this.#options;
    const resolve = (url: string): string => this.resolve(url);
    const http = createHttpClient({ resolve });
    const deps = { client, clock, random, log: how.log, http, metrics: how.metrics, ...(counters === undefined ? {} : { counters }) };
    const workDir = join(this.#options.dataDir, 'work');
    if (name === 'source-controller') return createSourceController({ ...deps, store: this.#store, resolve, workDir }, how.options);
    if (name === 'kustomize-controller') return createKustomizeController({ ...deps, resolve, workDir }, how.options);
    return createHelmController(this.#renderer === undefined ? deps : { ...deps, renderer: this.#renderer }, how.options);
  }
}

function controllerOf(pod: JsonObject): { readonly name: ControllerName; readonly args: readonly string[] } | undefined {
  for (const container of (getArray(pod, ['spec', 'containers']) ?? []).filter(isObject)) {
    const name = IMAGE.exec(getString(container, ['image']) ?? '')?.[1];
    if (name !== undefined) return { name: name as ControllerName, args: (getArray(container, ['args']) ?? []).map(String) };
  }
  return undefined;
}
