import { compareBytes } from '@flux-ts/base';
import { sortByKind } from './kinds.ts';

/** The moments at which hooks run. */
export type HookEvent =
  | 'pre-install'
  | 'post-install'
  | 'pre-delete'
  | 'post-delete'
  | 'pre-upgrade'
  | 'post-upgrade'
  | 'pre-rollback'
  | 'post-rollback'
  | 'test';

/** When a hook's object is deleted. */
export type HookDeletePolicy = 'hook-succeeded' | 'hook-failed' | 'before-hook-creation';

/** What the last run of a hook gave. Times as RFC 3339 text. */
export interface HookExecution {
  readonly started_at?: string;
  readonly completed_at?: string;
  readonly phase: '' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
}

/** An object of a chart that is applied at an event instead of with the release. */
export interface Hook {
  readonly name: string;
  readonly kind: string;
  /** The template file, as in `# Source:` lines. */
  readonly path: string;
  readonly manifest: string;
  readonly events: readonly HookEvent[];
  readonly lastRun?: HookExecution;
  readonly weight: number;
  /** As the annotation says, unchecked words too; see {@link deletePolicies}. */
  readonly deletePolicies: readonly string[];
  readonly outputLogPolicies: readonly string[];
}

const EVENTS: readonly HookEvent[] = [
  'pre-install',
  'post-install',
  'pre-delete',
  'post-delete',
  'pre-upgrade',
  'post-upgrade',
  'pre-rollback',
  'post-rollback',
  'test',
];

/** The event of a word of the annotation `helm.sh/hook`; Helm 2's `test-success` is `test`. */
export function hookEvent(word: string): HookEvent | undefined {
  return word === 'test-success' ? 'test' : EVENTS.find((event) => event === word);
}

function words(text: string): string[] {
  return text.split(',').map((word) => word.trim().toLowerCase());
}

/**
 * Makes a hook of a document with the annotation `helm.sh/hook`.
 * @returns undefined where an event is unknown: Helm drops the document
 */
export function hookOf(
  head: { readonly name: string; readonly kind: string; readonly annotations: Readonly<Record<string, string>> },
  from: { readonly path: string; readonly manifest: string },
): Hook | undefined {
  const events: HookEvent[] = [];
  for (const word of words(head.annotations['helm.sh/hook'] ?? '')) {
    const event = hookEvent(word);
    if (event === undefined) return undefined;
    events.push(event);
  }
  const weight = head.annotations['helm.sh/hook-weight'] ?? '';
  const list = (annotation: string): string[] => {
    const text = head.annotations[annotation];
    return text === undefined ? [] : words(text);
  };
  return {
    name: head.name,
    kind: head.kind,
    path: from.path,
    manifest: from.manifest,
    events,
    weight: /^[+-]?\d+$/.test(weight) ? Number(weight) : 0,
    deletePolicies: list('helm.sh/hook-delete-policy'),
    outputLogPolicies: list('helm.sh/hook-output-log-policy'),
  };
}

/** The hooks of an event in the order in which they run: by weight, then name, then the order of kinds. */
export function hooksFor(hooks: readonly Hook[], event: HookEvent): Hook[] {
  const chosen = hooks.filter((hook) => hook.events.includes(event));
  const byKind = sortByKind(chosen, (hook) => hook.kind);
  return byKind.sort((a, b) => a.weight - b.weight || compareBytes(a.name, b.name));
}

/** The delete policies in force: without any, `before-hook-creation`. */
export function deletePolicies(hook: Hook): readonly string[] {
  return hook.deletePolicies.length === 0 ? ['before-hook-creation'] : hook.deletePolicies;
}

/**
 * Tells whether a hook's object is to be deleted at a moment. CRDs never are.
 * @param moment before it is created again, or after it succeeded or failed
 */
export function deletesHook(hook: Hook, moment: HookDeletePolicy): boolean {
  return hook.kind !== 'CustomResourceDefinition' && deletePolicies(hook).includes(moment);
}

/** Tells whether Helm waits for a hook's end: Jobs and Pods have one, other kinds are done when they are applied. */
export function waitsForHook(hook: Hook): boolean {
  return hook.kind === 'Job' || hook.kind === 'Pod';
}
