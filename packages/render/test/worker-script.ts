import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { WorkerScript } from '../src/index.ts';

/** The program of a render worker, bundled for one run of tests. */
export interface BuiltWorker {
  readonly script: WorkerScript;
  remove(): void;
}

/** Bundles the worker of the sources as they are: it starts in a fraction of the time that loading them one by one takes. */
export async function buildWorker(entry: string = join(import.meta.dirname, 'worker-entry.ts')): Promise<BuiltWorker> {
  const folder = mkdtempSync(join(tmpdir(), 'render-worker-'));
  const outfile = join(folder, 'worker.mjs');
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    keepNames: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    conditions: ['flux-ts-source'],
    logLevel: 'error',
  });
  return { script: { url: outfile, execArgv: [] }, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
