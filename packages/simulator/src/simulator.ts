import { setMaxListeners } from 'node:events';
import { errorMessage, getString, silentLogger, type Clock, type JsonObject, type Logger, type Random } from '@flux-ts/base';
import {
  Informer,
  isTerminating,
  keyOf,
  keyText,
  namespaceOf,
  nameOf,
  typeOf,
  uidOf,
  type InformerEvent,
  type KubeClient,
  type TypeRef,
} from '@flux-ts/kube';
import { createFurniture } from './cluster.ts';
import { Collector, drainNamespace } from './collector.ts';
import { reconcileDaemonSet } from './daemon-set.ts';
import { reconcileDeployment } from './deployment.ts';
import { Narrator } from './narrator.ts';
import { reconcileCronJob, reconcileJob } from './job.ts';
import { reconcileAutoscaler, reconcileBudget, reconcileIngress, reconcileService, selects } from './network.ts';
import { reconcilePod } from './pod.ts';
import type { PodRunner } from './pod-runner.ts';
import { reconcileReplicaSet } from './replica-set.ts';
import { SingleFile } from './single-file.ts';
import { reconcileClaim, reconcileStatefulSet } from './stateful-set.ts';
import { controllerOf, SIMULATOR, type Again, type CertificatePair, type World } from './world.ts';

/** What a simulator is made of. */
export interface SimulatorOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Logger;
  readonly certificate: (hosts: readonly string[]) => CertificatePair;
  /** Runs Pods of images that it knows for real. */
  readonly pods?: PodRunner;
  /** How long a healthy Pod takes to start. Default 300. */
  readonly startMs?: number;
}

/** Plays the parts of a cluster that are not its API: workload controllers, the kubelet, the garbage collector, namespaces. */
export interface Simulator {
  /** Runs until the signal aborts. */
  start(signal: AbortSignal): Promise<void>;
}

type Step = (world: World, object: JsonObject) => Promise<Again>;

const STEPS: ReadonlyMap<string, Step> = new Map<string, Step>([
  ['apps/Deployment', reconcileDeployment],
  ['apps/ReplicaSet', reconcileReplicaSet],
  ['apps/StatefulSet', reconcileStatefulSet],
  ['apps/DaemonSet', reconcileDaemonSet],
  ['batch/Job', reconcileJob],
  ['batch/CronJob', reconcileCronJob],
  ['/Pod', reconcilePod],
  ['/PersistentVolumeClaim', reconcileClaim],
  ['/Service', reconcileService],
  ['networking.k8s.io/Ingress', reconcileIngress],
  ['policy/PodDisruptionBudget', reconcileBudget],
  ['autoscaling/HorizontalPodAutoscaler', reconcileAutoscaler],
]);

const UNWATCHED = new Set(['events.k8s.io/Event', '/Event', 'coordination.k8s.io/Lease', '/ComponentStatus', '/Binding']);

function kindOf(type: TypeRef): string {
  const slash = type.apiVersion.indexOf('/');
  return `${slash < 0 ? '' : type.apiVersion.slice(0, slash)}/${type.kind}`;
}

/** Makes a simulator: another client of the API, marked by its field manager, its node and the source of its events. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const log = options.log ?? silentLogger;
  const client = options.client.withFieldManager(SIMULATOR);
  const narrator = new Narrator(client, options.clock, options.random);
  const world: World = {
    client,
    clock: options.clock,
    random: options.random,
    log,
    startMs: options.startMs ?? 300,
    pods: options.pods,
    certificate: options.certificate,
    say: (object, what) => narrator.say(object, what),
  };
  return { start: (signal) => new Session(world, narrator).run(signal) };
}

class Session {
  readonly #world: World;
  readonly #narrator: Narrator;
  readonly #line: SingleFile;
  readonly #collector: Collector;
  readonly #informers = new Map<string, Informer>();
  readonly #running: Promise<void>[] = [];

  constructor(world: World, narrator: Narrator) {
    this.#world = world;
    this.#narrator = narrator;
    this.#line = new SingleFile(world.clock, world.log);
    this.#collector = new Collector(world.client);
  }

  async run(signal: AbortSignal): Promise<void> {
    setMaxListeners(0, signal); // one listener for each watched kind
    await createFurniture(this.#world);
    await this.#watchKinds(signal);
    await this.#line.run(signal);
    await Promise.allSettled([...this.#running, this.#narrator.settled()]);
  }

  /** Watches every kind that can be listed, now and when CustomResourceDefinitions come. */
  async #watchKinds(signal: AbortSignal): Promise<void> {
    for (const resource of await this.#world.client.mapper.all()) {
      const kind = kindOf(resource);
      if (this.#informers.has(kind) || UNWATCHED.has(kind) || !resource.verbs.includes('watch') || !resource.verbs.includes('list'))
        continue;
      const type = { apiVersion: resource.apiVersion, kind: resource.kind };
      const informer = new Informer({ client: this.#world.client, type, clock: this.#world.clock, log: this.#world.log });
      this.#informers.set(kind, informer);
      informer.subscribe((event) => this.#seen(kind, event, signal));
      this.#running.push(
        informer.start(signal).catch((error: unknown) => this.#world.log.error('informer stopped', { kind, error: errorMessage(error) })),
      );
    }
  }

  #seen(kind: string, event: InformerEvent, signal: AbortSignal): void {
    const { object } = event;
    const touched = event.type === 'deleted' ? this.#collector.gone(object) : this.#collector.seen(object);
    for (const uid of touched) this.#line.add(`collect ${uid}`, async () => (await this.#collector.collect(uid), undefined));
    if (event.type !== 'deleted') this.#due(kind, object);
    this.#related(kind, event);
    if (kind === 'apiextensions.k8s.io/CustomResourceDefinition' && event.type !== 'deleted') {
      this.#line.add('discover', async () => (await this.#watchKinds(signal), undefined));
    }
  }

  /** Puts an object's own step into the line. */
  #due(kind: string, object: JsonObject, delayMs = 0): void {
    const step = kind === '/Namespace' ? this.#namespace.bind(this) : STEPS.get(kind);
    if (step === undefined) return;
    const type = typeOf(object);
    const key = keyOf(object);
    this.#line.add(
      `${kind} ${keyText(key)}`,
      async () => {
        const stored = await this.#world.client.find(type, key);
        return stored === undefined ? undefined : step(this.#world, stored);
      },
      delayMs,
    );
  }

  async #namespace(world: World, namespace: JsonObject): Promise<Again> {
    if (!isTerminating(namespace)) return undefined;
    const { left } = await drainNamespace(world.client, namespace);
    return left > 0 ? { againInMs: 200 } : undefined;
  }

  /** Pods that really run: stopped when they go, started again where a cluster was restarted around them. */
  #realPod(event: InformerEvent): void {
    const { pods } = this.#world;
    const { object } = event;
    if (pods?.knows(object) !== true) return;
    const key = `run ${uidOf(object)}`;
    if (event.type === 'deleted') this.#line.add(key, async () => (await pods.stop(object), undefined));
    else if (event.type === 'added' && getString(object, ['status', 'phase']) === 'Running')
      this.#line.add(key, async () => (await pods.start(object), undefined));
  }

  /** Looks again at what a change has to do with: owners, Services and budgets of a Pod, Pods that wait for a Secret. */
  #related(kind: string, event: InformerEvent): void {
    const { object } = event;
    const owner = controllerOf(object);
    if (owner !== undefined) {
      const ownerKind = kindOf({ apiVersion: String(owner['apiVersion']), kind: String(owner['kind']) });
      const found = this.#informers.get(ownerKind)?.get({ namespace: namespaceOf(object), name: String(owner['name']) });
      if (found !== undefined && uidOf(found) === owner['uid']) this.#due(ownerKind, found);
    }
    const namespace = namespaceOf(object);
    const again = (other: string, filter: (candidate: JsonObject) => boolean): void => {
      for (const candidate of this.#informers.get(other)?.list(namespace) ?? []) if (filter(candidate)) this.#due(other, candidate);
    };
    if (kind === '/Pod') {
      again('/Service', (service) => selects(service, object));
      again('policy/PodDisruptionBudget', () => true);
      this.#realPod(event);
    } else if (event.type === 'added' && (kind === '/Secret' || kind === '/ConfigMap')) {
      again('/Pod', (pod) => getString(pod, ['status', 'phase']) === 'Pending' && JSON.stringify(pod['spec']).includes(nameOf(object)));
    } else if (kind === '/PersistentVolumeClaim' && event.type === 'modified') {
      again('/Pod', (pod) => getString(pod, ['status', 'phase']) === 'Pending');
    } else if (kind === '/ServiceAccount' && event.type === 'added') {
      again('apps/ReplicaSet', () => true);
      again('batch/Job', () => true);
    }
  }
}
