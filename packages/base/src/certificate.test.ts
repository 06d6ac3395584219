import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { createServer, connect } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { CertificateAuthority, issueCertificate } from './certificate.ts';

const nowMs = Date.UTC(2026, 5, 1);

test('an authority issues certificates that TLS accepts for their names only', async () => {
  const authority = new CertificateAuthority({ commonName: 'test-ca', nowMs: Date.now(), serial: () => randomBytes(16) });
  const bundle = authority.issue({
    commonName: 'server',
    organizations: ['system:masters'],
    dnsNames: ['localhost', 'a.example.com'],
    ipAddresses: ['127.0.0.1', '::1'],
  });
  const cert = new X509Certificate(bundle.cert);
  expect(cert.verify(new X509Certificate(bundle.ca).publicKey)).toBe(true);
  expect(cert.checkIssued(new X509Certificate(bundle.ca))).toBe(true);
  expect(cert.subject).toBe('O=system:masters\nCN=server');
  expect(cert.checkHost('a.example.com')).toBe('a.example.com');
  expect(cert.checkHost('b.example.com')).toBeUndefined();
  expect(cert.checkIP('::1')).toBe('::1');
  const server = createServer({ cert: bundle.cert, key: bundle.key }, (socket) => socket.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', ca: bundle.ca });
  const text = await new Promise<string>((resolve, reject) => {
    socket.on('data', (data) => resolve(data.toString()));
    socket.on('error', reject);
  });
  expect(text).toBe('hello');
  server.close();
});

test('an RSA key signs itself; dates from 2050 on are written in full', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const cert = new X509Certificate(
    issueCertificate({
      commonName: 'self',
      isCa: true,
      notBeforeMs: nowMs,
      notAfterMs: Date.UTC(2060, 0, 2),
      serial: Buffer.from([0x80, 1]),
      publicKey,
      privateKey,
    }),
  );
  expect(cert.verify(publicKey)).toBe(true);
  expect(cert.ca).toBe(true);
  expect(cert.serialNumber).toBe('8001');
  expect([cert.validFrom, cert.validTo]).toEqual(['Jun  1 00:00:00 2026 GMT', 'Jan  2 00:00:00 2060 GMT']);
});

test('a certificate without any signer is refused', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  expect(() => issueCertificate({ commonName: 'x', notBeforeMs: 0, notAfterMs: 1, serial: Buffer.from([1]), publicKey })).toThrow(
    'needs an issuer',
  );
});
