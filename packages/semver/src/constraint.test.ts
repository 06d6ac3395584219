import { describe, expect, test } from 'vitest';
import { latestMatching, parseConstraint } from './constraint.ts';
import { parseVersion } from './version.ts';

describe('parseConstraint', () => {
  test.each([
    ['>=1.2 <3', '1.2.0', true],
    ['>=1.2,<3', '3.0.0', false],
    ['1.2 - 1.4.5', '1.4.5', true],
    ['1.2 - 1.4', '1.4.9', true],
    ['~1.2', '1.2.9', true],
    ['~1.2', '1.3.0', false],
    ['^0.2.3', '0.2.9', true],
    ['^0.2.3', '0.3.0', false],
    ['^0', '0.9.0', true],
    ['>11', '11.9.0', false],
    ['>11.1', '11.1.9', false],
    ['!=1.2.x', '1.2.3', false],
    ['*', '1.2.3-rc.1', false],
    ['*-0', '1.2.3-rc.1', true],
    ['>=1-0 || <1', '1.2.3-rc.1', true],
    ['<1 || >=1-0', '0.9.0-rc.1', false],
  ])('%s answers for %s', (constraint, version, want) => {
    expect(parseConstraint(constraint).check(parseVersion(version))).toBe(want);
  });

  test.each([
    ['', 'improper constraint: ""'],
    ['1 ||', 'improper constraint: ""'],
    ['foo\n', 'improper constraint: "foo\\n"'],
    ['1|2', 'constraint parser error'],
    ['1'.repeat(513), 'constraint string is too long (max 512 bytes)'],
    [Array.from({ length: 33 }, () => '1').join('||'), 'too many constraint groups (max 32)'],
  ])('refuses %j', (text, message) => {
    expect(() => parseConstraint(text)).toThrow(expect.objectContaining({ code: 'SEMVER_CONSTRAINT', message }));
  });

  test('ends at once when white space could be split in very many ways', () => {
    expect(() => parseConstraint(`${'1   '.repeat(120)}!`)).toThrow('improper constraint');
  });
});

test.each([
  ['>2', '1.2.3', ['"1.2.3" is less than or equal to "2"']],
  ['^0.0.3', '0.0.4', ['"0.0.4" does not equal "0.0.3". Expect version and constraint to equal when major and minor versions are 0']],
  ['<1 || ~2', '1.2.3', ['"1.2.3" is greater than or equal to "1"', '"1.2.3" is less than "2"']],
  ['<1 || ~2', '1.2.3-a', ['"1.2.3-a" is a prerelease version and the constraint is only looking for release versions']],
  ['<1 || ~2', '2.1.0', []],
])('validate says why when %s refuses %s', (constraint, version, errors) => {
  expect(parseConstraint(constraint).validate(parseVersion(version))).toEqual({ ok: errors.length === 0, errors });
});

test('toString prints groups as Go does', () => {
  expect(String(parseConstraint('1 - 2,  !=1.5.x||^3'))).toBe('>=1 <=2 !=1.5.x || ^3');
});

test('latestMatching gives the highest that passes', () => {
  const versions = ['1.0.0', '1.10.0', '1.9.0', '2.0.0', '1.11.0-rc.1'].map((v) => parseVersion(v));
  expect(latestMatching(parseConstraint('^1'), versions)?.original).toBe('1.10.0');
  expect(latestMatching(parseConstraint('^3'), versions)).toBeUndefined();
});
