import { type JsonObject } from '@flux-ts/base';
import { compileType, type TypeSchema } from '@flux-ts/merge';
import type { FieldError, KindInfo, Kinds } from '@flux-ts/schema';
import { badRequest } from '../status.ts';
import { objectTypes } from '../write/managed.ts';
import { conversionOf, type Conversion } from './conversions.ts';
import { apiVersionOf, type Decoded, type ResourceType, type ResourceVersion, type Subresource, type VersionCodec } from './resource.ts';
import { compareVersionNames, isStable } from './versions.ts';

/** How objects of a built-in kind in one version are read and shown. */
class BuiltInCodec implements VersionCodec {
  readonly apiVersion: string;
  readonly kind: string;
  readonly #info: KindInfo;
  readonly #kinds: Kinds;
  readonly #conversion: Conversion | undefined;
  readonly #views = new WeakMap<JsonObject, JsonObject>();
  #mergeType: TypeSchema | undefined;
  #empty: JsonObject | undefined;

  constructor(info: KindInfo, kinds: Kinds) {
    this.apiVersion = apiVersionOf(info.group, info.version);
    this.kind = info.kind;
    this.#info = info;
    this.#kinds = kinds;
    this.#conversion = conversionOf(info.group, info.version, info.kind);
  }

  get mergeType(): TypeSchema {
    return (this.#mergeType ??= compileType(this.#kinds.mergeTypes, this.#info.typeName));
  }

  get empty(): JsonObject {
    return (this.#empty ??= this.#info.canonicalise({ apiVersion: this.apiVersion, kind: this.kind }));
  }

  get strategic(): VersionCodec['strategic'] {
    return this.#info.strategic;
  }

  decode(body: JsonObject): Decoded {
    const report = this.#info.decode(body);
    if (report.problem !== undefined) {
      const version = JSON.stringify(this.apiVersion.split('/').at(-1));
      throw badRequest(`${this.kind} in version ${version} cannot be handled as a ${this.kind}: ${report.problem}`);
    }
    const object = this.finish(body);
    this.#info.known.add(object);
    return { object, unknown: report.unknownFields };
  }

  finish(object: JsonObject): JsonObject {
    return this.#info.canonicalise(this.#info.defaults(object));
  }

  validate(): readonly FieldError[] {
    return [];
  }

  view(stored: JsonObject): JsonObject {
    if (this.#conversion === undefined) return stored;
    let view = this.#views.get(stored);
    if (view === undefined) {
      view = this.#conversion.fromStored(stored);
      this.#views.set(stored, view);
    }
    return view;
  }

  store(object: JsonObject): JsonObject {
    return this.#conversion === undefined ? object : this.#conversion.toStored(object);
  }
}

/** Groups whose objects lie in the table of another resource. */
const SHARED_TABLES: Readonly<Record<string, string>> = { 'events.k8s.io/events': '/events' };

/** Subresources that discovery names, from the tables of kinds. */
function subresourcesOf(info: KindInfo): ReadonlyMap<string, Subresource> {
  return new Map(
    info.subresources.map((sub) => [
      sub.name,
      { name: sub.name, kind: sub.kind, group: sub.group, version: sub.version, verbs: sub.verbs },
    ]),
  );
}

function withWatch(verbs: readonly string[]): readonly string[] {
  return verbs.includes('list') && !verbs.includes('watch') ? [...verbs, 'watch'].sort() : [...verbs].sort();
}

/** All built-in resources that a default cluster serves: the stable versions. Kinds that are only asked (reviews) included. */
export function builtInResources(kinds: Kinds): ResourceType[] {
  const found = new Map<string, KindInfo[]>();
  for (const groupVersion of kinds.groupVersions()) {
    if (!isStable(groupVersion.split('/').at(-1) as string)) continue;
    for (const info of kinds.kinds(groupVersion)) {
      const key = `${info.group}/${info.resource}`;
      found.set(key, [...(found.get(key) ?? []), info]);
    }
  }
  return [...found.values()].map((infos) => resourceType(infos, kinds));
}

function resourceType(infos: readonly KindInfo[], kinds: Kinds): ResourceType {
  const sorted = [...infos].sort((a, b) => compareVersionNames(a.version, b.version));
  const first = sorted[0] as KindInfo;
  const versions = new Map<string, ResourceVersion>();
  for (const info of sorted) {
    versions.set(info.version, {
      version: info.version,
      verbs: withWatch(info.verbs),
      subresources: subresourcesOf(info),
      codec: new BuiltInCodec(info, kinds),
      deprecation: undefined,
    });
  }
  const key = `${first.group}/${first.resource}`;
  return {
    group: first.group,
    resource: first.resource,
    kind: first.kind,
    listKind: `${first.kind}List`,
    singular: first.singular,
    namespaced: first.namespaced,
    shortNames: first.shortNames,
    categories: first.categories,
    table: SHARED_TABLES[key] ?? key,
    storageVersion: first.version,
    versions,
    types: objectTypes(first.group, versions),
    hasStatus: sorted.some((info) => info.subresources.some((s) => s.name === 'status')),
    custom: false,
  };
}
