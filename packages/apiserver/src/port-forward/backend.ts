import type { Duplex } from 'node:stream';
import { drainOf } from './carrier.ts';

/** Bytes for one reader that may be slow. */
export interface ByteSink {
  /** False: {@link ByteSink.drained} first, please. */
  send(bytes: Buffer): boolean;
  readonly drained: () => Promise<void>;
  /** Nothing more comes. */
  end(): void;
}

/** What a connection to a Pod's port is made of. */
export interface BackendInit {
  readonly dial: (signal: AbortSignal) => Promise<Duplex>;
  /** Takes what the Pod sends. */
  readonly toClient: ByteSink;
  /** Called once, when both directions have ended, or with what went wrong. */
  readonly done: (failure: BackendFailure | undefined) => void;
}

/** How a connection to a Pod failed: `dial` before it stood, `broken` while it did. */
export interface BackendFailure {
  readonly kind: 'dial' | 'broken';
  readonly error: unknown;
}

/** What may wait for a slow Pod before its client has to wait too. */
export const BACKEND_BYTES: number = 256 * 1024;

/** One connection to a Pod's port. What the client sends before it stands is kept, within limits. */
export class Backend {
  readonly #init: BackendInit;
  readonly #abort = new AbortController();
  readonly #early: Buffer[] = [];
  #earlyBytes = 0;
  #ended = false;
  #finished = false;
  #socket: Duplex | undefined;
  #drained: () => Promise<void> = () => Promise.resolve();
  #opened: (() => void) | undefined;
  readonly #open: Promise<void>;

  constructor(init: BackendInit) {
    this.#init = init;
    this.#open = new Promise((resolve) => (this.#opened = resolve));
  }

  /** Connects. */
  start(): void {
    this.#init.dial(this.#abort.signal).then(
      (socket) => (this.#finished ? void socket.destroy() : this.#attach(socket)),
      (error: unknown) => this.#finish({ kind: 'dial', error }),
    );
  }

  /** Hands on what the client sent; resolves when there is room for more. */
  async write(bytes: Buffer): Promise<void> {
    if (this.#ended || this.#finished) return;
    const socket = this.#socket;
    if (socket === undefined) {
      this.#early.push(bytes);
      this.#earlyBytes += bytes.length;
      if (this.#earlyBytes > BACKEND_BYTES) await this.#open;
      return;
    }
    if (!socket.writable || socket.write(bytes)) return;
    if (socket.writableLength > BACKEND_BYTES) await this.#drained();
  }

  /** The client sends no more. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket?.end();
  }

  /** Hangs up; `done` is not called any more. */
  destroy(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#abort.abort(new Error('the connection was closed'));
    this.#socket?.destroy();
    this.#early.length = 0;
    this.#opened?.();
  }

  #attach(socket: Duplex): void {
    this.#socket = socket;
    this.#drained = drainOf(socket);
    const { toClient } = this.#init;
    let whole = false;
    socket.on('data', (bytes: Buffer) => {
      if (toClient.send(bytes)) return;
      socket.pause();
      void toClient.drained().then(() => socket.resume());
    });
    socket.on('end', () => {
      whole = true;
      toClient.end();
    });
    socket.on('error', (error) => this.#finish({ kind: 'broken', error }));
    socket.on('close', () => this.#finish(whole ? undefined : { kind: 'broken', error: new Error('the Pod closed the connection') }));
    for (const bytes of this.#early.splice(0)) socket.write(bytes);
    if (this.#ended) socket.end();
    this.#opened?.();
  }

  #finish(failure: BackendFailure | undefined): void {
    if (this.#finished) return;
    this.destroy();
    this.#init.done(failure);
  }
}
