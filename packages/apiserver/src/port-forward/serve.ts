import type { Socket } from 'node:net';
import { errorMessage, getString, type Clock, type Logger } from '@flux-ts/base';
import { socketCarrier } from './carrier.ts';
import { forwardChannels } from './channels.ts';
import type { ForwardPlan } from './negotiate.ts';
import { forwardPairs } from './pairs.ts';
import type { ForwardInit } from './pod-dialer.ts';
import { StreamProtocolError } from './protocol-error.ts';
import type { ForwardTarget } from './target.ts';
import { WebSocketConnection, webSocketCarrier } from './web-socket.ts';

/** A connection on which nothing at all moves for this long is closed, as kubelet does. */
export const IDLE_MS: number = 4 * 60 * 60 * 1000;
/** How long a client may take to read the last bytes. */
const LINGER_MS = 5_000;

/** What serving a forwarded connection needs. */
export interface ServeForwardInit {
  /** Somebody listens to its errors. */
  readonly socket: Socket;
  /** What the client sent behind its request. */
  readonly head: Buffer;
  readonly plan: ForwardPlan;
  readonly target: ForwardTarget;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Switches protocols and forwards until the client hangs up or falls silent. Never throws: one client's mistakes are its own. */
export async function serveForward(init: ServeForwardInit): Promise<void> {
  const { socket, head, plan, target, clock, log } = init;
  const podUid = getString(target.pod, ['metadata', 'uid']) ?? '';
  const cancelIdle = closeWhenIdle(socket, clock);
  const gone = new AbortController();
  socket.once('close', () => gone.abort(new Error('the client hung up')));
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n${plan.answer.join('\r\n')}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
  try {
    await run(socket, plan, { pod: target.pod, podUid, dialer: target.dialer, clock, signal: gone.signal });
  } catch (error) {
    const level = error instanceof StreamProtocolError ? 'info' : 'error';
    log[level]('forwarded connection was closed', { error: errorMessage(error) });
  } finally {
    cancelIdle();
    const cancel = clock.schedule(LINGER_MS, () => socket.destroy());
    socket.once('close', cancel);
    socket.destroySoon();
    if (socket.destroyed) cancel();
  }
}

function run(socket: Socket, plan: ForwardPlan, init: ForwardInit): Promise<void> {
  if (plan.kind === 'spdy') return forwardPairs(socketCarrier(socket), init);
  const connection = new WebSocketConnection(socket);
  if (plan.kind === 'channels') return forwardChannels(connection, plan.ports, init);
  return forwardPairs(webSocketCarrier(connection), init);
}

function closeWhenIdle(socket: Socket, clock: Clock): () => void {
  let cancel: () => void = () => undefined;
  const look = (before: number): void => {
    const now = socket.bytesRead + socket.bytesWritten;
    if (now === before) socket.destroy();
    else cancel = clock.schedule(IDLE_MS, () => look(now));
  };
  look(-1);
  return () => cancel();
}
