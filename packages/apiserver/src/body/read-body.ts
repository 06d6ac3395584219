import { errorMessage, isObject, parseJson, type JsonObject, type JsonValue } from '@flux-ts/base';
import { decodeEnvelope, type Kinds } from '@flux-ts/schema';
import { parseYaml, parseYamlStrict } from '@flux-ts/yaml';
import { badRequest, unsupportedMediaType } from '../status.ts';
import { header, type ApiRequest } from '../request.ts';
import { MAX_DEPTH, scanJson } from './duplicates.ts';
import { parseMediaType } from './media-type.ts';

/** A request's body as a value. */
export interface Body {
  readonly value: JsonValue | undefined;
  /** Paths of repeated keys. */
  readonly duplicates: readonly string[];
  readonly mediaType: string;
}

const PROTOBUF = 'application/vnd.kubernetes.protobuf';
const JSON_TYPES = ['application/json', 'application/yaml', PROTOBUF];

/**
 * Reads the body of a create, an update or a delete: JSON, YAML or protobuf.
 * @throws ApiError 415, 400
 */
export function readBody(request: ApiRequest, kinds: Kinds): Body {
  const mediaType = parseMediaType(header(request, 'content-type')).type || 'application/json';
  const { body } = request;
  if (body === undefined || (body instanceof Uint8Array && body.length === 0)) return { value: undefined, duplicates: [], mediaType };
  if (!(body instanceof Uint8Array)) return { value: body, duplicates: [], mediaType };
  if (mediaType === PROTOBUF) return { value: readProtobuf(body, kinds), duplicates: [], mediaType };
  if (mediaType === 'application/json') return { ...readJson(body), mediaType };
  if (mediaType === 'application/yaml') return { ...readYaml(body), mediaType };
  throw unsupportedMediaType(JSON_TYPES);
}

/** Reads JSON bytes. @throws ApiError 400 */
export function readJson(bytes: Uint8Array): { readonly value: JsonValue; readonly duplicates: readonly string[] } {
  const text = utf8(bytes);
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch (error) {
    throw badRequest(`error decoding the body: ${errorMessage(error)}`, error);
  }
  const scan = scanJson(text);
  if (scan.tooDeep) throw badRequest(`error decoding the body: exceeded max depth of ${MAX_DEPTH}`);
  return { value, duplicates: scan.duplicates };
}

/** Reads YAML bytes; JSON goes the quick way. @throws ApiError 400 */
export function readYaml(bytes: Uint8Array): { readonly value: JsonValue; readonly duplicates: readonly string[] } {
  const text = utf8(bytes);
  if (/^\s*\{/.test(text)) {
    try {
      return readJson(bytes);
    } catch {
      // a flow mapping that is no JSON: YAML has the last word
    }
  }
  let duplicates: readonly string[] = [];
  try {
    parseYamlStrict(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    const repeated = /key "?([^"\s]+)"? already (?:set|defined)/.exec(errorMessage(error))?.[1];
    if (repeated !== undefined) duplicates = [repeated];
  }
  try {
    return { value: parseYaml(text, { maxDepth: MAX_DEPTH }), duplicates };
  } catch (error) {
    throw badRequest(`error decoding YAML: ${errorMessage(error)}`, error);
  }
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw badRequest('error decoding the body: invalid UTF-8', error);
  }
}

function readProtobuf(bytes: Uint8Array, kinds: Kinds): JsonObject {
  try {
    const { apiVersion, kind, message } = decodeEnvelope(bytes);
    const codec = kinds.codec(apiVersion, kind);
    if (codec === undefined) throw badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)}`);
    return codec.decodeProtobuf(message);
  } catch (error) {
    throw badRequest(`error decoding the body: ${errorMessage(error)}`, error);
  }
}

/** Takes a body that must be an object. @throws ApiError 400 */
export function asObject(value: JsonValue | undefined): JsonObject {
  if (!isObject(value))
    throw badRequest(value === undefined ? 'a body is required' : "couldn't get version/kind; json parse error: the body is not an object");
  return value;
}
