import { HttpError, httpRequest, type HttpResponse } from '@flux-ts/base';
import { formatReference, OciError, type OciReference } from './reference.ts';

/** Credentials and trust of a registry. */
export interface OciAuth {
  readonly username?: string;
  readonly password?: string;
  /** The text of a `.dockerconfigjson`. */
  readonly dockerConfigJson?: string;
  readonly caPem?: string;
  readonly certPem?: string;
  readonly keyPem?: string;
  /** Speak plain http. */
  readonly insecure?: boolean;
}

/** How a registry is spoken to. */
export interface OciOptions {
  readonly auth?: OciAuth;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Bound of one blob. Default 256 MiB. */
  readonly maxBytes?: number;
  /** Mirrors: gives the URL (`oci://…`, or `http://host/…` for a plain registry) to use in place of the one that was named. */
  readonly rewrite?: (url: string) => string;
}

/** A call within a repository. */
export interface SessionCall {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  /** A path below `/v2/<repository>/`, or a whole URL of the registry. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly push?: boolean;
}

/** A conversation with one repository of a registry: finds out the scheme, fetches tokens, keeps them to itself. */
export class Session {
  readonly reference: OciReference;
  readonly #options: OciOptions;
  readonly #base: string;
  readonly #credentials: { readonly username: string; readonly password: string } | undefined;
  #authorization: string | undefined;

  constructor(reference: OciReference, options: OciOptions) {
    const named = `oci://${reference.registry}/${reference.repository}`;
    const target = options.rewrite?.(named) ?? named;
    const plain = target.startsWith('http://') || options.auth?.insecure === true;
    const [registry = '', ...path] = target.replace(/^[a-z]+:\/\//, '').split('/');
    this.reference = { ...reference, registry, repository: path.join('/') };
    this.#options = options;
    this.#base = `${plain ? 'http' : 'https'}://${registry === 'docker.io' ? 'registry-1.docker.io' : registry}`;
    this.#credentials = registry === reference.registry ? credentialsFor(registry, options.auth) : undefined;
  }

  /**
   * Sends a call, with the token dance where the registry asks for it.
   * @throws OciError for anything but 2xx
   */
  async call(call: SessionCall): Promise<HttpResponse> {
    let response = await this.#send(call);
    if (response.status === 401 && (await this.#authenticate(response, call.push === true))) response = await this.#send(call);
    if (response.status >= 200 && response.status < 300) return response;
    throw this.#failure(response, call);
  }

  async #send(call: SessionCall): Promise<HttpResponse> {
    const url = /^https?:\/\//.test(call.path)
      ? call.path
      : `${this.#base}${call.path.startsWith('/') ? call.path : `/v2/${this.reference.repository}/${call.path}`}`;
    const { auth, signal } = this.#options;
    const mine = new URL(url).host === new URL(this.#base).host;
    return this.#network({
      url,
      method: call.method ?? 'GET',
      headers: { ...call.headers, ...(mine && this.#authorization !== undefined ? { authorization: this.#authorization } : {}) },
      ...(call.body === undefined ? {} : { body: call.body }),
      ...(auth?.caPem === undefined ? {} : { caPem: auth.caPem }),
      ...(auth?.certPem === undefined ? {} : { certPem: auth.certPem }),
      ...(auth?.keyPem === undefined ? {} : { keyPem: auth.keyPem }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async #network(request: Parameters<typeof httpRequest>[0]): Promise<HttpResponse> {
    try {
      return await httpRequest({
        maxBytes: this.#options.maxBytes ?? 256 * 1024 * 1024,
        ...(this.#options.timeoutMs === undefined ? {} : { timeoutMs: this.#options.timeoutMs }),
        ...request,
      });
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      throw new OciError({ code: error.code === 'HTTP_TOO_LARGE' ? 'OCI_TOO_LARGE' : 'OCI_NETWORK', message: error.message, cause: error });
    }
  }

  /** Answers a challenge. @returns false where it asks for nothing that we have */
  async #authenticate(response: HttpResponse, push: boolean): Promise<boolean> {
    const challenge = String(response.headers['www-authenticate'] ?? '');
    if (this.#authorization !== undefined) return false;
    if (/^basic/i.test(challenge)) {
      if (this.#credentials === undefined) return false;
      this.#authorization = basic(this.#credentials);
      return true;
    }
    const fields = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map((m) => [m[1] as string, m[2] as string]));
    const realm = fields['realm'];
    if (!/^bearer/i.test(challenge) || realm === undefined || !/^https?:\/\//.test(realm)) return false;
    const url = new URL(realm);
    if (fields['service'] !== undefined) url.searchParams.set('service', fields['service']);
    url.searchParams.set('scope', fields['scope'] ?? `repository:${this.reference.repository}:${push ? 'pull,push' : 'pull'}`);
    const { signal } = this.#options;
    const answer = await this.#network({
      url: url.href,
      headers: this.#credentials === undefined ? {} : { authorization: basic(this.#credentials) },
      maxBytes: 1024 * 1024,
      ...(signal === undefined ? {} : { signal }),
    });
    if (answer.status !== 200) return false;
    const token = JSON.parse(answer.body.toString()) as { token?: unknown; access_token?: unknown };
    const value = token.token ?? token.access_token;
    if (typeof value !== 'string') return false;
    this.#authorization = `Bearer ${value}`;
    return true;
  }

  #failure(response: HttpResponse, call: SessionCall): OciError {
    const what = `${call.method ?? 'GET'} "${formatReference(this.reference)}"`;
    const detail = /"message"\s*:\s*"([^"]{1,200})"/.exec(response.body.toString('utf8', 0, 4096))?.[1];
    const code =
      response.status === 401 || response.status === 403 ? 'OCI_AUTH' : response.status === 404 ? 'OCI_NOT_FOUND' : 'OCI_PROTOCOL';
    return new OciError({ code, message: `${what}: response status code ${response.status}${detail === undefined ? '' : `: ${detail}`}` });
  }
}

function basic(credentials: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
}

/** The credentials for a registry host: those given, else the entry of the docker configuration. */
function credentialsFor(registry: string, auth: OciAuth | undefined): { username: string; password: string } | undefined {
  if (auth?.username !== undefined || auth?.password !== undefined) return { username: auth.username ?? '', password: auth.password ?? '' };
  if (auth?.dockerConfigJson === undefined) return undefined;
  const { auths = {} } = JSON.parse(auth.dockerConfigJson) as {
    auths?: Record<string, { auth?: string; username?: string; password?: string }>;
  };
  const wanted = registry === 'docker.io' ? ['docker.io', 'index.docker.io'] : [registry];
  for (const [key, entry] of Object.entries(auths)) {
    if (!wanted.includes(key.replace(/^https?:\/\//, '').replace(/\/.*$/, ''))) continue;
    if (entry.username !== undefined) return { username: entry.username, password: entry.password ?? '' };
    const [username = '', ...password] = Buffer.from(entry.auth ?? '', 'base64')
      .toString()
      .split(':');
    return { username, password: password.join(':') };
  }
  return undefined;
}
