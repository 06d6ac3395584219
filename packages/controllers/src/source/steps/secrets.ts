import { errorMessage, FluxError } from '@flux-ts/base';
import type { GitAuth } from '@flux-ts/git';
import { namespaceOf } from '@flux-ts/kube';
import type { OciAuth } from '@flux-ts/oci';
import { readSecret, secretText, type HttpAuth, type SecretData } from '@flux-ts/runtime';
import type { SourceRun } from '../harness.ts';
import { specFlag, specText } from '../../shared/spec.ts';
import { SourceFailure } from '../outcome.ts';

/** A Secret of a source, by the path of its name in the spec; undefined where the spec names none. @throws SourceFailure AuthenticationFailed */
export async function secretOf(run: SourceRun, field: 'secretRef' | 'certSecretRef' | 'proxySecretRef'): Promise<SecretData | undefined> {
  const name = specText(run.object, field, 'name');
  if (name === undefined) return undefined;
  const namespace = namespaceOf(run.object);
  try {
    return await readSecret(run.cell.client, namespace, name, run.signal);
  } catch (error) {
    run.signal.throwIfAborted();
    throw new SourceFailure({
      condition: 'FetchFailed',
      reason: 'AuthenticationFailed',
      message: `failed to get secret '${namespace}/${name}': ${errorMessage(error)}`,
      cause: error,
    });
  }
}

function present<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** Why a Secret cannot serve as credentials. */
export class CredentialsError extends FluxError<'CREDENTIALS_INVALID'> {}

/** The credentials of a Git source from its Secrets. @throws CredentialsError */
export function gitAuthOf(data: SecretData | undefined, proxy: SecretData | undefined, url: string): GitAuth {
  const auth: GitAuth =
    data === undefined
      ? {}
      : present({
          username: secretText(data, 'username'),
          password: url.startsWith('ssh:') ? undefined : secretText(data, 'password'),
          bearerToken: secretText(data, 'bearerToken'),
          caPem: secretText(data, 'ca.crt', 'caFile'),
          identityPem: secretText(data, 'identity'),
          identityPassword: url.startsWith('ssh:') ? secretText(data, 'password') : undefined,
          knownHosts: secretText(data, 'known_hosts'),
        });
  if (url.startsWith('ssh:') && auth.identityPem === undefined) {
    throw new CredentialsError({
      code: 'CREDENTIALS_INVALID',
      message: 'invalid auth data: identity and known_hosts are required for ssh',
    });
  }
  if (data !== undefined && url.startsWith('ssh:') && auth.knownHosts === undefined) {
    throw new CredentialsError({ code: 'CREDENTIALS_INVALID', message: 'known_hosts is required' });
  }
  const proxyUrl = proxy === undefined ? undefined : proxyUrlOf(proxy);
  return proxyUrl === undefined ? auth : { ...auth, proxyUrl };
}

/** The URL of a proxy Secret. */
export function proxyUrlOf(data: SecretData): string | undefined {
  const address = secretText(data, 'address');
  if (address === undefined) return undefined;
  const url = new URL(address);
  const username = secretText(data, 'username');
  if (username !== undefined) {
    url.username = username;
    url.password = secretText(data, 'password') ?? '';
  }
  return url.toString();
}

/** The credentials of a Helm repository over http. */
export async function httpAuthOf(run: SourceRun): Promise<HttpAuth> {
  const data = await secretOf(run, 'secretRef');
  const certs = (await secretOf(run, 'certSecretRef')) ?? data;
  return {
    username: data === undefined ? undefined : secretText(data, 'username'),
    password: data === undefined ? undefined : secretText(data, 'password'),
    caPem: certs === undefined ? undefined : secretText(certs, 'ca.crt', 'caFile'),
    certPem: certs === undefined ? undefined : secretText(certs, 'tls.crt', 'certFile'),
    keyPem: certs === undefined ? undefined : secretText(certs, 'tls.key', 'keyFile'),
  };
}

/** The credentials of a registry. */
export async function ociAuthOf(run: SourceRun): Promise<OciAuth> {
  const data = await secretOf(run, 'secretRef');
  const certs = await secretOf(run, 'certSecretRef');
  return {
    ...(data === undefined
      ? {}
      : present({
          username: secretText(data, 'username'),
          password: secretText(data, 'password'),
          dockerConfigJson: secretText(data, '.dockerconfigjson'),
        })),
    ...(certs === undefined
      ? {}
      : present({
          caPem: secretText(certs, 'ca.crt', 'caFile'),
          certPem: secretText(certs, 'tls.crt', 'certFile'),
          keyPem: secretText(certs, 'tls.key', 'keyFile'),
        })),
    ...(specFlag(run.object, 'insecure') ? { insecure: true } : {}),
  };
}
