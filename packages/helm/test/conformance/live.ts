import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { oraclePath } from '../../../../tools/oracle.mjs';

/** What the real helm 3 printed. */
export interface LiveAnswer {
  readonly exit: number;
  readonly out: string;
  readonly error: string;
  /** Lines (from 1) that two runs print differently. */
  readonly volatileLines: ReadonlySet<number>;
}

/** Asks the real helm 3 to render the chart in a folder of the corpus; undefined where it is not installed. */
export function askHelm3(dir: string, args: readonly string[]): LiveAnswer | undefined {
  const helm = oraclePath('helm3');
  if (helm === undefined) return undefined;
  const ask = (): SpawnSyncReturns<string> => spawnSync(helm, ['template', ...args], { cwd: dir, maxBuffer: 1 << 28, encoding: 'utf8' });
  const [done, again] = [ask(), ask()];
  const lines = again.stdout.split('\n');
  const volatile = done.stdout.split('\n').flatMap((line, i) => (line === lines[i] ? [] : [i + 1]));
  return { exit: done.status ?? 1, out: done.stdout, error: done.stderr, volatileLines: new Set(volatile) };
}
