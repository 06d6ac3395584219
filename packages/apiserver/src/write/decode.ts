import { type JsonObject } from '@flux-ts/base';
import type { VersionCodec } from '../registry/resource.ts';
import { badRequest } from '../status.ts';
import type { FieldValidation } from './options.ts';

/** A body that is to become an object of a kind. */
export interface DecodeInput {
  readonly body: JsonObject;
  readonly codec: VersionCodec;
  readonly duplicates: readonly string[];
  readonly fieldValidation: FieldValidation;
  readonly warnings: string[];
  /** Bodies without apiVersion and kind are taken (built-in kinds). */
  readonly untypedAllowed: boolean;
}

/**
 * Makes an object of a body: the kind must be that of the URL, unknown and repeated fields are refused (Strict), named in
 * warnings (Warn) or dropped (Ignore).
 * @throws ApiError BadRequest
 */
export function decodeObject(input: DecodeInput): JsonObject {
  const { body, codec, fieldValidation } = input;
  const typed = withType(input);
  const decoded = codec.decode(typed);
  if (fieldValidation !== 'Ignore') {
    const problems = [...input.duplicates.map((p) => `duplicate field "${p}"`), ...decoded.unknown.map((p) => `unknown field "${p}"`)];
    if (problems.length > 0 && fieldValidation === 'Strict') {
      throw badRequest(
        `${codec.kind} in version ${JSON.stringify(versionOf(codec.apiVersion))} cannot be handled as a ${codec.kind}: strict decoding error: ${problems.join(', ')}`,
      );
    }
    input.warnings.push(...problems);
  }
  if (body['apiVersion'] === undefined && !input.untypedAllowed) throw badRequest("Object 'Kind' is missing");
  return decoded.object;
}

function withType(input: DecodeInput): JsonObject {
  const { body, codec } = input;
  const kind = body['kind'];
  const apiVersion = body['apiVersion'];
  const none = (v: unknown): boolean => v === undefined || v === '';
  if (!input.untypedAllowed && none(kind)) throw badRequest("Object 'Kind' is missing in the body");
  if (!input.untypedAllowed && none(apiVersion)) throw badRequest("Object 'apiVersion' is missing in the body");
  if (!none(apiVersion) && apiVersion !== codec.apiVersion) {
    throw badRequest(`the API version in the data (${String(apiVersion)}) does not match the expected API version (${codec.apiVersion})`);
  }
  if (!none(kind) && kind !== codec.kind) {
    throw badRequest(`the kind in the data (${String(kind)}) does not match the expected kind (${codec.kind})`);
  }
  return none(kind) || none(apiVersion) ? { ...body, apiVersion: codec.apiVersion, kind: codec.kind } : body;
}

function versionOf(apiVersion: string): string {
  return apiVersion.split('/').at(-1) as string;
}
