import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { KubeUser } from '@flux-ts/kube';
import type { AnonymousPolicy, Authenticator } from '../authn/authenticate.ts';
import { Query, type ApiRequest } from '../request.ts';

/** Who callers are. */
export interface CallerOptions {
  readonly authenticator: Authenticator;
  readonly anonymous: AnonymousPolicy;
}

/** Finds out who sends a message. @throws ApiError Unauthorized */
export function callerOf(options: CallerOptions, message: IncomingMessage): KubeUser {
  const certificate = clientCertificate(message);
  return options.authenticator.authenticate(
    { authorization: message.headers.authorization ?? '', ...(certificate === undefined ? {} : { certificate }) },
    options.anonymous,
  );
}

/** A message as the handlers take it. */
export function requestOf(message: IncomingMessage, user: KubeUser, body: Uint8Array | undefined): ApiRequest {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: message.method ?? 'GET',
    path: mark === -1 ? url : url.slice(0, mark),
    query: mark === -1 ? Query.empty : Query.parse(url.slice(mark + 1)),
    headers: headersOf(message),
    body,
    user,
  };
}

/** Headers as Node joins them; impersonated groups keep their own lines. */
function headersOf(message: IncomingMessage): ApiRequest['headers'] {
  if (message.headers['impersonate-user'] === undefined) return message.headers;
  const out: Record<string, string | readonly string[] | undefined> = { ...message.headers };
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    if (name.startsWith('impersonate-') && name !== 'impersonate-user' && values !== undefined) out[name] = values;
  }
  return out;
}

function clientCertificate(
  message: IncomingMessage,
): { readonly commonName: string; readonly organizations: readonly string[] } | undefined {
  const socket = message.socket as TLSSocket;
  if (socket.authorized !== true || typeof socket.getPeerCertificate !== 'function') return undefined;
  const { subject } = socket.getPeerCertificate();
  if (typeof subject?.CN !== 'string') return undefined;
  const o: unknown = subject.O;
  return { commonName: subject.CN, organizations: typeof o === 'string' ? [o] : Array.isArray(o) ? (o as string[]) : [] };
}
