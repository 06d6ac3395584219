import { goQuote } from '@flux-ts/base';
import { evalError } from '../errors.ts';
import type { Implementation, Library } from '../functions.ts';
import { CelOpaque, type CelValue } from '../values.ts';

const TYPE = 'kubernetes.Semver';

interface Version {
  readonly numbers: readonly [bigint, bigint, bigint];
  readonly pre: readonly string[];
}

function checkNumber(text: string, name: string): bigint {
  if (!/^\d+$/.test(text)) throw evalError(`Invalid character(s) found in ${name.toLowerCase()} number ${goQuote(text)}`);
  if (text.length > 1 && text.startsWith('0')) throw evalError(`${name} number must not contain leading zeroes ${goQuote(text)}`);
  return BigInt(text);
}

function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** Reads a whole version. @throws CelError */
function parse(text: string): Version {
  if (text === '') throw evalError('Version string empty');
  const parts = text.split('.');
  if (parts.length < 3) throw evalError('No Major.Minor.Patch elements found');
  const major = checkNumber(parts[0] as string, 'Major');
  const minor = checkNumber(parts[1] as string, 'Minor');
  const [beforeBuild, build] = cut(parts.slice(2).join('.'), '+');
  const [patch, prerelease] = cut(beforeBuild, '-');
  const numbers = [major, minor, checkNumber(patch, 'Patch')] as const;
  const pre = prerelease === undefined ? [] : prerelease.split('.');
  for (const part of pre) {
    if (part === '') throw evalError('Prerelease is empty');
    if (/^\d+$/.test(part) && part.length > 1 && part.startsWith('0'))
      throw evalError(`Numeric PreRelease version must not contain leading zeroes ${goQuote(part)}`);
    if (!/^[0-9A-Za-z-]+$/.test(part)) throw evalError(`Invalid character(s) found in prerelease ${goQuote(part)}`);
  }
  for (const part of build === undefined ? [] : build.split('.')) {
    if (part === '') throw evalError('Build meta data is empty');
    if (!/^[0-9A-Za-z-]+$/.test(part)) throw evalError(`Invalid character(s) found in build meta data ${goQuote(part)}`);
  }
  return { numbers, pre };
}

/** Makes a whole version of a short one: no `v`, no leading zeros, three numbers. */
function normalize(text: string): string {
  const parts = text.replace(/^v/, '').split('.');
  const head = parts.slice(0, 2);
  const all = parts.length > 3 ? [...head, parts.slice(2).join('.')] : parts;
  const clean = all.map((part) => (part.length > 1 ? part.replace(/^0+(?=\d)/, '').replace(/^0+(?=$|\D)/, '0') : part));
  if (clean.length < 3 && !/[+-]/.test(clean.at(-1) ?? '')) while (clean.length < 3) clean.push('0');
  return clean.join('.');
}

function order<T>(a: T, b: T): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compare(a: Version, b: Version): -1 | 0 | 1 {
  for (const i of [0, 1, 2] as const) {
    const d = order(a.numbers[i], b.numbers[i]);
    if (d !== 0) return d;
  }
  if (a.pre.length === 0 || b.pre.length === 0) return order(b.pre.length === 0 ? 0 : 1, a.pre.length === 0 ? 0 : 1);
  for (let i = 0; i < Math.max(a.pre.length, b.pre.length); i++) {
    const [x, y] = [a.pre[i], b.pre[i]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const [xn, yn] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    const d = xn && yn ? order(BigInt(x), BigInt(y)) : xn === yn ? order(x, y) : xn ? -1 : 1;
    if (d !== 0) return d;
  }
  return 0;
}

function versionOf(value: CelValue | undefined): Version | undefined {
  return value instanceof CelOpaque && value.typeName === TYPE ? (value.data as Version) : undefined;
}

function withOther(run: (order: -1 | 0 | 1) => CelValue): Implementation {
  return ([a, b]) => {
    const [x, y] = [versionOf(a), versionOf(b)];
    return x === undefined || y === undefined ? undefined : run(compare(x, y));
  };
}

function number(index: 0 | 1 | 2): Implementation {
  return ([value]) => versionOf(value)?.numbers[index];
}

/** Versions. */
export const SEMVER: Library = {
  signatures: `string_to_semver: semver(string) -> kubernetes.Semver
string_bool_to_semver: semver(string, bool) -> kubernetes.Semver
is_semver_string: isSemver(string) -> bool
is_semver_string_bool: isSemver(string, bool) -> bool
semver_is_greater_than: kubernetes.Semver::isGreaterThan(kubernetes.Semver) -> bool
semver_is_less_than: kubernetes.Semver::isLessThan(kubernetes.Semver) -> bool
semver_compare_to: kubernetes.Semver::compareTo(kubernetes.Semver) -> int
semver_major: kubernetes.Semver::major() -> int
semver_minor: kubernetes.Semver::minor() -> int
semver_patch: kubernetes.Semver::patch() -> int`,
  implementations: {
    semver: ([text, loose]) => {
      if (typeof text !== 'string') return undefined;
      const version = parse(loose === true ? normalize(text) : text);
      return new CelOpaque(TYPE, `${version.numbers.join('.')}-${version.pre.join('.')}`, version);
    },
    isSemver: ([text, loose]) => {
      if (typeof text !== 'string') return undefined;
      try {
        parse(loose === true ? normalize(text) : text);
        return true;
      } catch {
        return false;
      }
    },
    isGreaterThan: withOther((o) => o > 0),
    isLessThan: withOther((o) => o < 0),
    compareTo: withOther((o) => BigInt(o)),
    major: number(0),
    minor: number(1),
    patch: number(2),
  },
  types: [TYPE],
};
