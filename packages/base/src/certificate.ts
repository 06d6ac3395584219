import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

/** What a certificate says. Times are milliseconds since the epoch. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organizations?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly ipAddresses?: readonly string[];
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** At most 20 bytes, not all zero. */
  readonly serial: Uint8Array;
  readonly isCa?: boolean;
  readonly publicKey: KeyObject;
  /** Who signs; absent: the certificate signs itself with this key. */
  readonly issuer?: {
    readonly commonName: string;
    readonly organizations?: readonly string[];
    readonly privateKey: KeyObject;
    readonly publicKey: KeyObject;
  };
  readonly privateKey?: KeyObject;
}

function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const size = Buffer.from(body.length.toString(16).padStart(body.length > 0xffff ? 6 : body.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, body]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
const set = (...parts: readonly Uint8Array[]): Buffer => tlv(0x31, ...parts);
const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text));
const octets = (bytes: Uint8Array): Buffer => tlv(0x04, bytes);
const bits = (bytes: Uint8Array, unused = 0): Buffer => tlv(0x03, Buffer.from([unused]), bytes);
const yes = tlv(0x01, Buffer.from([0xff]));

function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const groups = [arc & 0x7f];
    for (let n = Math.floor(arc / 128); n > 0; n = Math.floor(n / 128)) groups.unshift((n & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return tlv(0x06, Buffer.from(bytes));
}

function integer(bytes: Uint8Array): Buffer {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const trimmed = bytes.subarray(from);
  return tlv(0x02, ...((trimmed[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), trimmed);
}

function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14);
  return text < '2050' ? tlv(0x17, Buffer.from(`${text.slice(2)}Z`)) : tlv(0x18, Buffer.from(`${text}Z`));
}

function name(commonName: string, organizations: readonly string[] = []): Buffer {
  const part = (oid: string, value: string): Buffer => set(sequence(objectId(oid), utf8(value)));
  return sequence(...organizations.map((o) => part('2.5.4.10', o)), ...(commonName === '' ? [] : [part('2.5.4.3', commonName)]));
}

function extension(oid: string, critical: boolean, value: Uint8Array): Buffer {
  return sequence(objectId(oid), ...(critical ? [yes] : []), octets(value));
}

function ipBytes(text: string): Buffer {
  if (isIP(text) === 4) return Buffer.from(text.split('.').map(Number));
  const [head = '', tail] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const all = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** The bytes of a public key that key identifiers are made of. */
function keyId(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

function extensions(request: CertificateRequest): Buffer {
  const alternatives = [
    ...(request.dnsNames ?? []).map((dns) => tlv(0x82, Buffer.from(dns))),
    ...(request.ipAddresses ?? []).map((ip) => tlv(0x87, ipBytes(ip))),
  ];
  const usage = request.isCa === true ? bits(Buffer.from([0xa4]), 2) : bits(Buffer.from([0xa0]), 5);
  const issuerKey = request.issuer?.publicKey ?? request.publicKey;
  return tlv(
    0xa3,
    sequence(
      extension('2.5.29.15', true, usage),
      extension('2.5.29.37', false, sequence(objectId('1.3.6.1.5.5.7.3.1'), objectId('1.3.6.1.5.5.7.3.2'))),
      extension('2.5.29.19', true, request.isCa === true ? sequence(yes) : sequence()),
      extension('2.5.29.14', false, octets(keyId(request.publicKey))),
      extension('2.5.29.35', false, sequence(tlv(0x80, keyId(issuerKey)))),
      ...(alternatives.length > 0 ? [extension('2.5.29.17', false, sequence(...alternatives))] : []),
    ),
  );
}

/**
 * Makes an X.509 v3 certificate for serving and clients, or of an authority (`isCa`), signed with SHA-256 by an RSA or EC key.
 * @returns PEM
 * @throws TypeError where neither an issuer nor the own private key is given
 * @see RFC 5280
 */
export function issueCertificate(request: CertificateRequest): string {
  const signer = request.issuer?.privateKey ?? request.privateKey;
  if (signer === undefined) throw new TypeError('a certificate needs an issuer or its own private key');
  const issuer = request.issuer ?? request;
  const algorithm =
    signer.asymmetricKeyType === 'ec' ? sequence(objectId('1.2.840.10045.4.3.2')) : sequence(objectId('1.2.840.113549.1.1.11'), tlv(0x05));
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(request.serial),
    algorithm,
    name(issuer.commonName, issuer.organizations),
    sequence(time(request.notBeforeMs), time(request.notAfterMs)),
    name(request.commonName, request.organizations),
    request.publicKey.export({ type: 'spki', format: 'der' }),
    extensions(request),
  );
  const der = sequence(body, algorithm, bits(sign('sha256', body, signer)));
  return pem('CERTIFICATE', der);
}

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** A certificate with its private key, as PEM texts. */
export interface CertificateBundle {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A self-made authority that issues certificates for this machine: EC keys, ten years. */
export class CertificateAuthority {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #commonName: string;
  readonly #nowMs: number;
  readonly #serial: () => Uint8Array;
  /** The authority's own certificate, PEM. */
  readonly ca: string;

  constructor(init: {
    readonly commonName: string;
    readonly nowMs: number;
    /** 16 random bytes for each certificate. */ readonly serial: () => Uint8Array;
  }) {
    this.#commonName = init.commonName;
    this.#nowMs = init.nowMs;
    this.#serial = init.serial;
    this.ca = issueCertificate({
      ...this.#span(),
      commonName: init.commonName,
      isCa: true,
      publicKey: this.#keys.publicKey,
      privateKey: this.#keys.privateKey,
    });
  }

  #span(): { readonly notBeforeMs: number; readonly notAfterMs: number; readonly serial: Uint8Array } {
    const serial = Uint8Array.from(this.#serial());
    serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
    return { notBeforeMs: this.#nowMs - 3_600_000, notAfterMs: this.#nowMs + 3650 * 86_400_000, serial };
  }

  /** Issues a certificate with a key of its own. */
  issue(request: {
    readonly commonName: string;
    readonly organizations?: readonly string[];
    readonly dnsNames?: readonly string[];
    readonly ipAddresses?: readonly string[];
  }): CertificateBundle {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const issuer = { commonName: this.#commonName, privateKey: this.#keys.privateKey, publicKey: this.#keys.publicKey };
    const cert = issueCertificate({ ...request, ...this.#span(), publicKey, issuer });
    return { ca: this.ca, cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
  }
}
