import type { SpawnSyncOptions } from 'node:child_process';
import type { Environment } from '@flux-ts/base';

/** What a command sees of the world: nothing else reads the environment, the working directory or the terminal. */
export interface Io {
  /** Writes to standard output; results only. */
  out(text: string | Uint8Array): void;
  /** Writes to standard error; progress and errors. */
  err(text: string): void;
  /** Reads all of standard input. */
  input(): Promise<Uint8Array>;
  readonly env: Environment;
  readonly cwd: string;
  /** Whether standard error is a terminal. */
  readonly isTerminal: boolean;
  /** Aborts at SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /**
   * Runs this command line again in a process of its own, with further flags of node; absent where this process runs other things too.
   * @returns its exit code; undefined where it has these flags already or did not end by itself
   */
  again?(nodeFlags: readonly string[]): Promise<number | undefined>;
}

/** The io of the process. */
export function processIo(): Io {
  const controller = new AbortController();
  let read: Buffer | undefined;
  const stop = (name: string): void => controller.abort(new Error(`stopped by ${name}`));
  process.once('SIGINT', () => stop('SIGINT'));
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.stdout.on('error', () => process.exit(1));
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    input: async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
      return (read = Buffer.concat(chunks));
    },
    env: process.env,
    cwd: process.cwd(),
    isTerminal: process.stderr.isTTY,
    signal: controller.signal,
    again: async (nodeFlags) => {
      if (nodeFlags.every((flag) => process.execArgv.includes(flag))) return undefined;
      const { spawnSync } = await import('node:child_process');
      const words = [...process.execArgv, ...nodeFlags, ...process.argv.slice(1)];
      const input: SpawnSyncOptions = read === undefined ? { stdio: 'inherit' } : { stdio: ['pipe', 'inherit', 'inherit'], input: read };
      return spawnSync(process.execPath, words, input).status ?? undefined;
    },
  };
}
