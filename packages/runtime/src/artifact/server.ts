import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ArtifactStore } from './store.ts';

/** A running artifact server. */
export interface ArtifactServer {
  readonly port: number;
  close(): Promise<void>;
}

async function locate(store: ArtifactStore, url: string): Promise<string | undefined> {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname).slice(1);
    const file = await realpath(store.fileOf(path));
    const root = await realpath(store.rootDir);
    return file.startsWith(root + sep) && (await stat(file)).isFile() ? file : undefined;
  } catch {
    return undefined; // whatever is wrong with the path, there is no such file
  }
}

async function answer(store: ArtifactStore, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405).end();
    return;
  }
  const file = await locate(store, request.url ?? '/');
  if (file === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': (await stat(file)).size });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file), response);
}

/** Serves the files of a store on the loopback interface. @param options.port 0 takes a free one */
export async function serveArtifacts(store: ArtifactStore, options: { readonly port?: number } = {}): Promise<ArtifactServer> {
  const server = createServer((request, response) => {
    answer(store, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
