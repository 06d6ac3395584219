import { mkdirSync } from 'node:fs';
import { errorMessage, FluxError, getString, isObject, parseJson, stringifyJson, type JsonObject } from '@flux-ts/base';
import { storedKey, type Change, type Stored } from './stored.ts';
import type { Journal, JournalContents } from './store.ts';

/** A directory that cannot hold a cluster: not writable, or damaged. */
export class JournalError extends FluxError<'JOURNAL_UNREADABLE'> {}

const REVISION = 'revision';
const OBJECT = 'o:';

/**
 * Opens the objects that are kept in a directory (LMDB). A write and the counter of revisions are one transaction, and a
 * write is acknowledged after its transaction is on disk: nothing acknowledged is lost, and the counter never goes back.
 * @throws JournalError
 */
export async function openJournal(directory: string): Promise<{ readonly journal: Journal; readonly contents: JournalContents }> {
  try {
    mkdirSync(directory, { recursive: true });
    const { open } = await import('lmdb');
    const db = open<Uint8Array, string>({ path: `${directory}/objects.lmdb`, encoding: 'binary', compression: false, noSubdir: true });
    const contents = { revision: readRevision(db.get(REVISION)), objects: readObjects(db.getRange({ start: OBJECT, end: 'o;' })) };
    let pending: Promise<boolean> | undefined;
    const journal: Journal = {
      append(table, change) {
        const key = `${OBJECT}${table}|${change.current.key}`;
        void (change.type === 'DELETED' ? db.remove(key) : db.put(key, encode(change)));
        pending = db.put(REVISION, Buffer.from(String(change.revision)));
      },
      async flushed() {
        if (pending === undefined) return;
        await pending;
        await db.flushed;
      },
      async close() {
        await pending;
        await db.flushed;
        await db.close();
      },
    };
    return { journal, contents };
  } catch (error) {
    throw new JournalError({
      code: 'JOURNAL_UNREADABLE',
      message: `cannot keep a cluster in ${directory}: ${errorMessage(error)}`,
      cause: error,
    });
  }
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
