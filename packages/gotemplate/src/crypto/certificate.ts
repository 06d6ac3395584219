import { createHash, sign, type KeyObject } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import type { Random } from '@flux-ts/base';
import { GoError } from '../errors.ts';
import { civilFromSeconds } from '../time/civil.ts';
import { bitString, der, integer, objectId, octetString, readElements, sequence, type DerElement } from './der.ts';
import { publicKeyInfo } from './keys.ts';

/** What a certificate is made from. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly ips: readonly string[];
  readonly dnsNames: readonly string[];
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly isCa: boolean;
  /** Whose certificate it is. */
  readonly key: KeyObject;
  /** Who signs it; without one it signs itself. */
  readonly signer?: Signer;
  readonly random: Random;
}

/** A certificate that signs others. */
export interface Signer {
  /** Its subject, as DER. */
  readonly subject: Uint8Array;
  readonly subjectKeyId: Uint8Array | undefined;
  readonly key: KeyObject;
}

const TRUE = der(0x01, Buffer.from([0xff]));
const PRINTABLE = /^[A-Za-z0-9 '()+,./:=?-]*$/;

function name(commonName: string): Buffer {
  if (commonName === '') return sequence();
  const text = Buffer.from(commonName, 'utf8');
  return sequence(der(0x31, sequence(objectId('2.5.4.3'), der(PRINTABLE.test(commonName) ? 0x13 : 0x0c, text))));
}

function time(seconds: number): Buffer {
  const c = civilFromSeconds(seconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const rest = `${two(c.month)}${two(c.day)}${two(c.hour)}${two(c.minute)}${two(c.second)}Z`;
  const isShort = c.year >= 1950 && c.year < 2050;
  return isShort ? der(0x17, Buffer.from(two(c.year % 100) + rest)) : der(0x18, Buffer.from(String(c.year).padStart(4, '0') + rest));
}

function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return critical ? sequence(objectId(id), TRUE, octetString(value)) : sequence(objectId(id), octetString(value));
}

/** The bytes of an address: 4 or 16. @throws GoError where it is none */
export function addressBytes(text: string): Uint8Array {
  const leading = text.split('.').some((part) => /^0\d/.test(part));
  if (isIPv4(text) && !leading) return Uint8Array.from(text.split('.').map(Number));
  if (!isIPv6(text) || text.includes('%')) throw new GoError(`error parsing ip: ${text}`);
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const pair = (a: string | undefined, b: string | undefined): string => (Number(a) * 256 + Number(b)).toString(16);
  const plain = dotted === null ? text : `${dotted[1] ?? ''}${pair(dotted[2], dotted[3])}:${pair(dotted[4], dotted[5])}`;
  const [head = '', tail] = plain.split('::');
  const groups = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  const bytes = Uint8Array.from(all.flatMap((group) => [group >> 8, group & 255]));
  const mapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return mapped ? bytes.subarray(12) : bytes;
}

function signatureAlgorithm(key: KeyObject): { readonly der: Buffer; readonly hash: string | null } {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return { der: sequence(objectId('1.2.840.113549.1.1.11'), der(0x05)), hash: 'sha256' };
    case 'ec': {
      const curve = key.asymmetricKeyDetails?.namedCurve ?? '';
      if (curve === 'secp384r1') return { der: sequence(objectId('1.2.840.10045.4.3.3')), hash: 'sha384' };
      if (curve === 'secp521r1') return { der: sequence(objectId('1.2.840.10045.4.3.4')), hash: 'sha512' };
      return { der: sequence(objectId('1.2.840.10045.4.3.2')), hash: 'sha256' };
    }
    case 'ed25519':
      return { der: sequence(objectId('1.3.101.112')), hash: null };
    default:
      throw new GoError('error creating certificate: x509: only RSA, ECDSA and Ed25519 keys supported');
  }
}

/** The key id of a certificate that signs: the hash of the public key's bits, cut to 20 bytes. */
function keyId(info: Uint8Array): Uint8Array {
  const [, bits] = readElements((readElements(info)[0] as DerElement).content);
  return createHash('sha256')
    .update((bits as DerElement).content.subarray(1))
    .digest()
    .subarray(0, 20);
}

function extensions(request: CertificateRequest, info: Uint8Array, subject: Buffer): Buffer {
  // digitalSignature, keyEncipherment and, for those that sign, keyCertSign
  const usage = request.isCa ? bitString(Buffer.from([0xa4]), 2) : bitString(Buffer.from([0xa0]), 5);
  const purposes = sequence(objectId('1.3.6.1.5.5.7.3.1'), objectId('1.3.6.1.5.5.7.3.2'));
  const out = [extension('2.5.29.15', usage, true), extension('2.5.29.37', purposes)];
  out.push(extension('2.5.29.19', request.isCa ? sequence(TRUE) : sequence(), true));
  if (request.isCa) out.push(extension('2.5.29.14', octetString(keyId(info))));
  const { signer } = request;
  if (signer?.subjectKeyId !== undefined && Buffer.compare(signer.subject, subject) !== 0) {
    out.push(extension('2.5.29.35', sequence(der(0x80, signer.subjectKeyId))));
  }
  const names = [...request.dnsNames.map((dns) => der(0x82, Buffer.from(dns))), ...request.ips.map((ip) => der(0x87, addressBytes(ip)))];
  if (names.length > 0) out.push(extension('2.5.29.17', sequence(...names), request.commonName === ''));
  return der(0xa3, sequence(...out));
}

/** Makes a certificate and signs it. @returns DER */
export function createCertificate(request: CertificateRequest): Uint8Array {
  const signingKey = request.signer?.key ?? request.key;
  const algorithm = signatureAlgorithm(signingKey);
  const subject = name(request.commonName);
  const info = publicKeyInfo(request.key);
  const serial = Buffer.from(request.random.bytes(16));
  const body = sequence(
    der(0xa0, integer(2n)),
    integer(BigInt(`0x${serial.toString('hex')}`)),
    algorithm.der,
    request.signer?.subject ?? subject,
    sequence(time(request.notBefore), time(request.notAfter)),
    subject,
    info,
    extensions(request, info, subject),
  );
  return sequence(body, algorithm.der, bitString(sign(algorithm.hash, body, signingKey)));
}

/** Reads what signing needs of a certificate. @throws RangeError where the bytes are no certificate */
export function readSigner(certificate: Uint8Array, key: KeyObject): Signer {
  const [body] = readElements((readElements(certificate)[0] as DerElement).content);
  const fields = readElements((body as DerElement).content);
  const shift = fields[0]?.tag === 0xa0 ? 1 : 0;
  const subject = fields[4 + shift];
  if (subject === undefined) throw new RangeError('no subject');
  const wrapped = fields.find((field) => field.tag === 0xa3);
  const list = wrapped === undefined ? [] : readElements((readElements(wrapped.content)[0] as DerElement).content);
  const wanted = objectId('2.5.29.14');
  for (const item of list) {
    const parts = readElements(item.content);
    if (parts[0] !== undefined && Buffer.compare(parts[0].whole, wanted) === 0) {
      const value = readElements((parts.at(-1) as DerElement).content)[0];
      return { subject: subject.whole, subjectKeyId: value?.content, key };
    }
  }
  return { subject: subject.whole, subjectKeyId: undefined, key };
}
