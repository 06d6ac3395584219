import type { KubeUser } from '@flux-ts/kube';

/** The group of everybody who is known. */
export const AUTHENTICATED = 'system:authenticated';

/** Who may do everything: the user of the kubeconfig, and of the default in-process transport. */
export const ADMIN_USER: KubeUser = { name: 'kubernetes-admin', groups: ['system:masters', AUTHENTICATED] };

/** Who comes without credentials where that is allowed. */
export const ANONYMOUS_USER: KubeUser = { name: 'system:anonymous', groups: ['system:unauthenticated'] };

/** The user of a ServiceAccount, with the groups it belongs to. */
export function serviceAccountUser(namespace: string, name: string, uid?: string): KubeUser {
  return {
    name: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED],
    ...(uid === undefined ? {} : { uid }),
  };
}

/** Reads `system:serviceaccount:NS:NAME`; undefined for other users. */
export function serviceAccountOf(userName: string): { readonly namespace: string; readonly name: string } | undefined {
  const parts = userName.split(':');
  if (parts.length !== 4 || parts[0] !== 'system' || parts[1] !== 'serviceaccount') return undefined;
  return { namespace: parts[2] as string, name: parts[3] as string };
}
