// Plays scenarios with the real kubectl and helm against the embedded API server and prints how many of them went as in a
// real cluster. Options: --corpus DIR (charts), --only TEXT (names that contain it), --program NAME, --kubeconfig FILE (a cluster
// that runs already, with its current context; default: a server of its own).
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { RealClock, systemRandom } from '@flux-ts/base';
import { createApiServer } from '@flux-ts/apiserver';
import { oraclePath } from '../../tools/oracle.mjs';
import { startRealPods } from './real-pods.ts';
import { startSimulator } from './simulator.ts';
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
const own = given === undefined ? await startOwn() : undefined;
const stage: Stage = { url: own?.url ?? '', corpus, binary, ...(given === undefined ? {} : { kubeconfig: readFileSync(given, 'utf8') }) };

async function startOwn(): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const pods = await startRealPods();
  const server = await createApiServer({ clock: new RealClock(), random: systemRandom, freeze: true, pods });
  const { url } = await server.listen();
  const stop = startSimulator(server);
  return {
    url,
    close: async () => {
      stop();
      await server.close();
      pods.close();
    },
  };
}

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
          : scenario.own === true && given !== undefined
            ? 'it needs Pods that run behind its own server'
            : undefined;
    if (why === undefined) jobs.push({ scenario, program });
    else {
      skipped++;
      console.log(`skip ${scenario.name} (${program}): ${why}`);
    }
  }
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
    const problem = await alone(job.scenario.alone, () => play(job.scenario, job.program, stage));
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
await Promise.all(Array.from({ length: LANES }, lane));
await own?.close();
console.log(`conformance:kubectl: ${passed} of ${passed + failed} scenarios${skipped > 0 ? `, ${skipped} skipped` : ''}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
