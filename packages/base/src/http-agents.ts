import type { Agent } from 'node:http';

/** Who a connection is made as, and whom it trusts. PEM texts. */
export interface TlsIdentity {
  readonly caPem?: string | undefined;
  readonly certPem?: string | undefined;
  readonly keyPem?: string | undefined;
  readonly insecureSkipVerify?: boolean | undefined;
}

/** Keeps connections open between requests: one pool for plain ones, one for each TLS identity. */
export class HttpAgents {
  readonly #agents = new Map<string, Agent>();

  /** The pool for a request. */
  async for(secure: boolean, identity: TlsIdentity): Promise<Agent> {
    const { caPem, certPem, keyPem, insecureSkipVerify } = identity;
    const id = secure ? JSON.stringify([caPem, certPem, keyPem, insecureSkipVerify]) : 'plain';
    const known = this.#agents.get(id);
    if (known !== undefined) return known;
    const made = secure
      ? new (await import('node:https')).Agent({ keepAlive: true, ...tlsOptions(identity) })
      : new (await import('node:http')).Agent({ keepAlive: true });
    const raced = this.#agents.get(id); // another request was as early
    if (raced !== undefined) return raced;
    this.#agents.set(id, made);
    return made;
  }

  /** Closes what is open. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }
}

/** The options of node's TLS for an identity. */
export function tlsOptions(identity: TlsIdentity): {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
} {
  const { caPem, certPem, keyPem } = identity;
  return {
    ...(caPem === undefined ? {} : { ca: caPem }),
    ...(certPem === undefined ? {} : { cert: certPem }),
    ...(keyPem === undefined ? {} : { key: keyPem }),
    rejectUnauthorized: identity.insecureSkipVerify !== true,
  };
}
