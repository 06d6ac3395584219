import { mkdirSync } from 'node:fs';
import type { RootDatabase } from 'lmdb';
import { errorMessage, FluxError, getString, isObject, parseJson, stringifyJson, type JsonObject } from '@flux-ts/base';
import { storedKey, type Change, type Stored } from './stored.ts';
import type { Journal, JournalContents } from './store.ts';

/** A directory that cannot hold a cluster, not writable or damaged; or one that took no more writes (a full disk). */
export class JournalError extends FluxError<'JOURNAL_UNREADABLE' | 'JOURNAL_FAILED'> {}

/** A journal and what it held when it was opened. */
export interface OpenJournal {
  readonly journal: Journal;
  readonly contents: JournalContents;
}

const REVISION = 'revision';
const OBJECT = 'o:';

/**
 * Opens the objects that are kept in a directory (LMDB). A write and the counter of revisions are one transaction, and a
 * write is acknowledged after its transaction is on disk: nothing acknowledged is lost, and the counter never goes back.
 * @throws JournalError
 */
export async function openJournal(directory: string): Promise<OpenJournal> {
  try {
    mkdirSync(directory, { recursive: true });
    const { open } = await import('lmdb');
    const db = open<Uint8Array, string>({ path: `${directory}/objects.lmdb`, encoding: 'binary', compression: false, noSubdir: true });
    const contents = { revision: readRevision(db.get(REVISION)), objects: readObjects(db.getRange({ start: OBJECT, end: 'o;' })) };
    return { journal: new LmdbJournal(db, contents.revision), contents };
  } catch (error) {
    throw new JournalError({
      code: 'JOURNAL_UNREADABLE',
      message: `cannot keep a cluster in ${directory}: ${errorMessage(error)}`,
      cause: error,
    });
  }
}

type Database = RootDatabase<Uint8Array, string>;

class LmdbJournal implements Journal {
  readonly #db: Database;
  #latest: number;
  #durable: number;
  #pending: Promise<unknown> = Promise.resolve();
  #failure: JournalError | undefined;

  constructor(db: Database, revision: number) {
    this.#db = db;
    this.#latest = revision;
    this.#durable = revision;
  }

  get durable(): number {
    return this.#durable;
  }

  append(table: string, change: Change): void {
    if (this.#failure !== undefined) throw this.#failure;
    const key = `${OBJECT}${table}|${change.current.key}`;
    // both in one turn of the loop: one transaction
    const object = change.type === 'DELETED' ? this.#db.remove(key) : this.#db.put(key, encode(change));
    this.#pending = Promise.all([object, this.#db.put(REVISION, Buffer.from(String(change.revision)))]);
    this.#pending.catch((error: unknown) => this.#fail(error));
    this.#latest = change.revision;
  }

  flushed(): Promise<void> | undefined {
    return this.#failure === undefined && this.#durable === this.#latest ? undefined : this.#flush();
  }

  async close(): Promise<void> {
    try {
      await this.flushed();
    } finally {
      await this.#db.close();
    }
  }

  async #flush(): Promise<void> {
    const upTo = this.#latest;
    try {
      await this.#pending;
      await this.#db.flushed;
    } catch (error) {
      this.#fail(error);
    }
    if (this.#failure !== undefined) throw this.#failure;
    this.#durable = Math.max(this.#durable, upTo);
  }

  /** After a write that failed nothing is written any more: what follows could not be told from what was lost. */
  #fail(error: unknown): void {
    this.#failure ??= journalFailed(error);
  }
}

/** What is said of writes once one of them could not be kept. */
function journalFailed(cause: unknown): JournalError {
  const message = `the storage of the cluster failed and takes no more writes: ${errorMessage(cause)}`;
  return new JournalError({ code: 'JOURNAL_FAILED', message, cause });
}

function encode(change: Change): Buffer {
  return Buffer.from(stringifyJson(change.current.object));
}

function readRevision(bytes: Uint8Array | undefined): number {
  return bytes === undefined ? 1 : Number(Buffer.from(bytes).toString());
}

function* readObjects(
  entries: Iterable<{ readonly key: string; readonly value: Uint8Array }>,
): Iterable<{ readonly table: string; readonly stored: Stored }> {
  for (const { key, value } of entries) {
    const object = parseJson(Buffer.from(value).toString('utf8'));
    if (!isObject(object)) throw new TypeError(`${key} holds no object`);
    const [table = '', place = ''] = key.slice(OBJECT.length).split('|');
    yield { table, stored: asStored(object, place) };
  }
}

function asStored(object: JsonObject, place: string): Stored {
  const slash = place.indexOf('/');
  const namespace = place.slice(0, slash);
  const name = place.slice(slash + 1);
  return {
    namespace,
    name,
    key: storedKey(namespace, name),
    object,
    revision: Number(getString(object, ['metadata', 'resourceVersion']) ?? 0),
  };
}
