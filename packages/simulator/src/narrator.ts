import { formatTime, type Clock, type JsonObject, type JsonValue, type Random } from '@flux-ts/base';
import { isTerminating, nameOf, namespaceOf, resourceVersionOf, typeOf, uidOf, type KubeClient } from '@flux-ts/kube';
import { SIMULATOR, tolerant } from './world.ts';

interface Told {
  readonly name: string;
  readonly namespace: string;
  count: number;
}

/** Tells of what happens by core/v1 Events; the same thing said again is counted, as a cluster's components do. */
export class Narrator {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #told = new Map<string, Told>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: KubeClient, clock: Clock, random: Random) {
    this.#client = client;
    this.#clock = clock;
    this.#random = random;
  }

  /** Says something about an object. Events are told in order; one that cannot be written is lost. */
  say(object: JsonObject, what: { readonly type: 'Normal' | 'Warning'; readonly reason: string; readonly message: string }): void {
    if (isTerminating(object) && what.type === 'Warning') return;
    const key = `${uidOf(object)} ${what.reason} ${what.message}`;
    const known = this.#told.get(key);
    const time = formatTime(this.#clock.now());
    if (known !== undefined) {
      known.count++;
      const patch = { count: known.count, lastTimestamp: time };
      this.#next(() => this.#client.patch({ apiVersion: 'v1', kind: 'Event' }, known, { kind: 'merge', patch }));
      return;
    }
    if (this.#told.size > 5000) this.#told.clear();
    const namespace = namespaceOf(object) === '' ? 'default' : namespaceOf(object);
    const suffix = Buffer.from(this.#random.bytes(8)).toString('hex');
    const name = `${nameOf(object)}.${suffix}`;
    this.#told.set(key, { name, namespace, count: 1 });
    const event: JsonObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: {
        ...typeOf(object),
        name: nameOf(object),
        namespace: namespaceOf(object),
        uid: uidOf(object),
        resourceVersion: resourceVersionOf(object),
      } satisfies JsonObject as JsonValue,
      type: what.type,
      reason: what.reason,
      message: what.message,
      source: { component: SIMULATOR },
      reportingComponent: SIMULATOR,
      reportingInstance: SIMULATOR,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    };
    this.#next(() => this.#client.create(event));
  }

  #next(write: () => Promise<unknown>): void {
    this.#last = this.#last.then(() => tolerant(write())).catch(() => undefined);
  }

  /** Resolves when everything that was said has been written. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
