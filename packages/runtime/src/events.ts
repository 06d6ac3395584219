import { errorMessage, formatTime, Lru, type Clock, type JsonObject, type Logger } from '@flux-ts/base';
import { isNotFound, namespaceOf, refOf, resourceVersionOf, typeOf, uidOf, type KubeClient } from '@flux-ts/kube';

/** How much an event matters. `trace` is for kubectl only: it is never sent on. */
export type EventSeverity = 'trace' | 'info' | 'error';

/** An event to record. */
export interface EventRecord {
  readonly object: JsonObject;
  readonly severity: EventSeverity;
  readonly reason: string;
  readonly message: string;
  /** Facts under the object's group, e.g. `kustomize.toolkit.fluxcd.io/revision`. They become annotations. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** What an event recorder is made of. */
export interface EventRecorderInit {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** The controller: source-controller, ... */
  readonly component: string;
  /** Called with each event that is not a trace (notification, user interface). */
  readonly sink?: (event: EventRecord) => void;
}

const REMEMBERED = 4096;

/** Records core/v1 Events, in order, without holding up the caller. A repeat within memory counts up the event of before. */
export class EventRecorder {
  readonly #init: EventRecorderInit;
  readonly #seen = new Lru<string, { readonly name: string; readonly count: number }>(REMEMBERED);
  #tail: Promise<void> = Promise.resolve();
  #sequence = 0;

  constructor(init: EventRecorderInit) {
    this.#init = init;
  }

  /** Records an event; failures to write it are logged. */
  record(event: EventRecord): void {
    const at = this.#init.clock.now();
    this.#tail = this.#tail
      .then(() => this.#write(event, at))
      .catch((error: unknown) => this.#init.log.debug('event not recorded', { reason: event.reason, error: errorMessage(error) }));
    if (event.severity !== 'trace') this.#init.sink?.(event);
  }

  /** Resolves when everything recorded so far has been written. */
  flush(): Promise<void> {
    return this.#tail;
  }

  async #write(event: EventRecord, at: number): Promise<void> {
    const { client, component } = this.#init;
    const namespace = namespaceOf(event.object) || 'default';
    const type = event.severity === 'error' ? 'Warning' : 'Normal';
    const key = [uidOf(event.object), resourceless(event.object), type, event.reason, event.message].join('|');
    const time = formatTime(at);
    const seen = this.#seen.get(key);
    if (seen !== undefined) {
      const patch = {
        count: seen.count + 1,
        lastTimestamp: time,
        ...(event.metadata === undefined ? {} : { metadata: { annotations: event.metadata } }),
      };
      try {
        await client.patch(
          { apiVersion: 'v1', kind: 'Event' },
          { namespace, name: seen.name },
          { kind: 'merge', patch },
          { fieldManager: component },
        );
        this.#seen.set(key, { name: seen.name, count: seen.count + 1 });
        return;
      } catch (error) {
        if (!isNotFound(error)) throw error; // an event that has expired is made anew
      }
    }
    const ref = refOf(event.object);
    const name = `${ref.name}.${(BigInt(Math.floor(at)) * 1_000_000n + BigInt(this.#sequence++ % 1_000_000)).toString(16)}`;
    const body: JsonObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace, ...(event.metadata === undefined ? {} : { annotations: event.metadata }) },
      involvedObject: {
        apiVersion: typeOf(event.object).apiVersion,
        kind: ref.kind,
        name: ref.name,
        ...(ref.namespace === '' ? {} : { namespace: ref.namespace }),
        resourceVersion: resourceVersionOf(event.object),
        uid: uidOf(event.object),
      },
      reason: event.reason,
      message: event.message,
      source: { component },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      type,
      reportingComponent: component,
      reportingInstance: '',
    };
    await client.create(body, { fieldManager: component });
    this.#seen.set(key, { name, count: 1 });
  }
}

function resourceless(object: JsonObject): string {
  const ref = refOf(object);
  return `${ref.group}/${ref.kind}/${ref.namespace}/${ref.name}`;
}
