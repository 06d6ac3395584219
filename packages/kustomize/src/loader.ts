import { digestHex, errorMessage, type FileSystem } from '@flux-ts/base';
import { KustomizeError, failure, prefixed } from './errors.ts';
import { baseName, cleanPath, dirName, isAbsolute, isBelow, joinPath } from './paths.ts';
import { RecordedFileSystem, type FileSystemView, type ReadRecorder } from './reads.ts';
import { isHttpUrl, parseRepoUrl, type RepoUrl } from './repo-url.ts';

/** Whether files may lie outside the directory of the kustomization that names them. */
export type LoadRestrictor = 'LoadRestrictionsRootOnly' | 'LoadRestrictionsNone';

/** What a remote base was fetched to. */
export interface FetchedBase {
  readonly fs: FileSystem;
  /** The directory of the base inside. */
  readonly path: string;
}

/** What loaders of one build share. */
export interface LoadContext {
  readonly view: FileSystemView;
  readonly restrictor: LoadRestrictor;
  readonly maxFileBytes: number;
  /** Fetches the repository of a remote base (`repo`), or a single file (`url`). */
  readonly fetchRemote: ((request: RemoteRequest) => FetchedBase | Uint8Array) | undefined;
  /** Makes a context for another file system (a fetched repository). */
  readonly contextFor: (fs: FileSystem) => LoadContext;
}

/** What is asked of `fetchRemote`: a repository, or a single file. */
export type RemoteRequest = { readonly kind: 'repo'; readonly repo: RepoUrl } | { readonly kind: 'file'; readonly url: string };

/** Reads files on behalf of one kustomization directory and finds the directories that it names. */
export class Loader {
  /** The directory, links followed. */
  readonly root: string;
  readonly #context: LoadContext;
  readonly #referrer: Loader | undefined;
  readonly #repo: RepoUrl | undefined;
  /** Where reads are noted; changed when a layer starts to note its own. */
  reads: ReadRecorder;

  private constructor(init: {
    readonly root: string;
    readonly context: LoadContext;
    readonly referrer: Loader | undefined;
    readonly repo?: RepoUrl;
    readonly reads: ReadRecorder;
  }) {
    this.root = init.root;
    this.#context = init.context;
    this.#referrer = init.referrer;
    this.#repo = init.repo;
    this.reads = init.reads;
  }

  /** A loader for the directory a build starts at. @throws KustomizeError where it is none */
  static at(path: string, context: LoadContext, reads: ReadRecorder): Loader {
    const repo = parseRepoUrl(path);
    if (repo !== undefined) return Loader.#fetched(repo, { context, reads, referrer: undefined });
    const root = confirmDirectory(path, context, reads);
    return new Loader({ root, context, referrer: undefined, reads });
  }

  /** The file system this loader reads. */
  get fs(): FileSystem {
    return this.#context.view.fs;
  }

  /** The same for others to read: what they ask is noted too. */
  get recordedFs(): FileSystem {
    return new RecordedFileSystem(this.#context.view, this.reads);
  }

  /** The view through which the file system is read. */
  get view(): FileSystemView {
    return this.#context.view;
  }

  /** The directories on the way from the start to here. */
  chain(): readonly string[] {
    return [this.root, ...(this.#referrer?.chain() ?? [])];
  }

  /** Whether the loader, or one that led to it, stands in a fetched repository. */
  get isRemote(): boolean {
    return this.#repo !== undefined || this.#referrer?.isRemote === true;
  }

  /** A loader for a directory that this one names. @throws KustomizeError in kustomize's words */
  enter(path: string): Loader {
    if (path === '') throw failure('new root cannot be empty', 'KUSTOMIZE_LOAD');
    const repo = parseRepoUrl(path);
    if (repo !== undefined) {
      this.#refuseRepoCycle(repo);
      return Loader.#fetched(repo, { context: this.#context, reads: this.reads, referrer: this });
    }
    if (isAbsolute(path)) throw failure(`new root '${path}' cannot be absolute`, 'KUSTOMIZE_LOAD');
    const root = confirmDirectory(joinPath(this.root, path), this.#context, this.reads);
    this.#refuseCycle(root);
    return new Loader({ root, context: this.#context, referrer: this, reads: this.reads });
  }

  /** The bytes of a file, relative to the directory. @throws KustomizeError in kustomize's words */
  load(path: string): Uint8Array {
    return this.loadFile(path).bytes;
  }

  /** The bytes of a file, where it really lies, and its fingerprint. */
  loadFile(path: string): { readonly bytes: Uint8Array; readonly path: string; readonly fingerprint: string } {
    if (isHttpUrl(path)) {
      const bytes = this.#download(path);
      return { bytes, path, fingerprint: digestHex(bytes) };
    }
    const asked = isAbsolute(path) ? path : joinPath(this.root, path);
    const place = this.#restricted(asked);
    const { view } = this.#context;
    const { stat } = view.look(place);
    if (stat !== undefined && stat.sizeBytes > this.#context.maxFileBytes) {
      throw failure(`file '${place}' is ${stat.sizeBytes} bytes; the limit is ${this.#context.maxFileBytes}`, 'KUSTOMIZE_LIMIT');
    }
    const bytes = view.fs.read(place);
    const fingerprint = view.fingerprint(place) ?? '';
    this.reads.files.set(place, fingerprint);
    return { bytes, path: place, fingerprint };
  }

  /** Tells what stands at a path relative to the directory, and notes that it was asked. */
  probe(path: string): 'file' | 'directory' | undefined {
    const asked = isAbsolute(path) ? cleanPath(path) : joinPath(this.root, path);
    this.reads.probes.set(asked, this.#context.view.probe(asked));
    return this.#context.view.look(asked).stat?.kind;
  }

  #restricted(asked: string): string {
    if (this.#context.restrictor === 'LoadRestrictionsNone' && this.#repo === undefined && !this.isRemote) return cleanPath(asked);
    const real = followLinks(asked, this.#context, this.reads);
    if (this.#context.view.look(real).stat?.kind === 'directory') throw failure(`'${asked}' must resolve to a file`, 'KUSTOMIZE_LOAD');
    const directory = dirName(real);
    if (!isBelow(directory, this.root)) throw failure(`security; file '${asked}' is not in or below '${this.root}'`, 'KUSTOMIZE_LOAD');
    return joinPath(directory, baseName(real));
  }

  #download(url: string): Uint8Array {
    const { fetchRemote } = this.#context;
    if (fetchRemote === undefined)
      throw failure(`remote resource '${url}' needs the network, which this build was not given`, 'KUSTOMIZE_REMOTE');
    this.reads.external = true;
    const answer = fetchRemote({ kind: 'file', url });
    if (answer instanceof Uint8Array) return answer;
    throw failure('URL is a git repository', 'KUSTOMIZE_REMOTE');
  }

  static #fetched(
    repo: RepoUrl,
    from: { readonly context: LoadContext; readonly reads: ReadRecorder; readonly referrer: Loader | undefined },
  ): Loader {
    const { fetchRemote } = from.context;
    if (fetchRemote === undefined)
      throw failure(`remote base '${repo.raw}' needs the network, which this build was not given`, 'KUSTOMIZE_REMOTE');
    from.reads.external = true;
    const answer = fetchRemote({ kind: 'repo', repo });
    if (answer instanceof Uint8Array) throw failure(`'${repo.raw}' refers to a file; expecting directory`, 'KUSTOMIZE_REMOTE');
    const context = from.context.contextFor(answer.fs);
    const stat = answer.fs.stat(answer.path);
    if (stat?.kind !== 'directory')
      throw failure(`'${answer.path}' refers to file '${baseName(answer.path)}'; expecting directory`, 'KUSTOMIZE_REMOTE');
    return new Loader({ root: answer.fs.realPath(answer.path), context, referrer: from.referrer, repo, reads: from.reads });
  }

  #refuseCycle(root: string): void {
    if (isBelow(this.root, root) && this.#context.view.fs === this.fs) {
      throw failure(`cycle detected: candidate root '${root}' contains visited root '${this.root}'`, 'KUSTOMIZE_LOAD');
    }
    if (this.#referrer !== undefined && this.#referrer.fs === this.fs) this.#referrer.#refuseCycle(root);
  }

  #refuseRepoCycle(repo: RepoUrl): void {
    if (this.#repo?.raw.startsWith(repo.raw) === true) {
      throw failure(`cycle detected: URI '${repo.raw}' referenced by previous URI '${this.#repo.raw}'`, 'KUSTOMIZE_LOAD');
    }
    if (this.#referrer !== undefined) this.#referrer.#refuseRepoCycle(repo);
  }
}

/** Follows links. @throws with the words of Go's EvalSymlinks */
function followLinks(path: string, context: LoadContext, reads: ReadRecorder): string {
  const clean = cleanPath(path);
  reads.probes.set(clean, context.view.probe(clean));
  const { fs } = context.view;
  const look = context.view.look(clean);
  if (look.real !== undefined) return look.real;
  if (look.stat === undefined) {
    let missing = clean;
    for (let parent = dirName(clean); parent !== missing; parent = dirName(parent)) {
      const stat = fs.stat(parent);
      if (stat?.kind === 'directory') break;
      if (stat?.kind === 'file') throw failure(`evalsymlink failure on '${path}' : lstat ${missing}: not a directory`, 'KUSTOMIZE_LOAD');
      missing = parent;
    }
    throw failure(`evalsymlink failure on '${path}' : lstat ${missing}: no such file or directory`, 'KUSTOMIZE_LOAD');
  }
  try {
    return fs.realPath(clean);
  } catch (error) {
    throw new KustomizeError({
      code: 'KUSTOMIZE_LOAD',
      message: `evalsymlink failure on '${path}' : ${errorMessage(error)}`,
      cause: error,
    });
  }
}

function confirmDirectory(path: string, context: LoadContext, reads: ReadRecorder): string {
  let real: string;
  try {
    real = followLinks(path, context, reads);
  } catch (error) {
    throw prefixed('must build at directory: not a valid directory', error);
  }
  if (context.view.look(real).stat?.kind !== 'directory') {
    throw failure(`must build at directory: '${path}': file is not directory`, 'KUSTOMIZE_LOAD');
  }
  return real;
}
