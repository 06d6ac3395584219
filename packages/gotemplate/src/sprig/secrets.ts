import { createCipheriv, createDecipheriv, createHmac, scryptSync } from 'node:crypto';
import { encodeBase64 as bcryptBase64, hashSync } from 'bcryptjs';
import type { Random } from '@flux-ts/base';
import { decodeBase64 } from '../base-encoding.ts';
import { GoError } from '../errors.ts';
import { goFunc } from '../functions.ts';
import type { GoFunc } from '../model.ts';
import { byteLength, bytesToText, textToBytes } from '../text.ts';
import type { GoInt } from '../values.ts';

const BCRYPT_COST = 10;
const BCRYPT_MAX_BYTES = 72;
const AES_BLOCK = 16;

/** How passwords of each kind are built, a letter a character class (the Master Password algorithm). */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  maximum: ['anoxxxxxxxxxxxxxxxxx', 'axxxxxxxxxxxxxxxxxno'],
  long: (
    'CvcvnoCvcvCvcv CvcvCvcvnoCvcv CvcvCvcvCvcvno CvccnoCvcvCvcv CvccCvcvnoCvcv CvccCvcvCvcvno CvcvnoCvccCvcv CvcvCvccnoCvcv CvcvCvccCvcvno ' +
    'CvcvnoCvcvCvcc CvcvCvcvnoCvcc CvcvCvcvCvccno CvccnoCvccCvcv CvccCvccnoCvcv CvccCvccCvcvno CvcvnoCvccCvcc CvcvCvccnoCvcc CvcvCvccCvccno ' +
    'CvccnoCvcvCvcc CvccCvcvnoCvcc CvccCvcvCvccno'
  ).split(' '),
  medium: ['CvcnoCvc', 'CvcCvcno'],
  short: ['Cvcn'],
  basic: ['aaanaaan', 'aannaaan', 'aaannaaa'],
  pin: ['nnnn'],
};

const VOWELS = 'AEIOU';
const CONSONANTS = 'BCDFGHJKLMNPQRSTVWXYZ';
const LETTERS = `${VOWELS}${VOWELS.toLowerCase()}${CONSONANTS}${CONSONANTS.toLowerCase()}`;
const CLASSES: Readonly<Record<string, string>> = {
  V: VOWELS,
  C: CONSONANTS,
  v: VOWELS.toLowerCase(),
  c: CONSONANTS.toLowerCase(),
  a: LETTERS,
  n: '0123456789',
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: `${LETTERS}0123456789!@#$%^&*()`,
};

function counted(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

function derivePassword([counter, kind, password, user, site]: [GoInt, string, string, string, string]): string {
  const templates = Object.hasOwn(TEMPLATES, kind) ? TEMPLATES[kind] : undefined;
  if (templates === undefined) return `cannot find password template ${kind}`;
  const scope = Buffer.from('com.lyndir.masterpassword');
  const salt = Buffer.concat([scope, counted(byteLength(user)), textToBytes(user)]);
  const key = scryptSync(textToBytes(password), salt, 64, { N: 32_768, r: 8, p: 2, maxmem: 128 * 1024 * 1024 });
  const message = Buffer.concat([scope, counted(byteLength(site)), textToBytes(site), counted(Number(counter.value))]);
  const seed = createHmac('sha256', key).update(message).digest();
  const template = templates[(seed[0] as number) % templates.length] as string;
  return Array.from(template, (letter, i) => {
    const chars = CLASSES[letter] as string;
    return chars[(seed[i + 1] as number) % chars.length];
  }).join('');
}

function aesKey(password: string): Buffer {
  const key = Buffer.alloc(32);
  Buffer.from(textToBytes(password)).copy(key);
  return key;
}

function encryptAes(random: Random, password: string, text: string): string {
  if (text === '') return '';
  const iv = Buffer.from(random.bytes(AES_BLOCK));
  const cipher = createCipheriv('aes-256-cbc', aesKey(password), iv);
  return Buffer.concat([iv, cipher.update(textToBytes(text)), cipher.final()]).toString('base64');
}

function decryptAes([password, encrypted]: [string, string]): string {
  if (encrypted === '') return '';
  const bytes = Buffer.from(textToBytes(decodeBase64(encrypted)));
  if (bytes.length < AES_BLOCK) throw new GoError(`runtime error: slice bounds out of range [:${AES_BLOCK}] with capacity ${bytes.length}`);
  if (bytes.length % AES_BLOCK !== 0) throw new GoError('crypto/cipher: input not full blocks');
  const decipher = createDecipheriv('aes-256-cbc', aesKey(password), bytes.subarray(0, AES_BLOCK)).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(bytes.subarray(AES_BLOCK)), decipher.final()]);
  const padding = plain.at(-1) ?? 0;
  const end = plain.length - padding;
  if (end < 0) throw new GoError(`runtime error: slice bounds out of range [:${end}]`);
  return bytesToText(plain.subarray(0, end));
}

/** bcrypt, htpasswd, derivePassword, encryptAES and decryptAES. */
export function secretFunctions(random: Random): readonly GoFunc[] {
  const bcrypt = (password: string): string => {
    if (byteLength(password) > BCRYPT_MAX_BYTES) {
      return 'failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes';
    }
    return hashSync(password, `$2a$${BCRYPT_COST}$${bcryptBase64(random.bytes(16), 16)}`);
  };
  return [
    goFunc('bcrypt', ['string'], ([password]: [string]) => bcrypt(password)),
    goFunc('htpasswd', ['string', 'string'], ([user, password]: [string, string]) =>
      user.includes(':') ? `invalid username: ${user}` : `${user}:${bcrypt(password)}`,
    ),
    goFunc('derivePassword', ['uint32', 'string', 'string', 'string', 'string'], derivePassword),
    goFunc('encryptAES', ['string', 'string'], ([password, text]: [string, string]) => encryptAes(random, password, text)),
    goFunc('decryptAES', ['string', 'string'], decryptAes),
  ];
}
