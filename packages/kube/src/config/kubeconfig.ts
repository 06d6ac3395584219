import { FluxError, getArray, getObject, getString, isObject, own, type JsonObject } from '@flux-ts/base';
import { parseYaml } from '@flux-ts/yaml';

/** Why a kubeconfig cannot be used. */
export class KubeconfigError extends FluxError<'KUBECONFIG_INVALID' | 'KUBECONFIG_CONTEXT' | 'KUBECONFIG_REFUSED' | 'KUBECONFIG_EXEC'> {}

/** A command that gives credentials. */
export interface ExecPlugin {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly apiVersion: string;
}

/** A context with its cluster and user, files read. PEM texts. */
export interface KubeContext {
  readonly name: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string | undefined;
  readonly server: string;
  readonly caPem: string | undefined;
  readonly insecure: boolean;
  readonly serverName: string | undefined;
  readonly proxyUrl: string | undefined;
  readonly certPem: string | undefined;
  readonly keyPem: string | undefined;
  readonly token: string | undefined;
  readonly basic: { readonly username: string; readonly password: string } | undefined;
  readonly exec: ExecPlugin | undefined;
  readonly impersonate: { readonly name: string; readonly groups: readonly string[] } | undefined;
}

/** What a kubeconfig may do. Files and commands are refused unless given: a kubeconfig from a Secret gets neither. */
export interface KubeconfigOptions {
  /** Reads a file that the config names; paths are relative to the config's folder, which the function knows. */
  readonly readFile?: (path: string) => string;
  readonly allowExec?: boolean;
  readonly allowInsecure?: boolean;
}

/** A kubeconfig as read: its named parts. */
export interface Kubeconfig {
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, JsonObject>;
  readonly clusters: ReadonlyMap<string, JsonObject>;
  readonly users: ReadonlyMap<string, JsonObject>;
}

function named(config: JsonObject, list: string, field: string): Map<string, JsonObject> {
  const out = new Map<string, JsonObject>();
  for (const entry of getArray(config, [list]) ?? []) {
    if (!isObject(entry)) continue;
    const name = getString(entry, ['name']);
    if (name !== undefined && !out.has(name)) out.set(name, getObject(entry, [field]) ?? {});
  }
  return out;
}

/** Reads a kubeconfig text. @throws KubeconfigError KUBECONFIG_INVALID; YamlError */
export function parseKubeconfig(text: string): Kubeconfig {
  const value = parseYaml(text);
  if (value !== null && !isObject(value))
    throw new KubeconfigError({ code: 'KUBECONFIG_INVALID', message: 'the kubeconfig is not a YAML mapping' });
  const config = value ?? {};
  const currentContext = getString(config, ['current-context']);
  return {
    currentContext: currentContext === '' ? undefined : currentContext,
    contexts: named(config, 'contexts', 'context'),
    clusters: named(config, 'clusters', 'cluster'),
    users: named(config, 'users', 'user'),
  };
}

/** Merges kubeconfigs as kubectl merges the files of `$KUBECONFIG`: the first to set a name wins. */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  const merge = (pick: (c: Kubeconfig) => ReadonlyMap<string, JsonObject>): Map<string, JsonObject> =>
    new Map(configs.toReversed().flatMap((c) => [...pick(c)]));
  return {
    currentContext: configs.map((c) => c.currentContext).find((c) => c !== undefined),
    contexts: merge((c) => c.contexts),
    clusters: merge((c) => c.clusters),
    users: merge((c) => c.users),
  };
}

function pemOf(object: JsonObject, field: string, options: KubeconfigOptions): string | undefined {
  const data = getString(object, [`${field}-data`]);
  if (data !== undefined && data !== '') return Buffer.from(data, 'base64').toString('utf8');
  return fileOf(object, field, options);
}

function fileOf(object: JsonObject, field: string, options: KubeconfigOptions): string | undefined {
  const path = getString(object, [field]);
  if (path === undefined || path === '') return undefined;
  if (options.readFile === undefined) {
    throw new KubeconfigError({
      code: 'KUBECONFIG_REFUSED',
      message: `the kubeconfig names a file in "${field}"; files are not read here`,
    });
  }
  return options.readFile(path);
}

function execOf(user: JsonObject, options: KubeconfigOptions): ExecPlugin | undefined {
  const exec = getObject(user, ['exec']);
  if (exec === undefined) return undefined;
  if (options.allowExec !== true) {
    throw new KubeconfigError({
      code: 'KUBECONFIG_REFUSED',
      message: 'the kubeconfig runs a command (users[].user.exec); commands are not allowed here',
    });
  }
  const env = (getArray(exec, ['env']) ?? []).filter(isObject);
  return {
    command: getString(exec, ['command']) ?? '',
    args: (getArray(exec, ['args']) ?? []).filter((a) => typeof a === 'string'),
    env: env.map((e) => ({ name: getString(e, ['name']) ?? '', value: getString(e, ['value']) ?? '' })),
    apiVersion: getString(exec, ['apiVersion']) ?? 'client.authentication.k8s.io/v1',
  };
}

/**
 * Resolves a context (default: the current one) with its cluster and user.
 * @throws KubeconfigError KUBECONFIG_CONTEXT where one is missing · KUBECONFIG_REFUSED for a file, a command or an unverified server that is not allowed
 */
export function contextOf(config: Kubeconfig, name?: string, options: KubeconfigOptions = {}): KubeContext {
  const contextName = name ?? config.currentContext;
  const missing = (message: string): KubeconfigError => new KubeconfigError({ code: 'KUBECONFIG_CONTEXT', message });
  if (contextName === undefined) throw missing('no context is set in the kubeconfig');
  const context = config.contexts.get(contextName);
  if (context === undefined) throw missing(`context "${contextName}" does not exist`);
  const clusterName = getString(context, ['cluster']) ?? '';
  const cluster = config.clusters.get(clusterName);
  if (cluster === undefined) throw missing(`cluster "${clusterName}" does not exist`);
  const userName = getString(context, ['user']) ?? '';
  const user = config.users.get(userName) ?? {};
  if (getObject(user, ['auth-provider']) !== undefined) {
    throw new KubeconfigError({
      code: 'KUBECONFIG_REFUSED',
      message: 'the kubeconfig uses an auth-provider plugin, which is not supported',
    });
  }
  const insecure = own(cluster, 'insecure-skip-tls-verify') === true;
  if (insecure && options.allowInsecure !== true) {
    throw new KubeconfigError({
      code: 'KUBECONFIG_REFUSED',
      message: 'the kubeconfig sets insecure-skip-tls-verify, which is not allowed here',
    });
  }
  const text = (object: JsonObject, field: string): string | undefined => getString(object, [field]) || undefined;
  const as = text(user, 'as');
  const username = text(user, 'username');
  return {
    name: contextName,
    cluster: clusterName,
    user: userName,
    namespace: text(context, 'namespace'),
    server: text(cluster, 'server') ?? 'http://localhost:8080',
    caPem: pemOf(cluster, 'certificate-authority', options),
    insecure,
    serverName: text(cluster, 'tls-server-name'),
    proxyUrl: text(cluster, 'proxy-url'),
    certPem: pemOf(user, 'client-certificate', options),
    keyPem: pemOf(user, 'client-key', options),
    token: text(user, 'token') ?? fileOf(user, 'tokenFile', options)?.trim(),
    basic: username === undefined ? undefined : { username, password: text(user, 'password') ?? '' },
    exec: execOf(user, options),
    impersonate:
      as === undefined ? undefined : { name: as, groups: (getArray(user, ['as-groups']) ?? []).filter((g) => typeof g === 'string') },
  };
}
