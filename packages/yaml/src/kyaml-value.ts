import { isArray, isObject, type JsonValue } from '@flux-ts/base';
import { resolveV3, type ScalarTag } from './resolve.ts';

/**
 * A scalar whose text says more than its value: `012`, `1e3`, `True`, `2020-01-01`, `!!binary ...`.
 * `text` is what stands in the file (yaml.v3's node.Value), `tag` its short tag, `value` what JSON has for it.
 */
export class KyamlScalar {
  readonly text: string;
  readonly tag: ScalarTag;
  readonly value: null | boolean | number | bigint | string;

  constructor(text: string, tag: ScalarTag, value: null | boolean | number | bigint | string) {
    this.text = text;
    this.tag = tag;
    this.value = value;
    Object.freeze(this);
  }
}

/** A scalar as kustomize needs it: plain where its text follows from its value, else boxed. */
export type KyamlLeaf = null | boolean | number | bigint | string | KyamlScalar;

/** A value whose scalars may be boxed. */
export type KyamlValue = KyamlLeaf | readonly KyamlValue[] | { readonly [key: string]: KyamlValue };

/** Tells whether a value is a boxed scalar. */
export function isBoxed(value: KyamlValue): value is KyamlScalar {
  return value instanceof KyamlScalar;
}

/** Makes a leaf of a scalar's text, tag and value; boxed only where something would be lost. */
export function kyamlLeaf(text: string, tag: ScalarTag, value: KyamlScalar['value']): KyamlLeaf {
  if (value === null) return null;
  if (typeof value === 'string') return tag === '!!str' || tag === '!!merge' ? value : new KyamlScalar(text, tag, value);
  if (String(value) === text && scalarTag(value) === tag) return value;
  return new KyamlScalar(text, tag, value);
}

/** Reads a plain (unquoted) scalar's text as yaml.v3 resolves it. */
export function readKyamlScalar(text: string): KyamlLeaf {
  const { tag, value } = resolveV3(text);
  return kyamlLeaf(text, tag, value);
}

/** The text of a scalar, yaml.v3's node.Value; `null` for every null. */
export function scalarText(value: KyamlLeaf): string {
  if (value instanceof KyamlScalar) return value.text;
  return typeof value === 'string' ? value : String(value);
}

/** The short tag of a scalar. */
export function scalarTag(value: KyamlLeaf): ScalarTag {
  if (value === null) return '!!null';
  if (value instanceof KyamlScalar) return value.tag;
  switch (typeof value) {
    case 'boolean':
      return '!!bool';
    case 'bigint':
      return '!!int';
    case 'number':
      return Number.isInteger(value) ? '!!int' : '!!float';
    default:
      return '!!str';
  }
}

/** Replaces boxes by their values; a part without boxes is given back as it is. */
export function plainValue(value: KyamlValue): JsonValue {
  if (value instanceof KyamlScalar) return value.value;
  if (isArray(value)) {
    const items = value as readonly KyamlValue[];
    let copy: JsonValue[] | undefined;
    for (let i = 0; i < items.length; i++) {
      const item = plainValue(items[i] as KyamlValue);
      if (copy === undefined && item !== items[i]) copy = items.slice(0, i) as JsonValue[];
      copy?.push(item);
    }
    return copy ?? (value as JsonValue);
  }
  if (!isObject(value)) return value as JsonValue;
  let changed: Map<string, JsonValue> | undefined;
  for (const key of Object.keys(value)) {
    const inner = (value as { readonly [key: string]: KyamlValue })[key] as KyamlValue;
    const plain = plainValue(inner);
    if (plain !== inner) (changed ??= new Map()).set(key, plain);
  }
  if (changed === undefined) return value as JsonValue;
  return Object.fromEntries(
    Object.keys(value).map((key) => [
      key,
      changed.has(key) ? (changed.get(key) as JsonValue) : ((value as object)[key as never] as JsonValue),
    ]),
  );
}
