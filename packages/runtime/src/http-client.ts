import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type AgentOptions } from 'node:https';
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import { errorMessage, FluxError, isAbort } from '@flux-ts/base';

/** Maps a URL to the one that is really asked: names inside a cluster to loopback ports, public hosts to mirrors. */
export type ServiceResolver = (url: string) => string;

/** Why a download failed. */
export class HttpError extends FluxError<'HTTP_STATUS' | 'HTTP_NETWORK' | 'HTTP_TOO_LARGE' | 'HTTP_URL'> {
  /** The HTTP status, 0 where there was no answer. */
  readonly status: number;

  constructor(init: { readonly code: HttpError['code']; readonly message: string; readonly status?: number; readonly cause?: unknown }) {
    super(init);
    this.status = init.status ?? 0;
  }
}

/** Who asks, and how far to trust the server. PEM texts. */
export interface HttpAuth {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly bearerToken?: string | undefined;
  readonly caPem?: string | undefined;
  readonly certPem?: string | undefined;
  readonly keyPem?: string | undefined;
}

/** How to ask. */
export interface HttpGetOptions {
  readonly auth?: HttpAuth | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxBytes?: number;
  /** A limit in real time for the whole download. Default 60 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Keep credentials on other hosts too. Default false. */
  readonly passCredentials?: boolean;
}

/** A successful answer. */
export interface HttpAnswer {
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Downloads. */
export interface HttpClient {
  /** GETs a URL, following redirects; credentials never go to another host. @throws HttpError; the signal's reason */
  get(url: string, options?: HttpGetOptions): Promise<HttpAnswer>;
  close(): void;
}

/** What a client is made of. */
export interface HttpClientInit {
  readonly resolve?: ServiceResolver | undefined;
  readonly userAgent?: string;
}

const MAX_REDIRECTS = 10;

async function readBounded(stream: Readable, maxBytes: number, url: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) {
      stream.destroy();
      throw new HttpError({ code: 'HTTP_TOO_LARGE', message: `${url} is larger than ${maxBytes} bytes` });
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function parseUrl(url: string): URL {
  try {
    return new URL(url);
  } catch (cause) {
    throw new HttpError({ code: 'HTTP_URL', message: `${JSON.stringify(url)} is not a URL`, cause });
  }
}

class NodeHttpClient implements HttpClient {
  readonly #init: HttpClientInit;
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https = new Map<string, HttpsAgent>();

  constructor(init: HttpClientInit) {
    this.#init = init;
  }

  async get(url: string, options: HttpGetOptions = {}): Promise<HttpAnswer> {
    const timeout = AbortSignal.timeout(options.timeoutMs ?? 60_000);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
    const origin = parseUrl(url).host;
    let at = url;
    try {
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        const target = parseUrl(this.#init.resolve?.(at) ?? at);
        const trusted = options.passCredentials === true || parseUrl(at).host === origin;
        const direct = target.host === parseUrl(at).host; // not a mirror on another host
        const response = await this.#send(target, trusted && direct ? options : { ...options, auth: tlsOnly(options.auth) }, signal);
        const location = response.headers.location;
        if (location !== undefined && (response.statusCode ?? 0) >= 300 && (response.statusCode ?? 0) < 400) {
          response.resume();
          at = new URL(location, at).toString();
          continue;
        }
        return await this.#read(response, at, options);
      }
    } catch (error) {
      if (options.signal?.aborted === true) throw options.signal.reason;
      if (error instanceof HttpError) throw error;
      const message =
        isAbort(error, signal) || timeout.aborted
          ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
          : errorMessage(error);
      throw new HttpError({ code: 'HTTP_NETWORK', message: `Get "${redacted(at)}": ${message}`, cause: error });
    }
    throw new HttpError({ code: 'HTTP_NETWORK', message: `Get "${redacted(url)}": stopped after ${MAX_REDIRECTS} redirects` });
  }

  close(): void {
    this.#http.destroy();
    for (const agent of this.#https.values()) agent.destroy();
  }

  async #read(response: IncomingMessage, url: string, options: HttpGetOptions): Promise<HttpAnswer> {
    const status = response.statusCode ?? 0;
    if (status !== 200) {
      response.resume();
      const text = `${status} ${response.statusMessage ?? ''}`.trim();
      throw new HttpError({ code: 'HTTP_STATUS', message: `failed to fetch ${redacted(url)} : ${text}`, status });
    }
    const stream = response.headers['content-encoding'] === 'gzip' ? response.pipe(createGunzip()) : response;
    const bytes = await readBounded(stream, options.maxBytes ?? Number.MAX_SAFE_INTEGER, redacted(url));
    return { bytes, headers: response.headers };
  }

  #send(url: URL, options: HttpGetOptions, signal: AbortSignal): Promise<IncomingMessage> {
    const secure = url.protocol === 'https:';
    if (!secure && url.protocol !== 'http:') {
      throw new HttpError({ code: 'HTTP_URL', message: `scheme "${url.protocol.replace(':', '')}" is not supported` });
    }
    const headers: Record<string, string> = { 'user-agent': this.#init.userAgent ?? 'flux', 'accept-encoding': 'gzip', ...options.headers };
    const auth = options.auth;
    if (auth?.bearerToken !== undefined) headers['authorization'] = `Bearer ${auth.bearerToken}`;
    else if (auth?.username !== undefined) {
      headers['authorization'] = `Basic ${Buffer.from(`${auth.username}:${auth.password ?? ''}`).toString('base64')}`;
    }
    return new Promise((resolve, reject) => {
      const agent = secure ? this.#httpsAgent(auth) : this.#http;
      const call = (secure ? httpsRequest : httpRequest)(url, { method: 'GET', headers, agent, signal }, resolve);
      call.on('error', reject);
      call.end();
    });
  }

  #httpsAgent(auth: HttpAuth | undefined): HttpsAgent {
    const id = `${auth?.caPem ?? ''}|${auth?.certPem ?? ''}|${auth?.keyPem ?? ''}`;
    const known = this.#https.get(id);
    if (known !== undefined) return known;
    const options: AgentOptions = {
      keepAlive: true,
      ...(auth?.caPem === undefined ? {} : { ca: auth.caPem }),
      ...(auth?.certPem === undefined ? {} : { cert: auth.certPem }),
      ...(auth?.keyPem === undefined ? {} : { key: auth.keyPem }),
    };
    const agent = new HttpsAgent(options);
    this.#https.set(id, agent);
    return agent;
  }
}

function tlsOnly(auth: HttpAuth | undefined): HttpAuth | undefined {
  return auth?.caPem === undefined ? undefined : { caPem: auth.caPem };
}

/** A URL without its user, password and query. */
export function redacted(url: string): string {
  try {
    const parsed = new URL(url);
    parsed.username = '';
    parsed.password = '';
    parsed.search = '';
    return parsed.toString();
  } catch {
    return url;
  }
}

/** Makes an HTTP client. */
export function createHttpClient(init: HttpClientInit = {}): HttpClient {
  return new NodeHttpClient(init);
}
