import { createPrivateKey, X509Certificate } from 'node:crypto';
import { compareSync } from 'bcryptjs';
import { describe, expect, test } from 'vitest';
import { answer } from '../testing.ts';

function print(text: string): string {
  const got = answer(text);
  if ('error' in got) throw new Error(got.error);
  return got.want;
}

describe('passwords and secrets', () => {
  test.each([
    { text: '{{ derivePassword 1 "long" "password" "user" "example.com" }}', want: 'ZedaFaxcZaso9*' },
    { text: '{{ derivePassword 2 "pin" "p" "u" "s" }}', want: '8889' },
    { text: '{{ derivePassword 1 "bad" "p" "u" "s" }}', want: 'cannot find password template bad' },
    { text: '{{ encryptAES "key" "text" | decryptAES "key" }}', want: 'text' },
    { text: '{{ decryptAES "secretkey" "30tEfhuJSVRhpG97XCuWgz2okj7L8vQ1s6V9zVUPeDQ=" }}', want: 'plaintext' },
    { text: '{{ htpasswd "a:b" "p" }}', want: 'invalid username: a:b' },
    {
      text: '{{ randAlphaNum 0 }}{{ len (randAlpha 8) }}{{ len (randNumeric 3) }}{{ len (randAscii 4) }}{{ randBytes 8 | b64dec | len }}',
      want: '8348',
    },
    { text: '{{ randInt 5 6 }} {{ len uuidv4 }} {{ len (shuffle "abc") }}', want: '5 36 3' },
    { text: '{{ genPrivateKey "bad" }}', want: 'Unknown type bad' },
  ])('$text', ({ text, want }) => {
    expect(print(text)).toBe(want);
  });

  test('bcrypt gives a hash of cost 10 that checks', () => {
    const hash = print('{{ bcrypt "secret" }}');
    expect(hash).toMatch(/^\$2a\$10\$.{53}$/);
    expect(compareSync('secret', hash)).toBe(true);
  });

  test.each([
    { kind: 'ecdsa', type: 'EC PRIVATE KEY' },
    { kind: 'ed25519', type: 'PRIVATE KEY' },
  ])('genPrivateKey $kind gives a key in its own format', ({ kind, type }) => {
    const pem = print(`{{ genPrivateKey "${kind}" }}`);
    expect(pem.startsWith(`-----BEGIN ${type}-----\n`)).toBe(true);
    expect(createPrivateKey(pem).asymmetricKeyType).toBe(kind === 'ecdsa' ? 'ec' : kind);
  });
});

describe('certificates', () => {
  // elliptic keys: making RSA keys takes long
  const made = print(
    '{{ $ca := genCAWithKey "my-ca" 365 (genPrivateKey "ecdsa") }}' +
      '{{ $c := genSignedCertWithKey "svc" (list "10.0.0.1" "::1") (list "svc.ns" "*.svc") 10 $ca (genPrivateKey "ecdsa") }}' +
      '{{ $s := genSelfSignedCertWithKey "self" nil nil 1 (genPrivateKey "ed25519") }}' +
      '{{ list $ca.Cert $ca.Key $c.Cert $c.Key $s.Cert $s.Key | toJson }}',
  );
  const [caPem, caKey, certPem, certKey, selfPem, selfKey] = JSON.parse(made) as [string, string, string, string, string, string];
  const ca = new X509Certificate(caPem);
  const cert = new X509Certificate(certPem);
  const self = new X509Certificate(selfPem);

  test('an authority signs itself and others', () => {
    expect([ca.ca, ca.subject, ca.verify(ca.publicKey)]).toEqual([true, 'CN=my-ca', true]);
    expect([cert.ca, cert.issuer, cert.verify(ca.publicKey), cert.checkIssued(ca)]).toEqual([false, 'CN=my-ca', true, true]);
    expect(ca.checkPrivateKey(createPrivateKey(caKey)) && cert.checkPrivateKey(createPrivateKey(certKey))).toBe(true);
  });

  test('names and addresses stand in the certificate', () => {
    expect(cert.subjectAltName).toBe('DNS:svc.ns, DNS:*.svc, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(cert.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  });

  test('the days of validity count from the clock', () => {
    expect([cert.validFrom, cert.validTo]).toEqual(['Jan  1 00:00:00 2026 GMT', 'Jan 11 00:00:00 2026 GMT']);
  });

  test('a self-signed certificate has no other issuer', () => {
    expect([self.issuer, self.verify(self.publicKey), self.checkPrivateKey(createPrivateKey(selfKey))]).toEqual(['CN=self', true, true]);
  });

  test.each([
    { text: '{{ genSelfSignedCert "cn" (list "bad-ip") nil 10 }}', error: 'error calling genSelfSignedCert: error parsing ip: bad-ip' },
    { text: '{{ genSelfSignedCertWithKey "cn" (list 1) nil 10 (genPrivateKey "ecdsa") }}', error: 'error parsing ip: 1 is not a string' },
    {
      text: '{{ genSelfSignedCertWithKey "cn" nil (list 1) 10 (genPrivateKey "ecdsa") }}',
      error: 'error processing alternate dns name: 1 is not a string',
    },
    { text: '{{ genCAWithKey "cn" 1 "x" }}', error: 'error calling genCAWithKey: parsing private key: no PEM data in input' },
    { text: '{{ buildCustomCert "bad" "bad" }}', error: 'error calling buildCustomCert: unable to decode base64 certificate' },
    { text: '{{ buildCustomCert "YQ==" "YQ==" }}', error: 'error calling buildCustomCert: unable to decode certificate' },
    { text: '{{ genCA 1 2 }}', error: 'expected string; found 1' },
  ])('$text fails', ({ text, error }) => {
    expect(() => print(text)).toThrow(error);
  });

  test('a certificate of one\u2019s own is taken as it is', () => {
    const b64 = (text: string): string => Buffer.from(text).toString('base64');
    const got = print(`{{ (buildCustomCert "${b64(certPem)}" "${b64(certKey)}").Cert }}`);
    expect(got).toBe(certPem);
  });
});
