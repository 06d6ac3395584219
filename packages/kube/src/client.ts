import { getArray, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { errorFromStatus, isNotFound, KubeError } from './errors.ts';
import { RestMapper, type ApiResource } from './mapper.ts';
import { keyOf, typeOf, type ObjectKey, type TypeRef } from './object.ts';
import type { KubeRequest, KubeResponse, KubeUser, KubeWatchEvent, Transport } from './transport.ts';

/** What every request may carry. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What every write may carry. */
export interface WriteOptions extends RequestOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
  readonly subresource?: string;
}

/** How to apply. */
export interface ApplyOptions extends WriteOptions {
  /** Take fields over from other managers. */
  readonly force?: boolean;
}

/** How to delete. */
export interface DeleteOptions extends RequestOptions {
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan' | undefined;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: boolean;
}

/** What to list or watch. An absent namespace means all of them. */
export interface ListOptions extends RequestOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly resourceVersion?: string;
  readonly limit?: number;
  readonly continue?: string;
}

/** What to watch. */
export interface WatchOptions extends ListOptions {
  /** Ask for the existing objects first, closed by a bookmark. */
  readonly sendInitialEvents?: boolean;
  readonly timeoutSeconds?: number;
}

/** A page of objects. */
export interface ObjectList {
  readonly items: readonly JsonObject[];
  readonly resourceVersion: string;
  readonly continue?: string;
}

/** A patch that is not an apply. */
export type Patch =
  | { readonly kind: 'json'; readonly patch: readonly JsonObject[]; readonly subresource?: string }
  | { readonly kind: 'merge' | 'strategic'; readonly patch: JsonObject; readonly subresource?: string };

const PATCH_TYPES: Readonly<Record<Patch['kind'], string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

/** What a client is made of. */
export interface KubeClientInit {
  readonly transport: Transport;
  readonly mapper?: RestMapper;
  /** The manager of writes that name none. */
  readonly fieldManager?: string;
  /** The user that requests are made for (impersonation headers; never a token). */
  readonly impersonate?: KubeUser;
}

function impersonation(user: KubeUser): Record<string, string | readonly string[]> {
  if (user.name === '') throw new KubeError({ code: 'KUBE_FORBIDDEN', message: 'refusing to impersonate a user without a name' });
  const headers: Record<string, string | readonly string[]> = { 'impersonate-user': user.name };
  if (user.groups.length > 0) headers['impersonate-group'] = user.groups;
  if (user.uid !== undefined) headers['impersonate-uid'] = user.uid;
  for (const [key, values] of Object.entries(user.extra ?? {})) headers[`impersonate-extra-${key.toLowerCase()}`] = values;
  return headers;
}

/** Talks to a Kubernetes API in objects. Objects that come back must not be changed: in process they are the stored ones. */
export class KubeClient {
  readonly transport: Transport;
  readonly mapper: RestMapper;
  readonly fieldManager: string | undefined;
  readonly user: KubeUser | undefined;
  readonly #headers: Readonly<Record<string, string | readonly string[]>>;

  /** @throws KubeError KUBE_FORBIDDEN for an impersonated user without a name */
  constructor(init: KubeClientInit) {
    this.transport = init.transport;
    this.mapper = init.mapper ?? new RestMapper(init.transport);
    this.fieldManager = init.fieldManager;
    this.user = init.impersonate;
    this.#headers = init.impersonate === undefined ? {} : impersonation(init.impersonate);
  }

  /** The same client for another user, by impersonation headers. */
  as(user: KubeUser): KubeClient {
    return this.#with({ impersonate: user });
  }

  /** The same client with another default field manager. */
  withFieldManager(fieldManager: string): KubeClient {
    return this.#with({ fieldManager });
  }

  #with(change: Partial<KubeClientInit>): KubeClient {
    return new KubeClient({
      transport: this.transport,
      mapper: this.mapper,
      ...(this.fieldManager === undefined ? {} : { fieldManager: this.fieldManager }),
      ...(this.user === undefined ? {} : { impersonate: this.user }),
      ...change,
    });
  }

  /** The path of a kind, or of one object of it. @throws KubeError KUBE_NO_MATCH · KUBE_BAD_REQUEST for a missing namespace */
  async pathOf(
    type: TypeRef,
    key: { readonly namespace?: string | undefined; readonly name?: string },
    subresource?: string,
  ): Promise<string> {
    const resource = await this.mapper.resourceFor(type);
    return resourcePath(resource, key, subresource);
  }

  /** Sends a request and gives the JSON object of the answer. @throws KubeError for anything but 2xx */
  async send(request: KubeRequest): Promise<JsonObject> {
    const answer = await this.raw(request);
    if (answer.status < 200 || answer.status > 299) throw errorFromStatus(answer.status, answer.body, answer.text);
    return isObject(answer.body) ? answer.body : {};
  }

  /** Sends a request as this client's user and gives the answer, whatever its status. */
  raw(request: KubeRequest): Promise<KubeResponse> {
    return this.transport.request({ ...request, headers: { ...this.#headers, ...request.headers } });
  }

  /** One object. @throws KubeError KUBE_NOT_FOUND · KUBE_NO_MATCH */
  async get(type: TypeRef, key: ObjectKey, options: RequestOptions = {}): Promise<JsonObject> {
    return this.send({ method: 'GET', path: await this.pathOf(type, key), ...signalOf(options) });
  }

  /** One object, or undefined where it does not exist. */
  async find(type: TypeRef, key: ObjectKey, options: RequestOptions = {}): Promise<JsonObject | undefined> {
    try {
      return await this.get(type, key, options);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** The objects of a kind, in one page unless `limit` is set. */
  async list(type: TypeRef, options: ListOptions = {}): Promise<ObjectList> {
    const path = await this.pathOf(type, { namespace: options.namespace });
    const body = await this.send({ method: 'GET', path, query: listQuery(options), ...signalOf(options) });
    const next = getString(body, ['metadata', 'continue']);
    const items = (getArray(body, ['items']) ?? []).filter(isObject);
    return {
      items: items.map((item) => (item['kind'] === undefined ? { ...type, ...item } : item)),
      resourceVersion: getString(body, ['metadata', 'resourceVersion']) ?? '',
      ...(next === undefined || next === '' ? {} : { continue: next }),
    };
  }

  /** The changes of a kind from a resourceVersion on. Ends when the server ends it or the signal aborts. */
  async *watch(type: TypeRef, options: WatchOptions = {}): AsyncGenerator<KubeWatchEvent, void, undefined> {
    const path = await this.pathOf(type, { namespace: options.namespace });
    const query: Record<string, string | undefined> = { ...listQuery(options), allowWatchBookmarks: 'true' };
    if (options.sendInitialEvents === true) Object.assign(query, { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' });
    if (options.timeoutSeconds !== undefined) query['timeoutSeconds'] = String(options.timeoutSeconds);
    yield* this.transport.watch({ method: 'GET', path, query, headers: this.#headers, ...signalOf(options) });
  }

  /** Stores a new object. */
  async create(object: JsonObject, options: WriteOptions = {}): Promise<JsonObject> {
    const { namespace } = keyOf(object);
    const path = await this.pathOf(
      typeOf(object),
      { namespace, ...(options.subresource === undefined ? {} : { name: keyOf(object).name }) },
      options.subresource,
    );
    return this.send({ method: 'POST', path, query: this.#writeQuery(options), body: object, ...signalOf(options) });
  }

  /** Replaces an object; its resourceVersion, where it has one, must be the stored one. */
  async update(object: JsonObject, options: WriteOptions = {}): Promise<JsonObject> {
    const path = await this.pathOf(typeOf(object), keyOf(object), options.subresource);
    return this.send({ method: 'PUT', path, query: this.#writeQuery(options), body: object, ...signalOf(options) });
  }

  /** Replaces the status of an object. */
  updateStatus(object: JsonObject, options: WriteOptions = {}): Promise<JsonObject> {
    return this.update(object, { ...options, subresource: 'status' });
  }

  /** Patches an object. */
  async patch(type: TypeRef, key: ObjectKey, patch: Patch, options: WriteOptions = {}): Promise<JsonObject> {
    const path = await this.pathOf(type, key, patch.subresource ?? options.subresource);
    const headers = { 'content-type': PATCH_TYPES[patch.kind] };
    const body: JsonValue = patch.patch;
    return this.send({ method: 'PATCH', path, query: this.#writeQuery(options), headers, body, ...signalOf(options) });
  }

  /** Applies an object on the server's side: creates it or merges it field by field. */
  async apply(object: JsonObject, options: ApplyOptions = {}): Promise<JsonObject> {
    const path = await this.pathOf(typeOf(object), keyOf(object), options.subresource);
    const query = { ...this.#writeQuery(options), force: String(options.force ?? false) };
    const headers = { 'content-type': 'application/apply-patch+yaml' };
    return this.send({ method: 'PATCH', path, query, headers, body: object, ...signalOf(options) });
  }

  /** Deletes an object. @throws KubeError KUBE_NOT_FOUND where it does not exist */
  async delete(type: TypeRef, key: ObjectKey, options: DeleteOptions = {}): Promise<void> {
    const path = await this.pathOf(type, key);
    await this.send({ method: 'DELETE', path, body: deleteBody(options), ...signalOf(options) });
  }

  /** Deletes all objects of a kind that a selector chooses. */
  async deleteCollection(type: TypeRef, options: ListOptions & DeleteOptions = {}): Promise<void> {
    const path = await this.pathOf(type, { namespace: options.namespace });
    await this.send({ method: 'DELETE', path, query: listQuery(options), body: deleteBody(options), ...signalOf(options) });
  }

  #writeQuery(options: WriteOptions): Record<string, string | undefined> {
    return {
      fieldManager: options.fieldManager ?? this.fieldManager,
      dryRun: options.dryRun === true ? 'All' : undefined,
      fieldValidation: options.fieldValidation,
    };
  }
}

/** The path of a resource, or of one object of it. @throws KubeError KUBE_BAD_REQUEST where a namespaced object has no namespace */
export function resourcePath(
  resource: ApiResource,
  key: { readonly namespace?: string | undefined; readonly name?: string },
  subresource?: string,
): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const namespace = key.namespace ?? '';
  if (resource.namespaced && namespace === '' && key.name !== undefined)
    throw new KubeError({
      code: 'KUBE_NOT_FOUND',
      message: 'the server could not find the requested resource',
      httpStatus: 404,
      reason: 'NotFound',
    });
  const scope = resource.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const object = key.name === undefined ? '' : `/${encodeURIComponent(key.name)}`;
  return `${root}${scope}/${resource.resource}${object}${subresource === undefined ? '' : `/${subresource}`}`;
}

function signalOf(options: RequestOptions): { signal?: AbortSignal } {
  return options.signal === undefined ? {} : { signal: options.signal };
}

function listQuery(options: ListOptions): Record<string, string | undefined> {
  return {
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    resourceVersion: options.resourceVersion,
    limit: options.limit === undefined ? undefined : String(options.limit),
    continue: options.continue,
  };
}

function deleteBody(options: DeleteOptions): JsonObject {
  const preconditions: Record<string, JsonValue> = {};
  if (options.uid !== undefined) preconditions['uid'] = options.uid;
  if (options.resourceVersion !== undefined) preconditions['resourceVersion'] = options.resourceVersion;
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(options.propagation === undefined ? {} : { propagationPolicy: options.propagation }),
    ...(Object.keys(preconditions).length === 0 ? {} : { preconditions }),
    ...(options.gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds: options.gracePeriodSeconds }),
    ...(options.dryRun === true ? { dryRun: ['All'] } : {}),
  };
}
