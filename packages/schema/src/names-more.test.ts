import { describe, expect, test } from 'vitest';

import {
  checkConfigKey,
  checkDomainPrefixedPath,
  checkFullyQualifiedDomain,
  checkPercent,
  checkPortName,
  checkPortNumber,
  checkRelaxedEnvName,
  checkSubdomainWithUnderscore,
  checkWildcardSubdomain,
  formatFieldError,
  validateMetadataUpdate,
} from './index.ts';

describe('names', () => {
  test.each<[string, (text: string) => readonly string[], string, readonly string[]]>([
    ['a port name', checkPortName, 'http', []],
    [
      'a port name',
      checkPortName,
      'A--',
      [
        'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
        'must contain at least one letter (a-z)',
        'must not contain consecutive hyphens',
        'must not begin or end with a hyphen',
      ],
    ],
    ['a percentage', checkPercent, '25%', []],
    ['a config key', checkConfigKey, '..', ["must not be '..'"]],
    ['a wildcard', checkWildcardSubdomain, '*.example.com', []],
    ['an environment name', checkRelaxedEnvName, 'a b', []],
    [
      'an environment name',
      checkRelaxedEnvName,
      'a=b',
      ["a valid environment variable name must consist only of printable ASCII characters other than '='"],
    ],
    ['a subdomain with underscores', checkSubdomainWithUnderscore, '_dns.example.com', []],
  ])('%s %#', (_, check, text, want) => {
    expect(check(text)).toEqual(want);
  });

  test('ports lie between 1 and 65535', () => {
    expect(checkPortNumber(0)).toEqual(['must be between 1 and 65535, inclusive']);
    expect(checkPortNumber(65_535)).toEqual([]);
  });

  test('domains and paths say where they are wrong', () => {
    expect(checkFullyQualifiedDomain('com', 'p').map(formatFieldError)).toEqual([
      'p: Invalid value: "com": should be a domain with at least two segments separated by dots',
    ]);
    expect(checkDomainPrefixedPath('com', 'p').map(formatFieldError)).toEqual([
      'p: Invalid value: "com": must be a domain-prefixed path (such as "acme.io/foo")',
    ]);
  });
});

describe('an update of metadata', () => {
  const old = { name: 'a', uid: 'u', resourceVersion: '1', generation: 2, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['x/a'] };

  test('may take finalizers away', () => {
    expect(validateMetadataUpdate({ ...old, finalizers: [] }, old)).toEqual([]);
  });

  test('may not change who the object is, nor bring finalizers while it goes', () => {
    const next = { ...old, name: 'b', resourceVersion: '', generation: 1, finalizers: ['x/a', 'x/b'] };
    expect(validateMetadataUpdate(next, old).map(formatFieldError)).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"x/b"}',
      'metadata.resourceVersion: Invalid value: "": must be specified for an update',
      'metadata.generation: Invalid value: 1: must not be decremented',
      'metadata.name: Invalid value: "b": field is immutable',
    ]);
  });
});
