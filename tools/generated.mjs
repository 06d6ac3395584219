// Makes every generated file anew and fails where one is not what is committed. Generators that read Kubernetes' tables
// run where those stand beside the project.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tables = join(root, '../shared/corpus/kubernetes');
const tsx = ['npx', 'tsx', '--conditions=flux-ts-source'];
const steps = [
  [...tsx, 'packages/api/tools/generate-types.ts'],
  ...(existsSync(tables)
    ? [
        ['node', 'packages/kustomize/tools/generate-tables.mjs', join(tables, 'tables/kyaml-1.21.2')],
        [...tsx, 'packages/schema/tools/generate-kinds.ts'],
      ]
    : []),
  ['git', 'diff', '--exit-code', '--stat', '--', '*.generated.ts'],
];
const failed = steps.find(([program, ...args]) => spawnSync(program, args, { cwd: root, stdio: 'inherit' }).status !== 0);
console.log(failed === undefined ? 'generated files are current' : `not current, or failed: ${failed.join(' ')}`);
process.exitCode = failed === undefined ? 0 : 1;
