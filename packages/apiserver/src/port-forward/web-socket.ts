import type { Duplex } from 'node:stream';
import { chunksOf, drainOf, type Carrier } from './carrier.ts';
import { StreamProtocolError } from './protocol-error.ts';
import { closePayload, encodeWebSocketFrame, WebSocketDecoder, type WebSocketPiece } from './web-socket-frames.ts';

/** A piece of a message. */
export type MessagePiece = Extract<WebSocketPiece, { kind: 'data' }>;

const NORMAL = 1000;
const PROTOCOL_ERROR = 1002;
const TOO_BIG = 1009;

/** The server's side of a WebSocket: answers pings and close frames by itself. */
export class WebSocketConnection {
  /** Resolves when there is room again, or no client any more. */
  readonly drained: () => Promise<void>;
  readonly #socket: Duplex;
  #closing = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
    this.drained = drainOf(socket);
  }

  /** The pieces of messages, as they arrive; ends when the client closes. @throws StreamProtocolError, after a close frame that says so */
  async *pieces(): AsyncGenerator<MessagePiece> {
    const decoder = new WebSocketDecoder();
    try {
      for await (const chunk of chunksOf(this.#socket)) {
        for (const piece of decoder.push(chunk)) {
          if (piece.kind === 'data') yield piece;
          else if (piece.kind === 'ping') await this.#pong(piece.bytes);
          else if (piece.kind === 'close') return this.#finish(piece.bytes.length < 2 ? closePayload(NORMAL) : piece.bytes.subarray(0, 2));
        }
      }
    } catch (error) {
      if (error instanceof StreamProtocolError) this.close(error.code === 'TOO_LARGE' ? TOO_BIG : PROTOCOL_ERROR, error.message);
      throw error;
    }
  }

  /** Sends a message of its own. False: {@link WebSocketConnection.drained} first, please. */
  send(bytes: Buffer): boolean {
    if (this.#closing || !this.#socket.writable) return true;
    return this.#socket.write(encodeWebSocketFrame('binary', bytes));
  }

  /** Says goodbye and hangs up. */
  close(code: number = NORMAL, reason = ''): void {
    this.#finish(closePayload(code, reason));
  }

  /** Answers a ping; one who pings and never reads is not read any further. */
  async #pong(bytes: Buffer): Promise<void> {
    if (this.#closing || !this.#socket.writable) return;
    if (!this.#socket.write(encodeWebSocketFrame('pong', bytes))) await this.drained();
  }

  #finish(payload: Buffer): void {
    if (this.#closing) return;
    this.#closing = true;
    if (this.#socket.writable) this.#socket.end(encodeWebSocketFrame('close', payload));
  }
}

/** The bytes of a WebSocket's binary messages, end to end: a tunnel. */
export function webSocketCarrier(connection: WebSocketConnection): Carrier {
  return {
    async *received() {
      for await (const piece of connection.pieces()) {
        if (piece.text) throw StreamProtocolError.malformed('text in a tunnel of bytes');
        if (piece.bytes.length > 0) yield piece.bytes;
      }
    },
    send: (bytes) => connection.send(bytes),
    drained: connection.drained,
    close: () => connection.close(),
  };
}
