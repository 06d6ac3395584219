import { goQuote } from '@flux-ts/base';
import { comparePrerelease, compareVersions, formatVersion, type Version } from './version.ts';

/** The operators of a constraint; empty stands for `=`. */
export type Operator = '' | '=' | '!=' | '>' | '<' | '>=' | '=>' | '<=' | '=<' | '~' | '~>' | '^';

/** One comparison of a constraint, such as `>= 1.2`. */
export interface Comparison {
  readonly operator: Operator;
  /** The version as it was written, wildcards included; used in messages. */
  readonly written: string;
  /** The lowest version that the written one stands for. */
  readonly version: Version;
  /** A part is missing or a wildcard. */
  readonly dirty: boolean;
  readonly minorDirty: boolean;
  readonly patchDirty: boolean;
}

type Check = (version: Version, comparison: Comparison) => string | undefined;

function says(relation: string): (version: Version, comparison: Comparison) => string {
  return (v, c) => `${goQuote(formatVersion(v))} ${relation} ${goQuote(c.written)}`;
}

const IS_EQUAL = says('is equal to');
const NOT_EQUAL = says('is not equal to');
const LESS = says('is less than');
const LESS_OR_EQUAL = says('is less than or equal to');
const GREATER = says('is greater than');
const GREATER_OR_EQUAL = says('is greater than or equal to');
const OTHER_MAJOR = says('does not have same major version as');
const OTHER_MAJOR_MINOR = says('does not have same major and minor version as');
const OTHER_MINOR = says('does not have same minor version as');

/** Equality over two prereleases of which either may be empty. */
function samePrerelease(a: string, b: string): boolean {
  return a === b || (a !== '' && b !== '' && comparePrerelease(a, b) === 0);
}

function notEqual(v: Version, c: Comparison): string | undefined {
  if (c.dirty) {
    if (v.major !== c.version.major) return undefined;
    if (c.minorDirty) return IS_EQUAL(v, c);
    if (v.minor !== c.version.minor) return undefined;
    if (c.patchDirty) return samePrerelease(v.prerelease, c.version.prerelease) ? IS_EQUAL(v, c) : undefined;
    if (v.patch !== c.version.patch) return undefined;
  }
  return compareVersions(v, c.version) === 0 ? IS_EQUAL(v, c) : undefined;
}

function greaterThan(v: Version, c: Comparison): string | undefined {
  let passes: boolean;
  if (!c.dirty || (v.major === c.version.major && !c.minorDirty && !c.patchDirty)) passes = compareVersions(v, c.version) > 0;
  else if (v.major !== c.version.major) passes = v.major > c.version.major;
  // ">11" means 12 and up, ">11.1" means 11.2 and up
  else passes = !c.minorDirty && v.minor > c.version.minor;
  return passes ? undefined : LESS_OR_EQUAL(v, c);
}

function lessThanEqual(v: Version, c: Comparison): string | undefined {
  if (!c.dirty) return compareVersions(v, c.version) <= 0 ? undefined : GREATER(v, c);
  const beyond = v.major > c.version.major || (v.major === c.version.major && v.minor > c.version.minor && !c.minorDirty);
  return beyond ? GREATER(v, c) : undefined;
}

function tilde(v: Version, c: Comparison): string | undefined {
  if (compareVersions(v, c.version) < 0) return LESS(v, c);
  const zero = c.version.major === 0 && c.version.minor === 0 && c.version.patch === 0;
  if (zero && !c.minorDirty && !c.patchDirty) return undefined;
  if (v.major !== c.version.major) return OTHER_MAJOR(v, c);
  return v.minor !== c.version.minor && !c.minorDirty ? OTHER_MAJOR_MINOR(v, c) : undefined;
}

function equal(v: Version, c: Comparison): string | undefined {
  if (c.dirty) return tilde(v, c);
  return compareVersions(v, c.version) === 0 ? undefined : NOT_EQUAL(v, c);
}

function caret(v: Version, c: Comparison): string | undefined {
  if (compareVersions(v, c.version) < 0) return LESS(v, c);
  if (c.version.major > 0 || c.minorDirty) return v.major === c.version.major ? undefined : OTHER_MAJOR(v, c);
  if (v.major > 0) return OTHER_MAJOR(v, c);
  if (c.version.minor > 0 || c.patchDirty) {
    return v.minor === c.version.minor
      ? undefined
      : `${OTHER_MINOR(v, c)}. Expected minor versions to match when constraint major version is 0`;
  }
  if (v.minor > 0) return OTHER_MINOR(v, c);
  if (v.patch === c.version.patch) return undefined;
  return `${says('does not equal')(v, c)}. Expect version and constraint to equal when major and minor versions are 0`;
}

const lessThan: Check = (v, c) => (compareVersions(v, c.version) < 0 ? undefined : GREATER_OR_EQUAL(v, c));
const greaterThanEqual: Check = (v, c) => (compareVersions(v, c.version) >= 0 ? undefined : LESS(v, c));

const CHECKS: Readonly<Record<Operator, Check>> = {
  '': equal,
  '=': equal,
  '!=': notEqual,
  '>': greaterThan,
  '<': lessThan,
  '>=': greaterThanEqual,
  '=>': greaterThanEqual,
  '<=': lessThanEqual,
  '=<': lessThanEqual,
  '~': tilde,
  '~>': tilde,
  '^': caret,
};

/** What Go says of a prerelease version where no prerelease is asked for. */
export function prereleaseRefusal(version: Version): string {
  return `${goQuote(formatVersion(version))} is a prerelease version and the constraint is only looking for release versions`;
}

/**
 * Holds a version against one comparison.
 * @param includePrerelease whether the group that it stands in names a prerelease
 * @returns Go's reason for a refusal, or `undefined` where the version passes
 */
export function checkComparison(version: Version, comparison: Comparison, includePrerelease: boolean): string | undefined {
  if (version.prerelease !== '' && !includePrerelease) return prereleaseRefusal(version);
  return CHECKS[comparison.operator](version, comparison);
}
