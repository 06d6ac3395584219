import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Clock } from '@flux-ts/base';
import type { Core } from '../core.ts';
import { handleUpgrade } from '../handle.ts';
import { negotiate, type ForwardPlan } from '../port-forward/negotiate.ts';
import { serveForward } from '../port-forward/serve.ts';
import type { ForwardTarget } from '../port-forward/target.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { ApiError, badRequest, forbiddenPath } from '../status.ts';
import { callerOf, requestOf, type CallerOptions } from './incoming.ts';
import { errorAnswer } from './error-answer.ts';
import type { Responder } from './responder.ts';

/** What answering upgrade requests needs. */
export interface UpgradeOptions extends CallerOptions {
  readonly core: Core;
  readonly server: Server;
  readonly responder: Responder;
  /** Real time: connections do not wait for the cluster's. */
  readonly clock: Clock;
}

/** A request that asks to speak something else than HTTP from here on. */
export interface UpgradeRequest {
  readonly message: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
}

const PORT_FORWARD = /^\/api\/v1\/namespaces\/[^/?]+\/pods\/[^/?]+\/portforward\/?(?:\?|$)/;
const HOP = new Set(['upgrade', 'connection', 'http2-settings']);

/** Answers an upgrade request: forwards ports, and treats everything else as the request that it is without the upgrade. */
export async function serveUpgrade(options: UpgradeOptions, request: UpgradeRequest): Promise<void> {
  const { message, socket, head } = request;
  if (!PORT_FORWARD.test(message.url ?? '')) return putBack(options.server, request);
  const { core, clock } = options;
  socket.on('error', (error) => core.log.debug('forwarded connection broke off', { error: error.message }));
  const outcome = connect(options, message);
  if (outcome.kind !== 'connection') return refuse(options, request, outcome);
  await serveForward({ socket, head, plan: outcome.plan, target: outcome.target, clock, log: core.log });
}

interface Refused {
  readonly kind: 'refused';
  readonly answer: Answer;
  readonly asked: ApiRequest | undefined;
}

interface Connection {
  readonly kind: 'connection';
  readonly target: ForwardTarget;
  readonly plan: ForwardPlan;
}

function connect(options: UpgradeOptions, message: IncomingMessage): Connection | Refused {
  let asked: ApiRequest | undefined;
  try {
    asked = requestOf(message, callerOf(options, message), undefined);
    if (Number(message.headers['content-length'] ?? 0) > 0 || message.headers['transfer-encoding'] !== undefined)
      throw badRequest('a request to forward ports has no body');
    if (isForeignPage(message)) throw forbiddenPath('web pages of other origins may not forward ports without credentials');
    const target = handleUpgrade(options.core, asked);
    if (target.kind !== 'pod') return { kind: 'refused', answer: target, asked };
    return { kind: 'connection', target, plan: negotiate(asked) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { kind: 'refused', answer: errorAnswer(error), asked };
  }
}

/** Browsers let any page open a WebSocket to anywhere; where callers need no credentials, its origin is all that tells. */
function isForeignPage({ headers }: IncomingMessage): boolean {
  const { origin, host, authorization } = headers;
  if (origin === undefined || authorization !== undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

/** Answers in HTTP; the connection ends with the answer, as what follows the request may be of the other protocol. */
async function refuse(options: UpgradeOptions, { message, socket }: UpgradeRequest, { answer, asked }: Refused): Promise<void> {
  const response = new ServerResponse(message);
  response.setHeader('audit-id', options.core.random.uuid());
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.destroySoon());
  await options.responder.send(response, answer, asked);
}

/** Hands a request to the server again, without the wish to upgrade: a server may ignore it (RFC 9110, 7.8). */
function putBack(server: Server, { message, socket, head }: UpgradeRequest): void {
  const lines = [`${message.method} ${message.url} HTTP/${message.httpVersion}`];
  for (let i = 0; i + 1 < message.rawHeaders.length; i += 2) {
    const name = message.rawHeaders[i] as string;
    if (!HOP.has(name.toLowerCase())) lines.push(`${name}: ${message.rawHeaders[i + 1] as string}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', socket);
}
