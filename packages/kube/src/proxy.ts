import { Agent as HttpAgent, request as httpRequest, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect, type ConnectionOptions } from 'node:tls';
import { KubeError } from './errors.ts';

type Connected = (error: Error | null, stream: Duplex) => void;

/** Reads the address of a proxy. @throws KubeError KUBE_REQUEST for a scheme that is not http or https */
export function parseProxyUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  const what = url === undefined ? 'it is no URL' : `${url.protocol.slice(0, -1)} proxies are not supported`;
  throw new KubeError({ code: 'KUBE_REQUEST', message: `proxy-url of the cluster: ${what}` });
}

/** Opens a tunnel to a host through a proxy. */
function tunnel(proxy: URL, target: string, done: Connected): void {
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const options = {
    protocol: proxy.protocol,
    hostname: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port === '' ? undefined : Number(proxy.port),
    method: 'CONNECT',
    path: target,
    agent: false as const,
    headers: {
      host: target,
      ...(credentials === ':' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
    },
  };
  const failed = (error: Error): void => (done as (error: Error) => void)(error);
  const call = proxy.protocol === 'https:' ? httpsRequest(options) : httpRequest(options);
  call.on('connect', (response, socket) => {
    if (response.statusCode === 200) return done(null, socket);
    socket.destroy();
    return failed(new Error(`the proxy ${proxy.host} answered ${response.statusCode ?? 0} ${response.statusMessage ?? ''}`.trim()));
  });
  call.on('error', (error) => failed(new Error(`the proxy ${proxy.host}: ${error.message}`, { cause: error })));
  call.end();
}

function targetOf(options: ClientRequestArgs, defaultPort: number): string {
  const host = options.host ?? 'localhost';
  return `${host.includes(':') ? `[${host}]` : host}:${options.port ?? defaultPort}`;
}

/** Plain connections through a proxy's tunnels. */
export class ProxiedHttpAgent extends HttpAgent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: ClientRequestArgs, callback?: (error: Error | null, stream: Duplex) => void): undefined {
    tunnel(this.#proxy, targetOf(options, 80), callback ?? (() => undefined));
  }
}

/** TLS connections through a proxy's tunnels: the proxy sees nothing of what is said. */
export class ProxiedHttpsAgent extends HttpsAgent {
  readonly #proxy: URL;

  constructor(proxy: URL, options: ConstructorParameters<typeof HttpsAgent>[0]) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: RequestOptions, callback?: (error: Error | null, stream: Duplex) => void): undefined {
    tunnel(this.#proxy, targetOf(options, 443), (error, socket) => {
      if (error !== null) return (callback as ((error: Error) => void) | undefined)?.(error);
      const tls: ConnectionOptions = { ...(options as ConnectionOptions), socket, host: options.host ?? 'localhost' };
      delete tls.path; // the request's, not a socket's
      return callback?.(null, tlsConnect(tls));
    });
  }
}
