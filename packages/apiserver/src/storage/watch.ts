import { setPath, type JsonObject } from '@flux-ts/base';
import type { KubeWatchEvent } from '@flux-ts/kube';
import type { EventSource } from '../request.ts';
import type { Change, Stored } from './stored.ts';
import type { Table } from './table.ts';

/** What a watch shows. */
export interface WatchOptions {
  readonly table: Table;
  /** Changes after this revision are shown. */
  readonly after: number;
  /** Objects shown as ADDED before any change: a streaming list, or a watch from "0". */
  readonly initial?: readonly Stored[];
  /** After `initial`, a bookmark says that the list is complete. */
  readonly initialBookmark?: boolean;
  /** Whether the reader sees an object at all (namespace, selectors). */
  readonly matches: (stored: Stored) => boolean;
  /** How it sees it. */
  readonly view: (object: JsonObject) => JsonObject;
  /** An empty object of the kind, for bookmarks. */
  readonly bookmark: (revision: string) => JsonObject;
  /** The latest revision of the whole store. */
  readonly revision: () => number;
  /** The Status of the ERROR event when changes were dropped before they were read. */
  readonly gone: () => JsonObject;
  /** Views are stored objects or stable views of them. */
  readonly stored: boolean;
  /** Watches of one table with the same text see the same events: what is made for one is given to all. Absent: alone. */
  readonly group?: string;
}

/** The annotation of the bookmark that ends a streaming list. */
export const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** A reader of a table's changes, at its own pace: it holds a place in the table's memory, never a queue. */
export class Watch implements EventSource {
  readonly stored: boolean;
  readonly #options: WatchOptions;
  #initial: readonly Stored[];
  #initialAt = 0;
  #cursor: number;
  #ended = false;
  #bookmarkDue = false;
  #initialEndDue: boolean;
  #lastRevision: number;
  #wake: (() => void) | undefined;
  #onReady: (() => void) | undefined;
  readonly #stop: () => void;
  readonly #onClose: (() => void)[] = [];

  constructor(options: WatchOptions) {
    this.#options = options;
    this.stored = options.stored;
    this.#initial = options.initial ?? [];
    this.#initialEndDue = options.initialBookmark ?? false;
    this.#cursor = options.table.cursorAfter(options.after);
    this.#lastRevision = options.after;
    this.#stop = options.table.onCommit(() => this.#notify());
  }

  /** Something to do when the watch is closed (timers, counters). */
  onClose(callback: () => void): void {
    this.#onClose.push(callback);
  }

  /** Asks for a bookmark at the next poll. */
  bookmark(): void {
    this.#bookmarkDue = true;
    this.#notify();
  }

  /** Ends the watch for the reader: what is there is still given. */
  end(): void {
    this.#ended = true;
    this.#notify();
  }

  poll(limit: number, upTo = Infinity): readonly KubeWatchEvent[] | undefined {
    const shared = this.#shared(limit, upTo);
    if (shared !== undefined) return shared.length === 0 && this.#ended ? undefined : shared;
    const events: KubeWatchEvent[] = [];
    while (this.#initialAt < this.#initial.length && events.length < limit) {
      const stored = this.#initial[this.#initialAt++] as Stored;
      if (this.#options.matches(stored)) events.push({ type: 'ADDED', object: this.#options.view(stored.object) });
    }
    if (this.#initialAt < this.#initial.length) return events;
    this.#initial = [];
    this.#initialAt = 0;
    if (this.#initialEndDue) {
      this.#initialEndDue = false;
      events.push(this.#bookmarkEvent(true));
    }
    if (!this.#drain(events, limit, upTo)) return events.length > 0 ? events : undefined;
    if (this.#bookmarkDue && events.length < limit) {
      this.#bookmarkDue = false;
      this.#lastRevision = Math.max(this.#lastRevision, Math.min(upTo, this.#options.revision()));
      events.push(this.#bookmarkEvent(false));
    }
    return events.length === 0 && this.#ended ? undefined : events;
  }

  wait(): Promise<void> {
    if (this.#ended || this.#bookmarkDue || this.#cursor < this.#options.table.end) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  onReady(callback: () => void): void {
    this.#onReady = callback;
  }

  close(): void {
    this.#ended = true;
    this.#onReady = undefined;
    this.#stop();
    for (const callback of this.#onClose.splice(0)) callback();
    this.#notify();
  }

  /** The next events as another watch of the group got them from the same place; undefined where this one is not like the others now. */
  #shared(limit: number, upTo: number): readonly KubeWatchEvent[] | undefined {
    const { table, group } = this.#options;
    if (group === undefined || this.#initial.length > 0 || this.#initialEndDue || this.#bookmarkDue) return undefined;
    if (table.at(this.#cursor) === 'gone') return undefined;
    const known = table.batches.get(group);
    if (known !== undefined && known.from === this.#cursor && known.limit === limit && known.upTo === upTo) {
      this.#cursor = known.next;
      this.#lastRevision = Math.max(this.#lastRevision, known.revision);
      return known.events;
    }
    const from = this.#cursor;
    const events: KubeWatchEvent[] = [];
    this.#drain(events, limit, upTo);
    table.batches.set(group, { from, limit, upTo, next: this.#cursor, revision: this.#lastRevision, events });
    return events;
  }

  /** @returns false when the reader fell behind the table's memory; the ERROR event is then the last one */
  #drain(events: KubeWatchEvent[], limit: number, upTo: number): boolean {
    while (events.length < limit) {
      const change = this.#options.table.at(this.#cursor);
      if (change === undefined || (change !== 'gone' && change.revision > upTo)) return true;
      if (change === 'gone') {
        this.#ended = true;
        this.#cursor = this.#options.table.end;
        events.push({ type: 'ERROR', object: this.#options.gone() });
        this.#notify(); // the next poll says that it has ended
        return false;
      }
      this.#cursor++;
      this.#lastRevision = change.revision;
      const event = this.#event(change);
      if (event !== undefined) events.push(event);
    }
    return true;
  }

  #event(change: Change): KubeWatchEvent | undefined {
    const { matches, view } = this.#options;
    const before = change.previous !== undefined && matches(change.previous);
    if (change.type === 'DELETED') return before ? { type: 'DELETED', object: view(change.current.object) } : undefined;
    const now = matches(change.current);
    if (now) return { type: before ? 'MODIFIED' : 'ADDED', object: view(change.current.object) };
    if (!before || change.previous === undefined) return undefined;
    // it left the selection: its last state inside, under the revision of the change
    const left = setPath(change.previous.object, ['metadata', 'resourceVersion'], String(change.revision)) as JsonObject;
    return { type: 'DELETED', object: view(left) };
  }

  #bookmarkEvent(initialEnd: boolean): KubeWatchEvent {
    const object = this.#options.bookmark(String(this.#lastRevision));
    return {
      type: 'BOOKMARK',
      object: initialEnd ? (setPath(object, ['metadata', 'annotations'], { [INITIAL_EVENTS_END]: 'true' }) as JsonObject) : object,
    };
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
    this.#onReady?.();
  }
}
