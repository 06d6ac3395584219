import { ApiError, badRequest } from '../status.ts';
import { header, type ApiRequest } from '../request.ts';
import { portOf } from './pod-dialer.ts';
import { webSocketAccept } from './web-socket-frames.ts';

/** How a client wants its connections forwarded, and the answer that begins it. */
export type ForwardPlan =
  | { readonly kind: 'spdy' | 'tunnel'; readonly answer: readonly string[] }
  | { readonly kind: 'channels'; readonly ports: readonly number[]; readonly answer: readonly string[] };

const PROTOCOL = 'portforward.k8s.io';
const TUNNEL = `SPDY/3.1+${PROTOCOL}`;
const CHANNELS = 'v4.channel.k8s.io';
/** The most ports that one WebSocket may name: channels are numbered with one byte. */
const MAX_PORTS = 128;

/** Whether a request asks for a connection instead of an answer. */
export function isUpgrade(request: ApiRequest): boolean {
  return header(request, 'upgrade') !== '' && /\bupgrade\b/i.test(header(request, 'connection'));
}

/** Finds the protocol that client and server both speak. @throws ApiError BadRequest, Forbidden */
export function negotiate(request: ApiRequest): ForwardPlan {
  const upgrade = header(request, 'upgrade').toLowerCase();
  if (upgrade === 'websocket') return negotiateWebSocket(request);
  if (upgrade !== 'spdy/3.1') throw badRequest(`unable to upgrade: missing upgrade headers in request: "${header(request, 'upgrade')}"`);
  const offered = words(header(request, 'x-stream-protocol-version'));
  if (offered.length === 0) throw badRequest('unable to upgrade: X-Stream-Protocol-Version is required');
  if (!offered.includes(PROTOCOL)) throw noProtocol(request, offered);
  return { kind: 'spdy', answer: ['Connection: Upgrade', 'Upgrade: SPDY/3.1', `X-Stream-Protocol-Version: ${PROTOCOL}`] };
}

function negotiateWebSocket(request: ApiRequest): ForwardPlan {
  const key = header(request, 'sec-websocket-key');
  const version = header(request, 'sec-websocket-version');
  if (request.method !== 'GET') throw badRequest('websocket: the client is not using the websocket protocol: request method is not GET');
  if (version !== '13') throw badRequest('websocket: unsupported version: 13 not found in "Sec-Websocket-Version" header');
  if (!/^[A-Za-z0-9+/]{22}==$/.test(key)) throw badRequest('websocket: "Sec-WebSocket-Key" header must be 16 bytes in base64');
  const offered = words(header(request, 'sec-websocket-protocol'));
  const chosen = offered.find((name) => name === TUNNEL || name === CHANNELS);
  if (chosen === undefined) throw noProtocol(request, offered);
  const answer = [
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${webSocketAccept(key)}`,
    `Sec-WebSocket-Protocol: ${chosen}`,
  ];
  return chosen === TUNNEL ? { kind: 'tunnel', answer } : { kind: 'channels', ports: portsOf(request), answer };
}

function portsOf(request: ApiRequest): number[] {
  const texts = request.query.all('ports');
  if (texts.length === 0) throw badRequest('query parameter "ports" is required');
  const ports = texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      const port = portOf(text);
      if (port === undefined) throw badRequest(`unable to parse "${text}" as a port`);
      return port;
    });
  if (ports.length > MAX_PORTS) throw badRequest(`at most ${MAX_PORTS} ports may be forwarded at once`);
  return ports;
}

function noProtocol(request: ApiRequest, offered: readonly string[]): ApiError {
  const accepted = header(request, 'upgrade').toLowerCase() === 'websocket' ? `${TUNNEL} ${CHANNELS}` : PROTOCOL;
  const why = `unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${accepted}]`;
  return new ApiError({ code: 'Forbidden', httpStatus: 403, message: why });
}

function words(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}
