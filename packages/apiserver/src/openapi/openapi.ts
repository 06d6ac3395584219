import { digestHex, Lru, stringifyJson, type JsonObject } from '@flux-ts/base';
import type { Kinds } from '@flux-ts/schema';
import type { CustomResources } from '../crd/custom-resources.ts';
import type { Catalog } from '../registry/catalog.ts';
import type { Answer } from '../request.ts';
import { customDocument } from './custom-document.ts';

/** Documents that are kept, counted in bytes. */
const CACHE_BYTES = 32 * 1024 * 1024;

/** Serves OpenAPI v3: an index, and one document for each group version. Documents are made when they are asked for. */
export class OpenApi {
  readonly #kinds: Kinds;
  readonly #catalog: Catalog;
  readonly #custom: CustomResources;
  readonly #documents = new Lru<string, { readonly object: JsonObject; readonly bytes: Uint8Array }>(CACHE_BYTES);
  #index: { readonly revision: number; readonly object: JsonObject } | undefined;

  constructor(init: { readonly kinds: Kinds; readonly catalog: Catalog; readonly custom: CustomResources }) {
    this.#kinds = init.kinds;
    this.#catalog = init.catalog;
    this.#custom = init.custom;
  }

  /** Answers `/openapi/v3` and what is below it; undefined where nothing is. @param asked the hash that the client knows, or empty */
  answer(path: string, asked: string): Answer | undefined {
    const index = this.#makeIndex();
    if (path === '/openapi/v3') {
      this.#readAhead();
      return { kind: 'object', status: 200, object: index };
    }
    const name = path.slice('/openapi/v3/'.length);
    const entry = (index['paths'] as JsonObject)[name];
    if (entry === undefined) return undefined;
    const url = (entry as JsonObject)['serverRelativeURL'] as string;
    const hash = new URLSearchParams(url.split('?')[1]).get('hash') ?? '';
    const immutable = asked === hash ? { 'cache-control': 'public, immutable' } : {};
    const document = (): Promise<{ object: JsonObject; bytes: Uint8Array }> => this.#document(name, hash);
    return {
      kind: 'bytes',
      status: 200,
      contentType: 'application/json',
      object: async () => (await document()).object,
      bytes: async () => (await document()).bytes,
      headers: { etag: `"${hash}"`, vary: 'Accept', ...immutable },
    };
  }

  /** Who asks for the index asks for a document next: its data is unpacked while the index travels. */
  #readAhead(): void {
    // what is wrong with the data is told to who asks for a document
    setImmediate(() => void this.#kinds.openApi().catch(() => undefined));
  }

  /** The group versions and the URLs of their documents; a URL changes with what its document says. */
  #makeIndex(): JsonObject {
    const { revision } = this.#catalog;
    if (this.#index?.revision === revision) return this.#index.object;
    const paths: Record<string, JsonObject> = {};
    for (const { group, versions } of this.#catalog.groups()) {
      for (const version of versions) {
        const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
        paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${this.#hash(group, version)}` };
      }
    }
    const object = { paths };
    this.#index = { revision, object };
    return object;
  }

  #hash(group: string, version: string): string {
    const groupVersion = group === '' ? version : `${group}/${version}`;
    const definitions = this.#definitions(group).map((crd) => stringifyJson(crd['spec'] ?? null));
    return digestHex(
      [groupVersion, this.#kinds.groupVersions().includes(groupVersion) ? 'built-in' : '', ...definitions].join('\n'),
      'sha512',
    ).toUpperCase();
  }

  #definitions(group: string): JsonObject[] {
    const out: JsonObject[] = [];
    for (const type of this.#catalog.types()) {
      if (!type.custom || type.group !== group) continue;
      const crd = this.#custom.definition(`${type.resource}.${type.group}`);
      if (crd !== undefined) out.push(crd);
    }
    return out;
  }

  async #document(path: string, hash: string): Promise<{ object: JsonObject; bytes: Uint8Array }> {
    const key = `${path}#${hash}`;
    const known = this.#documents.get(key);
    if (known !== undefined) return known;
    const groupVersion = path.split('/').slice(1).join('/');
    const builtIn = this.#kinds.groupVersions().includes(groupVersion);
    const object = builtIn
      ? await this.#kinds.openApiV3(groupVersion)
      : customDocument(groupVersion, this.#definitions(groupVersion.split('/')[0] as string), await this.#metaSchemas());
    const made = { object, bytes: Buffer.from(stringifyJson(object)) };
    this.#documents.set(key, made, made.bytes.length);
    return made;
  }

  /** The metadata schemas that every document repeats, taken from a small built-in one. */
  async #metaSchemas(): Promise<JsonObject> {
    const document = await this.#kinds.openApiV3('coordination.k8s.io/v1');
    const schemas = ((document['components'] as JsonObject | undefined)?.['schemas'] ?? {}) as JsonObject;
    const out: Record<string, JsonObject> = {};
    for (const [name, schema] of Object.entries(schemas)) if (name.startsWith('io.k8s.apimachinery.')) out[name] = schema as JsonObject;
    return out;
  }
}
