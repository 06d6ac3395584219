import { compareBytes } from '@flux-ts/base';
import { compareVersionNames } from './versions.ts';
import { apiVersionOf, type ResourceType, type ResourceVersion, type Target } from './resource.ts';

/** Upstream's order of the built-in groups in discovery. */
const GROUP_ORDER = [
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'resource.k8s.io',
];

/** A group and its versions, the preferred one first. */
export interface GroupListing {
  readonly group: string;
  readonly versions: readonly string[];
}

/** Everything that is served: built-in and custom resources. */
export class Catalog {
  readonly #types = new Map<string, ResourceType>();
  readonly #byKind = new Map<string, ResourceType>();
  #revision = 0;
  readonly #listeners: (() => void)[] = [];

  /** Counts changes of what is served; discovery and OpenAPI are made anew when it moves. */
  get revision(): number {
    return this.#revision;
  }

  /** Adds or replaces a resource. */
  set(type: ResourceType): void {
    this.remove(type.group, type.resource);
    this.#types.set(`${type.group}/${type.resource}`, type);
    this.#byKind.set(`${type.group}/${type.kind}`, type);
    this.#changed();
  }

  remove(group: string, resource: string): void {
    const known = this.#types.get(`${group}/${resource}`);
    if (known === undefined) return;
    this.#types.delete(`${group}/${resource}`);
    if (this.#byKind.get(`${group}/${known.kind}`) === known) this.#byKind.delete(`${group}/${known.kind}`);
    this.#changed();
  }

  /** Calls back whenever what is served changes. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #changed(): void {
    this.#revision++;
    for (const listener of this.#listeners) listener();
  }

  type(group: string, resource: string): ResourceType | undefined {
    return this.#types.get(`${group}/${resource}`);
  }

  /** A resource in a served version. */
  find(group: string, version: string, resource: string): Target | undefined {
    const type = this.#types.get(`${group}/${resource}`);
    const served = type?.versions.get(version);
    return type === undefined || served === undefined ? undefined : { type, version: served };
  }

  /** The resource of a kind. */
  byKind(group: string, kind: string): ResourceType | undefined {
    return this.#byKind.get(`${group}/${kind}`);
  }

  types(): Iterable<ResourceType> {
    return this.#types.values();
  }

  /** All groups in upstream's order, custom ones after the built-in ones. */
  groups(): GroupListing[] {
    const versions = new Map<string, Set<string>>();
    for (const type of this.#types.values()) {
      const known = versions.get(type.group) ?? new Set();
      for (const version of type.versions.keys()) known.add(version);
      versions.set(type.group, known);
    }
    const place = (group: string): number =>
      group === '' ? -1 : GROUP_ORDER.includes(group) ? GROUP_ORDER.indexOf(group) : GROUP_ORDER.length;
    return [...versions]
      .filter(([, names]) => names.size > 0)
      .map(([group, names]) => ({ group, versions: [...names].sort(compareVersionNames) }))
      .sort((a, b) => place(a.group) - place(b.group) || compareBytes(a.group, b.group));
  }

  /** The resources of a group version, sorted by name. */
  resources(group: string, version: string): { readonly type: ResourceType; readonly version: ResourceVersion }[] {
    const out: { type: ResourceType; version: ResourceVersion }[] = [];
    for (const type of this.#types.values()) {
      const served = type.group === group ? type.versions.get(version) : undefined;
      if (served !== undefined) out.push({ type, version: served });
    }
    return out.sort((a, b) => compareBytes(a.type.resource, b.type.resource));
  }

  /** Whether a group version is served at all. */
  serves(group: string, version: string): boolean {
    for (const type of this.#types.values()) if (type.group === group && type.versions.has(version)) return true;
    return false;
  }

  /** The apiVersion that a type's stored objects carry. */
  static storedApiVersion(type: ResourceType): string {
    return apiVersionOf(type.group, type.storageVersion);
  }
}
