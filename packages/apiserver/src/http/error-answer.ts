import type { Answer } from '../request.ts';
import type { ApiError } from '../status.ts';

/** The answer that tells of an error. */
export function errorAnswer(error: ApiError): Exclude<Answer, { kind: 'watch' }> {
  return { kind: 'object', status: error.httpStatus, object: error.status };
}
