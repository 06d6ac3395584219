import { errorMessage, isArray, isFluxError, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { applyJsonPatch, applyMergePatch, decodeJsonPatch, strategicMergePatch } from '@flux-ts/merge';
import { parseMediaType } from '../body/media-type.ts';
import { readJson, readYaml } from '../body/read-body.ts';
import type { ResourceContext } from '../core.ts';
import { header } from '../request.ts';
import { ApiError, badRequest, unprocessable, unsupportedMediaType } from '../status.ts';

/** The forms of a patch. */
export type PatchKind = 'json' | 'merge' | 'strategic' | 'apply';

const KINDS: Readonly<Record<string, PatchKind>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};
const MAX_OPERATIONS = 10_000;

/** A patch as it came. */
export interface Patch {
  readonly kind: PatchKind;
  readonly value: JsonValue;
  readonly duplicates: readonly string[];
}

/**
 * Reads a patch. Custom resources know no strategic merge patch.
 * @throws ApiError 415, 400, 413
 */
export function readPatch(context: ResourceContext): Patch {
  const strategic = context.target.version.codec.strategic !== undefined;
  const mediaType = parseMediaType(header(context.request, 'content-type')).type;
  const kind = KINDS[mediaType];
  if (kind === undefined || (kind === 'strategic' && !strategic)) {
    throw unsupportedMediaType(Object.keys(KINDS).filter((t) => strategic || KINDS[t] !== 'strategic'));
  }
  const { body } = context.request;
  if (body === undefined) throw badRequest('a patch needs a body');
  const { value, duplicates } =
    body instanceof Uint8Array ? (kind === 'apply' ? readYaml(body) : readJson(body)) : { value: body, duplicates: [] };
  if (kind === 'json') {
    if (!isArray(value)) throw badRequest('error decoding patch: a JSON patch must be an array');
    if (value.length > MAX_OPERATIONS) {
      const message = `Request entity too large: The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${value.length}`;
      throw new ApiError({ code: 'RequestEntityTooLarge', httpStatus: 413, message });
    }
  } else if (!isObject(value)) throw badRequest('error decoding patch: a patch must be an object');
  return { kind, value, duplicates };
}

/**
 * Applies a JSON, merge or strategic patch to an object.
 * @throws ApiError Invalid where it does not apply, BadRequest where it is no patch
 */
export function applyPatch(patch: Patch, current: JsonObject, context: ResourceContext): JsonObject {
  try {
    if (patch.kind === 'json') return patched(applyJsonPatch(current, decodeJsonPatch(patch.value)));
    if (patch.kind === 'merge') return patched(applyMergePatch(current, patch.value));
    const { strategic } = context.target.version.codec;
    if (strategic === undefined) throw unsupportedMediaType([]);
    return strategicMergePatch(current, patch.value as JsonObject, strategic);
  } catch (error) {
    if (error instanceof ApiError || !isFluxError(error)) throw error;
    if (patch.kind === 'json') throw unprocessable('the server rejected our request due to an error in our request');
    throw badRequest(errorMessage(error), error);
  }
}

function patched(value: JsonValue): JsonObject {
  if (!isObject(value)) throw badRequest('the patch leaves no object');
  return value;
}
