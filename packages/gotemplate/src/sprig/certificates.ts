import { X509Certificate, type KeyObject } from 'node:crypto';
import { errorMessage, type Clock, type Random } from '@flux-ts/base';
import { decodeBase64 } from '../base-encoding.ts';
import { addressBytes, createCertificate, readSigner, type Signer } from '../crypto/certificate.ts';
import { generatePrivateKey, generateRsa, parsePrivateKey, privateKeyPem } from '../crypto/keys.ts';
import { decodePem, encodePem } from '../crypto/pem.ts';
import { GoError } from '../errors.ts';
import { formatValue } from '../fmt.ts';
import { goFunc } from '../functions.ts';
import { GO_TYPE, GoObject, type GoFunc, type MaybeValue, type TemplateValue } from '../model.ts';
import { structType, type GoType } from '../types.ts';
import type { GoInt } from '../values.ts';

const CERTIFICATE: GoType = structType('sprig.certificate');
const LIST = '[]interface {}';
const DAY_SECONDS = 86_400;

/** What genCA and its kin give: a certificate and its key, both PEM. */
class GoCertificate extends GoObject {
  readonly cert: string;
  readonly key: string;

  constructor(cert: string, key: string) {
    super();
    this.cert = cert;
    this.key = key;
  }

  get [GO_TYPE](): GoType {
    return CERTIFICATE;
  }

  override field(name: string): MaybeValue {
    return name === 'Cert' ? this.cert : name === 'Key' ? this.key : undefined;
  }

  override entries(): readonly (readonly [string, TemplateValue])[] {
    return [
      ['Cert', this.cert],
      ['Key', this.key],
    ];
  }
}

function addresses(list: readonly TemplateValue[]): string[] {
  return list.map((ip) => {
    if (typeof ip !== 'string') throw new GoError(`error parsing ip: ${formatValue(ip)} is not a string`);
    addressBytes(ip);
    return ip;
  });
}

function names(list: readonly TemplateValue[]): string[] {
  return list.map((dns) => {
    if (typeof dns !== 'string') throw new GoError(`error processing alternate dns name: ${formatValue(dns)} is not a string`);
    return dns;
  });
}

function signerOf(ca: GoCertificate): Signer {
  const block = decodePem(ca.cert);
  if (block === undefined) throw new GoError('unable to decode certificate');
  checkCertificate(block.bytes, 'decodedSignerCert');
  let key: KeyObject;
  try {
    key = parsePrivateKey(ca.key);
  } catch (error) {
    throw new GoError(`error parsing private key: ${errorMessage(error)}`, error);
  }
  return readSigner(block.bytes, key);
}

function checkCertificate(bytes: Uint8Array, name: string): void {
  try {
    new X509Certificate(bytes);
  } catch (error) {
    throw new GoError(`error parsing certificate: ${name}.Bytes: ${errorMessage(error)}`, error);
  }
}

function base64(text: string, what: string): string {
  try {
    return decodeBase64(text);
  } catch (error) {
    throw new GoError(`unable to decode base64 ${what}`, error);
  }
}

function customCertificate([cert, key]: [string, string]): GoCertificate {
  const certPem = base64(cert, 'certificate');
  const keyPem = base64(key, 'private key');
  const block = decodePem(certPem);
  if (block === undefined) throw new GoError('unable to decode certificate');
  checkCertificate(block.bytes, 'decodedCert');
  try {
    parsePrivateKey(keyPem);
  } catch (error) {
    throw new GoError(`error parsing private key: ${errorMessage(error)}`, error);
  }
  return new GoCertificate(certPem, keyPem);
}

function givenKey(pem: string): KeyObject {
  try {
    return parsePrivateKey(pem);
  } catch (error) {
    throw new GoError(`parsing private key: ${errorMessage(error)}`, error);
  }
}

interface Wanted {
  readonly commonName: string;
  readonly ips?: readonly TemplateValue[];
  readonly dnsNames?: readonly TemplateValue[];
  readonly days: GoInt;
  readonly isCa?: boolean;
  readonly signer?: Signer;
}

/**
 * The functions of certificates and keys.
 * `Differs:` keys come from the platform's generator, not from `random`; serial numbers come from `random`.
 */
export function certificateFunctions(env: { readonly clock: Clock; readonly random: Random }): readonly GoFunc[] {
  const make = (wanted: Wanted, key: KeyObject): GoCertificate => {
    const notBefore = Math.floor(env.clock.now() / 1000);
    const bytes = createCertificate({
      commonName: wanted.commonName,
      ips: addresses(wanted.ips ?? []),
      dnsNames: names(wanted.dnsNames ?? []),
      notBefore,
      notAfter: notBefore + Number(wanted.days.value) * DAY_SECONDS,
      isCa: wanted.isCa ?? false,
      key,
      random: env.random,
      ...(wanted.signer === undefined ? {} : { signer: wanted.signer }),
    });
    return new GoCertificate(encodePem('CERTIFICATE', bytes), privateKeyPem(key));
  };
  const fresh = (): KeyObject => generateRsa(2048);
  type Names = [string, TemplateValue[], TemplateValue[], GoInt];
  const self = ([commonName, ips, dnsNames, days]: Names): Wanted => ({ commonName, ips, dnsNames, days });
  return [
    goFunc('genPrivateKey', ['string'], ([kind]: [string]) => generatePrivateKey(kind)),
    goFunc('buildCustomCert', ['string', 'string'], customCertificate),
    goFunc('genCA', ['string', 'int'], ([commonName, days]: [string, GoInt]) => make({ commonName, days, isCa: true }, fresh())),
    goFunc('genCAWithKey', ['string', 'int', 'string'], ([commonName, days, pem]: [string, GoInt, string]) =>
      make({ commonName, days, isCa: true }, givenKey(pem)),
    ),
    goFunc('genSelfSignedCert', ['string', LIST, LIST, 'int'], (args: Names) => make(self(args), fresh())),
    goFunc('genSelfSignedCertWithKey', ['string', LIST, LIST, 'int', 'string'], (args: [...Names, string]) =>
      make(self(args.slice(0, 4) as Names), givenKey(args[4])),
    ),
    goFunc('genSignedCert', ['string', LIST, LIST, 'int', CERTIFICATE.name], (args: [...Names, GoCertificate]) =>
      make({ ...self(args.slice(0, 4) as Names), signer: signerOf(args[4]) }, fresh()),
    ),
    goFunc('genSignedCertWithKey', ['string', LIST, LIST, 'int', CERTIFICATE.name, 'string'], (args: [...Names, GoCertificate, string]) =>
      make({ ...self(args.slice(0, 4) as Names), signer: signerOf(args[4]) }, givenKey(args[5])),
    ),
  ];
}
