import { errorMessage, getString, isAbort, silentLogger, type Clock, type JsonObject, type Logger } from '@flux-ts/base';
import type { KubeClient, ObjectList } from './client.ts';
import { errorFromStatus, isKubeError } from './errors.ts';
import { keyText, resourceVersionOf, keyOf, type ObjectKey, type TypeRef } from './object.ts';

/** A change seen by an informer. `old` is the object before it. Objects must not be changed. */
export type InformerEvent =
  | { readonly type: 'added'; readonly object: JsonObject }
  | { readonly type: 'modified'; readonly object: JsonObject; readonly old: JsonObject }
  | { readonly type: 'deleted'; readonly object: JsonObject };

/** What an informer is made of. */
export interface InformerInit {
  readonly client: KubeClient;
  readonly type: TypeRef;
  readonly clock: Clock;
  readonly log?: Logger;
  readonly namespace?: string;
  readonly labelSelector?: string | undefined;
}

const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 5000;
const SHORT_WATCH_MS = 1000;
/** Objects that a list brings at once: what bounds the text that is held beside them. */
const PAGE = 500;

/** Keeps the objects of one kind at hand: list once, then watch; after 410 it lists again and reports the difference. */
export class Informer {
  readonly type: TypeRef;
  readonly #init: InformerInit;
  readonly #log: Logger;
  readonly #objects = new Map<string, JsonObject>();
  readonly #handlers = new Set<(event: InformerEvent) => void>();
  readonly #ready: Promise<void>;
  #isReady = false;
  #markReady: () => void = () => undefined;

  constructor(init: InformerInit) {
    this.type = init.type;
    this.#init = init;
    this.#log = init.log ?? silentLogger;
    this.#ready = new Promise((resolve) => (this.#markReady = resolve));
  }

  /** Resolves when the first list has been read. */
  get synced(): Promise<void> {
    return this.#ready;
  }

  /** Whether the first list has been read. */
  get hasSynced(): boolean {
    return this.#isReady;
  }

  /** An object, or undefined. */
  get(key: ObjectKey): JsonObject | undefined {
    return this.#objects.get(keyText(key));
  }

  /** All objects, or those of one namespace, in no order. */
  list(namespace?: string): readonly JsonObject[] {
    const all = [...this.#objects.values()];
    return namespace === undefined ? all : all.filter((o) => keyOf(o).namespace === namespace);
  }

  /** Calls back for each change, and first for what is there already. The answer ends it. */
  subscribe(handler: (event: InformerEvent) => void): () => void {
    for (const object of this.#objects.values()) handler({ type: 'added', object });
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  /** Runs until the signal aborts; failures are retried with a growing pause. */
  async start(signal: AbortSignal): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      try {
        let version = await this.#list(signal);
        retryMs = FIRST_RETRY_MS;
        for (;;) {
          const openedMs = this.#init.clock.now();
          const next = await this.#watch(version, signal);
          const isShort = next === version && this.#init.clock.now() - openedMs < SHORT_WATCH_MS;
          if (isShort) await this.#init.clock.sleep(FIRST_RETRY_MS, signal); // a server that ends watches at once is not asked in a loop
          version = next;
        }
      } catch (error) {
        if (signal.aborted || isAbort(error, signal)) return;
        if (isKubeError(error, 'KUBE_GONE')) continue;
        this.#log.debug('informer starts again', { kind: this.type.kind, error: errorMessage(error) });
        try {
          await this.#init.clock.sleep(retryMs, signal);
        } catch {
          return; // the only reason is the abort
        }
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<string> {
    const { client, namespace, labelSelector } = this.#init;
    const seen = new Set<string>();
    let page: ObjectList | undefined;
    do {
      const next: string | undefined = page?.continue;
      try {
        page = await client.list(this.type, {
          namespace,
          labelSelector,
          signal,
          limit: PAGE,
          ...(next === undefined ? {} : { continue: next }),
        });
      } catch (error) {
        if (next === undefined || !isKubeError(error, 'KUBE_GONE')) throw error;
        seen.clear();
        page = await client.list(this.type, { namespace, labelSelector, signal }); // the list changed too fast for pages
      }
      for (const object of page.items) {
        seen.add(keyText(keyOf(object)));
        this.#store(object);
      }
    } while (page.continue !== undefined);
    for (const [key, object] of this.#objects) if (!seen.has(key)) this.#remove(object);
    this.#isReady = true;
    this.#markReady();
    return page.resourceVersion;
  }

  async #watch(resourceVersion: string, signal: AbortSignal): Promise<string> {
    const { client, namespace, labelSelector } = this.#init;
    let version = resourceVersion;
    for await (const event of client.watch(this.type, { namespace, labelSelector, resourceVersion, signal })) {
      if (event.type === 'ERROR') throw errorFromStatus(Number(event.object['code'] ?? 500), event.object);
      version = resourceVersionOf(event.object) || version;
      if (event.type === 'BOOKMARK') continue;
      if (event.type === 'DELETED') this.#remove(event.object);
      else this.#store(event.object);
    }
    signal.throwIfAborted();
    return version;
  }

  #store(object: JsonObject): void {
    const key = keyText(keyOf(object));
    const old = this.#objects.get(key);
    if (old !== undefined && old !== object && getString(old, ['metadata', 'uid']) !== getString(object, ['metadata', 'uid'])) {
      this.#remove(old);
      this.#objects.set(key, object);
      this.#emit({ type: 'added', object });
      return;
    }
    this.#objects.set(key, object);
    if (old === undefined) this.#emit({ type: 'added', object });
    else if (resourceVersionOf(old) !== resourceVersionOf(object)) this.#emit({ type: 'modified', object, old });
  }

  #remove(object: JsonObject): void {
    if (this.#objects.delete(keyText(keyOf(object)))) this.#emit({ type: 'deleted', object });
  }

  #emit(event: InformerEvent): void {
    for (const handler of this.#handlers) handler(event);
  }
}
