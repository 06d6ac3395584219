import { compareBytes } from '@flux-ts/base';
import { archiveError } from './errors.ts';
import { gzip } from './gzip.ts';
import { safeEntryPath } from './paths.ts';

/** A file to pack: relative path, contents, Unix mode (default 0644). */
export interface PackEntry {
  readonly path: string;
  readonly mode?: number;
  readonly bytes: Uint8Array | string;
}

/** How {@link packTar} writes headers. The defaults are those of Flux's artifacts. */
export interface PackOptions {
  /** Modification time of every member. Default 0. */
  readonly mtimeSeconds?: number;
  /** Default 0600; 0700 where any exec bit is set. */
  readonly fileMode?: number;
  readonly execMode?: number;
  /** Default 0750. */
  readonly directoryMode?: number;
  /** Write a member for every folder, parents first. Default true. */
  readonly directories?: boolean;
  /** Paths sorted as a directory walk meets them (default), or as given. */
  readonly order?: 'lexical' | 'given';
}

const BLOCK = 512;

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, '0')}\0`;
}

/** Splits a long path at a slash as ustar allows: prefix up to 155 bytes, name up to 100. */
function split(path: string): readonly [prefix: string, name: string] | undefined {
  if (path.length <= 100) return ['', path];
  const length = path.length > 156 ? 156 : path.endsWith('/') ? path.length - 1 : path.length;
  const at = path.lastIndexOf('/', length - 1);
  const nameLength = path.length - at - 1;
  if (at <= 0 || nameLength > 100 || nameLength === 0 || at > 155) return undefined;
  return [path.slice(0, at), path.slice(at + 1)];
}

interface Header {
  readonly path: string;
  readonly flag: string;
  readonly mode: number;
  readonly sizeBytes: number;
  readonly mtimeSeconds: number;
}

function block(header: Header, prefix: string, name: string): Buffer {
  const out = Buffer.alloc(BLOCK);
  out.write(name.slice(0, 100), 0, 'latin1');
  out.write(octal(header.mode, 8), 100, 'latin1');
  out.write(octal(0, 8), 108, 'latin1');
  out.write(octal(0, 8), 116, 'latin1');
  out.write(octal(header.sizeBytes, 12), 124, 'latin1');
  out.write(octal(header.mtimeSeconds, 12), 136, 'latin1');
  out.write('        ', 148, 'latin1');
  out.write(header.flag, 156, 'latin1');
  out.write('ustar\x0000', 257, 'latin1');
  out.write(octal(0, 8), 329, 'latin1');
  out.write(octal(0, 8), 337, 'latin1');
  out.write(prefix, 345, 'latin1');
  let sum = 0;
  for (const byte of out) sum += byte;
  out.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return out;
}

function padded(bytes: Uint8Array): Uint8Array[] {
  const rest = bytes.length % BLOCK;
  return rest === 0 ? [bytes] : [bytes, Buffer.alloc(BLOCK - rest)];
}

function paxRecord(key: string, value: string): string {
  const body = ` ${key}=${value}\n`;
  const size = Buffer.byteLength(body);
  let length = size + String(size).length;
  if (String(length).length !== String(size).length) length = size + String(length).length;
  return `${length}${body}`;
}

/** The header blocks of one member; a pax record stands before names that ustar cannot hold. */
function headerOf(header: Header): Uint8Array[] {
  // eslint-disable-next-line no-control-regex -- exactly the ASCII range is meant
  const ascii = /^[\x00-\x7f]*$/.test(header.path);
  const parts = ascii ? split(header.path) : undefined;
  if (parts !== undefined) return [block(header, parts[0], parts[1])];
  const record = Buffer.from(paxRecord('path', header.path));
  // eslint-disable-next-line no-control-regex -- exactly the ASCII range is meant
  const plain = header.path.replace(/[^\x00-\x7f]/g, '');
  const slash = header.path.replace(/\/$/, '').lastIndexOf('/');
  const folder = slash < 0 ? '' : `${plain.slice(0, plain.replace(/\/$/, '').lastIndexOf('/') + 1)}`;
  const name = `${folder}PaxHeaders.0/${plain.slice(folder.length)}`;
  const extension: Header = { path: name, flag: 'x', mode: 0, sizeBytes: record.length, mtimeSeconds: 0 };
  return [block(extension, '', name), ...padded(record), block(header, '', plain)];
}

function byWalk(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareBytes(left[i] as string, right[i] as string);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/**
 * Packs files as a tar archive that depends on paths, exec bits and contents only.
 * @throws ArchiveError ARCHIVE_UNSAFE_PATH for a path that would not unpack again
 */
export function packTar(entries: Iterable<PackEntry>, options: PackOptions = {}): Uint8Array {
  const files = new Map<string, PackEntry>();
  for (const entry of entries) {
    const path = safeEntryPath(entry.path);
    if (path === undefined) throw archiveError('ARCHIVE_UNSAFE_PATH', `cannot pack ${JSON.stringify(entry.path)}`);
    files.set(path, entry);
  }
  const names = new Set<string>(files.keys());
  if (options.directories !== false) {
    for (const path of files.keys()) {
      for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) names.add(path.slice(0, at));
    }
  }
  const order = options.order === 'given' ? [...names] : [...names].sort(byWalk);
  const mtimeSeconds = options.mtimeSeconds ?? 0;
  const out: Uint8Array[] = [];
  for (const path of order) {
    const file = files.get(path);
    if (file === undefined) {
      out.push(...headerOf({ path: `${path}/`, flag: '5', mode: options.directoryMode ?? 0o750, sizeBytes: 0, mtimeSeconds }));
      continue;
    }
    const bytes = typeof file.bytes === 'string' ? Buffer.from(file.bytes) : file.bytes;
    const mode = ((file.mode ?? 0o644) & 0o111) === 0 ? (options.fileMode ?? 0o600) : (options.execMode ?? options.fileMode ?? 0o700);
    out.push(...headerOf({ path, flag: '0', mode, sizeBytes: bytes.length, mtimeSeconds }), ...padded(bytes));
  }
  out.push(Buffer.alloc(2 * BLOCK));
  return Buffer.concat(out);
}

/**
 * Packs files as a gzipped tar archive by Flux's artifact rules: lexical order, times 0, uid and gid 0,
 * modes 0600 (0700 with any exec bit) and 0750 for folders. Equal content gives equal bytes.
 */
export function packTarGz(entries: Iterable<PackEntry>, options: PackOptions = {}): Uint8Array {
  return gzip(packTar(entries, options));
}
