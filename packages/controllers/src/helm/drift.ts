import { getObject, isObject, omit, type JsonObject } from '@flux-ts/base';
import {
  anyInMetadata,
  ignoredPointers,
  keyOf,
  normalizeDryRun,
  subjectOf,
  typeOf,
  withoutPointers,
  type IgnoreRule,
  type ObjectSelector,
} from '@flux-ts/kube';
import { createJsonPatch, type JsonPatchOperation } from '@flux-ts/merge';
import { parseLabelSelector } from '@flux-ts/schema';
import { specList, specText } from '../shared/spec.ts';
import type { ActionContext } from './actions/context.ts';
import { prepareObjects } from './actions/objects.ts';
import { FIELD_MANAGER, GROUP } from './run.ts';

/** One object that is not as the release wants it. */
export type Drift =
  | { readonly kind: 'removed'; readonly desired: JsonObject }
  | { readonly kind: 'changed'; readonly desired: JsonObject; readonly patch: readonly JsonPatchOperation[] };

/** How drift detection is set. */
export function driftMode(object: JsonObject): 'enabled' | 'warn' | 'disabled' {
  const mode = specText(object, 'driftDetection', 'mode');
  return mode === 'enabled' || mode === 'warn' ? mode : 'disabled';
}

function ignoreRules(object: JsonObject): readonly IgnoreRule[] {
  return specList(object, 'driftDetection', 'ignore').map((rule) => ({
    paths: Array.isArray(rule['paths']) ? rule['paths'].filter((p) => typeof p === 'string') : [],
    ...(isObject(rule['target']) ? { target: rule['target'] as ObjectSelector } : {}),
  }));
}

function metadataPart(object: JsonObject): JsonObject {
  const metadata = getObject(object, ['metadata']) ?? {};
  return { metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => key === 'labels' || key === 'annotations')) };
}

function content(object: JsonObject): JsonObject {
  return omit(omit(object, 'metadata'), 'status');
}

/**
 * What makes the live object as it should be. Labels and annotations that are only there are left: controllers add some.
 * Of an object or list that differs in many places the whole is replaced where that is shorter, as Flux counts changes.
 */
function patchOf(live: JsonObject, wanted: JsonObject): readonly JsonPatchOperation[] {
  const options = { rationalize: true };
  const metadata = createJsonPatch(metadataPart(live), metadataPart(wanted), options);
  const rest = createJsonPatch(content(live), content(wanted), options);
  return [...metadata.filter((p) => p.op === 'add' || p.op === 'replace'), ...rest];
}

async function driftOf(context: ActionContext, desired: JsonObject, rules: readonly IgnoreRule[]): Promise<Drift | undefined> {
  if (anyInMetadata(desired, { [`${GROUP}/driftDetection`]: 'disabled' })) return undefined;
  const pointers = ignoredPointers(rules, desired, parseLabelSelector);
  if (pointers.includes('')) return undefined;
  const { client, signal } = context;
  const live = await client.find(typeOf(desired), keyOf(desired), { signal });
  if (live === undefined) return { kind: 'removed', desired };
  const dryRun = await client.apply(desired, { fieldManager: FIELD_MANAGER, force: true, dryRun: true, signal });
  const patch = patchOf(withoutPointers(live, pointers), withoutPointers(normalizeDryRun(dryRun), pointers));
  return patch.length === 0 ? undefined : { kind: 'changed', desired, patch };
}

/** Compares the objects of a release with the cluster. */
export async function detectDrift(context: ActionContext, object: JsonObject, manifest: readonly JsonObject[]): Promise<readonly Drift[]> {
  const rules = ignoreRules(object);
  const out: Drift[] = [];
  for (const desired of await prepareObjects(context, manifest)) {
    const drift = await driftOf(context, desired, rules);
    if (drift !== undefined) out.push(drift);
  }
  return out;
}

/** Says in a line what is wrong with each object. */
export function describeDrift(drifts: readonly Drift[]): string {
  return drifts
    .map((drift) => {
      if (drift.kind === 'removed') return `${subjectOf(drift.desired)} removed`;
      const count = (op: string): number => drift.patch.filter((p) => p.op === op).length;
      return `${subjectOf(drift.desired)} changed (${count('add')} additions, ${count('replace')} changes, ${count('remove')} removals)`;
    })
    .join('\n');
}

/** Puts one object back: creates it, or patches what differs. */
export async function correctDrift(context: ActionContext, drift: Drift): Promise<void> {
  const { client, signal } = context;
  if (drift.kind === 'removed') {
    await client.apply(drift.desired, { fieldManager: FIELD_MANAGER, force: true, signal });
    return;
  }
  const patch = drift.patch as unknown as readonly JsonObject[];
  await client.patch(typeOf(drift.desired), keyOf(drift.desired), { kind: 'json', patch }, { fieldManager: FIELD_MANAGER, signal });
}
