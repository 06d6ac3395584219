import { CertificateAuthority } from '@flux-ts/base';

/** A certificate and its private key, PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** The certificates of a cluster: its root's, the server's, the admin's. */
export interface Authority {
  /** The root certificate, PEM. */
  readonly ca: string;
  readonly server: KeyPair;
  readonly admin: KeyPair;
}

const NAMES = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'];
const ADDRESSES = ['127.0.0.1', '10.96.0.1', '::1'];

/** Makes the certificates of a new cluster. @param serial 16 random bytes for each */
export function makeAuthority(nowMs: number, serial: () => Uint8Array): Authority {
  const authority = new CertificateAuthority({ commonName: 'kubernetes', nowMs, serial });
  const server = authority.issue({ commonName: 'kube-apiserver', dnsNames: NAMES, ipAddresses: ADDRESSES });
  const admin = authority.issue({ commonName: 'kubernetes-admin', organizations: ['system:masters'] });
  return { ca: authority.ca, server: { cert: server.cert, key: server.key }, admin: { cert: admin.cert, key: admin.key } };
}
