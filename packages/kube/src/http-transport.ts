import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import { errorMessage, isAbort, isObject, parseJson, stringifyJson, type Clock, type JsonObject } from '@flux-ts/base';
import { errorFromStatus, KubeError } from './errors.ts';
import { parseProxyUrl, ProxiedHttpAgent, ProxiedHttpsAgent } from './proxy.ts';
import type { KubeRequest, KubeResponse, KubeWatchEvent, Transport } from './transport.ts';

/** Where an API server is and who calls it. PEM texts; `token` is asked for at each request, so that it may change. */
export interface HttpTransportInit {
  readonly server: string;
  readonly caPem?: string | undefined;
  readonly certPem?: string | undefined;
  readonly keyPem?: string | undefined;
  /** A bearer token, or how to get one: `stale` asks for another than the one the server has just refused. */
  readonly token?: string | ((stale: boolean) => Promise<string>) | undefined;
  readonly basic?: { readonly username: string; readonly password: string } | undefined;
  readonly insecure?: boolean | undefined;
  readonly serverName?: string | undefined;
  /** An http or https proxy, with credentials where it wants some. */
  readonly proxyUrl?: string | undefined;
  /** Times the pauses that a busy server asks for; without it such answers are given back as they are. */
  readonly clock?: Clock | undefined;
  /** Headers of every request (impersonation, user agent). Lower-case names. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

function queryText(query: KubeRequest['query']): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue;
    for (const item of typeof value === 'string' ? [value] : value) params.append(key, item);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function decoded(response: IncomingMessage): Readable {
  return response.headers['content-encoding'] === 'gzip' ? response.pipe(createGunzip()) : response;
}

function headersOf(response: IncomingMessage): Record<string, string | readonly string[]> {
  const out: Record<string, string | readonly string[]> = {};
  for (const [key, value] of Object.entries(response.headers)) if (value !== undefined) out[key] = value;
  return out;
}

function agentOf(init: HttpTransportInit, secure: boolean): HttpAgent | HttpsAgent {
  const proxy = init.proxyUrl === undefined ? undefined : parseProxyUrl(init.proxyUrl);
  if (!secure) return proxy === undefined ? new HttpAgent({ keepAlive: true }) : new ProxiedHttpAgent(proxy, { keepAlive: true });
  const options = {
    keepAlive: true,
    ...(init.caPem === undefined ? {} : { ca: init.caPem }),
    ...(init.certPem === undefined ? {} : { cert: init.certPem }),
    ...(init.keyPem === undefined ? {} : { key: init.keyPem }),
    ...(init.serverName === undefined ? {} : { servername: init.serverName }),
    rejectUnauthorized: init.insecure !== true,
  };
  return proxy === undefined ? new HttpsAgent(options) : new ProxiedHttpsAgent(proxy, options);
}

const MOST_RETRIES = 10;

/** The pause that a server asks for, as client-go understands it: seconds, for 429 and server errors. */
function retryAfterMs(response: IncomingMessage): number | undefined {
  const status = response.statusCode ?? 0;
  const seconds = Number(response.headers['retry-after'] ?? NaN);
  return (status === 429 || status >= 500) && Number.isInteger(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** A kept connection that the server closed just before: nothing was done, and asking again does no harm. */
function mayRepeat(error: unknown, call: ClientRequest, request: KubeRequest): boolean {
  const gone = error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
  return gone && call.reusedSocket && request.method !== 'POST' && request.method !== 'PATCH';
}

class HttpTransport implements Transport {
  readonly #init: HttpTransportInit;
  readonly #base: URL;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(init: HttpTransportInit) {
    this.#init = init;
    this.#base = new URL(init.server);
    this.#agent = agentOf(init, this.#base.protocol === 'https:');
  }

  async request(request: KubeRequest): Promise<KubeResponse> {
    const response = await this.#send(request);
    const bytes = await readAll(decoded(response)).catch((error: unknown) => this.#fail(error, request));
    const text = bytes.toString('utf8');
    const status = response.statusCode ?? 0;
    const json = /\bjson\b/.test(response.headers['content-type'] ?? '');
    if (json && text !== '') return { status, headers: headersOf(response), body: parseJson(text) };
    return { status, headers: headersOf(response), body: undefined, text };
  }

  async *watch(request: KubeRequest): AsyncGenerator<KubeWatchEvent, void, undefined> {
    const response = await this.#send({ ...request, query: { ...request.query, watch: 'true' } });
    const stream = decoded(response);
    if (response.statusCode !== 200) {
      const text = (await readAll(stream)).toString('utf8');
      throw errorFromStatus(response.statusCode ?? 0, text.startsWith('{') ? parseJson(text) : undefined, text);
    }
    let rest = '';
    try {
      stream.setEncoding('utf8');
      for await (const chunk of stream) {
        const lines = (chunk as string).split('\n');
        lines[0] = rest + (lines[0] ?? '');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (line.trim() === '') continue;
          const event = parseJson(line);
          if (isObject(event) && isObject(event['object']))
            yield { type: event['type'] as KubeWatchEvent['type'], object: event['object'] };
        }
      }
    } catch (error) {
      if (request.signal?.aborted === true) return;
      this.#fail(error, request);
    } finally {
      response.destroy();
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Sends, and again where the server asks for patience, the token was out of date, or a kept connection had ended. */
  async #send(request: KubeRequest): Promise<IncomingMessage> {
    const { clock, token } = this.#init;
    let stale = false;
    for (let retries = 0; ; retries++) {
      request.signal?.throwIfAborted();
      const response = await this.#sendOnce(request, await this.#headers(request, stale));
      const pauseMs = retryAfterMs(response);
      const isPatient = pauseMs !== undefined && clock !== undefined && retries < MOST_RETRIES;
      const isRefused = response.statusCode === 401 && typeof token === 'function' && !stale;
      if (!isPatient && !isRefused) return response;
      response.resume();
      if (isRefused) stale = true;
      if (isPatient) await clock.sleep(pauseMs, request.signal);
    }
  }

  #sendOnce(request: KubeRequest, headers: Record<string, string | readonly string[]>, again = false): Promise<IncomingMessage> {
    const body =
      request.body instanceof Uint8Array ? request.body : request.body === undefined ? undefined : Buffer.from(stringifyJson(request.body));
    const prefix = this.#base.pathname.replace(/\/$/, '');
    const options = {
      protocol: this.#base.protocol,
      hostname: this.#base.hostname.replace(/^\[|\]$/g, ''),
      port: this.#base.port === '' ? undefined : Number(this.#base.port),
      path: `${prefix}${request.path}${queryText(request.query)}`,
      method: request.method,
      headers: { ...headers, ...(body === undefined ? {} : { 'content-length': String(body.length) }) } as Record<
        string,
        string | string[]
      >,
      agent: this.#agent,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    };
    return new Promise<IncomingMessage>((resolve, reject) => {
      const call: ClientRequest = this.#base.protocol === 'https:' ? httpsRequest(options, resolve) : httpRequest(options, resolve);
      call.on('error', (error) => {
        if (!again && mayRepeat(error, call, request)) return resolve(this.#sendOnce(request, headers, true));
        try {
          return this.#fail(error, request);
        } catch (wrapped) {
          return reject(wrapped as Error);
        }
      });
      call.end(body);
    });
  }

  async #headers(request: KubeRequest, stale: boolean): Promise<Record<string, string | readonly string[]>> {
    const { token, basic, headers } = this.#init;
    const out: Record<string, string | readonly string[]> = { accept: 'application/json', 'accept-encoding': 'gzip', ...headers };
    if (request.body !== undefined) out['content-type'] = 'application/json';
    const bearer = typeof token === 'function' ? await token(stale) : token;
    if (bearer !== undefined && bearer !== '') out['authorization'] = `Bearer ${bearer}`;
    else if (basic !== undefined) out['authorization'] = `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}`;
    return { ...out, ...request.headers };
  }

  /** Words a connection failure without anything of the credentials. */
  #fail(error: unknown, request: KubeRequest): never {
    if (isAbort(error, request.signal)) throw request.signal?.reason ?? error;
    const message = `${request.method} ${this.#base.origin}${request.path}: ${errorMessage(error)}`;
    throw new KubeError({ code: 'KUBE_UNREACHABLE', message, cause: error });
  }
}

/** Makes a transport over HTTP or HTTPS: connections are kept, answers may be gzipped, watches stream. */
export function createHttpTransport(init: HttpTransportInit): Transport {
  return new HttpTransport(init);
}

/** What a server says of itself at `/version`. */
export async function serverVersion(transport: Transport): Promise<JsonObject> {
  const answer = await transport.request({ method: 'GET', path: '/version' });
  if (answer.status !== 200 || !isObject(answer.body)) throw errorFromStatus(answer.status, answer.body, answer.text);
  return answer.body;
}
