import { Counters, getObject, getString, silentLogger, type Clock, type JsonObject, type Logger, type Random } from '@flux-ts/base';
import type { KubeUser, Transport } from '@flux-ts/kube';
import { celRules } from '@flux-ts/cel';
import { loadKinds, NAMED_FORMATS, type CelCompiler } from '@flux-ts/schema';
import { Authenticator, type AnonymousPolicy, type StaticToken } from './authn/authenticate.ts';
import { TokenIssuer } from './authn/tokens.ts';
import { ADMIN_USER } from './authn/users.ts';
import { Authorizer } from './authz/authorizer.ts';
import { bootstrap, ensure, pathsOf, send } from './bootstrap/bootstrap.ts';
import type { Core } from './core.ts';
import { CustomResources } from './crd/custom-resources.ts';
import { listen, type Front } from './http/front.ts';
import { inProcessTransport } from './in-process.ts';
import { OpenApi } from './openapi/openapi.ts';
import { builtInResources } from './registry/builtin.ts';
import { Catalog } from './registry/catalog.ts';
import type { PodDialer } from './port-forward/pod-dialer.ts';
import { internalError } from './status.ts';
import { openJournal, type OpenJournal } from './storage/journal.ts';
import { Store } from './storage/store.ts';
import { EventExpiry } from './strategies/event-expiry.ts';
import { Allocator } from './strategies/allocator.ts';
import { makeAuthority, type Authority } from './tls/authority.ts';
import { NoOpCache } from './write/no-op-cache.ts';
import { serverVersion } from './version.ts';

/** How an API server is made. */
export interface ApiServerOptions {
  /** Domain time: timestamps, lifetimes, the ends of watches. */
  readonly clock: Clock;
  /** uids and generated names. */
  readonly random: Random;
  readonly log?: Logger;
  /** apiserver.request, .write, .noop, .apply, .list, .watch, .serialise. */
  readonly counters?: Counters;
  /** Keep the objects in this directory, safe against crashes. Default: in memory only. */
  readonly persistDir?: string;
  /** Keep the objects there instead of in a directory. */
  readonly journal?: OpenJournal;
  /** What stands after the + of the version. Default `flux-ts`. */
  readonly version?: string;
  readonly authentication?: {
    /** Callers without credentials. Default: the admin over plain HTTP, anonymous over TLS. */
    readonly anonymous?: AnonymousPolicy;
    readonly tokens?: readonly StaticToken[];
  };
  /** Groups, or ends of their names, whose CRDs only ever gain versions. */
  readonly additiveCrds?: readonly string[];
  /** Reaches the Pods that really run, for port-forward. Default: every Pod is simulated. */
  readonly pods?: PodDialer;
  /** Runs the CEL rules of CRDs. Default: `@flux-ts/cel`. */
  readonly cel?: CelCompiler;
  /** Freezes all that is stored: for tests. */
  readonly freeze?: boolean;
}

/** A committed write. */
export interface ObjectChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly group: string;
  /** The plural. */
  readonly resource: string;
  readonly object: JsonObject;
  readonly previous?: JsonObject;
}

/** How a server listens. */
export interface ListenOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default false. */
  readonly tls?: boolean;
}

/** A server that listens. */
export interface ApiListener {
  readonly url: string;
  readonly port: number;
  /** The root certificate, PEM; with TLS. */
  readonly ca?: string;
  /** The admin's token. */
  readonly token: string;
  /** The admin's certificate and key, PEM; with TLS. */
  readonly clientCert?: string;
  readonly clientKey?: string;
  close(): Promise<void>;
}

/** An embedded Kubernetes API server. */
export interface ApiServer {
  /** Requests inside the process, as a user; default: the admin. */
  transport(user?: KubeUser): Transport;
  /** Serves HTTP (or HTTPS) too. Several at once are fine. */
  listen(options?: ListenOptions): Promise<ApiListener>;
  /** Makes or replaces a CRD, whatever `additiveCrds` says; it is served when this returns. @throws ApiError */
  installCrd(crd: JsonObject): JsonObject;
  /** Makes what is not there yet, in order. @throws ApiError */
  seed(objects: readonly JsonObject[]): void;
  /** Calls back after every write, in order, until the answer is called. */
  onChange(listener: (change: ObjectChange) => void): () => void;
  /** All stored objects, CRDs first. */
  snapshot(): JsonObject[];
  /** Puts the objects of a snapshot in as they are; those that stand already are replaced. */
  restore(objects: readonly JsonObject[]): void;
  /** The latest resourceVersion. */
  readonly revision: string;
  /** The answer of /version. */
  readonly version: JsonObject;
  close(): Promise<void>;
}

const ADDITIVE = ['.toolkit.fluxcd.io', 'source.extensions.fluxcd.io'];
const KEYS = { table: 'internal/keys', namespace: '', name: 'keys' };

/**
 * Makes an API server. With a `persistDir` it goes on where the last one stopped.
 * @throws JournalError where the directory cannot be used
 */
export async function createApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { clock, random } = options;
  const kinds = await loadKinds();
  const journal = options.journal ?? (options.persistDir === undefined ? undefined : await openJournal(options.persistDir));
  const store = new Store({
    clock,
    ...(journal === undefined ? {} : { journal: journal.journal, contents: journal.contents }),
    freeze: options.freeze ?? false,
  });
  const keys = ensureKeys(store, options);
  const catalog = new Catalog();
  for (const type of builtInResources(kinds)) catalog.set(type);
  const cel = options.cel ?? celRules({ formats: NAMED_FORMATS });
  const custom = new CustomResources({ store, catalog, clock, cel });
  const core: Core & { additiveCrds: readonly string[] } = {
    store,
    catalog,
    kinds,
    custom,
    cel,
    authorizer: new Authorizer(store),
    tokens: keys.tokens,
    allocator: new Allocator(store),
    noOps: new NoOpCache(),
    openApi: new OpenApi({ kinds, catalog, custom }),
    clock,
    random,
    log: options.log ?? silentLogger,
    counters: options.counters ?? new Counters(),
    events: new EventExpiry(store, clock),
    version: serverVersion(options.version ?? 'flux-ts'),
    pods: options.pods,
    rootCertificate: keys.authority.ca,
    additiveCrds: [],
  };
  custom.load();
  catalog.onChange(() => core.noOps.clear());
  bootstrap(core);
  core.additiveCrds = options.additiveCrds ?? ADDITIVE;
  await store.flushed();
  return serverOf(core, options, keys);
}

interface Keys {
  readonly tokens: TokenIssuer;
  readonly authority: Authority;
  readonly adminToken: string;
}

/** Keys live as long as the cluster: they are stored beside the objects, where no request reaches them. */
function ensureKeys(store: Store, { clock, random }: ApiServerOptions): Keys {
  const kept = store.get(KEYS)?.object;
  const pem = getString(kept, ['tokenKey']);
  const tokens = new TokenIssuer({ clock, random, ...(pem === undefined ? {} : { pem }) });
  const saved = getObject(kept, ['authority']) as Authority | undefined;
  const authority = saved ?? makeAuthority(clock.now(), () => random.bytes(16));
  const adminToken = getString(kept, ['adminToken']) ?? Buffer.from(random.bytes(24)).toString('base64url');
  if (kept === undefined)
    store.put(KEYS, { metadata: {}, tokenKey: tokens.pem, authority: authority as unknown as JsonObject, adminToken });
  return { tokens, authority, adminToken };
}

function serverOf(core: Core & { additiveCrds: readonly string[] }, options: ApiServerOptions, keys: Keys): ApiServer {
  const fronts = new Set<Front>();
  const statics = [{ token: keys.adminToken, user: ADMIN_USER }, ...(options.authentication?.tokens ?? [])];
  const authenticator = new Authenticator({ tokens: core.tokens, store: core.store, static: statics });
  const isListed = (key: string): boolean => {
    const [group = '', resource = ''] = key.split('/');
    return core.catalog.type(group, resource) !== undefined;
  };
  return {
    transport: (user) => inProcessTransport(core, user ?? ADMIN_USER),
    listen: async (wanted = {}) => {
      const host = wanted.host ?? '127.0.0.1';
      const tls = wanted.tls === true ? keys.authority : undefined;
      const front = await listen({
        core,
        authenticator,
        anonymous: options.authentication?.anonymous ?? (tls === undefined ? 'admin' : 'anonymous'),
        host,
        port: wanted.port ?? 0,
        ...(tls === undefined ? {} : { tls: { key: tls.server.key, cert: tls.server.cert, ca: tls.ca } }),
      });
      fronts.add(front);
      return {
        url: `${tls === undefined ? 'http' : 'https'}://${host}:${front.port}`,
        port: front.port,
        token: keys.adminToken,
        ...(tls === undefined ? {} : { ca: tls.ca, clientCert: tls.admin.cert, clientKey: tls.admin.key }),
        close: async () => {
          fronts.delete(front);
          await front.close();
        },
      };
    },
    installCrd: (crd) => installCrd(core, crd),
    seed: (objects) => {
      for (const object of objects) ensure(core, object);
    },
    onChange: (listener) =>
      core.store.onChange((table, change) => {
        const [group = '', resource = ''] = table.split('/');
        if (group === 'internal') return;
        const previous = change.previous === undefined ? {} : { previous: change.previous.object };
        listener({ type: change.type, group, resource, object: change.current.object, ...previous });
      }),
    snapshot: () => snapshot(core, isListed),
    restore: (objects) => restore(core, objects),
    get revision() {
      return String(core.store.revision);
    },
    version: core.version,
    close: async () => {
      await Promise.all([...fronts].map((front) => front.close()));
      await core.store.close();
    },
  };
}

function installCrd(core: Core & { additiveCrds: readonly string[] }, crd: JsonObject): JsonObject {
  const kept = core.additiveCrds;
  core.additiveCrds = [];
  try {
    const { collection, item } = pathsOf(core, crd);
    const known = send(core, { method: 'GET', path: item });
    const version = getString(known.object, ['metadata', 'resourceVersion']) ?? '';
    const replaced = { ...crd, metadata: { ...(crd['metadata'] as JsonObject), resourceVersion: version } };
    const answer =
      known.status === 200
        ? send(core, { method: 'PUT', path: item, body: replaced })
        : send(core, { method: 'POST', path: collection, body: crd });
    if (answer.status !== 200 && answer.status !== 201)
      throw internalError(getString(answer.object, ['message']) ?? 'the definition was refused');
    return answer.object;
  } finally {
    core.additiveCrds = kept;
  }
}

const CRDS = 'apiextensions.k8s.io/customresourcedefinitions';

function snapshot(core: Core, isListed: (table: string) => boolean): JsonObject[] {
  const tables = [...core.store.tables()].filter((t) => isListed(t.key) && t.size > 0);
  tables.sort((a, b) => Number(b.key === CRDS) - Number(a.key === CRDS) || (a.key < b.key ? -1 : 1));
  return tables.flatMap((t) => t.list().map((s) => s.object));
}

function restore(core: Core, objects: readonly JsonObject[]): void {
  for (const object of objects) {
    const [first = '', second] = (getString(object, ['apiVersion']) ?? '').split('/');
    const type = core.catalog.byKind(second === undefined ? '' : first, getString(object, ['kind']) ?? '');
    if (type === undefined)
      throw internalError(`no kind ${getString(object, ['kind']) ?? ''} in ${getString(object, ['apiVersion']) ?? ''}`);
    const namespace = type.namespaced ? (getString(object, ['metadata', 'namespace']) ?? '') : '';
    const stored = core.store.put({ table: type.table, namespace, name: getString(object, ['metadata', 'name']) ?? '' }, object);
    if (type.table === CRDS) core.custom.accept(stored.object);
    if (type.table === '/services') core.allocator.record(stored.object, undefined);
  }
}
