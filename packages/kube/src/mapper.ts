import { getArray, getString, isObject, type JsonObject } from '@flux-ts/base';
import { errorFromStatus, KubeError } from './errors.ts';
import { splitApiVersion, type TypeRef } from './object.ts';
import type { Transport } from './transport.ts';

/** How a kind is served. */
export interface ApiResource extends TypeRef {
  readonly group: string;
  readonly version: string;
  /** The plural name in paths: `deployments`. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly subresources: readonly string[];
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
}

function readResources(list: JsonObject, apiVersion: string): ApiResource[] {
  const { group, version } = splitApiVersion(apiVersion);
  const entries = (getArray(list, ['resources']) ?? []).filter(isObject);
  const names = (entry: JsonObject, field: string): string[] => (getArray(entry, [field]) ?? []).filter((v) => typeof v === 'string');
  const subresources = new Map<string, string[]>();
  for (const entry of entries) {
    const [parent, child] = (getString(entry, ['name']) ?? '').split('/');
    if (parent !== undefined && child !== undefined) subresources.set(parent, [...(subresources.get(parent) ?? []), child]);
  }
  return entries.flatMap((entry) => {
    const resource = getString(entry, ['name']) ?? '';
    if (resource.includes('/')) return [];
    return [
      {
        apiVersion,
        kind: getString(entry, ['kind']) ?? '',
        group,
        version,
        resource,
        namespaced: entry['namespaced'] === true,
        subresources: subresources.get(resource) ?? [],
        verbs: names(entry, 'verbs'),
        shortNames: names(entry, 'shortNames'),
      },
    ];
  });
}

/** Knows which kinds a server has and how they are addressed; reads discovery at first use and again when a kind is unknown. */
export class RestMapper {
  readonly #transport: Transport;
  readonly #byVersion = new Map<string, Promise<readonly ApiResource[]>>();
  #groups: Promise<readonly JsonObject[]> | undefined;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** How a kind at a version is served. @throws KubeError KUBE_NO_MATCH where it is not */
  async resourceFor(type: TypeRef): Promise<ApiResource> {
    const cached = this.#byVersion.get(type.apiVersion);
    if (cached !== undefined) {
      const hit = (await cached).find((r) => r.kind === type.kind);
      if (hit !== undefined) return hit;
    }
    const fresh = (await this.#read(type.apiVersion)).find((r) => r.kind === type.kind);
    if (fresh !== undefined) return fresh;
    throw new KubeError({ code: 'KUBE_NO_MATCH', message: `no matches for kind "${type.kind}" in version "${type.apiVersion}"` });
  }

  /** How a kind of a group is served at the version that the server prefers. @throws KubeError KUBE_NO_MATCH where it is not */
  async preferred(group: string, kind: string): Promise<ApiResource> {
    for (const retry of [false, true]) {
      for (const apiVersion of await this.#versionsOf(group, retry)) {
        const hit = (await (retry ? this.#read(apiVersion) : this.#cached(apiVersion))).find((r) => r.kind === kind);
        if (hit !== undefined) return hit;
      }
    }
    throw new KubeError({ code: 'KUBE_NO_MATCH', message: `no matches for kind "${kind}" in group "${group}"` });
  }

  /** Every kind of every group at its preferred version. */
  async all(): Promise<readonly ApiResource[]> {
    this.reset();
    const out: ApiResource[] = [...(await this.#cached('v1'))];
    for (const group of await this.#groupList()) {
      const preferred = getString(group, ['preferredVersion', 'groupVersion']);
      if (preferred !== undefined) out.push(...(await this.#cached(preferred)));
    }
    return out;
  }

  /** All `group/version` texts that the server has. */
  async apiVersions(): Promise<readonly string[]> {
    this.#groups = undefined;
    const groups = await this.#groupList();
    const versions = groups.flatMap((g) => (getArray(g, ['versions']) ?? []).map((v) => getString(v, ['groupVersion']) ?? ''));
    return ['v1', ...versions.filter((v) => v !== '')];
  }

  /** Forgets everything. */
  reset(): void {
    this.#byVersion.clear();
    this.#groups = undefined;
  }

  async #versionsOf(group: string, fresh: boolean): Promise<readonly string[]> {
    if (group === '') return ['v1'];
    if (fresh) this.#groups = undefined;
    const found = (await this.#groupList()).find((g) => g['name'] === group);
    if (found === undefined) return [];
    const preferred = getString(found, ['preferredVersion', 'groupVersion']) ?? '';
    const versions = (getArray(found, ['versions']) ?? []).map((v) => getString(v, ['groupVersion']) ?? '');
    return [...new Set([preferred, ...versions])].filter((v) => v !== '');
  }

  #groupList(): Promise<readonly JsonObject[]> {
    const read = async (): Promise<readonly JsonObject[]> => {
      const answer = await this.#transport.request({ method: 'GET', path: '/apis' });
      if (answer.status !== 200) throw errorFromStatus(answer.status, answer.body, answer.text);
      return (getArray(answer.body, ['groups']) ?? []).filter(isObject);
    };
    this.#groups ??= read().catch((error: unknown) => {
      this.#groups = undefined;
      throw error;
    });
    return this.#groups;
  }

  #cached(apiVersion: string): Promise<readonly ApiResource[]> {
    return this.#byVersion.get(apiVersion) ?? this.#read(apiVersion);
  }

  #read(apiVersion: string): Promise<readonly ApiResource[]> {
    const read = async (): Promise<readonly ApiResource[]> => {
      const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const answer = await this.#transport.request({ method: 'GET', path });
      if (answer.status === 404) return [];
      if (answer.status !== 200 || !isObject(answer.body)) throw errorFromStatus(answer.status, answer.body, answer.text);
      return readResources(answer.body, apiVersion);
    };
    const pending = read().catch((error: unknown) => {
      this.#byVersion.delete(apiVersion);
      throw error;
    });
    this.#byVersion.set(apiVersion, pending);
    return pending;
  }
}
