import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { getString } from '@flux-ts/base';
import { PodPortError, type PodDialer } from '@flux-ts/apiserver';

/** Pods with this label run; all others are simulated. */
export const RUNS_HERE = 'runs=here';
/** What a Pod that runs answers at /big. */
export const BIG: Uint8Array = new Uint8Array(10 * 1024 * 1024).map((_, i) => (Math.imul(i, 2_654_435_761) >>> 13) & 255);

/** Gives the sha256 of bytes, in hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Starts what stands behind port 80 of every Pod that runs: a greeting, ten megabytes at /big, and the sha256 of what is posted. */
export async function startRealPods(): Promise<PodDialer & { close(): void }> {
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      const sum = createHash('sha256');
      request.on('data', (chunk: Buffer) => sum.update(chunk));
      request.on('end', () => response.end(sum.digest('hex')));
    } else response.end(request.url === '/big' ? BIG : `hello ${request.url}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: there } = server.address() as AddressInfo;
  return {
    runs: (pod) => getString(pod, ['metadata', 'labels', 'runs']) === 'here',
    dial: async (_pod, port, signal) => {
      if (port !== 80) throw PodPortError.refused(port);
      const socket = connect({ host: '127.0.0.1', port: there, allowHalfOpen: true });
      await once(socket, 'connect', { signal });
      return socket;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
