import { formatTime, type JsonObject } from '@flux-ts/base';
import type { Core } from '../core.ts';

/** The ConfigMap with the cluster's root certificate that every namespace has. */
export const ROOT_CA = 'kube-root-ca.crt';

/** Makes what every namespace has from the start: ServiceAccount `default` and the root certificate. */
export function seedNamespace(core: Core, namespace: string): void {
  const creationTimestamp = formatTime(core.clock.now());
  const put = (resource: string, name: string, object: JsonObject): void => {
    const where = { table: `/${resource}`, namespace, name };
    if (core.store.get(where) !== undefined) return;
    core.store.put(where, {
      ...object,
      metadata: { name, namespace, uid: core.random.uuid(), creationTimestamp, ...(object['metadata'] as JsonObject | undefined) },
    });
  };
  put('serviceaccounts', 'default', { apiVersion: 'v1', kind: 'ServiceAccount' });
  put('configmaps', ROOT_CA, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      annotations: {
        'kubernetes.io/description':
          'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
      },
    },
    data: { 'ca.crt': core.rootCertificate },
  });
}
