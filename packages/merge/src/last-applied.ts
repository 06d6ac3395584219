import { getObject, getString, goJson, isObject, omit, parseJson, setPath, type JsonObject } from '@flux-ts/base';
import type { FieldSet } from './field-set.ts';
import { compareTyped } from './typed-compare.ts';
import { toFieldSet } from './typed-field-set.ts';
import { validateTyped } from './typed-validate.ts';
import type { TypeSchema } from './type-schema.ts';
import { TypedError } from './walk.ts';

/** The annotation in which kubectl keeps what it applied from the client's side. */
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

const ANNOTATIONS = ['metadata', 'annotations'];
const MAX_ANNOTATIONS_BYTES = 256 * 1024;

/** The text that kubectl writes into the annotation: the configuration without it, as one line of JSON. */
export function lastAppliedText(config: JsonObject): string {
  const annotations = getObject(config, ANNOTATIONS);
  const bare = annotations === undefined ? config : (setPath(config, ANNOTATIONS, omit(annotations, lastAppliedAnnotation)) as JsonObject);
  return `${goJson(bare)}\n`;
}

/** Brings an existing annotation up to date after a server-side apply by kubectl; takes it away where it would be too large. */
export function refreshLastApplied(object: JsonObject, config: JsonObject): JsonObject {
  const annotations = getObject(object, ANNOTATIONS);
  if (annotations === undefined || (getString(annotations, [lastAppliedAnnotation]) ?? '') === '') return object;
  const next: JsonObject = { ...annotations, [lastAppliedAnnotation]: lastAppliedText(config) };
  const size = Object.entries(next).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(String(value)), 0);
  return setPath(object, ANNOTATIONS, size > MAX_ANNOTATIONS_BYTES ? omit(annotations, lastAppliedAnnotation) : next) as JsonObject;
}

/**
 * The fields that kubectl applied from the client's side and that nobody has changed since.
 * @returns undefined where the annotation says nothing that can be used
 */
export function allowedByLastApplied(live: JsonObject, type: TypeSchema, apiVersion: string): FieldSet | undefined {
  const text = getString(live, [...ANNOTATIONS, lastAppliedAnnotation]);
  if (text === undefined) return undefined;
  try {
    const applied = parseJson(text);
    if (!isObject(applied) || applied['apiVersion'] !== apiVersion) return undefined;
    validateTyped(type, applied);
    const { modified, added, removed } = compareTyped(type, applied, live);
    return toFieldSet(type, applied).difference(modified).difference(added).difference(removed);
  } catch (error) {
    if (error instanceof TypedError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
