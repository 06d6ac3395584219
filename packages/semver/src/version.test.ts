import { describe, expect, test } from 'vitest';
import {
  compareVersions,
  formatVersion,
  incMajor,
  incMinor,
  incPatch,
  parseVersion,
  setMetadata,
  setPrerelease,
  tryParseVersion,
} from './version.ts';

describe('parseVersion', () => {
  test.each([
    ['1', '1.0.0'],
    ['v1.2', '1.2.0'],
    ['01.02.3', '1.2.3'],
    ['1.2.3-rc.1+build.5', '1.2.3-rc.1+build.5'],
    ['18446744073709551615.0.0', '18446744073709551615.0.0'],
  ])('reads %s as %s', (text, want) => {
    const version = parseVersion(text);
    expect(formatVersion(version)).toBe(want);
    expect(version.original).toBe(text);
  });

  test.each([
    ['', 'invalid semantic version'],
    ['1.2.3.4', 'invalid semantic version'],
    ['1.2.3-01', 'version segment starts with 0'],
    ['1.2.18446744073709551616', 'error parsing version segment: strconv.ParseUint: parsing "18446744073709551616": value out of range'],
    ['1'.repeat(257), 'version string is too long (max 256 bytes)'],
  ])('refuses %s', (text, message) => {
    expect(() => parseVersion(text)).toThrow(expect.objectContaining({ code: 'SEMVER_INVALID', message }));
  });

  test.each([
    ['', 'version string empty'],
    ['1.2', 'invalid semantic version'],
    ['v1.2.3', 'invalid characters in version'],
    ['1.02.3', 'version segment starts with 0'],
    ['1.2.3-a_b', 'invalid prerelease string'],
    ['1.2.3+', 'invalid metadata string'],
    ['1..3', 'strconv.ParseUint: parsing "": invalid syntax'],
  ])('refuses %s when strict', (text, message) => {
    expect(() => parseVersion(text, { strict: true })).toThrow(expect.objectContaining({ message }));
  });

  test('takes a leading v when strict with allowPrefix', () => {
    expect(parseVersion('v1.2.3', { strict: true, allowPrefix: true })).toMatchObject({ major: 1, minor: 2, patch: 3, original: 'v1.2.3' });
    expect(tryParseVersion('v1.2', { strict: true, allowPrefix: true })).toBeUndefined();
  });
});

describe('compareVersions', () => {
  test('orders prereleases as the specification does', () => {
    const ordered = [
      '1.0.0-0',
      '1.0.0-99',
      '1.0.0-103',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '9007199254740993.0.0',
      '9007199254740994.0.0',
    ];
    const shuffled = ordered.toReversed().map((text) => parseVersion(text));
    expect(shuffled.sort(compareVersions).map((v) => v.original)).toEqual(ordered);
  });

  test('leaves metadata out when all else is equal', () => {
    expect(compareVersions(parseVersion('1.2.3+a'), parseVersion('v1.2.3+b'))).toBe(0);
  });
});

test('incMajor, incMinor and incPatch keep the prefix and drop the rest', () => {
  const version = parseVersion('v1.2.3-rc.1+b');
  expect([incMajor, incMinor, incPatch].map((f) => f(version).original)).toEqual(['v2.0.0', 'v1.3.0', 'v1.2.3']);
  expect(incPatch(parseVersion('1.2.3')).original).toBe('1.2.4');
  expect(() => incMajor(parseVersion('18446744073709551615.0.0'))).toThrow('overflow');
});

test('setPrerelease and setMetadata check what they are given', () => {
  const version = parseVersion('1.2.3');
  expect(setMetadata(setPrerelease(version, 'rc.1'), 'b').original).toBe('1.2.3-rc.1+b');
  expect(() => setPrerelease(version, '01')).toThrow('version segment starts with 0');
  expect(() => setMetadata(version, 'a_b')).toThrow('invalid metadata string');
});
