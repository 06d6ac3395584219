// Plays scenarios with the real kubectl and helm against the embedded API server and prints how many of them went as in a
// real cluster: one that `./flux cluster start` starts, or with --kubeconfig FILE one that runs already (its current context), or
// with --in-process a server in this process. Scenarios with Pods that really run have a server in this process in any case.
// Options: --corpus DIR (charts), --only TEXT (names that contain it, | between several), --program NAME.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { oraclePath } from '../../tools/oracle.mjs';
import { runningCluster, startAsUsersDo, startInProcess, type Ground } from './clusters.ts';
import { play, type Program, type Scenario, type Stage } from './scenario.ts';
import { ACCESS } from './scenarios/access.ts';
import { APPLYING } from './scenarios/applying.ts';
import { CHANGING } from './scenarios/changing.ts';
import { CREATING } from './scenarios/creating.ts';
import { CUSTOM } from './scenarios/custom.ts';
import { CHARTS } from './scenarios/charts.ts';
import { FORWARDING } from './scenarios/forwarding.ts';
import { LOOKING } from './scenarios/looking.ts';
import { MORE } from './scenarios/more.ts';
import { SIMULATING } from './scenarios/simulating.ts';
import { WORKLOADS } from './scenarios/workloads.ts';

const SCENARIOS: readonly Scenario[] = [
  ...CREATING,
  ...LOOKING,
  ...APPLYING,
  ...CHANGING,
  ...CUSTOM,
  ...ACCESS,
  ...WORKLOADS,
  ...SIMULATING,
  ...MORE,
  ...FORWARDING,
  ...CHARTS,
];
const LANES = 2;

function option(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? undefined : process.argv[at + 1];
}

const root = resolve(import.meta.dirname, '../..');
const corpus = resolve(option('corpus') ?? join(root, '../shared/corpus'));
const only = option('only')?.split('|');
const onlyProgram = option('program');

function binary(program: Program): string {
  const path = oraclePath(program);
  if (path === undefined) throw new Error(`${program} is not installed: node tools/oracle.mjs install`);
  return path;
}

const given = option('kubeconfig');

const jobs: { scenario: Scenario; program: Program }[] = [];
let skipped = 0;
for (const scenario of SCENARIOS) {
  if (only !== undefined && !only.some((text) => scenario.name.includes(text))) continue;
  for (const program of scenario.programs) {
    if (onlyProgram !== undefined && onlyProgram !== program) continue;
    const why =
      oraclePath(program) === undefined
        ? `${program} is not installed`
        : scenario.corpus !== undefined && !existsSync(join(corpus, scenario.corpus))
          ? `${scenario.corpus} is not in the corpus`
          : undefined;
    if (why === undefined) jobs.push({ scenario, program });
    else {
      skipped++;
      console.log(`skip ${scenario.name} (${program}): ${why}`);
    }
  }
}

function startGround(): Promise<Ground> | Ground {
  if (given !== undefined) return runningCluster(given);
  return process.argv.includes('--in-process') ? startInProcess() : startAsUsersDo(join(root, 'flux'));
}

const own = jobs.some(({ scenario }) => scenario.own === true) ? await startInProcess() : undefined;
const usual = jobs.some(({ scenario }) => scenario.own !== true) ? await startGround() : undefined;

function stageOf(scenario: Scenario): Stage {
  const { url = '', kubeconfig } = (scenario.own === true ? own : usual) ?? {};
  return { url, corpus, binary, ...(kubeconfig === undefined ? {} : { kubeconfig }) };
}

let passed = 0;
let failed = 0;
const held = new Map<string, Promise<unknown>>();
function alone<T>(word: string | undefined, run: () => Promise<T>): Promise<T> {
  if (word === undefined) return run();
  const turn = (held.get(word) ?? Promise.resolve()).then(run);
  held.set(
    word,
    turn.catch(() => undefined),
  );
  return turn;
}

async function lane(): Promise<void> {
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    const started = performance.now();
    const problem = await alone(job.scenario.alone, () => play(job.scenario, job.program, stageOf(job.scenario)));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    if (problem === undefined) {
      passed++;
      console.log(`ok   ${job.scenario.name} (${job.program}) ${seconds}s`);
    } else {
      failed++;
      console.log(`FAIL ${job.scenario.name} (${job.program}) ${seconds}s: ${problem}`);
    }
  }
}
try {
  await Promise.all(Array.from({ length: LANES }, lane));
} finally {
  for (const ground of [own, usual]) await ground?.close();
}
console.log(`conformance:kubectl: ${passed} of ${passed + failed} scenarios${skipped > 0 ? `, ${skipped} skipped` : ''}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
