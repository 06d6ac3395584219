import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KustomizeError, diskFileSystem, type FetchedBase, type RemoteRequest } from '@flux-ts/kustomize';
import type { Io } from '../../frame/io.ts';

const TIMEOUT_MS = 27_000;

/** Fetches remote bases with git into temporary folders, as kustomize does; `close` takes the folders away. */
export class RemoteBases {
  readonly #io: Io;
  readonly #folders: string[] = [];

  constructor(io: Io) {
    this.#io = io;
  }

  /** Fetches one repository. Single files over HTTP are refused: reading them would block. @throws KustomizeError in kustomize's words */
  fetch(request: RemoteRequest): FetchedBase | Uint8Array {
    if (request.kind === 'file') {
      throw new KustomizeError({ code: 'KUSTOMIZE_REMOTE', message: `single files over HTTP are not fetched: ${request.url}` });
    }
    const { repo } = request;
    const folder = mkdtempSync(join(tmpdir(), 'kustomize-'));
    this.#folders.push(folder);
    const ref = repo.ref === '' ? 'HEAD' : repo.ref;
    this.#git(['init'], folder);
    this.#git(['fetch', '--depth=1', repo.cloneUrl, ref], folder);
    this.#git(['checkout', 'FETCH_HEAD'], folder);
    this.#git(['submodule', 'update', '--init', '--recursive'], folder);
    return { fs: diskFileSystem(folder), path: repo.directory === '' ? '/' : `/${repo.directory}` };
  }

  #git(args: readonly string[], folder: string): void {
    const { env } = this.#io;
    const result = spawnSync('git', [...args], {
      cwd: folder,
      timeout: TIMEOUT_MS,
      env: { PATH: env['PATH'] ?? '', HOME: env['HOME'] ?? '', GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (result.status === 0) return;
    const program = programPath(env['PATH'] ?? '');
    const detail = result.error === undefined ? `${result.stderr.toString()}: exit status ${result.status ?? -1}` : result.error.message;
    throw new KustomizeError({ code: 'KUSTOMIZE_REMOTE', message: `failed to run ${program} ${args.join(' ')}: ${detail}` });
  }

  /** Removes what was fetched. */
  close(): void {
    for (const folder of this.#folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  }
}

function programPath(path: string): string {
  return `${path.split(':').find((directory) => directory.endsWith('/bin')) ?? '/usr/bin'}/git`;
}
