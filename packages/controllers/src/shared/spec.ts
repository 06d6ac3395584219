import { getArray, getObject, getString, isObject, parseDuration, type JsonObject, type PathStep } from '@flux-ts/base';
import { specOf } from '@flux-ts/kube';

/** A text in an object's spec; an empty one counts as absent. */
export function specText(object: JsonObject, ...path: readonly PathStep[]): string | undefined {
  const text = getString(specOf(object), path);
  return text === '' ? undefined : text;
}

/** A switch in an object's spec; absent is false. */
export function specFlag(object: JsonObject, name: string): boolean {
  return specOf(object)[name] === true;
}

/** A duration in an object's spec, in milliseconds; a text that is none counts as absent, so that a bad object stops no other. */
export function specDuration(object: JsonObject, ...path: readonly PathStep[]): number | undefined {
  const text = specText(object, ...path);
  if (text === undefined) return undefined;
  try {
    return parseDuration(text);
  } catch {
    return undefined;
  }
}

/** A list of objects in an object's spec. */
export function specList(object: JsonObject, ...path: readonly PathStep[]): readonly JsonObject[] {
  return (getArray(specOf(object), path) ?? []).filter(isObject);
}

/** A list of texts in an object's spec. */
export function specTexts(object: JsonObject, ...path: readonly PathStep[]): readonly string[] {
  return (getArray(specOf(object), path) ?? []).filter((v) => typeof v === 'string');
}

/** An object in an object's spec. */
export function specObject(object: JsonObject, ...path: readonly PathStep[]): JsonObject | undefined {
  return getObject(specOf(object), path);
}
