import type { JsonObject, JsonValue } from '@flux-ts/base';
import type { KubeUser, KubeWatchEvent } from '@flux-ts/kube';

/** A request as both front ends (HTTP, in process) hand it in. */
export interface ApiRequest {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  readonly query: Query;
  /** Lower-case names; several values joined by the front end where HTTP allows it. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Objects in process; bytes over HTTP; undefined without a body. */
  readonly body: JsonValue | Uint8Array | undefined;
  readonly user: KubeUser;
}

/** What the server answers. */
export type Answer = ObjectAnswer | ListAnswer | TextAnswer | BytesAnswer | WatchAnswer;

/** Header names in lower case. */
export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** One object: stored, computed, or a Status. */
export interface ObjectAnswer {
  readonly kind: 'object';
  readonly status: number;
  readonly object: JsonObject;
  /** The object is a stored one: its bytes are worth keeping. */
  readonly stored?: boolean;
  readonly headers?: Headers;
}

/** A list around stored objects. */
export interface ListAnswer {
  readonly kind: 'list';
  readonly head: JsonObject;
  readonly items: readonly JsonObject[];
  readonly headers?: Headers;
}

/** Text for the few endpoints that speak text. */
export interface TextAnswer {
  readonly kind: 'text';
  readonly status: number;
  readonly text: string;
  readonly contentType: string;
  readonly headers?: Headers;
}

/** Ready bytes of JSON: OpenAPI documents, discovery. `object` is what they say. */
export interface BytesAnswer {
  readonly kind: 'bytes';
  readonly status: number;
  readonly object: () => JsonObject | Promise<JsonObject>;
  readonly bytes: () => Uint8Array | Promise<Uint8Array>;
  readonly contentType: string;
  readonly headers?: Headers;
}

/** A watch that has begun. */
export interface WatchAnswer {
  readonly kind: 'watch';
  readonly events: EventSource;
  readonly contentType: string;
  readonly headers?: Headers;
}

/** Gives events to one reader, at its own pace. */
export interface EventSource {
  /**
   * What is there now, at most `limit`; undefined: the watch has ended. Readers of the same place may be given the same array.
   * @param upTo the last revision to show: what a crash could take back is not shown outside the process
   */
  poll(limit: number, upTo?: number): readonly KubeWatchEvent[] | undefined;
  /** Resolves when {@link EventSource.poll} may give something again. */
  wait(): Promise<void>;
  /** Calls back each time {@link EventSource.poll} may give something again, instead of {@link EventSource.wait}. */
  onReady(callback: () => void): void;
  /** Whether events carry stored objects, whose bytes are worth keeping. */
  readonly stored: boolean;
  /** Asks for a bookmark at the next poll. */
  bookmark(): void;
  close(): void;
}

/** The query of a request: names to values, in order. */
export class Query {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  static readonly empty: Query = new Query(new Map());

  /** Reads `a=1&b=2`. */
  static parse(text: string): Query {
    if (text === '') return Query.empty;
    const values = new Map<string, string[]>();
    for (const [name, value] of new URLSearchParams(text)) {
      const list = values.get(name);
      if (list === undefined) values.set(name, [value]);
      else list.push(value);
    }
    return new Query(values);
  }

  /** Takes the query of an in-process request. */
  static from(record: Readonly<Record<string, string | readonly string[] | undefined>> | undefined): Query {
    if (record === undefined) return Query.empty;
    const values = new Map<string, readonly string[]>();
    for (const [name, value] of Object.entries(record))
      if (value !== undefined) values.set(name, typeof value === 'string' ? [value] : value);
    return new Query(values);
  }

  /** The first value, or empty text. */
  get(name: string): string {
    return this.#values.get(name)?.[0] ?? '';
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** Whether a flag is set, as Go's query decoding reads it: `true`, `1`, or without a value. */
  flag(name: string): boolean {
    if (!this.has(name)) return false;
    const value = this.get(name).toLowerCase();
    return value !== 'false' && value !== '0';
  }
}

/** A header's value as one text, or empty. */
export function header(request: ApiRequest, name: string): string {
  const value = request.headers[name];
  if (value === undefined) return '';
  return typeof value === 'string' ? value : value.join(',');
}
