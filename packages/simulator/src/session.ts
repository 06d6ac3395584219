import { setMaxListeners } from 'node:events';
import { abortable, errorMessage, isAbort, type JsonObject } from '@flux-ts/base';
import { Informer, keyOf, keyText, splitApiVersion, typeOf, uidOf, type InformerEvent } from '@flux-ts/kube';
import { Collector } from './collector.ts';
import { kindName } from './kinds.ts';
import type { Narrator } from './narrator.ts';
import { dropEndpoints } from './network/endpoints.ts';
import { createFurniture } from './node.ts';
import { phaseOf } from './read.ts';
import { reconcileCustom } from './readiness.ts';
import { relatedTo } from './related.ts';
import { SingleFile } from './single-file.ts';
import { LOOKED_UP, STEPS, UNWATCHED, type Step } from './steps.ts';
import type { World } from './world.ts';

/** One run of the simulator: watches, and the line of steps that they bring about. */
export class Session {
  readonly #world: World;
  readonly #line: SingleFile;
  readonly #collector: Collector;
  readonly #informers = new Map<string, Informer>();
  readonly #running: Promise<void>[] = [];

  constructor(world: World, narrator: Narrator) {
    this.#world = world;
    this.#line = new SingleFile({ clock: world.clock, log: world.log, after: () => narrator.tell() });
    this.#collector = new Collector(world.client);
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    setMaxListeners(0, signal); // one listener for each watched kind
    try {
      await createFurniture(this.#world);
      await this.#watchKinds(signal);
      // no step acts on half of the cluster, also of one that stood before
      const known = [...this.#informers].filter(([kind]) => LOOKED_UP.has(kind)).map(([, informer]) => informer.synced);
      await abortable(Promise.all(known), signal);
      await this.#line.run(signal);
    } catch (error) {
      if (!isAbort(error, signal)) throw error;
    }
    await Promise.allSettled(this.#running);
  }

  /** Watches every kind that can be listed, now and when CustomResourceDefinitions come. */
  async #watchKinds(signal: AbortSignal): Promise<void> {
    const { client, clock, log } = this.#world;
    for (const resource of await client.mapper.all()) {
      const kind = kindName(resource);
      if (this.#informers.has(kind) || UNWATCHED.has(kind) || !resource.verbs.includes('watch') || !resource.verbs.includes('list'))
        continue;
      const type = { apiVersion: resource.apiVersion, kind: resource.kind };
      const informer = new Informer({ client, type, clock, log });
      this.#informers.set(kind, informer);
      const step = this.#stepOf(kind);
      informer.subscribe((event) => this.#seen(kind, { event, step, signal }));
      this.#running.push(
        informer.start(signal).catch((error: unknown) => log.error('informer stopped', { kind, error: errorMessage(error) })),
      );
    }
  }

  #stepOf(kind: string): Step | undefined {
    const own = STEPS.get(kind);
    if (own !== undefined) return own;
    const [group = '', name = ''] = kind.split('/');
    return this.#world.rules.hasReadiness(group, name) ? reconcileCustom : undefined;
  }

  #seen(kind: string, at: { readonly event: InformerEvent; readonly step: Step | undefined; readonly signal: AbortSignal }): void {
    const { event, step, signal } = at;
    const { object } = event;
    const gone = event.type === 'deleted';
    const touched = gone ? this.#collector.gone(object) : this.#collector.seen(object);
    for (const uid of touched) this.#line.add(`collect ${uid}`, async () => (await this.#collector.collect(uid), undefined));
    if (gone) this.#forget(kind, object);
    else {
      this.#world.cache.seen(object);
      if (kind === '/Pod') this.#world.addresses.seen(object);
      if (step !== undefined) this.#due(object, step);
    }
    for (const other of relatedTo(this.#world.cache, event)) {
      const otherStep = STEPS.get(kindName(typeOf(other)));
      if (otherStep !== undefined) this.#due(other, otherStep);
    }
    if (kind === '/Pod') this.#realPod(event);
    if (kind === 'apiextensions.k8s.io/CustomResourceDefinition' && !gone)
      this.#line.add('discover', async () => (await this.#watchKinds(signal), undefined));
  }

  #forget(kind: string, object: JsonObject): void {
    const { cache, addresses, pace, rules } = this.#world;
    cache.gone(object);
    pace.gone(object);
    rules.gone(object);
    if (kind === '/Pod') addresses.gone(object);
    if (kind === '/Service')
      this.#line.add(`endpoints ${uidOf(object)}`, async () => (await dropEndpoints(this.#world, object), undefined));
  }

  /** Puts an object's step into the line; it works on the object as it stands when its turn comes. */
  #due(object: JsonObject, step: Step): void {
    const type = typeOf(object);
    const key = keyOf(object);
    this.#line.add(`${splitApiVersion(type.apiVersion).group}/${type.kind} ${keyText(key)}`, async () => {
      const known = this.#world.cache.get(type, key);
      return known === undefined ? undefined : step(this.#world, known);
    });
  }

  /** Pods that really run: stopped when they go, started again where a cluster was restarted around them. */
  #realPod(event: InformerEvent): void {
    const { pods } = this.#world;
    const { object } = event;
    if (pods?.knows(object) !== true) return;
    const key = `run ${uidOf(object)}`;
    if (event.type === 'deleted') this.#line.add(key, async () => (await pods.stop(object), undefined));
    else if (event.type === 'added' && phaseOf(object) === 'Running')
      this.#line.add(key, async () => (await pods.start(object), undefined));
  }
}
