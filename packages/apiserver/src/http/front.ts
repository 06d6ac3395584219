import { acknowledged } from '../acknowledge.ts';
import { createServer as createPlain, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { RealClock } from '@flux-ts/base';
import type { Core } from '../core.ts';
import { handle } from '../handle.ts';
import type { Answer, ApiRequest } from '../request.ts';
import { ApiError, tooLarge } from '../status.ts';
import { callerOf, requestOf, type CallerOptions } from './incoming.ts';
import { Responder } from './responder.ts';
import { serveUpgrade } from './upgrade.ts';

/** The largest body that is read, as upstream has it. */
export const BODY_LIMIT: number = 3 * 1024 * 1024;

/** What a listening server needs. */
export interface FrontOptions extends CallerOptions {
  readonly core: Core;
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly key: string; readonly cert: string; readonly ca: string };
}

/** A server that listens. */
export interface Front {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Listens for HTTP requests. */
export async function listen(options: FrontOptions): Promise<Front> {
  const clock = new RealClock({ unref: true });
  const responder = new Responder(options.core, clock);
  const onRequest = (message: IncomingMessage, response: ServerResponse): void => {
    serve(options, responder, { message, response }).catch((error: unknown) => {
      options.core.log.error('request broke off', { path: message.url ?? '', error: String(error) });
      response.destroy();
    });
  };
  const { tls } = options;
  const server: Server =
    tls === undefined
      ? createPlain(SETTINGS, onRequest)
      : createSecure({ ...SETTINGS, ...tls, requestCert: true, rejectUnauthorized: false }, onRequest);
  // requests may last as long as a watch does
  server.requestTimeout = 0;
  server.headersTimeout = 60_000;
  server.keepAliveTimeout = 90_000;
  server.on('upgrade', (message: IncomingMessage, socket: Socket, head: Buffer) => {
    const broken = (error: unknown): void => {
      options.core.log.error('request broke off', { path: message.url ?? '', error: String(error) });
      socket.destroy();
    };
    serveUpgrade({ ...options, server, responder, clock }, { message, socket, head }).catch(broken);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.setNoDelay(true);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => resolve());
  });
  const address = server.address() as AddressInfo;
  return {
    host: options.host,
    port: address.port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        responder.close();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const SETTINGS = { maxHeaderSize: 1024 * 1024, keepAlive: true } as const;

interface Exchange {
  readonly message: IncomingMessage;
  readonly response: ServerResponse;
}

async function serve(options: FrontOptions, responder: Responder, { message, response }: Exchange): Promise<void> {
  response.setHeader('audit-id', options.core.random.uuid());
  let answer: Answer;
  let request: ApiRequest | undefined;
  try {
    const user = callerOf(options, message);
    request = requestOf(message, user, await readAll(message));
    answer = handle(options.core, request);
    // reads too: what a client has seen never goes back
    const flushed = options.core.store.flushed();
    if (flushed !== undefined) answer = await acknowledged(options.core, answer, flushed);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    answer = { kind: 'object', status: error.httpStatus, object: error.status };
    if (error.code === 'RequestEntityTooLarge') response.setHeader('connection', 'close');
  }
  await responder.send(response, answer, request);
}

function readAll(message: IncomingMessage): Promise<Uint8Array | undefined> {
  if (Number(message.headers['content-length'] ?? 0) > BODY_LIMIT) {
    message.resume();
    return Promise.reject(tooLarge(BODY_LIMIT));
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_LIMIT) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(tooLarge(BODY_LIMIT));
      }
    });
    message.on('end', () => resolve(size === 0 ? undefined : chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    message.on('error', reject);
  });
}
