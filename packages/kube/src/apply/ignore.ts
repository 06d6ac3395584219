import {
  deepEqual,
  getArray,
  getPath,
  isArray,
  isObject,
  removePath,
  setPath,
  type JsonObject,
  type JsonValue,
  type PathStep,
} from '@flux-ts/base';
import { FieldSet } from '@flux-ts/merge';
import { RE2JS } from 're2js';
import { annotationsOf, labelsOf, nameOf, namespaceOf, splitApiVersion, typeOf } from '../object.ts';

/** Which objects a rule is for; texts are regular expressions that must match the whole value, absent ones match all. */
export interface ObjectSelector {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

/** Fields (JSON pointers) that do not count as drift in the selected objects. */
export interface IgnoreRule {
  readonly paths: readonly string[];
  readonly target?: ObjectSelector;
}

/** Reads a label selector text and gives a test. */
export type SelectorParser = (text: string) => { matches(labels: Readonly<Record<string, string>>): boolean };

/** Patterns come from users of the cluster: they run in time linear to the text. */
function full(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined || pattern === '') return true;
  if (/^[\w/-]*$/.test(pattern)) return pattern === text;
  try {
    return RE2JS.compile(pattern).matches(text);
  } catch {
    return false; // a pattern that is none selects nothing
  }
}

/** Tells whether a selector chooses an object. */
export function selects(selector: ObjectSelector | undefined, object: JsonObject, parse: SelectorParser): boolean {
  if (selector === undefined) return true;
  const { apiVersion, kind } = typeOf(object);
  const { group, version } = splitApiVersion(apiVersion);
  if (!full(selector.group, group) || !full(selector.version, version) || !full(selector.kind, kind)) return false;
  if (!full(selector.name, nameOf(object)) || !full(selector.namespace, namespaceOf(object))) return false;
  if (selector.labelSelector !== undefined && !parse(selector.labelSelector).matches(labelsOf(object))) return false;
  return selector.annotationSelector === undefined || parse(selector.annotationSelector).matches(annotationsOf(object));
}

/** Reads a JSON pointer against a value, so that array indices become numbers. @returns undefined where it is not a pointer */
export function pointerPath(pointer: string, value: JsonValue): readonly PathStep[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  const steps: PathStep[] = [];
  for (const token of pointer.slice(1).split('/')) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const at = getPath(value, steps);
    steps.push(isArray(at) && /^\d+$/.test(key) ? Number(key) : key);
  }
  return steps;
}

/** The pointers that apply to an object. */
export function ignoredPointers(rules: readonly IgnoreRule[], object: JsonObject, parse: SelectorParser): readonly string[] {
  return rules.filter((r) => selects(r.target, object, parse)).flatMap((r) => r.paths);
}

/** Copies an object without the fields at some pointers; what is not there is left alone. */
export function withoutPointers(object: JsonObject, pointers: readonly string[]): JsonObject {
  let out: JsonValue = object;
  for (const pointer of pointers) {
    const path = pointerPath(pointer, out);
    if (path !== undefined && path.length > 0) out = removePath(out, path);
  }
  return out as JsonObject;
}

/**
 * What is applied when ignored fields have drifted: a field that another manager applies is left out, so that it stays
 * theirs; any other takes the live value, so that the apply does not change it.
 */
export function adoptIgnored(input: {
  readonly desired: JsonObject;
  readonly live: JsonObject;
  readonly pointers: readonly string[];
  readonly manager: string;
}): JsonObject {
  const { desired, live, pointers, manager } = input;
  const others = (getArray(live, ['metadata', 'managedFields']) ?? [])
    .filter(isObject)
    .filter((e) => e['operation'] === 'Apply' && e['manager'] !== manager)
    .map((e) => FieldSet.fromJson(e['fieldsV1'] ?? {}));
  let out: JsonValue = desired;
  for (const pointer of pointers) {
    const path = pointerPath(pointer, out);
    if (path === undefined || path.length === 0 || getPath(out, path) === undefined) continue;
    const livePath = pointerPath(pointer, live) ?? path;
    const liveValue = getPath(live, livePath);
    if (liveValue === undefined || deepEqual(getPath(out, path), liveValue)) continue;
    const owned = others.some((set) => ownsPath(set, path, out));
    out = owned ? removePath(out, path) : setPath(out, path, liveValue);
  }
  return out as JsonObject;
}

/** Tells whether a set holds a plain path; a list item is looked for by its name, the key of nearly all lists. */
function ownsPath(set: FieldSet, path: readonly PathStep[], value: JsonValue): boolean {
  const elements: string[] = [];
  let at: JsonValue | undefined = value;
  for (const step of path) {
    if (typeof step === 'number') {
      const item: JsonValue | undefined = isArray(at) ? at[step] : undefined;
      const name = isObject(item) ? item['name'] : undefined;
      elements.push(typeof name === 'string' ? `k:${JSON.stringify({ name })}` : `i:${step}`);
      at = item;
    } else {
      elements.push(`f:${step}`);
      at = isObject(at) ? at[step] : undefined;
    }
  }
  return set.has(elements);
}
