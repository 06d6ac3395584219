import { createHttpTransport } from '../http-transport.ts';
import type { Clock } from '@flux-ts/base';
import type { Transport } from '../transport.ts';

const ACCOUNT_DIR = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What a Pod knows of its cluster. */
export interface InClusterInit {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Reads a file of the Pod's service account as text. */
  readonly readFile: (path: string) => string;
  readonly clock?: Clock;
}

/**
 * The connection of a Pod's service account to its own cluster. The token is read anew for each request, as the kubelet renews it.
 * @returns undefined outside a cluster @throws what `readFile` throws for the certificate
 */
export function inClusterTransport(init: InClusterInit): { readonly transport: Transport; readonly namespace: string } | undefined {
  const { environment, readFile, clock } = init;
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '';
  if (host === '' || port === '') return undefined;
  const transport = createHttpTransport({
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    caPem: readFile(`${ACCOUNT_DIR}/ca.crt`),
    token: () => Promise.resolve(readFile(`${ACCOUNT_DIR}/token`).trim()),
    clock,
  });
  return { transport, namespace: readFile(`${ACCOUNT_DIR}/namespace`).trim() };
}
