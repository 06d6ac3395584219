import { timingSafeEqual } from 'node:crypto';
import { getString } from '@flux-ts/base';
import type { KubeUser } from '@flux-ts/kube';
import type { Store } from '../storage/store.ts';
import { unauthorized } from '../status.ts';
import { ADMIN_USER, ANONYMOUS_USER, AUTHENTICATED, serviceAccountUser } from './users.ts';
import { ISSUER, type TokenIssuer } from './tokens.ts';

/** A token that stands for a user. */
export interface StaticToken {
  readonly token: string;
  readonly user: KubeUser;
}

/** What comes with an HTTP request. */
export interface Credentials {
  /** The Authorization header, or empty. */
  readonly authorization: string;
  /** From a verified client certificate. */
  readonly certificate?: { readonly commonName: string; readonly organizations: readonly string[] };
}

/** How callers without credentials are met. */
export type AnonymousPolicy = 'admin' | 'anonymous' | 'forbid';

/** Finds out who makes an HTTP request. */
export class Authenticator {
  readonly #static: readonly StaticToken[];
  readonly #tokens: TokenIssuer;
  readonly #store: Store;

  constructor(init: { readonly tokens: TokenIssuer; readonly store: Store; readonly static: readonly StaticToken[] }) {
    this.#tokens = init.tokens;
    this.#store = init.store;
    this.#static = init.static;
  }

  /** @throws ApiError Unauthorized for credentials that are wrong, or missing where they must not be */
  authenticate(credentials: Credentials, anonymous: AnonymousPolicy): KubeUser {
    const { authorization, certificate } = credentials;
    if (authorization !== '') {
      const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
      const user = token === undefined ? undefined : this.#byToken(token);
      if (user === undefined) throw unauthorized();
      return user;
    }
    if (certificate !== undefined) return { name: certificate.commonName, groups: [...certificate.organizations, AUTHENTICATED] };
    if (anonymous === 'forbid') throw unauthorized();
    return anonymous === 'admin' ? ADMIN_USER : ANONYMOUS_USER;
  }

  #byToken(token: string): KubeUser | undefined {
    const known = this.#static.find((s) => equalText(s.token, token));
    if (known !== undefined) return known.user;
    const claims = this.#tokens.check(token);
    if (claims === undefined || !claims.audiences.includes(ISSUER)) return undefined;
    const { namespace, serviceAccount } = claims;
    const account = this.#store.get({ table: '/serviceaccounts', namespace, name: serviceAccount.name })?.object;
    if (getString(account, ['metadata', 'uid']) !== serviceAccount.uid) return undefined;
    return serviceAccountUser(namespace, serviceAccount.name, serviceAccount.uid);
  }
}

function equalText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
