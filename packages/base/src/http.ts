import type { IncomingMessage } from 'node:http';
import { FluxError } from './errors.ts';

/** Why there is no HTTP answer. */
export type HttpErrorCode = 'HTTP_NETWORK' | 'HTTP_TOO_LARGE' | 'HTTP_REDIRECTS' | 'HTTP_URL';

/** A request without an answer; the message never holds credentials. */
export class HttpError extends FluxError<HttpErrorCode> {}

/** One HTTP request over TCP or TLS, for helpers that talk to registries and repositories. */
export interface HttpRequest {
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Lower-case names. `authorization` and `cookie` are dropped when a redirect leaves the host. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly caPem?: string;
  readonly certPem?: string;
  readonly keyPem?: string;
  readonly insecureSkipVerify?: boolean;
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
    const response = await exchange(current, signal, request).catch((error: unknown) => {
      if (request.signal?.aborted === true) throw request.signal.reason;
      if (error instanceof HttpError) throw error;
      const why = deadline.aborted ? 'context deadline exceeded' : error instanceof Error ? error.message : String(error);
      throw new HttpError({ code: 'HTTP_NETWORK', message: `${current.method ?? 'GET'} "${cleanUrl(current.url)}": ${why}`, cause: error });
    });
    const location = response.headers['location'];
    if (![301, 302, 303, 307, 308].includes(response.status) || typeof location !== 'string') return response;
    if (hops >= (request.maxRedirects ?? 5))
      throw new HttpError({ code: 'HTTP_REDIRECTS', message: `GET "${cleanUrl(request.url)}": stopped after ${hops} redirects` });
    current = redirected(current, location, response.status);
  }
}

function redirected(request: HttpRequest, location: string, status: number): HttpRequest {
  const from = new URL(request.url);
  const to = new URL(location, from);
  const headers = { ...request.headers };
  if (to.host !== from.host || (from.protocol === 'https:' && to.protocol === 'http:')) {
    delete headers['authorization'];
    delete headers['cookie'];
  }
  const { body, ...rest } = request;
  const keepsBody = status === 307 || status === 308;
  return {
    ...rest,
    ...(keepsBody && body !== undefined ? { body } : {}),
    ...(keepsBody ? {} : { method: request.method === 'HEAD' ? 'HEAD' : 'GET' }),
    headers,
    url: to.href,
  };
}

async function exchange(request: HttpRequest, signal: AbortSignal, bounds: HttpRequest): Promise<HttpResponse> {
  const url = new URL(request.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new HttpError({ code: 'HTTP_URL', message: `unsupported protocol scheme "${url.protocol.slice(0, -1)}"` });
  const maxBytes = bounds.maxBytes ?? 64 * 1024 * 1024;
  const tls =
    url.protocol === 'https:'
      ? { ca: request.caPem, cert: request.certPem, key: request.keyPem, rejectUnauthorized: request.insecureSkipVerify !== true }
      : {};
  // Loaded here: most commands send nothing, and these two cost each of their starts 2 ms.
  const { request: send } = url.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const { createGunzip } = await import('node:zlib');
  return new Promise<HttpResponse>((resolve, reject) => {
    const req = send(
      url,
      {
        method: request.method ?? 'GET',
        headers: { 'user-agent': 'flux-ts', 'accept-encoding': 'gzip', ...request.headers },
        signal,
        ...tls,
      },
      (response: IncomingMessage) => {
        const chunks: Buffer[] = [];
        let sizeBytes = 0;
        const stream = response.headers['content-encoding'] === 'gzip' ? response.pipe(createGunzip()) : response;
        const refuse = (): void => {
          req.destroy();
          reject(
            new HttpError({ code: 'HTTP_TOO_LARGE', message: `"${cleanUrl(request.url)}" is larger than the limit of ${maxBytes} bytes` }),
          );
        };
        stream.on('data', (chunk: Buffer) => {
          sizeBytes += chunk.length;
          if (sizeBytes > maxBytes) refuse();
          else chunks.push(chunk);
        });
        stream.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks), url: request.url }),
        );
        stream.on('error', reject);
        response.on('error', reject);
      },
    );
    req.on('error', reject);
    req.end(request.body);
  });
}

/** A URL without user information, for messages. */
function cleanUrl(text: string): string {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url.href;
}
