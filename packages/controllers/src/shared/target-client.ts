import { digest, errorMessage, FluxError, type Clock, type JsonObject, type Lru } from '@flux-ts/base';
import { contextOf, isNotFound, KubeClient, namespaceOf, parseKubeconfig, transportOf } from '@flux-ts/kube';
import { readSecret, secretText } from '@flux-ts/runtime';
import type { ControllerOptions } from '../options.ts';
import { TYPES } from './deps.ts';
import { specText } from './spec.ts';

/** Why no client could be made for an object's target. */
export class TargetClientError extends FluxError<'TARGET_KUBECONFIG' | 'TARGET_UNSUPPORTED'> {}

/** Clients of other clusters by the digest of their kubeconfig, so that connections and discovery are kept. */
export type RemoteClients = Lru<string, KubeClient>;

/** How many clients of other clusters a controller keeps. */
export const REMOTE_CLUSTERS = 64;

/** What making a client for a target needs: a run has it. */
export interface TargetRun {
  readonly cell: {
    /** The controller's own client. */
    readonly client: KubeClient;
    readonly clock: Clock;
    readonly remotes: RemoteClients;
  };
  /** The Kustomization or HelmRelease. */
  readonly object: JsonObject;
  readonly options: ControllerOptions;
  readonly context: { readonly signal: AbortSignal };
}

/** The account that an object's objects are written as; undefined for the controller itself. */
export function impersonatedAccount(object: JsonObject, options: ControllerOptions): string | undefined {
  const fallback =
    specText(object, 'kubeConfig', 'secretRef', 'name') === undefined
      ? options.defaultServiceAccount
      : options.defaultKubeconfigServiceAccount;
  const account = specText(object, 'serviceAccountName') ?? fallback;
  return account === undefined || account === '' ? undefined : account;
}

/**
 * The client that writes an object's objects: to the cluster of a kubeconfig Secret, as a service account. The account
 * is impersonated by header; its token is never read, and nothing of it reaches a shell.
 * @throws TargetClientError; KubeconfigError for a kubeconfig with commands, files or an unverified server
 */
export async function targetClient(run: TargetRun): Promise<KubeClient> {
  const { object, options } = run;
  const remote = await remoteClient(run);
  const base = remote ?? run.cell.client;
  const account = impersonatedAccount(object, options);
  return account === undefined ? base : base.as({ name: `system:serviceaccount:${namespaceOf(object)}:${account}`, groups: [] });
}

async function remoteClient(run: TargetRun): Promise<KubeClient | undefined> {
  const { object, options } = run;
  const { client, clock, remotes } = run.cell;
  const { signal } = run.context;
  if (specText(object, 'kubeConfig', 'configMapRef', 'name') !== undefined) {
    throw new TargetClientError({
      code: 'TARGET_UNSUPPORTED',
      message: 'spec.kubeConfig.configMapRef (workload identity) is not supported',
    });
  }
  const name = specText(object, 'kubeConfig', 'secretRef', 'name');
  if (name === undefined) return undefined;
  const namespace = namespaceOf(object);
  let text: string | undefined;
  const key = specText(object, 'kubeConfig', 'secretRef', 'key');
  try {
    const data = await readSecret(client, namespace, name, signal);
    text = key === undefined ? secretText(data, 'value', 'value.yaml') : secretText(data, key);
  } catch (error) {
    signal.throwIfAborted();
    const message = `unable to read KubeConfig secret '${namespace}/${name}' error: ${errorMessage(error)}`;
    throw new TargetClientError({ code: 'TARGET_KUBECONFIG', message, cause: error });
  }
  if (text === undefined) {
    const what =
      key === undefined
        ? "does not contain a 'value' nor 'value.yaml' key with a kubeconfig"
        : `does not contain a '${key}' key with a kubeconfig`;
    throw new TargetClientError({ code: 'TARGET_KUBECONFIG', message: `KubeConfig secret '${namespace}/${name}' ${what}` });
  }
  const id = digest(text);
  const known = remotes.get(id);
  if (known !== undefined) return known;
  const context = contextOf(parseKubeconfig(text), undefined, {
    allowExec: options.insecureKubeconfigExec ?? false,
    allowInsecure: options.insecureKubeconfigTls ?? false,
  });
  const remote = new KubeClient({
    transport: transportOf(context, {}, clock),
    ...(client.fieldManager === undefined ? {} : { fieldManager: client.fieldManager }),
  });
  remotes.set(id, remote);
  return remote;
}

/** Tells whether the account and the kubeconfig that an object names still exist: without them nothing can be cleaned up. */
export async function canReachTarget(run: TargetRun): Promise<boolean> {
  const { object, options } = run;
  const { client } = run.cell;
  const { signal } = run.context;
  const namespace = namespaceOf(object);
  const secret = specText(object, 'kubeConfig', 'secretRef', 'name');
  const account = impersonatedAccount(object, options);
  try {
    if (secret !== undefined) await client.get(TYPES.Secret, { namespace, name: secret }, { signal });
    else if (account !== undefined) await client.get(TYPES.ServiceAccount, { namespace, name: account }, { signal });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
