import type { ServerResponse } from 'node:http';
import type { Clock } from '@flux-ts/base';
import type { KubeWatchEvent } from '@flux-ts/kube';
import type { EventSource } from '../request.ts';

/** Events taken from a source at once. */
const BATCH = 200;
/** Bytes that may wait inside the process for a slow reader; beyond them its watch stands still until they are gone. */
const WAITING_BYTES = 256 * 1024;
/** From so many events in one write on a reader counts as one in a storm: its next write waits a little. */
const STORM = 4;
const REST_MS = 8;

/** What a {@link Delivery} needs. */
export interface DeliveryOptions {
  /** Real time, whatever the clock of the cluster says: it spaces writes to sockets. */
  readonly clock: Clock;
  /** Prints events, one a line. */
  readonly print: (events: readonly KubeWatchEvent[], stored: boolean) => readonly Buffer[];
  /** Told of a source that broke. */
  readonly broken: (error: unknown) => void;
}

interface Reader {
  readonly response: ServerResponse;
  readonly events: EventSource;
  /** Nothing goes out until the socket has drained. */
  blocked: boolean;
  ended: boolean;
  close(): void;
}

/**
 * Brings events to all watch connections of a listener. One turn of the loop serves every reader that has something, and what
 * is printed for one is written to all that stand at the same place. A lone event goes out at once; a reader in a storm of
 * them is written to every few milliseconds.
 */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #ready = new Set<Reader>();
  readonly #resting = new Set<Reader>();
  readonly #frames = new WeakMap<readonly KubeWatchEvent[], Buffer>();
  #scheduled = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Serves a watch until it ends or its reader goes. The head of the response has been sent. @param closed called once, at the end */
  add(response: ServerResponse, events: EventSource, closed: () => void): void {
    const { socket } = response;
    const onDrain = (): void => {
      if (!reader.blocked) return;
      reader.blocked = false;
      this.#wake(reader);
    };
    const reader: Reader = {
      response,
      events,
      blocked: false,
      ended: false,
      close: () => {
        if (reader.ended) return;
        reader.ended = true;
        this.#ready.delete(reader);
        this.#resting.delete(reader);
        socket?.off('drain', onDrain);
        response.off('drain', onDrain);
        events.close();
        closed();
      },
    };
    socket?.on('drain', onDrain);
    response.on('drain', onDrain);
    response.on('close', reader.close);
    events.onReady(() => this.#wake(reader));
    this.#wake(reader);
  }

  #wake(reader: Reader): void {
    if (reader.ended) return;
    this.#ready.add(reader);
    if (this.#scheduled || reader.blocked || this.#resting.has(reader)) return;
    this.#scheduled = true;
    // what else happens in this turn of the loop goes into the same write
    setImmediate(() => this.#run());
  }

  #run(): void {
    this.#scheduled = false;
    const rested = this.#resting.size === 0;
    const due = [...this.#ready].filter((reader) => !reader.blocked && !this.#resting.has(reader));
    for (const reader of due) this.#serve(reader);
    if (!rested || this.#resting.size === 0) return;
    this.#options.clock.schedule(REST_MS, () => {
      this.#resting.clear();
      this.#run();
    });
  }

  #serve(reader: Reader): void {
    const { events } = reader;
    this.#ready.delete(reader);
    try {
      const batch = events.poll(BATCH);
      if (batch === undefined) {
        reader.close();
        reader.response.end();
        return;
      }
      if (batch.length > 0) this.#write(reader, this.#frame(batch, events.stored));
      if (batch.length >= BATCH) this.#wake(reader);
      else if (batch.length >= STORM) this.#resting.add(reader);
    } catch (error) {
      this.#options.broken(error);
      reader.close();
      reader.response.destroy();
    }
  }

  /** Writes straight to the socket where the response is an ordinary one: the chunk's frame is part of the shared bytes. */
  #write(reader: Reader, frame: Frame): void {
    const { response } = reader;
    const { socket } = response;
    if (socket !== null && response.chunkedEncoding && response.req.method === 'GET') {
      socket.write(frame);
      reader.blocked = socket.writableLength > WAITING_BYTES;
    } else {
      reader.blocked = !response.write(frame.subarray(frame.indexOf('\n') + 1, -2));
    }
  }

  #frame(events: readonly KubeWatchEvent[], stored: boolean): Frame {
    let frame = this.#frames.get(events);
    if (frame === undefined) {
      frame = chunkOf(this.#options.print(events, stored));
      this.#frames.set(events, frame);
    }
    return frame;
  }
}

/** A chunk of a chunked body: its size, the bytes, and the ends of both lines. */
type Frame = Buffer;

function chunkOf(parts: readonly Buffer[]): Frame {
  let size = 0;
  for (const part of parts) size += part.length;
  return Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`, 'latin1'), ...parts, END], size + size.toString(16).length + 4);
}

const END = Buffer.from('\r\n');
