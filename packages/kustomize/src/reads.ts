import { digestHex, type FileSystem } from '@flux-ts/base';

/**
 * A file system that can tell cheaply whether a file is still the same: a stored digest, a version, or size and time.
 * Equal fingerprints must mean equal content; undefined means that nothing is there.
 */
export interface FingerprintedFileSystem extends FileSystem {
  fingerprint(path: string): string | undefined;
}

/** Everything a build looked at. A later build with equal answers gives the same result. */
export interface ReadSet {
  /** Files read: absolute path to fingerprint. */
  readonly files: ReadonlyMap<string, string>;
  /** Paths looked for: what stood there, with the target of links. `absent` counts too. */
  readonly probes: ReadonlyMap<string, string>;
  /** Directories listed: absolute path to a digest of the names. */
  readonly listings: ReadonlyMap<string, string>;
  /** Whether something came from outside the file system (a remote base, a pulled chart), which cannot be checked again. */
  readonly external: boolean;
}

/** The fingerprint of a file: the file system's own where it has one, else the digest of its bytes. */
export function fingerprintOf(fs: FileSystem, path: string): string | undefined {
  const own = (fs as Partial<FingerprintedFileSystem>).fingerprint;
  if (own !== undefined) return own.call(fs, path);
  const stat = fs.stat(path);
  return stat?.kind === 'file' ? digestHex(fs.read(path)) : undefined;
}

/** What stands at a path. */
export interface Look {
  readonly stat: ReturnType<FileSystem['stat']>;
  /** The path with links followed; undefined where that fails. */
  readonly real: string | undefined;
}

function lookAt(fs: FileSystem, path: string): Look {
  const stat = fs.stat(path);
  if (stat === undefined) return { stat, real: undefined };
  try {
    return { stat, real: fs.realPath(path) };
  } catch {
    return { stat, real: undefined };
  }
}

/** What a probe of a path answers, as text. */
export function probeOf(fs: FileSystem, path: string): string {
  return lookText(lookAt(fs, path), path);
}

function lookText({ stat, real }: Look, path: string): string {
  if (stat === undefined) return 'absent';
  return real === path ? stat.kind : `${stat.kind} ${real ?? '!'}`;
}

/** What a listing of a directory answers, as text. */
export function listingOf(fs: FileSystem, path: string): string {
  return fs.stat(path)?.kind === 'directory' ? digestHex(fs.list(path).join('\n')) : 'absent';
}

/** Notes what is read. Recorders nest: what an inner one notes, its parents note too. */
export class ReadRecorder implements ReadSet {
  readonly files: Map<string, string> = new Map();
  readonly probes: Map<string, string> = new Map();
  readonly listings: Map<string, string> = new Map();
  external = false;

  /** Adds what another build or layer looked at. */
  add(reads: ReadSet): void {
    for (const [path, answer] of reads.files) this.files.set(path, answer);
    for (const [path, answer] of reads.probes) this.probes.set(path, answer);
    for (const [path, answer] of reads.listings) this.listings.set(path, answer);
    this.external ||= reads.external;
  }
}

/** A file system that notes what is asked of it. */
export class RecordedFileSystem implements FileSystem {
  readonly #view: FileSystemView;
  readonly #reads: ReadRecorder;

  constructor(view: FileSystemView, reads: ReadRecorder) {
    this.#view = view;
    this.#reads = reads;
  }

  stat(path: string): ReturnType<FileSystem['stat']> {
    this.#reads.probes.set(path, this.#view.probe(path));
    return this.#view.fs.stat(path);
  }

  read(path: string): Uint8Array {
    const bytes = this.#view.fs.read(path);
    this.#reads.files.set(path, this.#view.fingerprint(path) ?? '');
    return bytes;
  }

  list(path: string): readonly string[] {
    this.#reads.listings.set(path, this.#view.listing(path));
    return this.#view.fs.list(path);
  }

  realPath(path: string): string {
    this.#reads.probes.set(path, this.#view.probe(path));
    return this.#view.fs.realPath(path);
  }
}

/** Answers questions about a file system once each and remembers the answers; for one moment in time. */
export class FileSystemView {
  readonly fs: FileSystem;
  readonly #fingerprints = new Map<string, string | undefined>();
  readonly #looks = new Map<string, Look>();
  readonly #listings = new Map<string, string>();

  constructor(fs: FileSystem) {
    this.fs = fs;
  }

  fingerprint(path: string): string | undefined {
    if (!this.#fingerprints.has(path)) this.#fingerprints.set(path, fingerprintOf(this.fs, path));
    return this.#fingerprints.get(path);
  }

  /** What stands at a path, asked once. */
  look(path: string): Look {
    let look = this.#looks.get(path);
    if (look === undefined) {
      look = lookAt(this.fs, path);
      this.#looks.set(path, look);
      // where links lead nowhere else, the same answer is good for the place itself
      if (look.real !== undefined && look.real !== path && !this.#looks.has(look.real)) this.#looks.set(look.real, look);
    }
    return look;
  }

  /** What stands at a path, as text. */
  probe(path: string): string {
    return lookText(this.look(path), path);
  }

  listing(path: string): string {
    let answer = this.#listings.get(path);
    if (answer === undefined) {
      answer = listingOf(this.fs, path);
      this.#listings.set(path, answer);
    }
    return answer;
  }

  /** Tells whether everything in a read set still answers the same. */
  unchanged(reads: ReadSet): boolean {
    if (reads.external) return false;
    for (const [path, answer] of reads.files) if (this.fingerprint(path) !== answer) return false;
    for (const [path, answer] of reads.probes) if (this.probe(path) !== answer) return false;
    for (const [path, answer] of reads.listings) if (this.listing(path) !== answer) return false;
    return true;
  }
}
