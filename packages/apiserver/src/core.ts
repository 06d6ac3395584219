import type { Clock, Counters, JsonObject, Logger, Random } from '@flux-ts/base';
import type { KubeUser } from '@flux-ts/kube';
import type { CelCompiler, Kinds } from '@flux-ts/schema';
import type { Catalog } from './registry/catalog.ts';
import type { Target } from './registry/resource.ts';
import type { OpenApi } from './openapi/openapi.ts';
import type { RequestInfo } from './request-info.ts';
import type { ApiRequest } from './request.ts';
import type { PodDialer } from './port-forward/pod-dialer.ts';
import type { Store } from './storage/store.ts';
import type { Authorizer } from './authz/authorizer.ts';
import type { CustomResources } from './crd/custom-resources.ts';
import type { TokenIssuer } from './authn/tokens.ts';
import type { NoOpCache } from './write/no-op-cache.ts';
import type { EventExpiry } from './strategies/event-expiry.ts';
import type { Allocator } from './strategies/allocator.ts';

/** What every handler works with; made once for a server. */
export interface Core {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly kinds: Kinds;
  readonly custom: CustomResources;
  /** Compiles the rules of CRDs. */
  readonly cel: CelCompiler | undefined;
  readonly authorizer: Authorizer;
  readonly tokens: TokenIssuer;
  readonly allocator: Allocator;
  readonly noOps: NoOpCache;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly counters: Counters;
  readonly openApi: OpenApi;
  readonly events: EventExpiry;
  /** The answer of /version. */
  readonly version: JsonObject;
  /** Reaches the Pods that really run; undefined: all are simulated. */
  readonly pods: PodDialer | undefined;
  /** The root certificate that kube-root-ca.crt holds. */
  readonly rootCertificate: string;
  /** Groups (or ends of their names) whose CRDs only ever gain versions. */
  readonly additiveCrds: readonly string[];
}

/** One request on its way. */
export interface Context {
  readonly core: Core;
  readonly request: ApiRequest;
  readonly info: RequestInfo;
  /** After impersonation. */
  readonly user: KubeUser;
  /** Texts for Warning headers, in order. */
  readonly warnings: string[];
}

/** A request for a served resource. */
export interface ResourceContext extends Context {
  readonly target: Target;
}
