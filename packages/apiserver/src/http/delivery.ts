import type { ServerResponse } from 'node:http';
import type { Clock } from '@flux-ts/base';
import type { KubeWatchEvent } from '@flux-ts/kube';
import type { EventSource } from '../request.ts';

/** Events taken from a source at once; fewer where they are so large that a write would have more bytes than this. */
const BATCH = 200;
const BATCH_BYTES = 1024 * 1024;
/** Bytes that may wait inside the process for a slow reader; beyond them its watch stands still until they are gone. */
const WAITING_BYTES = 256 * 1024;
/** From so many events in one write on a reader counts as one in a storm: its next write waits a little. */
const STORM = 4;
const REST_MS = 10;

/** What a {@link Delivery} needs. */
export interface DeliveryOptions {
  /** Real time, whatever the clock of the cluster says: it spaces writes to sockets. */
  readonly clock: Clock;
  /** Prints events, one a line. */
  readonly print: (events: readonly KubeWatchEvent[], stored: boolean) => readonly Buffer[];
  /** The latest revision, and the latest that may be shown. */
  readonly revision: () => number;
  readonly durable: () => number;
  /** Resolves when all there is may be shown; undefined: it may already. */
  readonly flushed: () => Promise<void> | undefined;
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
  #batch = BATCH;
  #readers = 0;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Whether anybody watches. */
  get hasReaders(): boolean {
    return this.#readers > 0;
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
        this.#readers--;
        this.#ready.delete(reader);
        this.#resting.delete(reader);
        socket?.off('drain', onDrain);
        response.off('drain', onDrain);
        events.close();
        closed();
      },
    };
    this.#readers++;
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
    this.#schedule();
  }

  #schedule(): void {
    this.#scheduled = true;
    const flushed = this.#options.flushed();
    // what else happens in this turn of the loop goes into the same write
    if (flushed === undefined) setImmediate(() => this.#run());
    else
      void flushed.then(
        () => this.#run(),
        (error: unknown) => {
          this.#scheduled = false;
          this.#options.broken(error);
        },
      );
  }

  #run(): void {
    this.#scheduled = false;
    const rested = this.#resting.size === 0;
    const due = [...this.#ready].filter((reader) => !reader.blocked && !this.#resting.has(reader));
    const upTo = this.#options.durable();
    for (const reader of due) this.#serve(reader, upTo);
    this.#waitForMore(due);
    if (!rested || this.#resting.size === 0) return;
    this.#options.clock.schedule(REST_MS, () => {
      this.#resting.clear();
      this.#run();
    });
  }

  /** What was written while the last writes went to disk is shown when it is there too. */
  #waitForMore(served: readonly Reader[]): void {
    if (served.length === 0 || this.#options.durable() >= this.#options.revision()) return;
    for (const reader of served) if (!reader.ended) this.#ready.add(reader);
    if (!this.#scheduled) this.#schedule();
  }

  #serve(reader: Reader, upTo: number): void {
    const { events } = reader;
    this.#ready.delete(reader);
    try {
      const limit = this.#batch;
      const batch = events.poll(limit, upTo);
      if (batch === undefined) {
        reader.close();
        reader.response.end();
        return;
      }
      if (batch.length > 0) this.#write(reader, this.#frame(batch, events.stored));
      if (batch.length >= limit) this.#wake(reader);
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
      const fitting = Math.floor((events.length * BATCH_BYTES) / frame.length);
      this.#batch = Math.max(1, Math.min(BATCH, fitting, this.#batch * 2));
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
