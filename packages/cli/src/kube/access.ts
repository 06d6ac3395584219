import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { RealClock } from '@flux-ts/base';
import { contextOf, KubeClient, mergeKubeconfigs, parseKubeconfig, transportOf, type KubeContext } from '@flux-ts/kube';
import type { CommandContext } from '../frame/command.ts';

/** A client for the cluster that the flags choose, and the namespaces that they name. */
export interface Access {
  readonly client: KubeClient;
  readonly context: KubeContext;
  /** The namespace of the objects that the command works on. */
  readonly namespace: string;
  /** The namespace that Flux is installed in. */
  readonly fluxNamespace: string;
}

/** The kubeconfig files that the flags and the environment name, first one first. */
export function kubeconfigPaths({ flags, io }: Pick<CommandContext, 'flags' | 'io'>): readonly string[] {
  const flag = flags.string('kubeconfig');
  if (flag !== '') return [absolute(flag, io.cwd)];
  const listed = (io.env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return listed.length > 0 ? listed.map((path) => absolute(path, io.cwd)) : [join(io.env['HOME'] ?? homedir(), '.kube', 'config')];
}

function absolute(path: string, cwd: string): string {
  return isAbsolute(path) ? path : join(cwd, path);
}

/** Reads the kubeconfig and makes a client. @throws KubeconfigError */
export function clientFor({ flags, io }: Pick<CommandContext, 'flags' | 'io'>): Promise<Access> {
  const paths = kubeconfigPaths({ flags, io });
  const found = paths.filter((path) => existsSync(path));
  if (found.length === 0)
    throw new Error(
      `kubeconfig not found: ${paths.join(', ')}; start a cluster with "flux cluster start NAME" or name a file with --kubeconfig`,
    );
  const config = mergeKubeconfigs(found.map((path) => parseKubeconfig(readFileSync(path, 'utf8'))));
  const base = dirname(found[0] as string);
  const name = flags.string('context');
  const context = contextOf(config, name === '' ? undefined : name, {
    readFile: (path) => readFileSync(absolute(path, base), 'utf8'),
    allowExec: true,
    allowInsecure: true,
  });
  const server = flags.string('server');
  const chosen: KubeContext = {
    ...context,
    ...(server === '' ? {} : { server }),
    ...(flags.string('token') === '' ? {} : { token: flags.string('token') }),
    ...(flags.string('as') === '' ? {} : { impersonate: { name: flags.string('as'), groups: flags.strings('as-group') } }),
  };
  const client = new KubeClient({ transport: transportOf(chosen, io.env, new RealClock()), fieldManager: 'flux' });
  const fluxNamespace = io.env['FLUX_SYSTEM_NAMESPACE'] ?? 'flux-system';
  const followed = flags.bool('ns-follows-kube-context') && context.namespace !== undefined ? context.namespace : fluxNamespace;
  const namespace = flags.changed('namespace') ? flags.string('namespace') : followed;
  return Promise.resolve({ client, context: chosen, namespace, fluxNamespace: flags.changed('namespace') ? namespace : fluxNamespace });
}
