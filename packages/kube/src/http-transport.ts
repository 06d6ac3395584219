import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import { errorMessage, isAbort, isObject, parseJson, stringifyJson, type JsonObject } from '@flux-ts/base';
import { errorFromStatus, KubeError } from './errors.ts';
import type { KubeRequest, KubeResponse, KubeWatchEvent, Transport } from './transport.ts';

/** Where an API server is and who calls it. PEM texts; `token` is asked for at each request, so that it may change. */
export interface HttpTransportInit {
  readonly server: string;
  readonly caPem?: string | undefined;
  readonly certPem?: string | undefined;
  readonly keyPem?: string | undefined;
  readonly token?: string | (() => Promise<string>) | undefined;
  readonly basic?: { readonly username: string; readonly password: string } | undefined;
  readonly insecure?: boolean | undefined;
  readonly serverName?: string | undefined;
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

class HttpTransport implements Transport {
  readonly #init: HttpTransportInit;
  readonly #base: URL;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor(init: HttpTransportInit) {
    this.#init = init;
    this.#base = new URL(init.server);
    this.#agent =
      this.#base.protocol === 'https:'
        ? new HttpsAgent({
            keepAlive: true,
            ...(init.caPem === undefined ? {} : { ca: init.caPem }),
            ...(init.certPem === undefined ? {} : { cert: init.certPem }),
            ...(init.keyPem === undefined ? {} : { key: init.keyPem }),
            ...(init.serverName === undefined ? {} : { servername: init.serverName }),
            rejectUnauthorized: init.insecure !== true,
          })
        : new HttpAgent({ keepAlive: true });
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
        const lines = (rest + (chunk as string)).split('\n');
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

  async #send(request: KubeRequest): Promise<IncomingMessage> {
    request.signal?.throwIfAborted();
    const headers = await this.#headers(request);
    const body =
      request.body instanceof Uint8Array ? request.body : request.body === undefined ? undefined : Buffer.from(stringifyJson(request.body));
    if (body !== undefined) headers['content-length'] = String(body.length);
    const prefix = this.#base.pathname.replace(/\/$/, '');
    const options = {
      protocol: this.#base.protocol,
      hostname: this.#base.hostname.replace(/^\[|\]$/g, ''),
      port: this.#base.port === '' ? undefined : Number(this.#base.port),
      path: `${prefix}${request.path}${queryText(request.query)}`,
      method: request.method,
      headers: headers as Record<string, string | string[]>,
      agent: this.#agent,
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    };
    return new Promise<IncomingMessage>((resolve, reject) => {
      const call: ClientRequest = this.#base.protocol === 'https:' ? httpsRequest(options, resolve) : httpRequest(options, resolve);
      call.on('error', (error) => {
        try {
          this.#fail(error, request);
        } catch (wrapped) {
          reject(wrapped as Error);
        }
      });
      call.end(body);
    });
  }

  async #headers(request: KubeRequest): Promise<Record<string, string | readonly string[]>> {
    const { token, basic, headers } = this.#init;
    const out: Record<string, string | readonly string[]> = { accept: 'application/json', 'accept-encoding': 'gzip', ...headers };
    if (request.body !== undefined) out['content-type'] = 'application/json';
    const bearer = typeof token === 'function' ? await token() : token;
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
