import type { Duplex } from 'node:stream';
import { errorMessage, FluxError, type Clock, type JsonObject } from '@flux-ts/base';

/** Why a port of a Pod cannot be reached. */
export class PodPortError extends FluxError<'CONNECTION_REFUSED'> {
  /** Nothing listens. */
  static refused(port: number): PodPortError {
    return new PodPortError({ code: 'CONNECTION_REFUSED', message: `port ${port}: connection refused` });
  }
}

/** Reaches Pods that really run. The API server knows nothing of what runs: whoever runs Pods tells it so. */
export interface PodDialer {
  /** Whether something runs behind the Pod; every other Pod is simulated. */
  runs(pod: JsonObject): boolean;
  /**
   * Connects to a port of a Pod that runs. The connection lets each side end by itself (`allowHalfOpen`).
   * @throws PodPortError where nothing listens; whatever else goes wrong
   */
  dial(pod: JsonObject, port: number, signal: AbortSignal): Promise<Duplex>;
}

/**
 * What a client is told about a port that cannot be reached, in the words of kubelet and containerd: a Pod here runs in the
 * network of the host.
 * @see containerd internal/cri/server/sandbox_portforward_linux.go
 */
export function forwardFailure(port: number, podUid: string, error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  const refused = code === 'CONNECTION_REFUSED' || code === 'ECONNREFUSED';
  const why = refused ? 'connection refused' : errorMessage(error);
  const dials = `IPv4: dial tcp4 127.0.0.1:${port}: connect: ${why} IPv6 dial tcp6 [::1]:${port}: connect: ${why} `;
  return (
    `error forwarding port ${port} to pod ${podUid}, uid : failed to execute portforward in network namespace "host": ` +
    `failed to connect to localhost:${port} inside namespace "${podUid}", ${dials}`
  );
}

/** What forwarding to a Pod needs. */
export interface ForwardInit {
  readonly pod: JsonObject;
  readonly podUid: string;
  readonly dialer: PodDialer;
  readonly clock: Clock;
  /** Aborted when the client's connection is gone. */
  readonly signal: AbortSignal;
}

/** Reads a port, 1 to 65535. */
export function portOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
