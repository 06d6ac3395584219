import type { ApiListener } from '@flux-ts/apiserver';
import { mergeContext, removeContext } from '@flux-ts/kube';
import { editFile } from './state.ts';

/** Writes the context of a cluster into a kubeconfig file; everything else in it stays, the current context too unless there is none. */
export function writeClusterContext(kubeconfig: string, name: string, listener: ApiListener): void {
  const credentials =
    listener.clientCert === undefined ? { token: listener.token } : { certPem: listener.clientCert, keyPem: listener.clientKey };
  editFile(kubeconfig, (text) =>
    mergeContext(text, { name, server: listener.url, caPem: listener.ca, ...credentials }, !/^current-context: *\S/m.test(text)),
  );
}

/** Takes the context of a cluster out of a kubeconfig file. */
export function removeClusterContext(kubeconfig: string, name: string): void {
  editFile(kubeconfig, (text) => removeContext(text, name));
}
