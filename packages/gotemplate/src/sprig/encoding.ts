import { createHash } from 'node:crypto';
import { decodeBase32, decodeBase64, encodeBase32, encodeBase64 } from '../base-encoding.ts';
import { GoError } from '../errors.ts';
import { goFunc } from '../functions.ts';
import { textToBytes } from '../text.ts';
import type { GoFunc } from '../model.ts';

function hash(name: string, algorithm: string): GoFunc {
  return goFunc(name, ['string'], ([text]: [string]) => createHash(algorithm).update(textToBytes(text)).digest('hex'));
}

const ADLER_MODULUS = 65_521;

function adler32([text]: [string]): string {
  let a = 1;
  let b = 0;
  for (const byte of textToBytes(text)) {
    a = (a + byte) % ADLER_MODULUS;
    b = (b + a) % ADLER_MODULUS;
  }
  return String(b * 65_536 + a);
}

/** sprig's decoders give the error's text as if it were the result. */
function decoder(name: string, decode: (text: string) => string): GoFunc {
  return goFunc(name, ['string'], ([text]: [string]) => {
    try {
      return decode(text);
    } catch (error) {
      if (error instanceof GoError) return error.message;
      throw error;
    }
  });
}

/** Base 64 and 32, checksums. */
export const ENCODINGS: readonly GoFunc[] = [
  goFunc('b64enc', ['string'], ([text]: [string]) => encodeBase64(text)),
  decoder('b64dec', decodeBase64),
  goFunc('b32enc', ['string'], ([text]: [string]) => encodeBase32(text)),
  decoder('b32dec', decodeBase32),
  hash('sha1sum', 'sha1'),
  hash('sha256sum', 'sha256'),
  hash('sha512sum', 'sha512'),
  goFunc('adler32sum', ['string'], adler32),
];
