import { isArray, isObject, own, type JsonObject, type JsonValue } from '@flux-ts/base';
import { compareVersions, parseConstraint, tryParseVersion, type Version } from '@flux-ts/semver';

/** One version of a chart in a repository's index: what is needed to choose and fetch it. */
export interface IndexEntry {
  readonly name: string;
  readonly version: string;
  readonly urls: readonly string[];
  readonly digest?: string;
  /** RFC 3339 text. */
  readonly created?: string;
  readonly appVersion?: string;
  readonly kubeVersion?: string;
  readonly type?: string;
  readonly deprecated?: boolean;
}

function scalar(object: JsonObject, key: string): string | undefined {
  const value = own(object, key);
  if (value === undefined || value === null || typeof value === 'object' || value === '') return undefined;
  return String(value);
}

/** Gives one string for equal ones: versions of a chart say much the same. */
export type Intern = (text: string) => string;

/** A string of its own memory: parts of a text that was read would keep the whole text alive. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}

/** Makes an {@link Intern} that remembers what it saw. */
export function interner(): Intern {
  const known = new Map<string, string>();
  return (text) => {
    const same = known.get(text);
    if (same !== undefined) return same;
    const copy = copied(text);
    known.set(copy, copy);
    return copy;
  };
}

/** Reads one item of an index; undefined for what Helm leaves out: null, no name or version, a name that is a path. */
export function readEntry(value: JsonValue, intern: Intern): IndexEntry | undefined {
  if (!isObject(value)) return undefined;
  const version = scalar(value, 'version');
  const ownName = scalar(value, 'name') ?? '';
  if (version === undefined || tryParseVersion(version) === undefined) return undefined;
  if (ownName === '' || ownName.includes('/') || ownName === '.' || ownName === '..') return undefined;
  const urls = own(value, 'urls');
  const optional: Record<string, string | boolean> = {};
  for (const key of ['digest', 'created', 'appVersion', 'kubeVersion', 'type']) {
    const text = scalar(value, key);
    if (text !== undefined) optional[key] = intern(text);
  }
  if (own(value, 'deprecated') === true) optional['deprecated'] = true;
  const links = isArray(urls) ? urls.filter((u) => typeof u === 'string').map(copied) : [];
  return { name: intern(ownName), version: copied(version), urls: links, ...optional };
}

function versionOf(entry: IndexEntry): Version {
  return tryParseVersion(entry.version) as Version;
}

/** Sorts entries newest first; equal versions by their date. @returns a new array */
export function newestFirst(entries: readonly IndexEntry[]): IndexEntry[] {
  const keyed = entries.map((entry) => ({ entry, version: versionOf(entry), created: entry.created ?? '' }));
  keyed.sort((a, b) => compareVersions(b.version, a.version) || (a.created < b.created ? 1 : a.created > b.created ? -1 : 0));
  return keyed.map((k) => k.entry);
}

/**
 * Chooses a version: the exact text first, else the newest that the range takes; without a range the newest stable one.
 * @param entries newest first, as an index has them
 * @throws SemverError for a text that is neither a version nor a range
 */
export function chooseVersion(entries: readonly IndexEntry[], constraint = '*'): IndexEntry | undefined {
  const range = parseConstraint(constraint === '' ? '*' : constraint);
  const exact = entries.find((entry) => entry.version === constraint);
  return exact ?? entries.find((entry) => range.check(versionOf(entry)));
}
