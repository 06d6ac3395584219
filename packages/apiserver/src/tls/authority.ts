import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { bitString, der, explicit, integer, octetString, oid, sequence, set, time, TRUE, utf8 } from './der.ts';

/** A certificate and its private key, PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** The certificates of a cluster: its root, the server's, the admin's. */
export interface Authority {
  readonly ca: KeyPair;
  readonly server: KeyPair;
  readonly admin: KeyPair;
}

const YEAR_MS = 365 * 24 * 3600_000;
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
const NAMES = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'];
const ADDRESSES = [
  [127, 0, 0, 1],
  [10, 96, 0, 1],
];

interface Subject {
  readonly commonName: string;
  readonly organization?: string;
}

interface Issuer {
  readonly subject: Subject;
  readonly key: KeyObject;
  readonly keyId: Buffer;
}

/** Makes the certificates of a new cluster; they hold for ten years. @param nowMs when they begin */
export function makeAuthority(nowMs: number): Authority {
  const root = { commonName: 'kubernetes' };
  const caKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer: Issuer = { subject: root, key: caKeys.privateKey, keyId: keyId(caKeys.publicKey) };
  const ca = {
    cert: certificate({ subject: root, publicKey: caKeys.publicKey, issuer, nowMs, extensions: caExtensions() }),
    key: pemOf(caKeys.privateKey),
  };
  return {
    ca,
    server: leaf({ commonName: 'kube-apiserver' }, issuer, { nowMs, usage: '1.3.6.1.5.5.7.3.1', names: subjectNames() }),
    admin: leaf({ commonName: 'kubernetes-admin', organization: 'system:masters' }, issuer, { nowMs, usage: '1.3.6.1.5.5.7.3.2' }),
  };
}

function leaf(
  subject: Subject,
  issuer: Issuer,
  options: { readonly nowMs: number; readonly usage: string; readonly names?: Buffer },
): KeyPair {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    extension('2.5.29.15', bitString(Buffer.from([0x80]), 7), true),
    extension('2.5.29.37', sequence(oid(options.usage))),
    extension('2.5.29.19', sequence(), true),
    ...(options.names === undefined ? [] : [extension('2.5.29.17', options.names)]),
  ];
  return {
    cert: certificate({ subject, publicKey: keys.publicKey, issuer, nowMs: options.nowMs, extensions }),
    key: pemOf(keys.privateKey),
  };
}

function caExtensions(): Buffer[] {
  return [extension('2.5.29.15', bitString(Buffer.from([0x06]), 1), true), extension('2.5.29.19', sequence(TRUE), true)];
}

function subjectNames(): Buffer {
  return sequence(
    ...NAMES.map((name) => der(0x82, Buffer.from(name))),
    ...ADDRESSES.map((address) => der(0x87, Buffer.from(address))),
    der(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])),
  );
}

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [TRUE] : []), octetString(value));
}

function distinguishedName({ commonName, organization }: Subject): Buffer {
  const part = (id: string, value: string): Buffer => set(sequence(oid(id), utf8(value)));
  return sequence(...(organization === undefined ? [] : [part('2.5.4.10', organization)]), part('2.5.4.3', commonName));
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

interface CertificateInit {
  readonly subject: Subject;
  readonly publicKey: KeyObject;
  readonly issuer: Issuer;
  readonly nowMs: number;
  readonly extensions: readonly Buffer[];
}

function certificate({ subject, publicKey, issuer, nowMs, extensions }: CertificateInit): string {
  const serial = randomBytes(16);
  serial[0] = (serial[0] as number) & 0x7f;
  const ids = [extension('2.5.29.14', octetString(keyId(publicKey))), extension('2.5.29.35', sequence(der(0x80, issuer.keyId)))];
  const body = sequence(
    explicit(0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_SHA256,
    distinguishedName(issuer.subject),
    sequence(time(nowMs - 3600_000), time(nowMs + 10 * YEAR_MS)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions, ...ids)),
  );
  const signature = sign('sha256', body, issuer.key);
  return toPem('CERTIFICATE', sequence(body, ECDSA_SHA256, bitString(signature)));
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function toPem(title: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${title}-----\n${lines.join('\n')}\n-----END ${title}-----\n`;
}
