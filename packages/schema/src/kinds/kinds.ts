import type { JsonObject } from '@flux-ts/base';
import { Defaulter } from './defaults.ts';
import { KindCodec } from './kind-codec.ts';
import { MergeTypes } from './merge-types.ts';
import { OpenApiDocuments } from './openapi-v3.ts';
import { CATEGORIES, SHORT_NAMES } from './resource-names.ts';
import { TypeTable, type ResourceRow, type TypeInfo } from './type-table.ts';

/** A subresource of a kind. */
export interface SubresourceInfo {
  /** `status`, `scale`, `log`. */
  readonly name: string;
  readonly verbs: readonly string[];
  /** The kind of object that it takes or gives. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A built-in kind that has a resource. */
export class KindInfo extends KindCodec {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly SubresourceInfo[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly #defaulter: Defaulter;

  constructor(
    table: TypeTable,
    row: ResourceRow,
    context: { readonly type: TypeInfo; readonly subresources: readonly SubresourceInfo[]; readonly defaulter: Defaulter },
  ) {
    super(table, { apiVersion: joinVersion(row.group, row.version), kind: row.kind }, context.type);
    this.#defaulter = context.defaulter;
    this.group = row.group;
    this.version = row.version;
    this.resource = row.resource;
    this.singular = row.kind.toLowerCase();
    this.namespaced = row.namespaced;
    const watched = row.verbs.includes('list') && row.verbs.includes('create');
    this.verbs = watched && !row.verbs.includes('watch') ? [...row.verbs, 'watch'] : row.verbs;
    this.subresources = context.subresources;
    this.shortNames = SHORT_NAMES[row.resource] ?? [];
    this.categories = CATEGORIES[row.resource] ?? [];
  }

  /** The object with the API server's defaults: no clock, no allocation. The same object where nothing was missing. */
  defaults(object: JsonObject): JsonObject {
    return this.#defaulter.apply(this.type, object, this.known);
  }
}

/** The built-in kinds of the API. */
export class Kinds {
  /** The types for server-side apply. */
  readonly mergeTypes: MergeTypes;
  readonly #table: TypeTable;
  readonly #defaulter: Defaulter;
  readonly #rows = new Map<string, ResourceRow>();
  readonly #kinds = new Map<string, KindInfo>();
  readonly #codecs = new Map<string, KindCodec>();
  readonly #groupVersions: readonly string[];
  #openApi: Promise<OpenApiDocuments> | undefined;

  /** @param table the types */
  constructor(table: TypeTable) {
    this.#table = table;
    this.mergeTypes = new MergeTypes(table);
    this.#defaulter = new Defaulter(table);
    for (const row of table.resources) {
      if (!row.resource.includes('/')) this.#rows.set(`${joinVersion(row.group, row.version)}/${row.resource}`, row);
    }
    this.#groupVersions = [...new Set([...this.#rows.values()].map(({ group, version }) => joinVersion(group, version)))];
  }

  /** All group-versions that have a resource, the core one first: `v1`, `apps/v1`. */
  groupVersions(): readonly string[] {
    return this.#groupVersions;
  }

  /** The kinds of a group-version that have a resource. */
  kinds(groupVersion: string): readonly KindInfo[] {
    const out: KindInfo[] = [];
    for (const row of this.#rows.values()) {
      if (joinVersion(row.group, row.version) !== groupVersion) continue;
      const info = this.resource(groupVersion, row.resource);
      if (info !== undefined) out.push(info);
    }
    return out;
  }

  /** A kind by its resource's plural name. */
  resource(apiVersion: string, plural: string): KindInfo | undefined {
    const key = `${apiVersion}/${plural}`;
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const row = this.#rows.get(key);
    const type = row === undefined ? undefined : this.#typeOf(apiVersion, row.kind);
    if (row === undefined || type === undefined) return undefined;
    const info = new KindInfo(this.#table, row, { type, subresources: this.#subresources(row), defaulter: this.#defaulter });
    this.#kinds.set(key, info);
    return info;
  }

  /** A kind that has a resource, by its name. */
  kind(apiVersion: string, kind: string): KindInfo | undefined {
    for (const row of this.#rows.values()) {
      if (row.kind === kind && joinVersion(row.group, row.version) === apiVersion) return this.resource(apiVersion, row.resource);
    }
    return undefined;
  }

  /** Any kind, with or without a resource (DeleteOptions, Scale, Status, lists), also of versions that are no longer served. */
  codec(apiVersion: string, kind: string): KindCodec | undefined {
    const info = this.kind(apiVersion, kind);
    if (info !== undefined) return info;
    const key = `${apiVersion}/${kind}`;
    let codec = this.#codecs.get(key);
    if (codec === undefined) {
      const type = this.#typeOf(apiVersion, kind);
      if (type === undefined) return undefined;
      codec = new KindCodec(this.#table, { apiVersion, kind }, type);
      this.#codecs.set(key, codec);
    }
    return codec;
  }

  /** A struct by its OpenAPI name, for parts of objects (`io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta`). */
  struct(typeName: string): KindCodec | undefined {
    const type = this.#table.find(typeName);
    return type === undefined ? undefined : new KindCodec(this.#table, { apiVersion: '', kind: '' }, type);
  }

  /** The OpenAPI v3 documents of the group-versions: `api/v1`, `apis/apps/v1`. */
  openApiV3Index(): readonly { readonly path: string; readonly groupVersion: string }[] {
    return this.#groupVersions.map((groupVersion) => ({ path: documentPath(groupVersion), groupVersion }));
  }

  /**
   * The OpenAPI v3 document of a group-version, or of another path (`version`, `apis/apps`).
   * @param version what `info.version` says
   * @throws TypeError where there is none
   */
  async openApiV3(groupVersion: string, version = 'v1.36.0'): Promise<JsonObject> {
    const documents = await this.openApi();
    const document = documents.document(documentPath(groupVersion), version) ?? documents.document(groupVersion, version);
    if (document === undefined) throw new TypeError(`there is no OpenAPI document of ${groupVersion}`);
    return document;
  }

  /** The OpenAPI data, for documents of custom resources that refer to built-in schemas. */
  async openApi(): Promise<OpenApiDocuments> {
    this.#openApi ??= loadOpenApi(this.#table);
    return this.#openApi;
  }

  #typeOf(apiVersion: string, kind: string): TypeInfo | undefined {
    const { kinds } = this.#table;
    const key = `${apiVersion}/${kind}`;
    const named = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (named !== undefined) return this.#table.find(named);
    const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    for (const pkg of packagesOf(group, version)) {
      const type = this.#table.find(`${pkg}.${kind}`);
      if (type !== undefined) return type;
    }
    return undefined;
  }

  #subresources(row: ResourceRow): SubresourceInfo[] {
    return this.#table.resources
      .filter(({ group, version, resource }) => group === row.group && version === row.version && resource.startsWith(`${row.resource}/`))
      .map(({ resource, verbs, kind }) => ({ name: resource.slice(row.resource.length + 1), verbs, kind, ...ownerOf(kind, row) }));
  }
}

function joinVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The group and version of a subresource's kind, where it is not the resource's own. */
function ownerOf(kind: string, row: ResourceRow): { readonly group: string; readonly version: string } {
  if (kind === 'Scale') return { group: 'autoscaling', version: 'v1' };
  if (kind === 'Eviction') return { group: 'policy', version: 'v1' };
  if (kind === 'TokenRequest') return { group: 'authentication.k8s.io', version: 'v1' };
  return { group: row.group, version: row.version };
}

function documentPath(groupVersion: string): string {
  return groupVersion.includes('/') ? `apis/${groupVersion}` : `api/${groupVersion}`;
}

async function loadOpenApi(table: TypeTable): Promise<OpenApiDocuments> {
  const [openapi, descriptions] = await Promise.all([import('./openapi.generated.ts'), import('./descriptions.generated.ts')]);
  return new OpenApiDocuments(table, { openapi: openapi.data, descriptions: descriptions.data });
}

/** The packages in which a group-version's types may live. */
function packagesOf(group: string, version: string): readonly string[] {
  const meta = `io.k8s.apimachinery.pkg.apis.meta.${version === 'v1beta1' ? version : 'v1'}`;
  const short = group === '' ? 'core' : group === 'internal.apiserver.k8s.io' ? 'apiserverinternal' : (group.split('.')[0] as string);
  const own =
    group === 'apiextensions.k8s.io'
      ? `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.${version}`
      : group === 'apiregistration.k8s.io'
        ? `io.k8s.kube-aggregator.pkg.apis.apiregistration.${version}`
        : `io.k8s.api.${short}.${version}`;
  return [own, meta, 'io.k8s.apimachinery.pkg.apis.meta.v1'];
}

/** Opens the table of built-in kinds; it takes a few milliseconds, so keep what it gives. */
export async function loadKinds(): Promise<Kinds> {
  const { data } = await import('./types.generated.ts');
  return new Kinds(new TypeTable(data));
}
