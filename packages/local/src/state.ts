import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { FluxError, type Environment } from '@flux-ts/base';

/** Why a cluster cannot be started or found. */
export class ClusterError extends FluxError<'CLUSTER_NAME' | 'CLUSTER_RUNNING' | 'CLUSTER_NOT_FOUND' | 'CLUSTER_START'> {}

/** What is remembered of a cluster of this machine. */
export interface ClusterState {
  readonly name: string;
  /** Kept across restarts. */
  readonly port: number;
  /** The process that runs it, absent where it is stopped. */
  readonly pid?: number;
  readonly url: string;
  /** The kubeconfig file that holds its context. */
  readonly kubeconfig: string;
  readonly persistDir?: string;
  /** The simulator's rules file, used again at the next start. */
  readonly simulatorRules?: string;
  readonly startedAt: string;
}

/** Where the clusters of this machine are remembered: one folder each. */
export class StateDirectory {
  readonly root: string;

  constructor(env: Environment) {
    const base = env['XDG_STATE_HOME'] ?? join(env['HOME'] ?? homedir(), '.local', 'state');
    this.root = join(base, 'flux-ts', 'clusters');
  }

  /** The folder of a cluster. @throws ClusterError for a name that is none */
  folder(name: string): string {
    if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name) || name.length > 63)
      throw new ClusterError({
        code: 'CLUSTER_NAME',
        message: `invalid cluster name ${JSON.stringify(name)}: lower-case letters, digits and "-" are allowed`,
      });
    return join(this.root, name);
  }

  /** What is remembered of a cluster; `pid` only where that process still runs. */
  read(name: string): ClusterState | undefined {
    const path = join(this.folder(name), 'state.json');
    if (!existsSync(path)) return undefined;
    const state = JSON.parse(readFileSync(path, 'utf8')) as ClusterState;
    if (state.pid === undefined || isRunning(state.pid)) return state;
    const { pid: _, ...stopped } = state;
    return stopped;
  }

  /** Writes a cluster's state in one step. */
  write(state: ClusterState): void {
    const folder = this.folder(state.name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeAtomically(join(folder, 'state.json'), `${JSON.stringify(state, null, 2)}\n`);
  }

  /** All clusters, sorted by name. */
  list(): readonly ClusterState[] {
    if (!existsSync(this.root)) return [];
    return readdirSync(this.root)
      .sort()
      .flatMap((name) => this.read(name) ?? []);
  }

  /** Forgets a cluster and what it kept. */
  remove(name: string): void {
    rmSync(this.folder(name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // no such process, or not ours
  }
}

/** Replaces a file by a rename, so that no reader sees half of it. */
export function writeAtomically(path: string, data: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, data, { mode: 0o600 });
  renameSync(temporary, path);
}

/** Changes a file under a lock (a file beside it, taken over when its owner is gone). */
export function editFile(path: string, edit: (text: string) => string): void {
  const lock = `${path}.flux-lock`;
  mkdirSync(dirname(path), { recursive: true });
  for (let tries = 0; ; tries++) {
    try {
      const handle = openSync(lock, 'wx');
      writeFileSync(handle, String(process.pid));
      closeSync(handle);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries > 200) throw error;
      const owner = Number(existsSync(lock) ? readFileSync(lock, 'utf8') : '0');
      if (owner > 0 && !isRunning(owner)) rmSync(lock, { force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25);
    }
  }
  try {
    writeAtomically(path, edit(existsSync(path) ? readFileSync(path, 'utf8') : ''));
  } finally {
    rmSync(lock, { force: true });
  }
}
