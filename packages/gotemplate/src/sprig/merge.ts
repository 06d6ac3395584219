import { define } from '@flux-ts/base';
import { GoBytes, goTypeOf, mapOf } from '../values.ts';
import { isEmpty } from './defaults.ts';
import type { TemplateMap, TemplateValue } from '../model.ts';

function put(map: TemplateMap, key: string, value: TemplateValue): void {
  if (key === '__proto__') define(map as Record<string, never>, key, value as never);
  else map[key] = value;
}

function isSlice(value: TemplateValue): boolean {
  return Array.isArray(value) || value instanceof GoBytes || goTypeOf(value)?.kind === 'slice';
}

/** A slice, seen from its parents: mergo looks whether the whole target is empty before it takes the source's. */
function mergeSlice(target: TemplateMap, key: string, value: TemplateValue, overwrite: boolean): void {
  const old = target[key];
  const wasEmpty = !Object.hasOwn(target, key) || isEmpty(old);
  if (wasEmpty || overwrite || isEmpty(target)) put(target, key, value);
}

/**
 * Merges a map into another, in place, as mergo does for sprig's merge and mergeOverwrite: maps are merged, everything else is
 * taken where the target has nothing (empty values count as nothing) or, with `overwrite`, always; nil overwrites only then.
 * What is taken is shared, not copied.
 */
export function mergeInto(target: TemplateMap, source: TemplateMap, overwrite: boolean): void {
  for (const key of Object.keys(source)) {
    const value = source[key] as TemplateValue;
    const has = Object.hasOwn(target, key);
    if (value === null) {
      if (overwrite) put(target, key, null);
      continue;
    }
    if (isSlice(value)) {
      mergeSlice(target, key, value, overwrite);
      continue;
    }
    const old = has ? (target[key] as TemplateValue) : undefined;
    const [from, into] = [mapOf(value), mapOf(old)];
    if (from !== undefined && into !== undefined) {
      if (!Object.isFrozen(into)) mergeInto(into, from, overwrite);
      if (!isEmpty(into)) continue;
    }
    if (overwrite || !has || isEmpty(old)) put(target, key, value);
  }
}
