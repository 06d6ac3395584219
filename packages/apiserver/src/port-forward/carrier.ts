import type { Duplex, Writable } from 'node:stream';

/** Carries bytes to and from the client of an upgraded connection. */
export interface Carrier {
  /**
   * What the client sends, as it arrives; ends when it hangs up. Nothing more is read until the next bytes are asked for.
   * @throws StreamProtocolError
   */
  received(): AsyncIterable<Buffer>;
  /** Sends bytes. False: {@link Carrier.drained} first, please. */
  send(bytes: Buffer): boolean;
  /** Resolves when there is room again, or no client any more. */
  readonly drained: () => Promise<void>;
  /** Sends what is left and hangs up. */
  close(): void;
}

/** Bytes as they are, on a socket. */
export function socketCarrier(socket: Duplex): Carrier {
  return {
    received: () => chunksOf(socket),
    send: (bytes) => !socket.writable || socket.write(bytes),
    drained: drainOf(socket),
    close: () => void socket.end(),
  };
}

/** What arrives on a socket. Unlike the socket's own iterator, leaving early does not cut off what is still to be sent. */
export async function* chunksOf(socket: Duplex): AsyncGenerator<Buffer> {
  let wake: (() => void) | undefined;
  const onEvent = (): void => wake?.();
  const events = ['readable', 'end', 'close'] as const;
  for (const event of events) socket.on(event, onEvent);
  try {
    for (;;) {
      const chunk = socket.read() as Buffer | null;
      if (chunk !== null) yield chunk;
      else if (socket.readableEnded || socket.destroyed) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    for (const event of events) socket.off(event, onEvent);
  }
}

/** Waits for room in a stream: resolves when it takes bytes again, or never will. Any number may wait at once. */
export function drainOf(stream: Writable): () => Promise<void> {
  let waiting: Promise<void> | undefined;
  return () => {
    if (!stream.writableNeedDrain || stream.destroyed) return Promise.resolve();
    waiting ??= new Promise((resolve) => {
      const done = (): void => {
        stream.off('drain', done);
        stream.off('close', done);
        waiting = undefined;
        resolve();
      };
      stream.on('drain', done);
      stream.on('close', done);
    });
    return waiting;
  };
}
