import { RE2JS } from 're2js';
import { failure } from './errors.ts';
import type { Selector } from './kustomization.ts';
import { parseLabelSelector } from './label-selector.ts';
import type { Gvk } from './res-id.ts';

/** A selector ready to match: anchored patterns and label selectors. */
export interface CompiledSelector {
  gvk(gvk: Gvk): boolean;
  name(name: string): boolean;
  namespace(namespace: string): boolean;
  labels(labels: Readonly<Record<string, string>>): boolean;
  annotations(annotations: Readonly<Record<string, string>>): boolean;
  /** Whether group, version, kind, name and namespace are all empty. */
  readonly matchesAnyId: boolean;
}

const PLAIN = /^[\w\-/ ]*$/;

/** Compiles an RE2 pattern that must match a whole text; an empty one matches anything. @throws with Go's message */
export function wholePattern(pattern: string | undefined): (text: string) => boolean {
  if (pattern === undefined || pattern === '') return () => true;
  if (PLAIN.test(pattern)) return (text) => text === pattern;
  return goRegexp(`^(?:${pattern})$`);
}

/** Compiles an RE2 pattern that may match anywhere. @throws with Go's message */
export function goRegexp(pattern: string): (text: string) => boolean {
  try {
    const compiled = RE2JS.compile(pattern);
    return (text) => compiled.matcher(text).find();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw failure(`error parsing regexp: ${detail.replace(/^error parsing regexp: /, '')}`);
  }
}

/** Compiles a selector. @throws KustomizeError where a pattern or label selector is bad */
export function compileSelector(selector: Selector): CompiledSelector {
  const group = wholePattern(selector.group);
  const version = wholePattern(selector.version);
  const kind = wholePattern(selector.kind);
  const labels = parseLabelSelector(selector.labelSelector ?? '');
  const annotations = parseLabelSelector(selector.annotationSelector ?? '');
  return {
    gvk: (gvk) => group(gvk.group) && version(gvk.version) && kind(gvk.kind),
    name: wholePattern(selector.name),
    namespace: wholePattern(selector.namespace),
    labels,
    annotations,
    matchesAnyId: [selector.group, selector.version, selector.kind, selector.name, selector.namespace].every((part) => (part ?? '') === ''),
  };
}
