import { HttpAgents, HttpError, httpRequest, redacted, type HttpResponse, type TlsIdentity } from '@flux-ts/base';

/** Maps a URL to the one that is really asked: names inside a cluster to loopback ports, public hosts to mirrors. */
export type ServiceResolver = (url: string) => string;

/** Who asks, and how far to trust the server. PEM texts. */
export interface HttpAuth extends Omit<TlsIdentity, 'insecureSkipVerify'> {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly bearerToken?: string | undefined;
}

/** How to ask. */
export interface HttpGetOptions {
  readonly auth?: HttpAuth | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default 512 MiB. */
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
  readonly headers: HttpResponse['headers'];
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
const MAX_BYTES = 512 * 1024 * 1024;

function authorization(auth: HttpAuth | undefined): Record<string, string> {
  if (auth?.bearerToken !== undefined) return { authorization: `Bearer ${auth.bearerToken}` };
  if (auth?.username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password ?? ''}`).toString('base64')}` };
}

/** A client's own limit of time is told apart from its caller's in Go. */
function inHelmsWords(error: unknown): never {
  if (!(error instanceof HttpError) || error.code !== 'HTTP_TIMEOUT') throw error;
  throw new HttpError({ code: error.code, message: `${error.message} (Client.Timeout exceeded while awaiting headers)`, cause: error });
}

class KeptHttpClient implements HttpClient {
  readonly #init: HttpClientInit;
  readonly #agents = new HttpAgents();

  constructor(init: HttpClientInit) {
    this.#init = init;
  }

  async get(url: string, options: HttpGetOptions = {}): Promise<HttpAnswer> {
    const { auth, timeoutMs, signal } = options;
    const { resolve } = this.#init;
    const response = await httpRequest({
      url,
      headers: { 'user-agent': this.#init.userAgent ?? 'flux', ...options.headers, ...authorization(auth) },
      caPem: auth?.caPem,
      certPem: auth?.certPem,
      keyPem: auth?.keyPem,
      keepCredentials: options.passCredentials === true,
      maxBytes: options.maxBytes ?? MAX_BYTES,
      maxRedirects: MAX_REDIRECTS,
      agents: this.#agents,
      ...(resolve === undefined ? {} : { mapUrl: resolve }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(signal === undefined ? {} : { signal }),
    }).catch(inHelmsWords);
    const { status, statusText } = response;
    if (status === 200) return { bytes: response.body, headers: response.headers };
    const text = `${status} ${statusText}`.trim();
    throw new HttpError({ code: 'HTTP_STATUS', message: `failed to fetch ${redacted(response.url)} : ${text}`, status });
  }

  close(): void {
    this.#agents.close();
  }
}

/** Makes an HTTP client. */
export function createHttpClient(init: HttpClientInit = {}): HttpClient {
  return new KeptHttpClient(init);
}
