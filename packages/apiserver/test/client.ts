import type { JsonObject } from '@flux-ts/base';
import type { ApiServer } from '../src/index.ts';

/** An answer, as tests look at it. */
export interface Said {
  readonly status: number;
  readonly body: JsonObject;
  /** The message of a Status. */
  readonly message: string;
}

/** The media types of patches. */
export const PATCH_TYPES = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
} as const;

/** Asks a server in the process. */
export async function ask(
  server: ApiServer,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  {
    body,
    query,
    patch,
  }: { readonly body?: JsonObject; readonly query?: Record<string, string>; readonly patch?: keyof typeof PATCH_TYPES } = {},
): Promise<Said> {
  const answer = await server.transport().request({
    method,
    path,
    ...(body === undefined ? {} : { body }),
    ...(query === undefined ? {} : { query }),
    ...(patch === undefined ? {} : { headers: { 'content-type': PATCH_TYPES[patch] } }),
  });
  const said = (answer.body ?? {}) as JsonObject;
  return { status: answer.status, body: said, message: String(said['message'] ?? '') };
}
