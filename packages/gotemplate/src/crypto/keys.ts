import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { errorMessage } from '@flux-ts/base';
import { GoError } from '../errors.ts';
import { integer, readElements, readInteger, sequence, type DerElement } from './der.ts';
import { decodePem, encodePem } from './pem.ts';

/** Makes an RSA key of so many bits. */
export function generateRsa(bits: number): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** A DSA key as OpenSSL's old format has it: version, p, q, g, y, x. */
function dsaPem(key: KeyObject): string {
  const [, algorithm, secret] = readElements((readElements(key.export({ type: 'pkcs8', format: 'der' }))[0] as DerElement).content);
  const [, parameters] = readElements((algorithm as DerElement).content);
  const [p, q, g] = readElements((parameters as DerElement).content).map(readInteger) as [bigint, bigint, bigint];
  const x = readInteger(readElements((secret as DerElement).content)[0] as DerElement);
  return encodePem('DSA PRIVATE KEY', sequence(integer(0n), integer(p), integer(q), integer(g), integer(power(g, x, p)), integer(x)));
}

/** Prints a private key as sprig does: each kind in its own old format, others as PKCS #8. */
export function privateKeyPem(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }) as string;
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }) as string;
    case 'dsa':
      return dsaPem(key);
    default:
      return key.export({ type: 'pkcs8', format: 'pem' }) as string;
  }
}

/** Makes a key of a kind and prints it; the text of the failure where the kind is not known, as sprig has it. */
export function generatePrivateKey(kind: string): string {
  switch (kind) {
    case '':
    case 'rsa':
      return privateKeyPem(generateRsa(4096));
    case 'dsa':
      return privateKeyPem(generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey);
    case 'ecdsa':
      return privateKeyPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    case 'ed25519':
      return privateKeyPem(generateKeyPairSync('ed25519').privateKey);
    default:
      return `Unknown type ${kind}`;
  }
}

/** What Go's parsers say before their own complaint, by the type of the PEM block. */
const FORMATS: Readonly<Record<string, readonly ['pkcs1' | 'sec1' | 'pkcs8', string]>> = {
  'PRIVATE KEY': ['pkcs8', 'decoding PEM as PKCS#8'],
  'RSA PRIVATE KEY': ['pkcs1', 'parsing RSA private key from PEM'],
  'EC PRIVATE KEY': ['sec1', 'parsing EC private key from PEM'],
};

/** The unsigned DSA key of the old format, as a key that can be held and printed again. */
function readDsa(bytes: Uint8Array): KeyObject {
  return createPrivateKey(encodePem('DSA PRIVATE KEY', bytes));
}

/**
 * Reads a private key from PEM.
 * @throws GoError with sprig's text; `Differs:` what it says of damaged keys after the colon is OpenSSL's, not Go's
 */
export function parsePrivateKey(pem: string): KeyObject {
  const block = decodePem(pem);
  if (block === undefined) throw new GoError('no PEM data in input');
  const format = FORMATS[block.type];
  if (format === undefined && !block.type.endsWith(' PRIVATE KEY'))
    throw new GoError(`no private key data in PEM block of type ${block.type}`);
  if (format === undefined && block.type !== 'DSA PRIVATE KEY')
    throw new GoError(`invalid private key type ${block.type.slice(0, -' PRIVATE KEY'.length)}`);
  try {
    if (format === undefined) return readDsa(block.bytes);
    return createPrivateKey({ key: Buffer.from(block.bytes), format: 'der', type: format[0] });
  } catch (error) {
    throw new GoError(`${format?.[1] ?? 'parsing DSA private key from PEM'}: ${errorMessage(error)}`, error);
  }
}

/** The public key's SubjectPublicKeyInfo. */
export function publicKeyInfo(key: KeyObject): Uint8Array {
  return createPublicKey(key).export({ type: 'spki', format: 'der' });
}
