import type { JsonValue } from '@flux-ts/base';
import { bail } from './fast-state.ts';
import { readLimits } from './options.ts';
import { foldedAgain, startsWithTab } from './reprint.ts';
import { fitsInt64, formatFloat32 } from './go-number.ts';
import type { ScalarProfile } from './intern.ts';
import { kyamlLeaf, KyamlScalar, type KyamlLeaf, type KyamlValue } from './kyaml-value.ts';
import { resolveV2, resolveV3 } from './resolve.ts';

/** Infinities and NaN have errors of their own. */
function finite<T>(value: T): T {
  if (typeof value === 'number' && !Number.isFinite(value)) bail();
  return value;
}

function sigsValue(text: string): JsonValue {
  const { tag, value } = resolveV2(text);
  return tag === '!!timestamp' ? text : finite(value);
}

function sigsKey(text: string): string | undefined {
  if (text === '<<') return undefined;
  const { tag, value } = resolveV2(text);
  if (tag === '!!str' || tag === '!!timestamp') return text;
  if (value === null || (typeof value === 'bigint' && !fitsInt64(value))) return undefined;
  return tag === '!!float' ? formatFloat32(value as number) : String(value);
}

/** sigs.k8s.io/yaml: YAML 1.1 words, keys to strings, the last of repeated keys wins. */
export const SIGS_PROFILE: ScalarProfile<JsonValue> = {
  value: sigsValue,
  key: sigsKey,
  nothing: null,
  folded: (text) => text,
  inFlow: (value) => value,
  literal: (text) => text,
  unique: false,
  anchors: true,
};

/** As {@link SIGS_PROFILE}; repeated keys are refused. */
export const STRICT_PROFILE: ScalarProfile<JsonValue> = { ...SIGS_PROFILE, unique: true };

function kyamlValue(text: string): KyamlValue {
  const { tag, value } = resolveV3(text);
  return kyamlLeaf(text, tag, finite(value));
}

function kyamlKey(text: string, top: boolean): string | undefined {
  if (text === '<<') return undefined;
  const { tag } = resolveV3(text);
  return tag === '!!str' || (top && tag !== '!!null') ? text : undefined;
}

const UNBOUNDED = readLimits({ maxScalarBytes: Number.POSITIVE_INFINITY, maxDocumentBytes: Number.POSITIVE_INFINITY });

/** kustomize prints nodes and reads them again: a time with colons is quoted in a flow collection, and a string then. */
export function inFlow(leaf: KyamlScalar): KyamlScalar {
  return leaf.tag === '!!timestamp' && leaf.text.includes(':') ? new KyamlScalar(leaf.text, leaf.tag, leaf.text) : leaf;
}

/** What kustomize makes of a `>` scalar, which it prints and reads again. */
export function kyamlFolded(text: string): KyamlLeaf {
  const again = foldedAgain(text, UNBOUNDED);
  return again === text ? text : new KyamlScalar(text, '!!str', again);
}

/** Line breaks kept at the end meet the comment that may follow: the faithful reader sees it. */
function keptOut(text: string): string {
  if (text.endsWith('\n\n') || text === '\n' || startsWithTab(text)) bail();
  return text;
}

/** kyaml: yaml.v3's words, boxed scalars, keys as they are written. */
export const KYAML_PROFILE: ScalarProfile<KyamlValue> = {
  value: kyamlValue,
  key: kyamlKey,
  nothing: null,
  folded: (text) => kyamlFolded(keptOut(text)),
  inFlow: (value) => (value instanceof KyamlScalar ? inFlow(value) : value),
  literal: keptOut,
  unique: true,
  anchors: false,
};
