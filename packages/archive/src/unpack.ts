import { archiveError } from './errors.ts';
import { gunzip, isGzip } from './gzip.ts';
import { safeEntryPath } from './paths.ts';
import { walkTar } from './tar.ts';

/** A file of an archive: a relative path with `/`, Unix mode bits, contents. */
export interface ArchiveEntry {
  readonly path: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
}

/** What unpacking may cost. Sizes in bytes. */
export interface UnpackLimits {
  /** Default 256 MiB. */
  readonly maxCompressedBytes?: number;
  /** All contents and headers together. Default 512 MiB. */
  readonly maxBytes?: number;
  /** Default: as `maxBytes`. */
  readonly maxFileBytes?: number;
  /** Default 100,000. */
  readonly maxEntries?: number;
  /** Expanded size over compressed size, looked at beyond 16 MiB. Default 500. */
  readonly maxRatio?: number;
  /** What to do with symbolic and hard links: leave them out (default) or throw. */
  readonly links?: 'skip' | 'refuse';
}

const MIB = 1024 * 1024;
const RATIO_FROM_BYTES = 16 * MIB;

/** Expands a gzip file within limits; plain bytes pass. */
export function expand(bytes: Uint8Array, limits: UnpackLimits = {}): Uint8Array {
  const most = limits.maxCompressedBytes ?? 256 * MIB;
  if (bytes.length > most) throw archiveError('ARCHIVE_TOO_LARGE', `the archive has ${bytes.length} bytes, more than ${most}`);
  if (!isGzip(bytes)) return bytes;
  const byRatio = Math.max(RATIO_FROM_BYTES, bytes.length * (limits.maxRatio ?? 500));
  return gunzip(bytes, Math.min(limits.maxBytes ?? 512 * MIB, byRatio));
}

/**
 * Gives the files of a gzipped tar archive, checked: no absolute path, none with `..` out of the archive,
 * bounded in size, number and ratio; folders and special files left out.
 * @returns entries in archive order; where a path comes twice the last one counts, as when writing to disk
 * @throws ArchiveError ARCHIVE_UNSAFE_PATH, ARCHIVE_TOO_LARGE or ARCHIVE_CORRUPT
 */
export function unpackTarGz(bytes: Uint8Array, limits: UnpackLimits = {}): ArchiveEntry[] {
  if (!isGzip(bytes)) throw archiveError('ARCHIVE_CORRUPT', 'gzip: invalid header');
  return unpackTar(expand(bytes, limits), limits);
}

/** As {@link unpackTarGz} for a plain tar archive. */
export function unpackTar(bytes: Uint8Array, limits: UnpackLimits = {}): ArchiveEntry[] {
  const maxFile = limits.maxFileBytes ?? limits.maxBytes ?? 512 * MIB;
  const maxEntries = limits.maxEntries ?? 100_000;
  const files = new Map<string, ArchiveEntry>();
  let count = 0;
  for (const entry of walkTar(bytes)) {
    if (++count > maxEntries) throw archiveError('ARCHIVE_TOO_LARGE', `the archive has more than ${maxEntries} entries`);
    const path = safeEntryPath(entry.path);
    if (entry.kind === 'symlink' || entry.kind === 'hardlink') {
      if (limits.links === 'refuse') throw archiveError('ARCHIVE_UNSAFE_PATH', `tar entry ${JSON.stringify(entry.path)} is a link`);
      continue;
    }
    if (entry.kind !== 'file' || path === undefined) continue;
    if (entry.bytes.length > maxFile) {
      throw archiveError(
        'ARCHIVE_TOO_LARGE',
        `tar entry ${JSON.stringify(entry.path)} has ${entry.bytes.length} bytes, more than ${maxFile}`,
      );
    }
    files.delete(path);
    files.set(path, { path, mode: entry.mode, bytes: entry.bytes });
  }
  return [...files.values()];
}
