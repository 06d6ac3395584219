import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGunzip } from 'node:zlib';
import { gitEnvironment } from './run.ts';

/** A Git server on loopback. */
export interface GitServer {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/** What the server gives out. */
export interface GitServerOptions {
  /** Finds the repository folder of a URL path such as `/owner/name.git`; undefined: 404. */
  readonly repository: (path: string) => string | undefined;
  readonly port?: number;
  /** Basic credentials that every request must carry. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** Also take pushes. Default false. */
  readonly push?: boolean;
}

/**
 * Serves repositories by Git's smart HTTP protocol, on loopback only.
 * @see git-http-backend(1), gitprotocol-http(5)
 */
export async function serveGit(options: GitServerOptions): Promise<GitServer> {
  const server = createServer((request, response) => handle(request, response, options));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function handle(request: IncomingMessage, response: ServerResponse, options: GitServerOptions): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const end = (status: number, text: string, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(text);
  };
  const { credentials } = options;
  if (credentials !== undefined) {
    const want = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
    if (request.headers.authorization !== want) return end(401, 'credentials needed\n', { 'www-authenticate': 'Basic realm="git"' });
  }
  const match = /^(\/.*?)\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(decodeURIComponent(url.pathname));
  const dir = match?.[1] === undefined ? undefined : options.repository(match[1]);
  if (match === null || dir === undefined) return end(404, 'repository not found\n');
  const advertise = match[2] === 'info/refs';
  const service = advertise ? url.searchParams.get('service') : match[2];
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack') return end(403, 'only the smart protocol is served\n');
  if (service === 'git-receive-pack' && options.push !== true) return end(403, 'this server takes no pushes\n');
  if (!advertise && request.method !== 'POST') return end(405, 'POST needed\n');
  serve(request, response, { service, advertise, dir });
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  call: { readonly service: string; readonly advertise: boolean; readonly dir: string },
): void {
  const { service, advertise, dir } = call;
  const protocol = request.headers['git-protocol'];
  const env = gitEnvironment([], typeof protocol === 'string' && /^[\w=:]+$/.test(protocol) ? { GIT_PROTOCOL: protocol } : {});
  const child = spawn('git', [service.slice(4), '--stateless-rpc', ...(advertise ? ['--advertise-refs'] : []), dir], {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  response.writeHead(200, {
    'content-type': `application/x-${service}-${advertise ? 'advertisement' : 'result'}`,
    'cache-control': 'no-cache',
  });
  if (advertise && !(typeof protocol === 'string' && protocol.includes('version=2') && service === 'git-upload-pack'))
    response.write(packet(`# service=${service}\n`));
  child.stdout.pipe(response);
  child.on('error', () => response.destroy());
  child.stdin.on('error', () => undefined);
  response.on('close', () => child.kill());
  if (advertise) child.stdin.end();
  else if (request.headers['content-encoding'] === 'gzip') request.pipe(createGunzip()).pipe(child.stdin);
  else request.pipe(child.stdin);
}

function packet(text: string): string {
  return `${(text.length + 4).toString(16).padStart(4, '0')}${text}0000`;
}
