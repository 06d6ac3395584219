import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto';
import { isObject, parseJson, type Clock, type JsonObject, type JsonValue, type Random } from '@flux-ts/base';

/** What a token says. */
export interface TokenClaims {
  readonly subject: string;
  readonly namespace: string;
  readonly serviceAccount: { readonly name: string; readonly uid: string };
  readonly audiences: readonly string[];
  readonly expiresAtMs: number;
  readonly pod?: { readonly name: string; readonly uid: string };
}

/** The audience of the API server itself. */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** Makes and checks the tokens of ServiceAccounts: signed JWTs (ES256). */
export class TokenIssuer {
  readonly #key: KeyObject;
  readonly #public: KeyObject;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #keyId: string;

  /** @param pem a private key to go on with; a new one is made without it */
  constructor(init: { readonly clock: Clock; readonly random: Random; readonly pem?: string }) {
    this.#clock = init.clock;
    this.#random = init.random;
    this.#key = init.pem === undefined ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey : createPrivateKey(init.pem);
    this.#public = createPublicKey(this.#key);
    this.#keyId = createHash('sha256')
      .update(this.#public.export({ type: 'spki', format: 'der' }))
      .digest('base64url');
  }

  /** The private key, to be kept across restarts. */
  get pem(): string {
    return this.#key.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  /** Makes a token. */
  issue(claims: TokenClaims): string {
    const now = Math.floor(this.#clock.now() / 1000);
    const payload: JsonObject = {
      aud: [...claims.audiences],
      exp: Math.floor(claims.expiresAtMs / 1000),
      iat: now,
      iss: ISSUER,
      jti: this.#random.uuid(),
      'kubernetes.io': {
        namespace: claims.namespace,
        ...(claims.pod === undefined ? {} : { pod: { ...claims.pod } }),
        serviceaccount: { ...claims.serviceAccount },
      },
      nbf: now,
      sub: claims.subject,
    };
    const head = encode({ alg: 'ES256', kid: this.#keyId, typ: 'JWT' });
    const body = `${head}.${encode(payload)}`;
    const signature = sign('sha256', Buffer.from(body), { key: this.#key, dsaEncoding: 'ieee-p1363' });
    return `${body}.${signature.toString('base64url')}`;
  }

  /** Reads a token. @returns undefined where it is not ours, was changed, or has expired */
  check(token: string): TokenClaims | undefined {
    const [head, body, signature, ...more] = token.split('.');
    if (head === undefined || body === undefined || signature === undefined || more.length > 0) return undefined;
    const header = decode(head);
    if (header?.['alg'] !== 'ES256') return undefined;
    const signed = { key: this.#public, dsaEncoding: 'ieee-p1363' } as const;
    if (!verify('sha256', Buffer.from(`${head}.${body}`), signed, Buffer.from(signature, 'base64url'))) return undefined;
    return this.#claims(decode(body));
  }

  /** The public key as `/openid/v1/jwks` shows it. */
  jwks(): JsonObject {
    const jwk = this.#public.export({ format: 'jwk' }) as Record<string, JsonValue>;
    return {
      keys: [
        {
          use: 'sig',
          kty: jwk['kty'] ?? 'EC',
          kid: this.#keyId,
          alg: 'ES256',
          crv: jwk['crv'] ?? '',
          x: jwk['x'] ?? '',
          y: jwk['y'] ?? '',
        },
      ],
    };
  }

  #claims(payload: JsonObject | undefined): TokenClaims | undefined {
    if (payload === undefined || payload['iss'] !== ISSUER) return undefined;
    const expiresAtMs = Number(payload['exp']) * 1000;
    if (!(expiresAtMs > this.#clock.now())) return undefined;
    const kubernetes = payload['kubernetes.io'];
    const account = isObject(kubernetes) ? kubernetes['serviceaccount'] : undefined;
    if (!isObject(kubernetes) || !isObject(account)) return undefined;
    const pod = kubernetes['pod'];
    return {
      subject: String(payload['sub']),
      namespace: String(kubernetes['namespace']),
      serviceAccount: { name: String(account['name']), uid: String(account['uid']) },
      audiences: (payload['aud'] as readonly string[] | undefined) ?? [],
      expiresAtMs,
      ...(isObject(pod) ? { pod: { name: String(pod['name']), uid: String(pod['uid']) } } : {}),
    };
  }
}

function encode(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): JsonObject | undefined {
  try {
    const value = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
