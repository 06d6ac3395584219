import { describe, expect, test } from 'vitest';
import { formatCheck, NAMED_FORMATS } from './formats.ts';
import { validateMetadata } from './object-meta.ts';
import { formatFieldError } from './field-error.ts';

test.each([
  ['dns1123Label', 'my-name', []],
  ['dns1123Label', 'a.b', ['must not contain dots']],
  ['dns1123Label', 'a'.repeat(64), ['must be no more than 63 bytes']],
  [
    'dns1123Label',
    'A',
    [
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
  ],
  ['dns1123SubdomainPrefix', 'mysubdomain.prefix.-', []],
  [
    'qualifiedName',
    'example.com/',
    [
      'name part must be non-empty',
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
  ],
  ['labelValue', '', []],
])('%s tells what is wrong with %j', (format, text, want) => {
  expect(NAMED_FORMATS.get(format)?.(text)).toEqual(want);
});

describe('formatCheck', () => {
  test.each([
    ['ipv4', ['1.2.3.4', '01.2.3.4'], ['1.2.3', '::1']],
    ['ipv6', ['::1', 'fe80::1'], ['1.2.3.4', 'fe80::1%eth0']],
    ['cidr', ['10.0.0.0/8', '::/0'], ['10.0.0.0', '10.0.0.0/33']],
    ['mac', ['00:00:5e:00:53:01', '0000.5e00.5301'], ['00:00:5e', '00:00:5e:00:53:zz']],
    ['uuid4', ['123e4567-e89b-42d3-a456-426614174000'], ['123e4567-e89b-12d3-a456-426614174000']],
    ['date', ['2024-02-29'], ['2023-02-29', '2024-13-01', '2024-1-1']],
    ['date-time', ['2026-01-01T00:00:00Z', '2026-01-01t23:59:59.5+01:00'], ['2026-01-01', '2026-01-01T24:00:00Z']],
    ['duration', ['1h30m', '22 ns', '2 days'], ['', 'x']],
    ['byte', ['aGVsbG8='], ['aGVsbG8', '']],
    ['uri', ['https://example.com/x?y=1', '/path'], ['../x', 'https://a:b:c/', '']],
    ['hostname', ['example.com', 'a-b'], ['-a', 'a_b']],
    ['isbn', ['0321751043', '978-0321751041'], ['0321751044']],
    ['creditcard', ['4111 1111 1111 1111'], ['4111 1111 1111 1112']],
    ['email', ['a@b.c', 'A <a@b.c>'], ['a', '@b']],
  ])('%s takes what it should', (format, right, wrong) => {
    const check = formatCheck(format);
    expect(right.filter((text) => check?.(text) !== true)).toEqual([]);
    expect(wrong.filter((text) => check?.(text) !== false)).toEqual([]);
  });

  test('knows nothing of formats that Kubernetes ignores', () => {
    expect(formatCheck('int-or-string')).toBeUndefined();
  });
});

test('validateMetadata reports every field with its place', () => {
  const errors = validateMetadata(
    {
      name: 'a/b',
      namespace: 'X',
      labels: { 'a b': 'c d' },
      finalizers: ['orphan', 'foregroundDeletion'],
      ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'e' }],
    },
    { namespaced: true },
  ).map((e) => formatFieldError(e).slice(0, 60));
  expect(errors).toEqual([
    'metadata.name: Invalid value: "a/b": may not contain \'/\'',
    'metadata.namespace: Invalid value: "X": a lowercase RFC 1123',
    'metadata.labels: Invalid value: "a b": name part must consis',
    'metadata.labels: Invalid value: "c d": a valid label must be',
    'metadata.ownerReferences.uid: Invalid value: "": must not be',
    'metadata.ownerReferences: Invalid value: {"apiVersion":"v1",',
    'metadata.finalizers: Invalid value: ["orphan","foregroundDel',
  ]);
  expect(validateMetadata({ namespace: 'a' }, { namespaced: false }).map((e) => formatFieldError(e))).toEqual([
    'metadata.name: Required value: name or generateName is required',
    'metadata.namespace: Forbidden: not allowed on this type',
  ]);
});
