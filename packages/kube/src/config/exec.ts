import { execFile } from 'node:child_process';
import { errorMessage, getString, parseJson, type Clock } from '@flux-ts/base';
import { KubeconfigError, type ExecPlugin, type KubeContext } from './kubeconfig.ts';
import { createHttpTransport } from '../http-transport.ts';
import type { Transport } from '../transport.ts';

/** Runs a credential command, without a shell, and gives its token. @throws KubeconfigError KUBECONFIG_EXEC */
export function execToken(
  plugin: ExecPlugin,
  environment: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<string> {
  const info = JSON.stringify({ apiVersion: plugin.apiVersion, kind: 'ExecCredential', spec: { interactive: false } });
  const env = { ...environment, ...Object.fromEntries(plugin.env.map((e) => [e.name, e.value])), KUBERNETES_EXEC_INFO: info };
  return new Promise((resolve, reject) => {
    const options = { env, shell: false, maxBuffer: 1024 * 1024, ...(signal === undefined ? {} : { signal }) };
    execFile(plugin.command, [...plugin.args], options, (error, stdout) => {
      const fail = (why: string): void =>
        reject(
          new KubeconfigError({
            code: 'KUBECONFIG_EXEC',
            message: `getting credentials: exec: executable ${plugin.command} failed: ${why}`,
          }),
        );
      if (error !== null) return fail(errorMessage(error).split('\n')[0] ?? 'unknown');
      try {
        const token = getString(parseJson(stdout), ['status', 'token']);
        if (token === undefined) return fail('no token in its answer');
        return resolve(token);
      } catch {
        return fail('its answer is not JSON');
      }
    });
  });
}

/**
 * Makes the transport of a context. A credential command runs once, and again when the server refuses its token.
 * @param environment what credential commands see of the environment
 * @param clock times the pauses that a busy server asks for; without it there are none
 */
export function transportOf(
  context: KubeContext,
  environment: Readonly<Record<string, string | undefined>> = {},
  clock?: Clock,
): Transport {
  const plugin = context.exec;
  let cached: Promise<string> | undefined;
  const execCached = (stale: boolean): Promise<string> => {
    if (plugin === undefined) return Promise.resolve('');
    if (stale || cached === undefined) {
      cached = execToken(plugin, environment);
      cached.catch(() => (cached = undefined));
    }
    return cached;
  };
  return createHttpTransport({
    server: context.server,
    caPem: context.caPem,
    certPem: context.certPem,
    keyPem: context.keyPem,
    insecure: context.insecure,
    serverName: context.serverName,
    proxyUrl: context.proxyUrl,
    basic: context.basic,
    token: plugin === undefined ? context.token : execCached,
    clock,
    ...(context.impersonate === undefined
      ? {}
      : { headers: { 'impersonate-user': context.impersonate.name, 'impersonate-group': context.impersonate.groups } }),
  });
}
