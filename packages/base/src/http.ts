import type { IncomingMessage } from 'node:http';
import { errorMessage, FluxError } from './errors.ts';
import { tlsOptions, type HttpAgents, type TlsIdentity } from './http-agents.ts';

/** Why there is no HTTP answer, or none that can be used. */
export type HttpErrorCode = 'HTTP_NETWORK' | 'HTTP_TIMEOUT' | 'HTTP_TOO_LARGE' | 'HTTP_REDIRECTS' | 'HTTP_STATUS' | 'HTTP_URL';

/** A request without an answer that can be used; the message never holds credentials. */
export class HttpError extends FluxError<HttpErrorCode> {
  /** The HTTP status, 0 where there was no answer. */
  readonly status: number;

  constructor(init: { readonly code: HttpErrorCode; readonly message: string; readonly status?: number; readonly cause?: unknown }) {
    super(init);
    this.status = init.status ?? 0;
  }
}

/** One HTTP request over TCP or TLS, for helpers that talk to registries and repositories. */
export interface HttpRequest extends TlsIdentity {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Lower-case names. `authorization`, `cookie` and the client certificate are dropped when a redirect or `mapUrl` leaves the host. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Keep credentials on other hosts too. Default false. */
  readonly keepCredentials?: boolean;
  /** Where a URL is really asked for (mirrors, names inside a cluster); redirects are mapped too. */
  readonly mapUrl?: (url: string) => string;
  /** Connections to use again. Default: node's own. */
  readonly agents?: HttpAgents;
  /** Real deadline for the whole exchange. Default 60 000. */
  readonly timeoutMs?: number;
  /** Bound of the (decoded) body. Default 64 MiB. */
  readonly maxBytes?: number;
  /** How many redirects to follow. Default 5. */
  readonly maxRedirects?: number;
  readonly signal?: AbortSignal;
}

/** An HTTP answer of any status. */
export interface HttpResponse {
  readonly status: number;
  /** `Not Found`, as the server says it. */
  readonly statusText: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
  /** Where the answer came from, after redirects. */
  readonly url: string;
}

/**
 * Sends a request and reads the whole answer, following redirects.
 * @throws HttpError where there is no answer, it is too large, or redirects do not end; the signal's reason where it was aborted
 */
export async function httpRequest(request: HttpRequest): Promise<HttpResponse> {
  const deadline = AbortSignal.timeout(request.timeoutMs ?? 60_000);
  const signal = request.signal === undefined ? deadline : AbortSignal.any([request.signal, deadline]);
  let current = request;
  for (let hops = 0; ; hops++) {
    const response = await exchange(current, signal).catch((error: unknown) => {
      if (request.signal?.aborted === true) throw request.signal.reason;
      if (error instanceof HttpError) throw error;
      const late = deadline.aborted;
      const why = late ? 'context deadline exceeded' : errorMessage(error);
      throw new HttpError({
        code: late ? 'HTTP_TIMEOUT' : 'HTTP_NETWORK',
        message: `${goVerb(current)} "${redacted(current.url)}": ${why}`,
        cause: error,
      });
    });
    const location = response.headers['location'];
    if (![301, 302, 303, 307, 308].includes(response.status) || typeof location !== 'string') return response;
    if (hops >= (request.maxRedirects ?? 5))
      throw new HttpError({
        code: 'HTTP_REDIRECTS',
        message: `${goVerb(current)} "${redacted(request.url)}": stopped after ${hops} redirects`,
      });
    current = redirected(current, location, response.status);
  }
}

/** The method as Go's errors write it. */
function goVerb({ method = 'GET' }: HttpRequest): string {
  return method.charAt(0) + method.slice(1).toLowerCase();
}

/** The request as another host may see it. */
function withoutCredentials(request: HttpRequest): HttpRequest {
  const { certPem: _cert, keyPem: _key, ...rest } = request;
  const headers = { ...request.headers };
  delete headers['authorization'];
  delete headers['cookie'];
  return { ...rest, headers };
}

function isElsewhere(from: URL, to: URL): boolean {
  return to.host !== from.host || (from.protocol === 'https:' && to.protocol === 'http:');
}

function redirected(request: HttpRequest, location: string, status: number): HttpRequest {
  const from = parseUrl(request.url);
  const to = new URL(location, from);
  const { body, ...rest } = request.keepCredentials !== true && isElsewhere(from, to) ? withoutCredentials(request) : request;
  const keepsBody = status === 307 || status === 308;
  return {
    ...rest,
    ...(keepsBody && body !== undefined ? { body } : {}),
    ...(keepsBody ? {} : { method: request.method === 'HEAD' ? 'HEAD' : 'GET' }),
    url: to.href,
  };
}

async function exchange(asked: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const wanted = parseUrl(asked.url);
  const url = asked.mapUrl === undefined ? wanted : parseUrl(asked.mapUrl(asked.url));
  const request = asked.keepCredentials !== true && url.host !== wanted.host ? withoutCredentials(asked) : asked;
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new HttpError({ code: 'HTTP_URL', message: `unsupported protocol scheme "${url.protocol.slice(0, -1)}"` });
  const maxBytes = request.maxBytes ?? 64 * 1024 * 1024;
  const secure = url.protocol === 'https:';
  const agent = await request.agents?.for(secure, request);
  // Loaded here: most commands send nothing, and these two cost each of their starts 2 ms.
  const { request: send } = secure ? await import('node:https') : await import('node:http');
  const { createGunzip } = await import('node:zlib');
  return new Promise<HttpResponse>((resolve, reject) => {
    const req = send(
      url,
      {
        method: request.method ?? 'GET',
        headers: { 'user-agent': 'flux-ts', 'accept-encoding': 'gzip', ...request.headers },
        signal,
        ...(secure ? tlsOptions(request) : {}),
        ...(agent === undefined ? {} : { agent }),
      },
      (response: IncomingMessage) => {
        const chunks: Buffer[] = [];
        let sizeBytes = 0;
        const stream = response.headers['content-encoding'] === 'gzip' ? response.pipe(createGunzip()) : response;
        const refuse = (): void => {
          req.destroy();
          reject(
            new HttpError({ code: 'HTTP_TOO_LARGE', message: `${redacted(request.url)} is larger than the limit of ${maxBytes} bytes` }),
          );
        };
        stream.on('data', (chunk: Buffer) => {
          sizeBytes += chunk.length;
          if (sizeBytes > maxBytes) refuse();
          else chunks.push(chunk);
        });
        stream.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            statusText: response.statusMessage ?? '',
            headers: response.headers,
            body: Buffer.concat(chunks),
            url: request.url,
          }),
        );
        stream.on('error', reject);
        response.on('error', reject);
      },
    );
    req.on('error', reject);
    req.end(request.body);
  });
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw new HttpError({ code: 'HTTP_URL', message: `${JSON.stringify(text)} is not a URL`, cause });
  }
}

/** A URL without its user, password and query, for messages. */
export function redacted(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  url.username = '';
  url.password = '';
  url.search = '';
  return url.href;
}
