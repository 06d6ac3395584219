import { SemverError } from './errors.ts';

/** A part of a version: a number, or a bigint beyond 2^53 (Go holds them in 64 bits). */
export type VersionNumber = number | bigint;

/** A version as Masterminds/semver holds it; `original` is the text that it was read from. */
export interface Version {
  readonly major: VersionNumber;
  readonly minor: VersionNumber;
  readonly patch: VersionNumber;
  /** Without the hyphen; empty for a release. */
  readonly prerelease: string;
  /** Without the plus sign; does not count in comparisons. */
  readonly metadata: string;
  readonly original: string;
}

/** How {@link parseVersion} reads. */
export interface ParseVersionOptions {
  /** Take only whole versions of three numbers without `v` or leading zeros (Go's StrictNewVersion). Default false. */
  readonly strict?: boolean;
  /** With `strict`: a leading `v` is allowed, as Flux reads tags. Default false. */
  readonly allowPrefix?: boolean;
}

const LONGEST_BYTES = 256;
const LARGEST = 2n ** 64n - 1n;
const LOOSE =
  /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;
const DIGITS = /^[0-9]*$/;
const IDENTIFIER = /^[0-9A-Za-z-]*$/;

function invalid(message: string): SemverError {
  return new SemverError({ code: 'SEMVER_INVALID', message });
}

function parseNumber(text: string): VersionNumber {
  if (text === '') throw invalid('strconv.ParseUint: parsing "": invalid syntax');
  const value = BigInt(text);
  if (value > LARGEST) throw invalid(`strconv.ParseUint: parsing "${text}": value out of range`);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

function checkPrerelease(text: string): void {
  for (const part of text.split('.')) {
    if (part === '' || !IDENTIFIER.test(part)) throw invalid('invalid prerelease string');
    if (part.length > 1 && part.startsWith('0') && DIGITS.test(part)) throw invalid('version segment starts with 0');
  }
}

function checkMetadata(text: string): void {
  for (const part of text.split('.')) if (part === '' || !IDENTIFIER.test(part)) throw invalid('invalid metadata string');
}

function parseLoose(text: string): Version {
  const match = LOOSE.exec(text);
  if (match === null) throw invalid('invalid semantic version');
  const segment = (digits: string | undefined): VersionNumber => {
    if (digits === undefined) return 0;
    try {
      return parseNumber(digits);
    } catch (error) {
      throw new SemverError({
        code: 'SEMVER_INVALID',
        message: `error parsing version segment: ${(error as Error).message}`,
        cause: error,
      });
    }
  };
  const version = {
    major: segment(match[1]),
    minor: segment(match[2]),
    patch: segment(match[3]),
    prerelease: match[4] ?? '',
    metadata: match[5] ?? '',
    original: text,
  };
  if (version.prerelease !== '') checkPrerelease(version.prerelease);
  return version;
}

/** Splits at the first separator, if there is one. */
function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function parseStrict(text: string): Version {
  if (text === '') throw invalid('version string empty');
  const [major, afterMajor] = cut(text, '.');
  const [minor, afterMinor] = cut(afterMajor ?? '', '.');
  if (afterMajor === undefined || afterMinor === undefined) throw invalid('invalid semantic version');
  const [beforePlus, metadata] = cut(afterMinor, '+');
  if (metadata !== undefined) checkMetadata(metadata);
  const [patch, prerelease] = cut(beforePlus, '-');
  if (prerelease !== undefined) checkPrerelease(prerelease);
  for (const part of [major, minor, patch]) {
    if (!DIGITS.test(part)) throw invalid('invalid characters in version');
    if (part.length > 1 && part.startsWith('0')) throw invalid('version segment starts with 0');
  }
  return {
    major: parseNumber(major),
    minor: parseNumber(minor),
    patch: parseNumber(patch),
    prerelease: prerelease ?? '',
    metadata: metadata ?? '',
    original: text,
  };
}

/**
 * Reads a version: loosely ("v1", "1.2", "01.2.3" are versions) unless `strict` is set.
 * @throws SemverError SEMVER_INVALID with Go's text
 * @see Masterminds/semver v3.5.0 version.go NewVersion, StrictNewVersion
 */
export function parseVersion(text: string, options: ParseVersionOptions = {}): Version {
  if (Buffer.byteLength(text) > LONGEST_BYTES) throw invalid(`version string is too long (max ${LONGEST_BYTES} bytes)`);
  if (options.strict !== true) return parseLoose(text);
  if (options.allowPrefix !== true || !text.startsWith('v')) return parseStrict(text);
  return { ...parseStrict(text.slice(1)), original: text };
}

/** Reads a version as {@link parseVersion} does, or gives `undefined` where the text is none. */
export function tryParseVersion(text: string, options: ParseVersionOptions = {}): Version | undefined {
  try {
    return parseVersion(text, options);
  } catch (error) {
    if (error instanceof SemverError) return undefined;
    throw error;
  }
}

/** Prints a version with all three numbers and without a leading `v`, as Go's `Version.String`. */
export function formatVersion(version: Version): string {
  const pre = version.prerelease === '' ? '' : `-${version.prerelease}`;
  const meta = version.metadata === '' ? '' : `+${version.metadata}`;
  return `${version.major}.${version.minor}.${version.patch}${pre}${meta}`;
}

function order(a: VersionNumber | string, b: VersionNumber | string): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}

function numeric(part: string): VersionNumber | undefined {
  if (!/^[0-9]+$/.test(part)) return undefined;
  const value = BigInt(part);
  return value > LARGEST ? undefined : value;
}

function comparePart(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? -1 : 1;
  const x = numeric(a);
  const y = numeric(b);
  if (x === undefined && y === undefined) return order(a, b);
  if (y === undefined) return -1;
  if (x === undefined) return 1;
  return x > y ? 1 : -1;
}

/** Compares two prerelease texts, neither of them empty, part by part. */
export function comparePrerelease(a: string, b: string): -1 | 0 | 1 {
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const d = comparePart(left[i] ?? '', right[i] ?? '');
    if (d !== 0) return d;
  }
  return 0;
}

/** Orders two versions: numbers, then prereleases below their release; metadata does not count. */
export function compareVersions(a: Version, b: Version): -1 | 0 | 1 {
  const d = order(a.major, b.major) || order(a.minor, b.minor) || order(a.patch, b.patch);
  if (d !== 0) return d;
  if (a.prerelease === '' || b.prerelease === '') return a.prerelease === b.prerelease ? 0 : a.prerelease === '' ? 1 : -1;
  return comparePrerelease(a.prerelease, b.prerelease);
}

function renewed(version: Version, parts: Partial<Version>): Version {
  const next = { ...version, ...parts };
  return { ...next, original: (version.original.startsWith('v') ? 'v' : '') + formatVersion(next) };
}

function next(value: VersionNumber, name: string): VersionNumber {
  const sum = BigInt(value) + 1n;
  if (sum > LARGEST) throw invalid(`${name} version increment would overflow uint64`);
  return sum <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sum) : sum;
}

/** The next major version: minor and patch 0, no prerelease, no metadata. @throws SemverError at 2^64 - 1 */
export function incMajor(version: Version): Version {
  return renewed(version, { major: next(version.major, 'major'), minor: 0, patch: 0, prerelease: '', metadata: '' });
}

/** The next minor version: patch 0, no prerelease, no metadata. @throws SemverError at 2^64 - 1 */
export function incMinor(version: Version): Version {
  return renewed(version, { minor: next(version.minor, 'minor'), patch: 0, prerelease: '', metadata: '' });
}

/** The next patch version; of a prerelease, its release. @throws SemverError at 2^64 - 1 */
export function incPatch(version: Version): Version {
  const patch = version.prerelease === '' ? next(version.patch, 'patch') : version.patch;
  return renewed(version, { patch, prerelease: '', metadata: '' });
}

/** The version with another prerelease (empty: none). @throws SemverError where the text cannot be one */
export function setPrerelease(version: Version, prerelease: string): Version {
  if (prerelease !== '') checkPrerelease(prerelease);
  return renewed(version, { prerelease });
}

/** The version with other metadata (empty: none). @throws SemverError where the text cannot be such */
export function setMetadata(version: Version, metadata: string): Version {
  if (metadata !== '') checkMetadata(metadata);
  return renewed(version, { metadata });
}
