import type { Clock, Logger } from '@flux-ts/base';
import { Informer, type KubeClient, type TypeRef } from '@flux-ts/kube';

/** What a set of informers is made of. */
export interface InformerSetInit {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log?: Logger;
}

/** One informer a kind (and label selector), shared by all who ask. */
export class InformerSet {
  readonly #init: InformerSetInit;
  readonly #informers = new Map<string, Informer>();
  readonly #running: Promise<void>[] = [];
  #signal: AbortSignal | undefined;

  constructor(init: InformerSetInit) {
    this.#init = init;
  }

  /** The informer of a kind; it is started as soon as the set is. */
  informer(
    type: TypeRef,
    options: { readonly labelSelector?: string | undefined; readonly namespace?: string | undefined } = {},
  ): Informer {
    const id = `${type.apiVersion}|${type.kind}|${options.namespace ?? ''}|${options.labelSelector ?? ''}`;
    const known = this.#informers.get(id);
    if (known !== undefined) return known;
    const informer = new Informer({
      client: this.#init.client,
      type,
      clock: this.#init.clock,
      labelSelector: options.labelSelector,
      ...(this.#init.log === undefined ? {} : { log: this.#init.log }),
      ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
    });
    this.#informers.set(id, informer);
    if (this.#signal !== undefined) this.#running.push(informer.start(this.#signal));
    return informer;
  }

  /** Starts all informers, those of later too. Safe to call by several controllers with signals of one origin: the first counts. */
  start(signal: AbortSignal): void {
    if (this.#signal !== undefined && !this.#signal.aborted) return;
    this.#signal = signal;
    for (const informer of this.#informers.values()) this.#running.push(informer.start(signal));
  }

  /** Resolves when all informers have ended. */
  async stopped(): Promise<void> {
    await Promise.all(this.#running);
  }
}
