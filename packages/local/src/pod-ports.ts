import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Metrics } from '@flux-ts/runtime';

/** What stands behind the ports of a controller's Pod: servers on the loopback interface. */
export interface PodPorts {
  /** The loopback port behind a port of the Pod; undefined: nothing listens there. */
  loopback(port: number): number | undefined;
  close(): Promise<void>;
}

/** What a controller's Pod offers. */
export interface PodPortsInit {
  /** The Pod's own arguments: they say which ports it listens on. */
  readonly args: readonly string[];
  readonly metrics: Metrics;
  /** The loopback port of the artifact server; source-controller has one. */
  readonly artifacts?: number;
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Serves what upstream's controllers serve beside their work: health and metrics, on the ports that their arguments name.
 * @see fluxcd/pkg runtime/probes, runtime/metrics
 */
export async function servePodPorts(init: PodPortsInit): Promise<PodPorts> {
  const health = await serve((path, response) => {
    if (path === '/healthz' || path === '/readyz') answer(response, 200, 'ok');
    else answer(response, 404, '404 page not found\n');
  });
  const metrics = await serve((path, response) => {
    if (path === '/metrics') answer(response, 200, init.metrics.toText(), METRICS_TYPE);
    else answer(response, 404, '404 page not found\n');
  });
  const servers = [health, metrics];
  const ports = new Map<number, number>();
  const offer = (flag: string, otherwise: number, loopback: number): void => {
    const port = portArgument(init.args, flag, otherwise);
    if (port > 0) ports.set(port, loopback);
  };
  offer('metrics-addr', 8080, portOf(metrics));
  offer('health-addr', 9440, portOf(health));
  if (init.artifacts !== undefined) offer('storage-addr', 9090, init.artifacts);
  return {
    loopback: (port) => ports.get(port),
    close: async () => {
      await Promise.all(servers.map(stop));
    },
  };
}

/** Connects to a loopback port; each side ends by itself. @throws what Node's connect gives, or the signal's reason */
export async function dialLoopback(port: number, signal: AbortSignal): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  try {
    await once(socket, 'connect', { signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** The port of an address argument: `--storage-addr=:9090`; the last one counts, `0` switches it off. */
function portArgument(args: readonly string[], flag: string, otherwise: number): number {
  let port = otherwise;
  for (const [i, arg] of args.entries()) {
    const match = /^--?([^=]+)(?:=(.*))?$/.exec(arg);
    if (match?.[1] !== flag) continue;
    const digits = /(?:^|:)(\d{1,5})$/.exec(match[2] ?? args[i + 1] ?? '')?.[1];
    if (digits !== undefined) port = Number(digits);
  }
  return port;
}

async function serve(respond: (path: string, response: ServerResponse) => void): Promise<Server> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0] as string;
    if (request.method === 'GET' || request.method === 'HEAD') respond(path, response);
    else answer(response, 405, 'Method Not Allowed\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type }).end(text);
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
