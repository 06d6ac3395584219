import { FluxError } from '@flux-ts/base';

/** Why a Git operation failed. */
export type GitErrorCode =
  | 'GIT_AUTH'
  | 'GIT_NOT_FOUND'
  | 'GIT_REF_NOT_FOUND'
  | 'GIT_NETWORK'
  | 'GIT_HOST_KEY'
  | 'GIT_EMPTY'
  | 'GIT_URL'
  | 'GIT_CONFLICT'
  | 'GIT_FAILED';

/** A failed Git operation; the message never holds credentials. */
export class GitError extends FluxError<GitErrorCode> {}

const KINDS: readonly (readonly [RegExp, GitErrorCode])[] = [
  [
    /Authentication failed|could not read (Username|Password)|HTTP Basic: Access denied|returned error: 40[13]|Permission denied \(/i,
    'GIT_AUTH',
  ],
  [/Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/i, 'GIT_HOST_KEY'],
  [/couldn't find remote ref|not our ref|unadvertised object|reference is not a tree|bad object/i, 'GIT_REF_NOT_FOUND'],
  [/repository .* not found|returned error: 404|does not appear to be a git repository/i, 'GIT_NOT_FOUND'],
  [/non-fast-forward|fetch first|\[rejected\]|stale info/i, 'GIT_CONFLICT'],
  [
    /Could not resolve host|Failed to connect|Connection (refused|reset|timed out)|unable to access|early EOF|the remote end hung up/i,
    'GIT_NETWORK',
  ],
];

/** Tells the kind of failure from what the program printed. */
export function classifyFailure(stderr: string): GitErrorCode {
  return KINDS.find(([pattern]) => pattern.test(stderr))?.[1] ?? 'GIT_FAILED';
}

/** Takes user information out of every URL in a text. */
export function maskUrls(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/\s@'"]+@/gi, '$1');
}
