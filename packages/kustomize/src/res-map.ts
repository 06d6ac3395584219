import { failure } from './errors.ts';
import type { Selector } from './kustomization.ts';
import { effectiveNamespace, gvkEquals, gvkText, idEquals, idKey, idText, type ResId } from './res-id.ts';
import type { Resource } from './resource.ts';
import { compileSelector } from './selectors.ts';
import { isNullish, rawText, type KObject, type KValue, fieldOf, isMap } from './value.ts';

/** The resources of a build in the order in which they came, no two with the same identity. */
export class ResMap {
  #list: Resource[] = [];
  /** The identities there are; dropped as soon as resources are handed out, since then they may change. */
  #keys: Set<string> | undefined;
  /** Resources by every identity they have or had; dropped likewise. */
  #anyKeys: Map<string, Set<Resource>> | undefined;

  constructor(resources: readonly Resource[] = []) {
    this.appendAll(resources);
  }

  /** The resources, in order. */
  get resources(): readonly Resource[] {
    this.#handOut();
    return this.#list;
  }

  #handOut(): void {
    this.#keys = undefined;
    this.#anyKeys = undefined;
  }

  get size(): number {
    return this.#list.length;
  }

  /** Appends resources. @throws where an identity is there already */
  appendAll(resources: readonly Resource[]): void {
    if (resources.length === 0) return;
    this.#keys ??= new Set(this.#list.map((r) => r.key));
    for (const resource of resources) {
      const { key } = resource;
      if (this.#keys.has(key)) throw failure(`may not add resource with an already registered id: ${idText(resource.id)}`);
      this.#keys.add(key);
      this.#list.push(resource);
      if (this.#anyKeys !== undefined) index(this.#anyKeys, resource);
    }
  }

  /** Replaces the whole list, unchecked. */
  replaceAll(resources: readonly Resource[]): void {
    this.#list = [...resources];
    this.#handOut();
  }

  /** Drops resources without content. */
  dropEmpties(): void {
    if (!this.#list.some((r) => r.isEmpty)) return;
    this.#list = this.#list.filter((r) => !r.isEmpty);
    this.#handOut();
  }

  /** The resources that have, or had, an identity. */
  byAnyId(matches: (id: ResId) => boolean): Resource[] {
    this.#handOut();
    return this.#list.filter((r) => !r.isEmpty && (r.previousIds.some(matches) || matches(r.id)));
  }

  /** The one resource that has, or had, an identity. @throws where there is none or more than one */
  getById(id: ResId): Resource {
    const found = this.byAnyId((other) => id.name === other.name && idEquals(id, other));
    const only = found[0];
    if (only !== undefined && found.length === 1) return only;
    const text = idText(id);
    throw failure(`${found.length > 1 ? 'multiple' : 'no'} matches for Id ${text}; failed to find unique target for patch ${text}`);
  }

  /** The resources that a selector picks: by name and namespace as they were at first or are now, by kind and labels as they are. */
  select(selector: Selector): Resource[] {
    const compiled = compileSelector(selector);
    this.#handOut();
    return this.#list.filter((r) => {
      const now = r.id;
      const first = r.originalId;
      if (!compiled.namespace(effectiveNamespace(first)) && !compiled.namespace(effectiveNamespace(now))) return false;
      if (!compiled.name(first.name) && !compiled.name(now.name)) return false;
      if (!compiled.gvk(now)) return false;
      return compiled.labels(r.labels) && compiled.annotations(r.annotations);
    });
  }

  /** Takes in generated resources: each is new, or replaces or is merged into the one it names. */
  absorb(resources: readonly Resource[]): void {
    for (const resource of resources) this.#absorbOne(resource);
  }

  #absorbOne(resource: Resource): void {
    const { id } = resource;
    const matches = this.#havingHad(resource.key);
    const { behavior } = resource.state;
    const [old] = matches;
    if (old === undefined) {
      if (behavior === 'merge' || behavior === 'replace') throw failure(`id ${goId(id)} does not exist; cannot merge or replace`);
      this.appendAll([resource]);
      return;
    }
    if (matches.length > 1)
      throw failure(`found multiple objects ${matches.map((m) => idText(m.id)).join(' ')} that could accept merge of ${idText(id)}`);
    if (behavior !== 'merge' && behavior !== 'replace') {
      throw failure(`id ${goId(id)} exists; can not use behavior: '${behavior}', behavior must be merge or replace`);
    }
    const origin = old.state.origin;
    takeMetadata(resource, old);
    if (behavior === 'merge') {
      mergeData(resource, old, 'data');
      mergeData(resource, old, 'binaryData');
      if (origin !== undefined) resource.state = { ...resource.state, origin };
    }
    const at = this.#list.findIndex((r) => r.key === resource.key);
    if (at < 0) throw failure(`cannot find resource with id ${idText(resource.id)} to replace`);
    this.#list[at] = resource;
    this.#handOut();
  }

  /** The resources that have, or had, an identity. They are not to be changed. */
  #havingHad(key: string): readonly Resource[] {
    if (this.#anyKeys === undefined) {
      this.#anyKeys = new Map();
      for (const resource of this.#list) index(this.#anyKeys, resource);
    }
    return [...(this.#anyKeys.get(key) ?? [])];
  }

  /** Whether two resources have the identity of this one. */
  idConflict(resource: Resource): readonly Resource[] {
    const { key } = resource;
    this.#handOut();
    return this.#list.filter((r) => r.key === key);
  }
}

function index(keys: Map<string, Set<Resource>>, resource: Resource): void {
  if (resource.isEmpty) return;
  for (const key of [...resource.previousIds.map(idKey), resource.key]) {
    const known = keys.get(key);
    if (known === undefined) keys.set(key, new Set([resource]));
    else known.add(resource);
  }
}

/** Takes over labels, annotations, name, namespace and history of an older resource; own labels and annotations win. */
export function takeMetadata(resource: Resource, old: Resource): void {
  resource.labels = { ...old.labels, ...resource.labels };
  resource.annotations = { ...old.annotations, ...resource.annotations };
  resource.name = old.name;
  resource.namespace = old.namespace;
  const own = resource.state;
  resource.state = {
    ...old.state,
    needsHash: own.needsHash && old.state.needsHash,
    origin: own.origin ?? old.state.origin,
    allowKindChange: old.state.allowKindChange,
  };
}

function dataTexts(object: KObject, field: string): Record<string, KValue> {
  const data = fieldOf(object, field);
  const out: Record<string, KValue> = {};
  if (isMap(data)) for (const [key, value] of Object.entries(data)) out[key] = isNullish(value) ? '' : rawText(value);
  return out;
}

function mergeData(resource: Resource, old: Resource, field: string): void {
  const merged = { ...dataTexts(old.object, field), ...dataTexts(resource.object, field) };
  const { [field]: _gone, ...rest } = resource.object;
  resource.object = Object.keys(merged).length === 0 ? rest : { ...rest, [field]: merged };
}

/** An identity as Go's `%#v` prints it. */
function goId(id: ResId): string {
  const q = (text: string): string => JSON.stringify(text);
  const cluster = effectiveNamespace(id) === '_non_namespaceable_';
  return `resid.ResId{Gvk:resid.Gvk{Group:${q(id.group)}, Version:${q(id.version)}, Kind:${q(id.kind)}, isClusterScoped:${String(cluster)}}, Name:${q(id.name)}, Namespace:${q(id.namespace)}}`;
}

/** Tells whether kind and name are equal, whatever the namespaces. */
export function gvknEquals(a: ResId, b: ResId): boolean {
  return a.name === b.name && gvkEquals(a, b);
}

/** Kinds as the messages of the replica transformer list them. */
export function gvkTexts(ids: readonly { readonly group: string; readonly version: string; readonly kind: string }[]): string {
  return `[${ids.map(gvkText).join(' ')}]`;
}
