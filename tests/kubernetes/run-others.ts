import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What another package's runner found. */
export interface OtherResult {
  readonly passed: number;
  readonly failed: number;
  /** Its lines, the closing one left out. */
  readonly output: readonly string[];
}

/** The runners of other packages that work on the same corpus: custom resource definitions and their rules. */
const OTHERS: readonly { readonly name: string; readonly script: string; readonly folder: string }[] = [
  { name: 'crd', script: 'packages/schema/test/conformance/run.ts', folder: 'crd' },
  { name: 'crd/cel', script: 'packages/cel/test/conformance/run.ts', folder: 'crd' },
];

/** Runs the other packages' runners. @param root the repository, @param corpus the Kubernetes corpus */
export function runOthers(root: string, corpus: string, only: string | undefined): OtherResult {
  let passed = 0;
  let failed = 0;
  const output: string[] = [];
  for (const { name, script, folder } of OTHERS) {
    if ((only !== undefined && !name.startsWith(only)) || !existsSync(join(root, script))) continue;
    const run = spawnSync(process.execPath, [...process.execArgv, join(root, script), '--corpus', join(corpus, folder)], {
      cwd: root,
      encoding: 'utf8',
    });
    const lines = `${run.stdout}${run.stderr}`.trim().split('\n');
    const closing = lines.findLast((line) => /^\d+ passed, \d+ failed$/.test(line));
    const counts = /^(\d+) passed, (\d+) failed$/.exec(closing ?? '');
    if (counts === null) {
      failed++;
      output.push(`FAIL ${name}: ${script} gave no result`, ...lines.slice(-5));
      continue;
    }
    passed += Number(counts[1]);
    failed += Number(counts[2]);
    output.push(...lines.filter((line) => line !== closing));
  }
  return { passed, failed, output };
}
