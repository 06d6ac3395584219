import { Backend, type BackendFailure } from './backend.ts';
import type { Carrier } from './carrier.ts';
import { forwardFailure, portOf, type ForwardInit } from './pod-dialer.ts';
import { RESET } from './spdy-frames.ts';
import { SpdySession, type SpdyStream, type SpdyStreamHandler } from './spdy-session.ts';

/** How long a client may take to open the second stream of a connection. */
export const PAIR_TIMEOUT_MS = 30_000;

interface Pair {
  readonly id: string;
  readonly port: number;
  readonly backend: Backend;
  data: SpdyStream | undefined;
  error: SpdyStream | undefined;
  /** Ends the wait for the second stream. */
  cancel: () => void;
}

/**
 * Forwards the connections of a SPDY client until it hangs up: each one is a pair of streams, one for its bytes and one for
 * what goes wrong.
 * Differs: a Pod that breaks a connection off ends that connection; kubelet tells kubectl, which then ends all of them.
 * @throws StreamProtocolError
 * @see kubernetes staging/src/k8s.io/kubelet/pkg/cri/streaming/portforward/httpstream.go
 */
export async function forwardPairs(carrier: Carrier, init: ForwardInit): Promise<void> {
  const pairs = new Pairs(carrier, init);
  // the session may be waiting for a slow Pod, and not see that its client is gone
  init.signal.addEventListener('abort', () => pairs.close(), { once: true });
  try {
    await new SpdySession({ carrier, accept: (stream) => pairs.accept(stream) }).run();
  } finally {
    pairs.close();
  }
}

class Pairs {
  readonly #carrier: Carrier;
  readonly #init: ForwardInit;
  readonly #open = new Map<string, Pair>();

  constructor(carrier: Carrier, init: ForwardInit) {
    this.#carrier = carrier;
    this.#init = init;
  }

  accept(stream: SpdyStream): SpdyStreamHandler | number {
    const port = portOf(stream.headers.get('port'));
    const type = stream.headers.get('streamtype');
    if (port === undefined || (type !== 'data' && type !== 'error')) return RESET.protocolError;
    const id = stream.headers.get('requestid') ?? String(type === 'error' ? stream.id : stream.id - 2);
    const pair = this.#open.get(id) ?? this.#begin(id, port);
    if (pair[type] !== undefined || pair.port !== port) return RESET.protocolError;
    pair[type] = stream;
    if (pair.data !== undefined && pair.error !== undefined) {
      pair.cancel();
      pair.backend.start();
    }
    if (type === 'error') return NEVER_WRITTEN;
    return { data: (bytes) => pair.backend.write(bytes), end: () => pair.backend.end(), reset: () => this.#close(pair) };
  }

  close(): void {
    for (const pair of this.#open.values()) this.#close(pair);
  }

  #begin(id: string, port: number): Pair {
    const { dialer, pod, clock } = this.#init;
    const backend = new Backend({
      dial: (signal) => dialer.dial(pod, port, signal),
      toClient: {
        send: (bytes) => pair.data?.send(bytes) ?? true,
        drained: this.#carrier.drained,
        end: () => pair.data?.end(),
      },
      done: (failure) => this.#finish(pair, failure),
    });
    const cancel = clock.schedule(PAIR_TIMEOUT_MS, () => {
      pair.error?.send(Buffer.from(`(request=${id}) timed out waiting for streams`));
      this.#close(pair);
    });
    const pair: Pair = { id, port, backend, data: undefined, error: undefined, cancel };
    this.#open.set(id, pair);
    return pair;
  }

  #finish(pair: Pair, failure: BackendFailure | undefined): void {
    if (failure?.kind === 'dial') pair.error?.send(Buffer.from(forwardFailure(pair.port, this.#init.podUid, failure.error)));
    if (failure?.kind !== 'broken') pair.data?.end();
    this.#close(pair);
  }

  #close(pair: Pair): void {
    pair.cancel();
    pair.backend.destroy();
    pair.data?.reset(RESET.cancel);
    pair.error?.end();
    this.#open.delete(pair.id);
  }
}

/** Clients never write to the stream of errors. */
const NEVER_WRITTEN: SpdyStreamHandler = { data: () => Promise.resolve(), end: () => undefined, reset: () => undefined };
