import { deflateRawSync, gunzipSync, crc32 } from 'node:zlib';
import { archiveError } from './errors.ts';

/** Tells whether bytes begin with gzip's magic number. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;
}

/**
 * Expands gzip bytes (several members in a row too).
 * @param maxBytes the most that may come out
 * @throws ArchiveError ARCHIVE_TOO_LARGE as soon as more would come out, ARCHIVE_CORRUPT where the bytes are no gzip
 */
export function gunzip(bytes: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.max(1, maxBytes) });
  } catch (error) {
    if (error instanceof RangeError) throw archiveError('ARCHIVE_TOO_LARGE', `the archive expands to more than ${maxBytes} bytes`, error);
    throw archiveError('ARCHIVE_CORRUPT', `gzip: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

/** What a gzip header may carry besides the data. */
export interface GzipOptions {
  /** 0 to 9; default zlib's own. */
  readonly level?: number;
  readonly extra?: Uint8Array;
  readonly comment?: string;
}

/** Packs bytes as one gzip member without name, time and system: equal input gives equal bytes on every machine with this zlib. */
export function gzip(bytes: Uint8Array, options: GzipOptions = {}): Uint8Array {
  const flags = (options.extra === undefined ? 0 : 4) | (options.comment === undefined ? 0 : 16);
  const head = Buffer.from([0x1f, 0x8b, 8, flags, 0, 0, 0, 0, options.level === 9 ? 2 : options.level === 1 ? 4 : 0, 255]);
  const parts: Uint8Array[] = [head];
  if (options.extra !== undefined) {
    const size = Buffer.alloc(2);
    size.writeUInt16LE(options.extra.length);
    parts.push(size, options.extra);
  }
  if (options.comment !== undefined) parts.push(Buffer.from(`${options.comment}\0`, 'latin1'));
  parts.push(deflateRawSync(bytes, options.level === undefined ? {} : { level: options.level }));
  const tail = Buffer.alloc(8);
  tail.writeUInt32LE(crc32(bytes) >>> 0, 0);
  tail.writeUInt32LE(bytes.length >>> 0, 4);
  parts.push(tail);
  return Buffer.concat(parts);
}
