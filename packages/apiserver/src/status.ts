import { FluxError, type JsonObject, type JsonValue } from '@flux-ts/base';
import { causesOf, formatInvalid, type FieldError } from '@flux-ts/schema';

/** The machine-readable reasons of `metav1.Status`; also the `code` of {@link ApiError}. */
export type StatusReason =
  | 'BadRequest'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Expired'
  | 'Invalid'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'TooManyRequests'
  | 'InternalError'
  | 'ServiceUnavailable'
  | 'NotImplemented'
  | 'Timeout';

/** What an error is about: `resource` is the plural (or the kind, for Invalid). */
export interface ErrorSubject {
  readonly group: string;
  readonly resource: string;
  readonly name?: string;
}

/** What else goes into `details` of a Status. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly JsonObject[];
  readonly retryAfterSeconds?: number;
}

/** A refused request: carries the whole `metav1.Status` that the client gets. */
export class ApiError extends FluxError<StatusReason> {
  /** The HTTP status. */
  readonly httpStatus: number;
  /** The `metav1.Status` object. */
  readonly status: JsonObject;

  constructor(init: {
    readonly code: StatusReason;
    readonly httpStatus: number;
    readonly message: string;
    readonly details?: StatusDetails;
    readonly cause?: unknown;
  }) {
    super(init);
    this.httpStatus = init.httpStatus;
    this.status = failure(init.httpStatus, init.code, init.message, init.details);
  }
}

function failure(code: number, reason: StatusReason, message: string, details: StatusDetails | undefined): JsonObject {
  const shown = details === undefined ? undefined : clean(details);
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    ...(shown === undefined ? {} : { details: shown }),
    code,
  };
}

function clean(details: StatusDetails): JsonObject {
  const out: Record<string, JsonValue> = {};
  if (details.name) out['name'] = details.name;
  if (details.group) out['group'] = details.group;
  if (details.kind) out['kind'] = details.kind;
  if (details.uid) out['uid'] = details.uid;
  if (details.causes !== undefined && details.causes.length > 0) out['causes'] = details.causes;
  if (details.retryAfterSeconds !== undefined) out['retryAfterSeconds'] = details.retryAfterSeconds;
  return out;
}

/** Names a resource as messages do: `deployments.apps`, `configmaps`. */
export function qualifiedResource(group: string, resource: string): string {
  return group === '' ? resource : `${resource}.${group}`;
}

function about(subject: ErrorSubject): StatusDetails {
  return { group: subject.group, kind: subject.resource, ...(subject.name === undefined ? {} : { name: subject.name }) };
}

/** 404: the object does not exist. */
export function notFound(subject: ErrorSubject): ApiError {
  const message = `${qualifiedResource(subject.group, subject.resource)} ${quote(subject.name ?? '')} not found`;
  return new ApiError({ code: 'NotFound', httpStatus: 404, message, details: about(subject) });
}

/** 404 without an object: the path or resource is not served. */
export function unknownResource(): ApiError {
  return new ApiError({ code: 'NotFound', httpStatus: 404, message: 'the server could not find the requested resource', details: {} });
}

/** 409: create of what exists. */
export function alreadyExists(subject: ErrorSubject): ApiError {
  const message = `${qualifiedResource(subject.group, subject.resource)} ${quote(subject.name ?? '')} already exists`;
  return new ApiError({ code: 'AlreadyExists', httpStatus: 409, message, details: about(subject) });
}

/** 409: a precondition (resourceVersion, uid, finalizers) does not hold. */
export function conflict(subject: ErrorSubject, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualifiedResource(subject.group, subject.resource)} ${quote(subject.name ?? '')}: ${why}`;
  return new ApiError({ code: 'Conflict', httpStatus: 409, message, details: about(subject) });
}

/** The usual reason of a lost optimistic lock. */
export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

/** 409 with the causes of a refused server-side apply. */
export function applyConflict(message: string, causes: readonly JsonObject[]): ApiError {
  return new ApiError({ code: 'Conflict', httpStatus: 409, message, details: { causes } });
}

/** 400. */
export function badRequest(message: string, cause?: unknown): ApiError {
  return new ApiError({ code: 'BadRequest', httpStatus: 400, message, ...(cause === undefined ? {} : { cause }) });
}

/** 401: no or bad credentials. */
export function unauthorized(): ApiError {
  return new ApiError({ code: 'Unauthorized', httpStatus: 401, message: 'Unauthorized' });
}

/** 403 for an object or a resource. */
export function forbidden(subject: ErrorSubject, why: string, causes?: readonly JsonObject[]): ApiError {
  const resource = qualifiedResource(subject.group, subject.resource);
  const message =
    subject.name === undefined || subject.name === ''
      ? `${resource} is forbidden: ${why}`
      : `${resource} ${quote(subject.name)} is forbidden: ${why}`;
  return new ApiError({
    code: 'Forbidden',
    httpStatus: 403,
    message,
    details: { ...about(subject), ...(causes === undefined ? {} : { causes }) },
  });
}

/** 403 for a path that is no resource. */
export function forbiddenPath(message: string): ApiError {
  return new ApiError({ code: 'Forbidden', httpStatus: 403, message, details: {} });
}

/** 422: the object breaks its kind's rules. */
export function invalid(group: string, kind: string, name: string, errors: readonly FieldError[]): ApiError {
  const details = { name, group, kind, causes: causesOf(errors) };
  return new ApiError({ code: 'Invalid', httpStatus: 422, message: formatInvalid({ group, kind, name }, errors), details });
}

/** 422 where no field can be named (a patch that does not apply). */
export function unprocessable(message: string): ApiError {
  return new ApiError({ code: 'Invalid', httpStatus: 422, message });
}

/** 405. */
export function methodNotAllowed(subject: ErrorSubject, verb: string): ApiError {
  const message = `${verb} is not supported on resources of kind ${quote(qualifiedResource(subject.group, subject.resource))}`;
  return new ApiError({
    code: 'MethodNotAllowed',
    httpStatus: 405,
    message,
    details: about({ group: subject.group, resource: subject.resource }),
  });
}

/** 410: a resourceVersion or continue token that is no longer known. */
export function expired(message: string): ApiError {
  return new ApiError({ code: 'Expired', httpStatus: 410, message });
}

/** 413. @param limitBytes the largest body taken */
export function tooLarge(limitBytes: number): ApiError {
  return new ApiError({ code: 'RequestEntityTooLarge', httpStatus: 413, message: `Request entity too large: limit is ${limitBytes}` });
}

/** 415. @param accepted the media types that would do */
export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`;
  return new ApiError({ code: 'UnsupportedMediaType', httpStatus: 415, message });
}

/** 406. @param offered the media types that the server can give */
export function notAcceptable(offered: readonly string[]): ApiError {
  return new ApiError({
    code: 'NotAcceptable',
    httpStatus: 406,
    message: `only the following media types are accepted: ${offered.join(', ')}`,
  });
}

/** 500. */
export function internalError(message: string, cause?: unknown): ApiError {
  return new ApiError({
    code: 'InternalError',
    httpStatus: 500,
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ message }] },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** 501: something a real cluster has and this one has not; the message says so. */
export function notImplemented(message: string): ApiError {
  return new ApiError({ code: 'NotImplemented', httpStatus: 501, message });
}

/** The `metav1.Status` of a request that went well, as DELETE answers it. */
export function success(details: StatusDetails): JsonObject {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: clean(details) };
}

/** Quotes text as Go's %q does for names. */
export function quote(text: string): string {
  return JSON.stringify(text);
}
