import { compareBytes } from '@flux-ts/base';
import type { KubeWatchEvent } from '@flux-ts/kube';
import type { Change, Stored } from './stored.ts';

/** The events that a group of watches gets for a stretch of changes. */
export interface Batch {
  /** The cursor it begins at. */
  readonly from: number;
  /** The most events, and the last revision, that were asked for. */
  readonly limit: number;
  readonly upTo: number;
  /** The cursor behind it. */
  readonly next: number;
  /** The revision of the last change in it. */
  readonly revision: number;
  readonly events: readonly KubeWatchEvent[];
}

/** How many changes a table remembers, and for how long, so that watches can resume. */
export interface RingLimits {
  /** Always kept. */
  readonly atLeast: number;
  /** Never more. */
  readonly atMost: number;
  /** Between the two, changes older than this are dropped. */
  readonly keepMs: number;
}

/** The default limits of a table's memory of changes. */
export const DEFAULT_RING: RingLimits = { atLeast: 1_000, atMost: 50_000, keepMs: 5 * 60_000 };

/** All objects of one resource and its latest changes in order. */
export class Table {
  readonly key: string;
  readonly #limits: RingLimits;
  readonly #objects = new Map<string, Stored>();
  #sorted: readonly string[] | undefined;
  #changes: Change[] = [];
  /** How many changes were dropped from the front of `#changes` since the start. */
  #dropped = 0;
  /** Changes up to this revision are forgotten. */
  #forgotten: number;
  readonly #listeners = new Set<() => void>();
  /** What groups of watches were given since the last commit. */
  readonly batches: Map<string, Batch> = new Map();

  /** @param key `group/resource`, @param startRevision changes up to here were never known */
  constructor(key: string, startRevision: number, limits: RingLimits = DEFAULT_RING) {
    this.key = key;
    this.#forgotten = startRevision;
    this.#limits = limits;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): Stored | undefined {
    return this.#objects.get(key);
  }

  /** Whether a watch may start after this revision. */
  remembers(revision: number): boolean {
    return revision >= this.#forgotten;
  }

  /** The oldest revision that a watch may start after. */
  get oldestRevision(): number {
    return this.#forgotten;
  }

  /** All objects in the order of their keys. @param namespace only this one's; empty: all */
  list(namespace = ''): Stored[] {
    const keys = this.#keys();
    const out: Stored[] = [];
    if (namespace === '') {
      for (const key of keys) out.push(this.#objects.get(key) as Stored);
      return out;
    }
    const prefix = `${namespace}/`;
    for (let i = lowerBound(keys, prefix); i < keys.length && (keys[i] as string).startsWith(prefix); i++)
      out.push(this.#objects.get(keys[i] as string) as Stored);
    return out;
  }

  /**
   * All objects as they were at a revision.
   * @returns undefined where that is no longer known.
   */
  listAt(revision: number, namespace = ''): Stored[] | undefined {
    if (!this.remembers(revision)) return undefined;
    const last = this.#changes.at(-1);
    if (last === undefined || last.revision <= revision) return this.list(namespace);
    const state = new Map(this.#objects);
    for (let i = this.#changes.length - 1; i >= 0; i--) {
      const change = this.#changes[i] as Change;
      if (change.revision <= revision) break;
      if (change.previous === undefined) state.delete(change.current.key);
      else state.set(change.previous.key, change.previous);
    }
    const all = [...state.values()].filter((s) => namespace === '' || s.namespace === namespace);
    return all.sort((a, b) => compareBytes(a.key, b.key));
  }

  /** Where a reader that wants all changes after a revision begins. */
  cursorAfter(revision: number): number {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((this.#changes[mid] as Change).revision <= revision) low = mid + 1;
      else high = mid;
    }
    return this.#dropped + low;
  }

  /** The end of the changes so far, as a cursor. */
  get end(): number {
    return this.#dropped + this.#changes.length;
  }

  /** The change at a cursor; undefined at the end; 'gone' where it was dropped. */
  at(cursor: number): Change | undefined | 'gone' {
    if (cursor < this.#dropped) return 'gone';
    return this.#changes[cursor - this.#dropped];
  }

  /** Puts an object in without a change being seen: loading from disk. */
  load(stored: Stored): void {
    this.#objects.set(stored.key, stored);
    this.#sorted = undefined;
  }

  /** Records a committed change and wakes the readers. */
  commit(change: Change): void {
    const { key } = change.current;
    if (change.type === 'DELETED') {
      this.#objects.delete(key);
      this.#sorted = undefined;
    } else {
      if (change.previous === undefined) this.#sorted = undefined;
      this.#objects.set(key, change.current);
    }
    this.#changes.push(change);
    this.#trim(change.at);
    this.batches.clear();
    for (const listener of this.#listeners) listener();
  }

  /** Calls back after every commit until the answer is called. */
  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #keys(): readonly string[] {
    return (this.#sorted ??= [...this.#objects.keys()].sort(compareBytes));
  }

  #trim(now: number): void {
    const { atLeast, atMost, keepMs } = this.#limits;
    // in steps, so that the array is copied rarely
    if (this.#changes.length < atLeast * 2) return;
    let drop = Math.max(0, this.#changes.length - atMost);
    const spare = this.#changes.length - atLeast;
    while (drop < spare && (this.#changes[drop] as Change).at < now - keepMs) drop++;
    if (drop < atLeast) return;
    this.#forgotten = (this.#changes[drop - 1] as Change).revision;
    this.#changes = this.#changes.slice(drop);
    this.#dropped += drop;
  }
}

function lowerBound(sorted: readonly string[], wanted: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (compareBytes(sorted[mid] as string, wanted) < 0) low = mid + 1;
    else high = mid;
  }
  return low;
}
