import type { JsonObject, JsonValue } from '@flux-ts/base';

/** Who makes a request; in process it takes the place of credentials. */
export interface KubeUser {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** A request to a Kubernetes API. Over HTTP the body is serialised here; in process objects travel as they are, never changed. */
export interface KubeRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path without a query, e.g. `/apis/apps/v1/namespaces/default/deployments/web`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Lower-case names. `content-type` of a body defaults to `application/json`. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** A JSON value, or bytes that go as they are (YAML, protobuf). */
  readonly body?: JsonValue | Uint8Array;
  readonly signal?: AbortSignal;
}

/** An answer: `body` is the object (in process: the stored one itself), or text for the few endpoints that speak text. */
export interface KubeResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: JsonValue | undefined;
  /** The text of an answer that is not JSON. */
  readonly text?: string;
}

/** One event of a watch. `ERROR` carries a Status. */
export interface KubeWatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: JsonObject;
}

/** What carries requests to an API server: HTTP, or a function call inside one process. */
export interface Transport {
  /** Sends a request. Error answers (4xx, 5xx) are answers too, not exceptions. @throws where there is no answer at all */
  request(request: KubeRequest): Promise<KubeResponse>;
  /**
   * Opens a watch (`watch=true` is added). Ends when the server ends it or the signal aborts.
   * @throws KubeError for an answer that is not 200.
   */
  watch(request: KubeRequest): AsyncIterable<KubeWatchEvent>;
  close(): void;
}
