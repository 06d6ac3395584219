import { FluxError } from '@flux-ts/base';

/** Why bytes could not be unpacked, or a path not be followed. */
export type ArchiveErrorCode = 'ARCHIVE_CORRUPT' | 'ARCHIVE_TOO_LARGE' | 'ARCHIVE_UNSAFE_PATH' | 'ARCHIVE_NOT_FOUND';

/** An archive that is broken, too large or reaches outside itself. */
export class ArchiveError extends FluxError<ArchiveErrorCode> {}

/** Makes an {@link ArchiveError}. */
export function archiveError(code: ArchiveErrorCode, message: string, cause?: unknown): ArchiveError {
  return new ArchiveError({ code, message, cause });
}
