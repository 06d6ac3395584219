import { withPrefix } from './errors.ts';
import { DEFAULT_PLACES } from './default-config.ts';
import type { NameReference, TransformerConfig } from './config-types.ts';
import { mergeSpecs } from './field-spec.ts';
import { compareGvk, gvkEquals } from './res-id.ts';

/** A config with nothing in it. */
export const EMPTY_CONFIG: TransformerConfig = {
  namePrefix: [],
  nameSuffix: [],
  namespace: [],
  commonLabels: [],
  labels: [],
  templateLabels: [],
  commonAnnotations: [],
  nameReference: [],
  varReference: [],
  images: [],
  replicas: [],
};

const LISTS = [
  ['namePrefix', 'NamePrefix'],
  ['nameSuffix', 'NameSuffix'],
  ['namespace', 'NameSpace'],
  ['commonAnnotations', 'CommonAnnotations'],
  ['commonLabels', 'CommonLabels'],
  ['labels', 'Labels'],
  ['templateLabels', 'TemplateLabels'],
  ['varReference', 'VarReference'],
  ['images', 'Images'],
  ['replicas', 'Replicas'],
] as const;

function mergeReferences(a: readonly NameReference[], b: readonly NameReference[]): readonly NameReference[] {
  let out = a;
  for (const more of b) {
    const known = out.some((one) => gvkEquals(one, more));
    out = known
      ? out.map((one) => (gvkEquals(one, more) ? { ...one, referrers: mergeSpecs(one.referrers, more.referrers) } : one))
      : [...out, more];
  }
  return out;
}

/** Merges two configs and sorts each list by kind, as kustomize does. @throws where two specs disagree about creating */
export function mergeConfigs(a: TransformerConfig, b: TransformerConfig): TransformerConfig {
  if (b === EMPTY_CONFIG || a === b) return a;
  if (a === EMPTY_CONFIG && b === DEFAULT_CONFIG) return b;
  const merged: Record<string, unknown> = {};
  for (const [key, name] of LISTS) merged[key] = withPrefix(`failed to merge ${name} fieldSpec`, () => mergeSpecs(a[key], b[key]));
  merged['nameReference'] = withPrefix('failed to merge NameReference fieldSpec', () => mergeReferences(a.nameReference, b.nameReference));
  return sortConfig(merged as unknown as TransformerConfig);
}

function sortConfig(config: TransformerConfig): TransformerConfig {
  const out: Record<string, unknown> = {};
  for (const [key] of LISTS) out[key] = [...config[key]].sort(compareGvk);
  out['nameReference'] = config.nameReference.map((n) => ({ ...n, referrers: [...n.referrers].sort(compareGvk) })).sort(compareGvk);
  return out as unknown as TransformerConfig;
}

/** The places that kustomize knows without being told, sorted. */
export const DEFAULT_CONFIG: TransformerConfig = sortConfig(DEFAULT_PLACES);
