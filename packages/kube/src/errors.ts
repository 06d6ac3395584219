import { FluxError, getArray, getString, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';

/** Why a request to a Kubernetes API failed. */
export type KubeErrorCode =
  | 'KUBE_NOT_FOUND'
  | 'KUBE_CONFLICT'
  | 'KUBE_ALREADY_EXISTS'
  | 'KUBE_INVALID'
  | 'KUBE_BAD_REQUEST'
  | 'KUBE_FORBIDDEN'
  | 'KUBE_UNAUTHORIZED'
  | 'KUBE_GONE'
  | 'KUBE_NO_MATCH'
  | 'KUBE_TIMEOUT'
  | 'KUBE_UNREACHABLE'
  | 'KUBE_TOO_MANY_REQUESTS'
  | 'KUBE_REQUEST';

const CODES: Readonly<Record<string, KubeErrorCode>> = {
  NotFound: 'KUBE_NOT_FOUND',
  Conflict: 'KUBE_CONFLICT',
  AlreadyExists: 'KUBE_ALREADY_EXISTS',
  Invalid: 'KUBE_INVALID',
  BadRequest: 'KUBE_BAD_REQUEST',
  Forbidden: 'KUBE_FORBIDDEN',
  Unauthorized: 'KUBE_UNAUTHORIZED',
  Expired: 'KUBE_GONE',
  Gone: 'KUBE_GONE',
  Timeout: 'KUBE_TIMEOUT',
  ServerTimeout: 'KUBE_TIMEOUT',
  TooManyRequests: 'KUBE_TOO_MANY_REQUESTS',
};

const BY_STATUS: Readonly<Record<number, KubeErrorCode>> = {
  400: 'KUBE_BAD_REQUEST',
  401: 'KUBE_UNAUTHORIZED',
  403: 'KUBE_FORBIDDEN',
  404: 'KUBE_NOT_FOUND',
  409: 'KUBE_CONFLICT',
  410: 'KUBE_GONE',
  422: 'KUBE_INVALID',
  429: 'KUBE_TOO_MANY_REQUESTS',
  504: 'KUBE_TIMEOUT',
};

/** One cause in the details of a Status, e.g. a field that is invalid or owned by another manager. */
export interface StatusCause {
  readonly type: string;
  readonly message: string;
  readonly field: string;
}

/** A request that a Kubernetes API refused, or that never reached it. `message` is the server's. */
export class KubeError extends FluxError<KubeErrorCode> {
  /** The HTTP status, 0 where there was no answer. */
  readonly httpStatus: number;
  /** The `reason` of the server's Status, or an empty text. */
  readonly reason: string;
  /** The server's Status object, where it sent one. */
  readonly status: JsonObject | undefined;

  constructor(init: {
    readonly code: KubeErrorCode;
    readonly message: string;
    readonly httpStatus?: number;
    readonly reason?: string;
    readonly status?: JsonObject;
    readonly cause?: unknown;
  }) {
    super(init);
    this.httpStatus = init.httpStatus ?? 0;
    this.reason = init.reason ?? '';
    this.status = init.status;
  }

  /** The causes in the Status, in order. */
  get causes(): readonly StatusCause[] {
    return (getArray(this.status, ['details', 'causes']) ?? []).filter(isObject).map((c) => ({
      type: getString(c, ['reason']) ?? '',
      message: getString(c, ['message']) ?? '',
      field: getString(c, ['field']) ?? '',
    }));
  }
}

/** Makes the error of an answer that is not 2xx. @param body what the server sent: a Status, or anything else */
export function errorFromStatus(httpStatus: number, body: JsonValue | undefined, text?: string): KubeError {
  if (isObject(body) && body['kind'] === 'Status') {
    const reason = getString(body, ['reason']) ?? '';
    const message = getString(body, ['message']) ?? `the server answered ${httpStatus}`;
    return new KubeError({ code: CODES[reason] ?? BY_STATUS[httpStatus] ?? 'KUBE_REQUEST', message, httpStatus, reason, status: body });
  }
  const detail = text === undefined || text.trim() === '' ? '' : `: ${text.trim().slice(0, 500)}`;
  const message = httpStatus === 404 ? 'the server could not find the requested resource' : `the server answered ${httpStatus}${detail}`;
  return new KubeError({
    code: BY_STATUS[httpStatus] ?? 'KUBE_REQUEST',
    message,
    httpStatus,
    reason: httpStatus === 404 ? 'NotFound' : '',
  });
}

/** Tells whether an error is a KubeError with one of the codes. */
export function isKubeError(error: unknown, ...codes: readonly KubeErrorCode[]): error is KubeError {
  return error instanceof KubeError && (codes.length === 0 || codes.includes(error.code));
}

/** Tells whether an error says that an object (or its type) does not exist. */
export function isNotFound(error: unknown): error is KubeError {
  return isKubeError(error, 'KUBE_NOT_FOUND');
}

/** Tells whether an error is a write conflict (stale resourceVersion or a field owned by another manager). */
export function isConflict(error: unknown): error is KubeError {
  return isKubeError(error, 'KUBE_CONFLICT');
}

/** Tells whether an error says that no such kind is served. */
export function isNoMatch(error: unknown): error is KubeError {
  return isKubeError(error, 'KUBE_NO_MATCH');
}
