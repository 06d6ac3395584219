// A server with Pods that really run: `real` is an HTTP server behind port 80, an echo behind 7, a listener that says nothing
// behind 9; behind other ports there is nothing. `simulated` is simulated, `pending` has not started. For tests.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { getString, RealClock, systemRandom, type JsonObject } from '@flux-ts/base';
import { createApiServer, PodPortError, serviceAccountUser, type ApiListener, type ApiServer, type ListenOptions } from '../src/index.ts';

/** A body that is easy to make and hard to get wrong unnoticed. */
export const BIG: Buffer = Buffer.from(new Uint8Array(10 * 1024 * 1024).map((_, i) => (Math.imul(i, 2_654_435_761) >>> 13) & 255));
/** Its sha256. */
export const BIG_SUM: string = createHash('sha256').update(BIG).digest('hex');
/** May forward ports of Pods in `default`, and nothing else. */
export const FORWARDER_TOKEN = 'forwarder';
/** May get what has to do with forwarding, not create it. */
export const READER_TOKEN = 'reader';

/** What tests use. */
export interface ForwardServer {
  readonly server: ApiServer;
  readonly listener: ApiListener;
  /** The connections that stand behind the Pod now. */
  readonly connections: ReadonlySet<Socket>;
  /** Called with every connection behind the Pod. */
  onConnection: (socket: Socket) => void;
  path(pod: string): string;
  close(): Promise<void>;
}

/** Starts it all. */
export async function startForwardServer(options: ListenOptions = {}): Promise<ForwardServer> {
  const connections = new Set<Socket>();
  const http = createHttp((request, response) => {
    if (request.url === '/big') response.end(BIG);
    else if (request.method === 'POST') {
      const sum = createHash('sha256');
      request.on('data', (chunk: Buffer) => sum.update(chunk));
      request.on('end', () => response.end(sum.digest('hex')));
    } else response.end('hello from the Pod\n');
  });
  const echo = createServer({ allowHalfOpen: true }, (socket) => void socket.pipe(socket));
  const silent = createServer({ allowHalfOpen: true }, (socket) => void socket.pause());
  const ports = new Map<number, number>();
  const servers = new Map<number, Server>([
    [80, http as unknown as Server],
    [7, echo],
    [9, silent],
  ]);
  const result = { onConnection: (): void => undefined } as { onConnection: (socket: Socket) => void };
  for (const [port, server] of servers) {
    server.on('connection', (socket: Socket) => {
      connections.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => connections.delete(socket));
      result.onConnection(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports.set(port, (server.address() as AddressInfo).port);
  }
  const server = await createApiServer({
    clock: new RealClock(),
    random: systemRandom,
    authentication: {
      tokens: [
        { token: FORWARDER_TOKEN, user: serviceAccountUser('default', 'forwarder') },
        { token: READER_TOKEN, user: serviceAccountUser('default', 'reader') },
      ],
    },
    pods: {
      runs: (pod) => getString(pod, ['metadata', 'labels', 'runs']) === 'true',
      dial: async (_pod, port, signal) => {
        const there = ports.get(port);
        if (there === undefined) throw PodPortError.refused(port);
        const socket = connect({ host: '127.0.0.1', port: there, allowHalfOpen: true, signal });
        await once(socket, 'connect');
        return socket;
      },
    },
  });
  server.seed([...grant('forwarder', ['get', 'create']), ...grant('reader', ['get'])]);
  for (const [name, runs, phase] of [
    ['real', 'true', 'Running'],
    ['simulated', 'false', 'Running'],
    ['pending', 'true', 'Pending'],
  ] as const)
    await startPod(server, { name, labels: { runs, app: name }, phase });
  const listener = await server.listen(options);
  return Object.assign(result, {
    server,
    listener,
    connections,
    path: (pod: string) => `${listener.url}/api/v1/namespaces/default/pods/${pod}/portforward`,
    close: async () => {
      await server.close();
      http.closeAllConnections();
      for (const socket of connections) socket.destroy();
      await Promise.all([...servers.values()].map((one) => new Promise((resolve) => one.close(resolve))));
    },
  });
}

/** Creates a Pod and sets its phase. */
export async function startPod(
  server: ApiServer,
  pod: { readonly name: string; readonly labels: JsonObject; readonly phase: string },
): Promise<void> {
  const path = '/api/v1/namespaces/default/pods';
  const containers = [{ name: 'web', image: 'example/web', ports: [{ name: 'http', containerPort: 80 }] }];
  const metadata = { name: pod.name, namespace: 'default', labels: pod.labels };
  server.seed([{ apiVersion: 'v1', kind: 'Pod', metadata, spec: { nodeName: 'here', containers } }]);
  await server.transport().request({
    method: 'PATCH',
    path: `${path}/${pod.name}/status`,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: { status: { phase: pod.phase } },
  });
}

function grant(account: string, verbs: readonly string[]): JsonObject[] {
  const group = 'rbac.authorization.k8s.io';
  const metadata = { name: account, namespace: 'default' };
  return [
    { apiVersion: `${group}/v1`, kind: 'Role', metadata, rules: [{ apiGroups: [''], resources: ['pods/portforward'], verbs: [...verbs] }] },
    {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: group, kind: 'Role', name: account },
      subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'default' }],
    },
  ];
}
