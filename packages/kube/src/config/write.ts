import { getArray, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { parseYaml, printYaml } from '@flux-ts/yaml';

/** A context to write: cluster and user get the same name. PEM texts. */
export interface ContextEntry {
  readonly name: string;
  readonly server: string;
  readonly namespace?: string;
  readonly caPem?: string | undefined;
  readonly token?: string | undefined;
  readonly certPem?: string | undefined;
  readonly keyPem?: string | undefined;
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

function read(text: string): JsonObject {
  const value = text.trim() === '' ? null : parseYaml(text);
  return isObject(value) ? value : {};
}

function replaced(config: JsonObject, list: string, entry: JsonObject): JsonValue[] {
  const rest = (getArray(config, [list]) ?? []).filter((e) => getString(e, ['name']) !== entry['name']);
  return [...rest, entry];
}

function without(config: JsonObject, list: string, name: string): JsonValue[] {
  return (getArray(config, [list]) ?? []).filter((e) => getString(e, ['name']) !== name);
}

/** Adds a context to a kubeconfig text, or replaces the one of its name; all else stays. @param makeCurrent also switch to it */
export function mergeContext(text: string, entry: ContextEntry, makeCurrent = false): string {
  const config = read(text);
  const cluster: JsonObject = {
    server: entry.server,
    ...(entry.caPem === undefined ? {} : { 'certificate-authority-data': base64(entry.caPem) }),
  };
  const user: JsonObject = {
    ...(entry.token === undefined ? {} : { token: entry.token }),
    ...(entry.certPem === undefined ? {} : { 'client-certificate-data': base64(entry.certPem) }),
    ...(entry.keyPem === undefined ? {} : { 'client-key-data': base64(entry.keyPem) }),
  };
  const context: JsonObject = {
    cluster: entry.name,
    user: entry.name,
    ...(entry.namespace === undefined ? {} : { namespace: entry.namespace }),
  };
  const current = getString(config, ['current-context']) ?? '';
  return printYaml({
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    ...config,
    clusters: replaced(config, 'clusters', { name: entry.name, cluster }),
    contexts: replaced(config, 'contexts', { name: entry.name, context }),
    users: replaced(config, 'users', { name: entry.name, user }),
    'current-context': makeCurrent || current === '' ? entry.name : current,
  });
}

/** Takes a context with its cluster and user out of a kubeconfig text; a current context of that name is cleared. */
export function removeContext(text: string, name: string): string {
  const config = read(text);
  return printYaml({
    ...config,
    clusters: without(config, 'clusters', name),
    contexts: without(config, 'contexts', name),
    users: without(config, 'users', name),
    'current-context': getString(config, ['current-context']) === name ? '' : (getString(config, ['current-context']) ?? ''),
  });
}

/** Switches the current context of a kubeconfig text. */
export function useContext(text: string, name: string): string {
  return printYaml({ ...read(text), 'current-context': name });
}
