// Runs the Kubernetes corpus: npm run conformance:kubernetes [-- --corpus DIR] [--only SUITE] [--verbose]
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { jsonMerge } from './json-merge.ts';
import { mergeSchema } from './merge-schema.ts';
import { names } from './names.ts';
import { quantity } from './quantity.ts';
import { runOthers } from './run-others.ts';
import { selectors } from './selectors.ts';
import { smdMerge } from './smd-merge.ts';
import { smdTyped } from './smd-typed.ts';
import { strategic } from './strategic.ts';
import type { Outcome } from './suite.ts';
import { wire } from './wire.ts';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: { corpus: { type: 'string' }, only: { type: 'string' }, verbose: { type: 'boolean' } },
});
const corpus = resolve(values.corpus ?? join(here, '../../../shared/corpus/kubernetes'));
if (!existsSync(corpus)) {
  console.log(`skipped: there is no corpus at ${corpus}`);
  console.log('0 passed, 0 failed');
  process.exit(0);
}

const SUITES: Readonly<Record<string, (corpus: string) => Outcome[] | Promise<Outcome[]>>> = {
  'smd/merge': smdMerge,
  'smd/typed': smdTyped,
  jsonmergepatch: jsonMerge,
  quantity,
  strategicpatch: strategic,
  wire,
  'tables/smd-schema': mergeSchema,
  names,
  selectors,
};

const ledger = JSON.parse(readFileSync(join(here, 'expectations.json'), 'utf8')) as Readonly<Record<string, string>>;
let passed = 0;
let failed = 0;
const counts = new Map<string, { good: number; all: number }>();
for (const [name, run] of Object.entries(SUITES)) {
  if (values.only !== undefined && !name.startsWith(values.only)) continue;
  for (const outcome of await run(corpus)) {
    const key = `${outcome.suite}/${outcome.name}`;
    const count = counts.get(outcome.suite) ?? { good: 0, all: 0 };
    counts.set(outcome.suite, count);
    count.all++;
    if (outcome.problem === undefined) count.good++;
    const reason = ledger[key];
    if (outcome.problem !== undefined && reason === undefined) {
      failed++;
      console.log(`FAIL ${key}\n  ${values.verbose === true ? outcome.problem : outcome.problem.slice(0, 400)}`);
    } else if (outcome.problem === undefined && reason !== undefined) {
      failed++;
      console.log(`UNEXPECTED PASS ${key}: the ledger says ${reason}`);
    } else {
      passed++;
    }
  }
}
const others = runOthers(resolve(here, '../..'), corpus, values.only);
passed += others.passed;
failed += others.failed;
for (const line of others.output) console.log(line);
for (const [suite, { good, all }] of counts) console.log(`${suite}: ${good} of ${all}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
