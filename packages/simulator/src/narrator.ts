import { formatTime, type Clock, type JsonObject, type Random } from '@flux-ts/base';
import { isTerminating, nameOf, namespaceOf, resourceVersionOf, typeOf, uidOf, type KubeClient } from '@flux-ts/kube';
import { SIMULATOR } from './kinds.ts';
import { tolerant, type Told } from './world.ts';

const REMEMBERED = 5000;
const EVENT = { apiVersion: 'v1', kind: 'Event' };

interface Known {
  readonly name: string;
  readonly namespace: string;
  count: number;
}

/**
 * Tells of what happens by core/v1 Events; the same thing said again is counted, as a cluster's components do. What was said
 * waits until it is told: after each step, so that writes have one order.
 */
export class Narrator {
  readonly #client: KubeClient;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #known = new Map<string, Known>();
  readonly #waiting: (() => Promise<unknown>)[] = [];

  constructor(client: KubeClient, clock: Clock, random: Random) {
    this.#client = client;
    this.#clock = clock;
    this.#random = random;
  }

  /** Says something about an object. */
  say(object: JsonObject, what: Told): void {
    if (isTerminating(object) && what.type === 'Warning') return;
    const key = `${uidOf(object)} ${what.reason} ${what.message} ${what.fieldPath ?? ''}`;
    const time = formatTime(this.#clock.now());
    const known = this.#known.get(key);
    if (known !== undefined) {
      known.count++;
      const patch = { count: known.count, lastTimestamp: time };
      const { name, namespace } = known;
      this.#waiting.push(() => this.#client.patch(EVENT, { name, namespace }, { kind: 'merge', patch }));
      return;
    }
    if (this.#known.size > REMEMBERED) this.#known.clear();
    const event = this.#event(object, what, time);
    const metadata = event['metadata'] as { readonly name: string; readonly namespace: string };
    this.#known.set(key, { name: metadata.name, namespace: metadata.namespace, count: 1 });
    this.#waiting.push(() => this.#client.create(event));
  }

  #event(object: JsonObject, what: Told, time: string): JsonObject {
    const namespace = namespaceOf(object) === '' ? 'default' : namespaceOf(object);
    const suffix = Buffer.from(this.#random.bytes(8)).toString('hex');
    const subject: JsonObject = {
      ...typeOf(object),
      name: nameOf(object),
      ...(namespaceOf(object) === '' ? {} : { namespace: namespaceOf(object) }),
      uid: uidOf(object),
      resourceVersion: resourceVersionOf(object),
      ...(what.fieldPath === undefined ? {} : { fieldPath: what.fieldPath }),
    };
    return {
      ...EVENT,
      metadata: { name: `${nameOf(object)}.${suffix}`, namespace },
      involvedObject: subject,
      type: what.type,
      reason: what.reason,
      message: what.message.slice(0, 1024),
      source: { component: SIMULATOR },
      reportingComponent: SIMULATOR,
      reportingInstance: SIMULATOR,
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    };
  }

  /** Writes what was said, in order. An event that cannot be written (its namespace is going) is lost, as in a cluster. */
  async tell(): Promise<void> {
    for (let write = this.#waiting.shift(); write !== undefined; write = this.#waiting.shift()) {
      try {
        await tolerant(write());
      } catch {
        continue; // events are the least of a cluster's promises
      }
    }
  }
}
