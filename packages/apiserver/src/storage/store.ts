import { setPath, type Clock, type JsonObject } from '@flux-ts/base';
import { storedKey, type Change, type Stored } from './stored.ts';
import { DEFAULT_RING, Table, type RingLimits } from './table.ts';

/** Where committed writes go besides memory. */
export interface Journal {
  /** Takes a write; it is durable once {@link Journal.flushed} has resolved. @throws JournalError after one that failed */
  append(table: string, change: Change): void;
  /** Resolves when everything taken so far is on disk, rejects with a JournalError where it cannot be; undefined: it is there already. */
  flushed(): Promise<void> | undefined;
  /** The latest revision that is on disk, with all before it. */
  readonly durable: number;
  close(): Promise<void>;
}

/** What a journal gives back at the start. */
export interface JournalContents {
  readonly revision: number;
  readonly objects: Iterable<{ readonly table: string; readonly stored: Stored }>;
}

/** How a store is made. */
export interface StoreOptions {
  readonly clock: Clock;
  readonly journal?: Journal;
  readonly contents?: JournalContents;
  readonly ring?: RingLimits;
  /** Freezes what is stored, all the way down: for tests. */
  readonly freeze?: boolean;
}

/** What a write is about. */
export interface WriteTarget {
  readonly table: string;
  readonly namespace: string;
  readonly name: string;
}

/** Every stored object, one counter of revisions, the latest changes: the place of etcd. Single-threaded, so every call is a transaction. */
export class Store {
  readonly #clock: Clock;
  readonly #journal: Journal | undefined;
  readonly #tables = new Map<string, Table>();
  readonly #ring: RingLimits;
  readonly #freeze: boolean;
  readonly #listeners = new Set<(table: string, change: Change) => void>();
  #revision = 1;
  /** Changes up to this revision were made before this process; every table remembers all since. */
  #loaded = 0;

  constructor(options: StoreOptions) {
    this.#clock = options.clock;
    this.#journal = options.journal;
    this.#ring = options.ring ?? DEFAULT_RING;
    this.#freeze = options.freeze ?? false;
    if (options.contents === undefined) return;
    this.#revision = Math.max(1, options.contents.revision);
    this.#loaded = this.#revision;
    for (const { table, stored } of options.contents.objects) this.table(table).load(stored);
  }

  /** The revision of the latest write. */
  get revision(): number {
    return this.#revision;
  }

  /** The latest revision that a crash cannot take back. */
  get durable(): number {
    return this.#journal?.durable ?? this.#revision;
  }

  /** The table of a resource, `group/resource`; made where there is none yet. */
  table(key: string): Table {
    let table = this.#tables.get(key);
    if (table === undefined) {
      table = new Table(key, this.#loaded, this.#ring);
      this.#tables.set(key, table);
    }
    return table;
  }

  /** All tables that hold or held something. */
  tables(): Iterable<Table> {
    return this.#tables.values();
  }

  get(target: WriteTarget): Stored | undefined {
    return this.#tables.get(target.table)?.get(storedKey(target.namespace, target.name));
  }

  /** Stores an object under a new revision; its resourceVersion is set here. */
  put(target: WriteTarget, object: JsonObject): Stored {
    const table = this.table(target.table);
    const key = storedKey(target.namespace, target.name);
    const previous = table.get(key);
    const current = this.#version(target, key, object);
    this.#commit(table, {
      type: previous === undefined ? 'ADDED' : 'MODIFIED',
      revision: current.revision,
      current,
      previous,
      at: this.#clock.now(),
    });
    return current;
  }

  /** Takes an object away. @param last the state that watchers see; default: what was stored */
  delete(target: WriteTarget, last?: JsonObject): Stored | undefined {
    const table = this.table(target.table);
    const key = storedKey(target.namespace, target.name);
    const previous = table.get(key);
    if (previous === undefined) return undefined;
    const current = this.#version(target, key, last ?? previous.object);
    this.#commit(table, { type: 'DELETED', revision: current.revision, current, previous, at: this.#clock.now() });
    return current;
  }

  /** Calls back for every write, in order, until the answer is called. */
  onChange(listener: (table: string, change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when all writes so far are durable; undefined where nothing has to be waited for. Rejects with a JournalError. */
  flushed(): Promise<void> | undefined {
    return this.#journal?.flushed();
  }

  async close(): Promise<void> {
    await this.#journal?.close();
  }

  #version(target: WriteTarget, key: string, object: JsonObject): Stored {
    const revision = ++this.#revision;
    const versioned = setPath(object, ['metadata', 'resourceVersion'], String(revision)) as JsonObject;
    if (this.#freeze) deepFreeze(versioned);
    return { namespace: target.namespace, name: target.name, key, object: versioned, revision };
  }

  #commit(table: Table, change: Change): void {
    this.#journal?.append(table.key, change);
    table.commit(change);
    for (const listener of this.#listeners) listener(table.key, change);
  }
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const child of Object.values(value)) deepFreeze(child);
}
