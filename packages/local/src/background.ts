import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { RealClock, type Environment } from '@flux-ts/base';
import { ClusterError, type ClusterState, type StateDirectory } from './state.ts';

const START_TIMEOUT_MS = 60_000;

/** How a cluster's process is started. */
export interface BackgroundRequest {
  readonly name: string;
  readonly state: StateDirectory;
  /** The program and its first arguments; what follows names the cluster. */
  readonly command: readonly [string, ...string[]];
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
}

/**
 * Starts the process of a cluster in the background and waits until it serves.
 * @throws ClusterError CLUSTER_RUNNING where it runs already · CLUSTER_START with the end of its log
 */
export async function startInBackground(request: BackgroundRequest): Promise<ClusterState> {
  const { state, name } = request;
  if (state.read(name)?.pid !== undefined)
    throw new ClusterError({
      code: 'CLUSTER_RUNNING',
      message: `cluster "${name}" is running already; stop it with "flux cluster stop ${name}"`,
    });
  const folder = state.folder(name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const log = join(folder, 'log');
  const from = existsSync(log) ? statSync(log).size : 0;
  const handle = openSync(log, 'a', 0o600);
  const [program, ...first] = request.command;
  const child = spawn(program, [...first, ...request.args], {
    cwd: request.cwd,
    env: request.env,
    detached: true,
    stdio: ['ignore', handle, handle],
  });
  closeSync(handle);
  child.unref();
  const clock = new RealClock();
  const end = clock.now() + START_TIMEOUT_MS;
  let ended = false;
  child.once('exit', () => (ended = true));
  child.once('error', () => (ended = true));
  for (;;) {
    const found = state.read(name);
    if (found?.pid === child.pid && found !== undefined) return found;
    if (ended || clock.now() > end) {
      const tail = readFileSync(log).subarray(from).toString().trim().split('\n').slice(-8).join('\n');
      throw new ClusterError({ code: 'CLUSTER_START', message: `cluster "${name}" did not start: ${tail === '' ? 'no answer' : tail}` });
    }
    await clock.sleep(50);
  }
}

/** Ends a cluster's process and waits for it. @returns false where it was not running @throws ClusterError CLUSTER_NOT_FOUND */
export async function stopBackground(state: StateDirectory, name: string): Promise<boolean> {
  const found = state.read(name);
  if (found === undefined) throw new ClusterError({ code: 'CLUSTER_NOT_FOUND', message: `there is no cluster "${name}"` });
  const { pid } = found;
  if (pid === undefined) return false;
  process.kill(pid, 'SIGTERM');
  const clock = new RealClock();
  for (let waited = 0; state.read(name)?.pid === pid; waited += 50) {
    if (waited === 10_000) process.kill(pid, 'SIGKILL');
    await clock.sleep(50);
  }
  return true;
}
