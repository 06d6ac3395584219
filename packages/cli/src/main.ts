import { isMainThread } from 'node:worker_threads';
import { processIo } from './frame/io.ts';
import { runCommand } from './frame/command.ts';
import { commandTree } from './tree.ts';

/** Runs the command that the words name in this process, and leaves its exit code with the process. */
export async function main(words: readonly string[]): Promise<void> {
  // this program is that of its own workers too, so that they run wherever it runs
  if (!isMainThread && (await import('@flux-ts/render')).serveRenders()) return;
  process.exitCode = await runCommand(commandTree, words, processIo());
}
