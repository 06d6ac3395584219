import { archiveError } from './errors.ts';

/** One member of a tar archive. `path` is as written there: it may be unsafe. */
export interface TarEntry {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'symlink' | 'hardlink' | 'other';
  readonly mode: number;
  readonly linkName?: string;
  /** A view into the archive's bytes. */
  readonly bytes: Uint8Array;
  readonly mtimeSeconds: number;
}

const BLOCK = 512;
const EMPTY: Uint8Array = new Uint8Array(0);

function text(block: Buffer, from: number, length: number): string {
  let end = from;
  while (end < from + length && block[end] !== 0) end++;
  return block.toString('utf8', from, end);
}

function number(block: Buffer, from: number, length: number): number {
  const first = block[from] as number;
  if (first & 0x80) {
    // base-256: the sign is the second bit; sizes and times here are never negative
    let value = first & 0x7f;
    for (let i = 1; i < length; i++) value = value * 256 + (block[from + i] as number);
    if (!Number.isSafeInteger(value)) throw archiveError('ARCHIVE_CORRUPT', 'archive/tar: invalid tar header');
    return value;
  }
  const digits = text(block, from, length).trim();
  if (digits === '') return 0;
  if (!/^[0-7]+$/.test(digits)) throw archiveError('ARCHIVE_CORRUPT', 'archive/tar: invalid tar header');
  return Number.parseInt(digits, 8);
}

function checkSum(block: Buffer, at: number): boolean {
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < BLOCK; i++) {
    const byte = i >= 148 && i < 156 ? 32 : (block[at + i] as number);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  const want = number(block, at + 148, 8);
  return want === unsigned || want === signed;
}

function paxRecords(data: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(32, at);
    const length = space < 0 ? Number.NaN : Number(data.toString('latin1', at, space));
    if (!Number.isInteger(length) || length <= space - at || at + length > data.length) {
      throw archiveError('ARCHIVE_CORRUPT', 'archive/tar: invalid tar header');
    }
    const record = data.toString('utf8', space + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (equals < 0) throw archiveError('ARCHIVE_CORRUPT', 'archive/tar: invalid tar header');
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

function kindOf(flag: string, path: string): TarEntry['kind'] {
  if (flag === '0' || flag === '\0' || flag === '7') return path.endsWith('/') ? 'directory' : 'file';
  if (flag === '5') return 'directory';
  if (flag === '2') return 'symlink';
  return flag === '1' ? 'hardlink' : 'other';
}

/**
 * Reads the members of a tar archive (ustar, pax, GNU long names); contents are views, not copies.
 * @throws ArchiveError ARCHIVE_CORRUPT with the words of Go's archive/tar
 */
export function readTar(bytes: Uint8Array): TarEntry[] {
  return [...walkTar(bytes)];
}

/** As {@link readTar}, one member at a time. */
export function* walkTar(bytes: Uint8Array): Generator<TarEntry> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let pax = new Map<string, string>();
  let longName: string | undefined;
  let longLink: string | undefined;
  for (let at = 0; at < buffer.length;) {
    if (at + BLOCK > buffer.length) throw archiveError('ARCHIVE_CORRUPT', 'unexpected EOF');
    if (buffer[at] === 0 && buffer.subarray(at, at + BLOCK).every((b) => b === 0)) return;
    if (!checkSum(buffer, at)) throw archiveError('ARCHIVE_CORRUPT', 'archive/tar: invalid tar header');
    const flag = String.fromCharCode(buffer[at + 156] as number);
    const paxSize = flag === 'x' || flag === 'g' ? undefined : pax.get('size');
    const size = paxSize === undefined ? number(buffer, at + 124, 12) : Number(paxSize);
    const from = at + BLOCK;
    const stored = flag === '1' || flag === '2' || flag === '5' ? 0 : size;
    if (!(stored >= 0) || from + stored > buffer.length) throw archiveError('ARCHIVE_CORRUPT', 'unexpected EOF');
    const data = stored === 0 ? EMPTY : buffer.subarray(from, from + stored);
    const start = at;
    at = from + Math.ceil(stored / BLOCK) * BLOCK;
    if (flag === 'x') pax = paxRecords(data as Buffer);
    else if (flag === 'L') longName = text(data as Buffer, 0, data.length);
    else if (flag === 'K') longLink = text(data as Buffer, 0, data.length);
    else if (flag !== 'g') {
      const ustar = buffer.toString('latin1', start + 257, start + 262) === 'ustar';
      const gnu = buffer.toString('latin1', start + 257, start + 265) === 'ustar  \0';
      const prefix = ustar && !gnu ? text(buffer, start + 345, 155) : '';
      const name = text(buffer, start, 100);
      const path = pax.get('path') ?? longName ?? (prefix === '' ? name : `${prefix}/${name}`);
      const link = pax.get('linkpath') ?? longLink ?? text(buffer, start + 157, 100);
      const mtime = pax.get('mtime');
      yield {
        path,
        kind: kindOf(flag, path),
        mode: number(buffer, start + 100, 8) & 0o7777,
        ...(link === '' ? {} : { linkName: link }),
        bytes: data,
        mtimeSeconds: mtime === undefined ? number(buffer, start + 136, 12) : Number(mtime),
      };
      pax = new Map();
      longName = undefined;
      longLink = undefined;
    }
  }
}
