import { goQuote } from '@flux-ts/base';
import { checkComparison, prereleaseRefusal, type Comparison, type Operator } from './constraint-check.ts';
import { SemverError } from './errors.ts';
import { compareVersions, parseVersion, type Version } from './version.ts';

/** What {@link Constraint.validate} answers; `errors` are Go's reasons in order, empty where the version passes. */
export interface ConstraintResult {
  readonly ok: boolean;
  readonly errors: readonly string[];
}

/** A parsed constraint: groups joined by `||`, each of comparisons that all have to hold. */
export interface Constraint {
  /** Tells whether a version passes. Prereleases pass only in a group that names one. */
  check(version: Version): boolean;
  /** Tells whether a version passes and, where not, why. */
  validate(version: Version): ConstraintResult;
  /** The constraint as Go prints it: comparisons joined by spaces, groups by ` || `. */
  toString(): string;
}

interface Group {
  readonly comparisons: readonly Comparison[];
  readonly prerelease: boolean;
}

const LONGEST_BYTES = 512;
const MOST_GROUPS = 32;
const PART = String.raw`[0-9|xX*]+`;
const TAIL = String.raw`[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*`;
const VERSION = String.raw`v?(${PART})(\.${PART})?(\.${PART})?(-${TAIL})?(\+${TAIL})?`;
const PLAIN_VERSION = VERSION.replaceAll(/\((?!\?)/g, '(?:');
const RANGE = new RegExp(String.raw`[\t\n\f\r ]*(${PLAIN_VERSION})[\t\n\f\r ]+-[\t\n\f\r ]+(${PLAIN_VERSION})[\t\n\f\r ]*`, 'g');
const SPACE = /[\t\n\f\r ]*/y;
const OPERATOR = /=>|=<|=|!=|>=|>|<=|<|~>|~|\^/y;
const OPERAND = new RegExp(VERSION, 'y');

function refuse(message: string): SemverError {
  return new SemverError({ code: 'SEMVER_CONSTRAINT', message });
}

/** Writes every hyphen range as two comparisons, as Go does before anything else is read. */
function rewriteRanges(text: string): string {
  let out = text;
  for (const match of text.matchAll(RANGE)) out = out.replace(match[0], () => `>= ${match[1] as string}, <= ${match[2] as string} `);
  return out;
}

function isWildcard(part: string): boolean {
  return part === 'x' || part === 'X' || part === '*';
}

function toComparison(operator: Operator, match: RegExpExecArray): Comparison {
  const major = match[1] as string;
  const minor = (match[2] ?? '').slice(1);
  const patch = (match[3] ?? '').slice(1);
  const pre = match[4] ?? '';
  const anyMajor = isWildcard(major);
  const minorDirty = !anyMajor && (minor === '' || isWildcard(minor));
  const patchDirty = !anyMajor && !minorDirty && (patch === '' || isWildcard(patch));
  const lowest = anyMajor ? `0.0.0${pre}` : minorDirty ? `${major}.0.0${pre}` : patchDirty ? `${major}.${minor}.0${pre}` : match[0];
  try {
    return {
      operator,
      written: match[0],
      version: parseVersion(lowest),
      dirty: anyMajor || minorDirty || patchDirty,
      minorDirty,
      patchDirty,
    };
  } catch (error) {
    throw new SemverError({ code: 'SEMVER_CONSTRAINT', message: 'constraint parser error', cause: error });
  }
}

/** Reads the comparisons of one group: separated by white space, or by a comma. */
function parseGroup(text: string): Group {
  const fail = (): SemverError => refuse(`improper constraint: ${goQuote(text)}`);
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at += match[0].length;
    return match;
  };
  const found: { readonly operator: Operator; readonly match: RegExpExecArray }[] = [];
  for (;;) {
    take(SPACE);
    const operator = (take(OPERATOR)?.[0] ?? '') as Operator;
    take(SPACE);
    const match = take(OPERAND);
    if (match === null) throw fail();
    found.push({ operator, match });
    const gap = take(SPACE)?.[0] ?? '';
    if (at === text.length) break;
    if (text[at] === ',') at++;
    else if (gap === '') throw fail();
  }
  const comparisons = found.map(({ operator, match }) => toComparison(operator, match));
  return { comparisons, prerelease: comparisons.some((c) => c.version.prerelease !== '') };
}

class ParsedConstraint implements Constraint {
  readonly #groups: readonly Group[];

  constructor(groups: readonly Group[]) {
    this.#groups = groups;
  }

  check(version: Version): boolean {
    return this.#groups.some((group) => group.comparisons.every((c) => checkComparison(version, c, group.prerelease) === undefined));
  }

  validate(version: Version): ConstraintResult {
    const errors: string[] = [];
    let saidPrerelease = false;
    for (const group of this.#groups) {
      if (!group.prerelease && version.prerelease !== '') {
        // Go says this once, however many groups refuse
        if (!saidPrerelease) errors.push(prereleaseRefusal(version));
        saidPrerelease = true;
        continue;
      }
      const reasons = group.comparisons.map((c) => checkComparison(version, c, group.prerelease)).filter((r) => r !== undefined);
      if (reasons.length === 0) return { ok: true, errors: [] };
      errors.push(...reasons);
    }
    return { ok: false, errors };
  }

  toString(): string {
    return this.#groups.map((group) => group.comparisons.map((c) => c.operator + c.written).join(' ')).join(' || ');
  }
}

/**
 * Reads a constraint such as `>=1.2 <3 || ~4.1`, `1.2 - 2.x`, `^1.0.0-0`.
 * @throws SemverError SEMVER_CONSTRAINT with Go's text
 * @see Masterminds/semver v3.5.0 constraints.go NewConstraint
 */
export function parseConstraint(text: string): Constraint {
  if (Buffer.byteLength(text) > LONGEST_BYTES) throw refuse(`constraint string is too long (max ${LONGEST_BYTES} bytes)`);
  const groups = rewriteRanges(text).split('||');
  if (groups.length > MOST_GROUPS) throw refuse(`too many constraint groups (max ${MOST_GROUPS})`);
  return new ParsedConstraint(groups.map(parseGroup));
}

/** Gives the highest of the versions that pass, the first of equal ones; `undefined` where none passes. */
export function latestMatching(constraint: Constraint, versions: Iterable<Version>): Version | undefined {
  let best: Version | undefined;
  for (const version of versions) {
    if (constraint.check(version) && (best === undefined || compareVersions(version, best) > 0)) best = version;
  }
  return best;
}
