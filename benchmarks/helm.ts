// Compares with the helm 4.2.3 binary in one run:
//   a  the deterministic default cases of the corpus, each chart for the first time in a process that rendered five others
//   b  the same charts again with one value changed
//   c  the cold command, on kube-prometheus-stack and podinfo
// npm run bench:helm [-- --corpus DIR] [--only a|b|c]
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DiskFileSystem } from '@flux-ts/archive';
import { RealClock, systemRandom, type JsonObject } from '@flux-ts/base';
import { defaultCapabilities, HelmCaches, loadChart, renderChart, type Chart } from '@flux-ts/helm';
import { oraclePath } from '../tools/oracle.mjs';

const root = resolve(import.meta.dirname, '..');
const argv = process.argv.slice(2);
const option = (name: string): string | undefined => (argv.includes(name) ? argv[argv.indexOf(name) + 1] : undefined);
const corpus = resolve(option('--corpus') ?? join(root, '../shared/corpus/helm'));
const only = option('--only');
const helm = oraclePath('helm4');
const hasTime = existsSync('/usr/bin/time');

interface Cost {
  wallMs: number;
  cpuMs: number;
  memoryMiB: number;
}

interface Entry {
  readonly id: string;
  readonly cases: readonly {
    readonly id: string;
    readonly exit: number;
    readonly deterministic?: boolean;
    readonly values: readonly string[];
  }[];
}

/** Runs a program and tells what it cost; its output is dropped. */
function cost(program: string, args: readonly string[], cwd: string): Cost {
  const started = performance.now();
  const [command, words] = hasTime ? ['/usr/bin/time', ['-f', 'cost %U %S %M', program, ...args]] : [program, [...args]];
  const done = spawnSync(command, words, { cwd, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
  const wallMs = performance.now() - started;
  const found = /cost ([\d.]+) ([\d.]+) (\d+)\s*$/.exec(String(done.stderr));
  if (done.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${String(done.stderr)}`);
  return {
    wallMs,
    cpuMs: found === null ? Number.NaN : (Number(found[1]) + Number(found[2])) * 1000,
    memoryMiB: found === null ? Number.NaN : Number(found[3]) / 1024,
  };
}

function measured(run: () => void): Cost {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  run();
  const used = process.cpuUsage(cpu);
  return { wallMs: performance.now() - wall, cpuMs: (used.user + used.system) / 1000, memoryMiB: Number.NaN };
}

function add(sum: Cost, one: Cost): Cost {
  return { wallMs: sum.wallMs + one.wallMs, cpuMs: sum.cpuMs + one.cpuMs, memoryMiB: Math.max(sum.memoryMiB, one.memoryMiB) };
}

const ROUNDS = 5;

/** The run whose wall time stands in the middle. */
function median(costs: readonly Cost[]): Cost {
  return [...costs].sort((a, b) => a.wallMs - b.wallMs)[Math.floor(costs.length / 2)] as Cost;
}

const zero: Cost = { wallMs: 0, cpuMs: 0, memoryMiB: 0 };
const ms = (value: number): string => `${value.toFixed(0)} ms`;

function compare(title: string, ours: Cost, theirs: Cost, target: string): void {
  const wall = ours.wallMs / theirs.wallMs;
  const cpu = ours.cpuMs / theirs.cpuMs;
  console.log(
    `${title}: wall ${ms(ours.wallMs)} : ${ms(theirs.wallMs)} = ${wall.toFixed(3)} (1/${(1 / wall).toFixed(1)}), cpu ${ms(ours.cpuMs)} : ${ms(theirs.cpuMs)} = ${cpu.toFixed(3)}; target ${target}`,
  );
}

if (helm === undefined || !existsSync(join(corpus, 'MANIFEST.json'))) {
  console.log(
    helm === undefined
      ? 'helm 4 is not installed (node tools/oracle.mjs install): nothing measured'
      : `no corpus at ${corpus}: nothing measured`,
  );
} else {
  const manifest = JSON.parse(readFileSync(join(corpus, 'MANIFEST.json'), 'utf8')) as { charts: readonly Entry[] };
  const usable = (entry: Entry): boolean => entry.cases.some((c) => c.id === 'default' && c.exit === 0 && c.values.length === 0);
  const deterministic = manifest.charts.filter((e) => usable(e) && e.cases.some((c) => c.id === 'default' && c.deterministic === true));
  const warmers = manifest.charts.filter((e) => usable(e) && !deterministic.includes(e)).slice(0, 5);
  const clock = new RealClock();
  const caches = new HelmCaches();
  const capabilities = defaultCapabilities({ kubeVersion: '1.33.0' });
  const charts = new Map<string, Chart>();
  const load = (id: string): Chart => {
    const chart = loadChart({ fs: new DiskFileSystem(join(corpus, id, 'chart')), path: '/' });
    charts.set(id, chart);
    return chart;
  };
  const render = (chart: Chart, values: JsonObject, skipSchemaValidation = false): void => {
    renderChart({
      skipSchemaValidation,
      chart,
      values,
      release: { name: 'rel', namespace: 'test-ns' },
      capabilities,
      clock,
      random: systemRandom,
      caches,
    });
  };
  const helmArgs = ['template', 'rel', 'chart', '--namespace', 'test-ns', '--kube-version', '1.33.0'];
  if (only === undefined || only === 'a' || only === 'b') {
    for (const { id } of warmers) render(load(id), {});
    let [first, again, theirs, theirsAgain] = [zero, zero, zero, zero];
    // ours first, all of them: between starts of processes the same renders take a third longer (measured: 600 ms and 430 ms)
    for (const { id } of deterministic) {
      first = add(
        first,
        measured(() => render(load(id), {})),
      );
    }
    for (const { id } of deterministic) {
      again = add(
        again,
        measured(() => render(charts.get(id) as Chart, { changedByTheBenchmark: 1 }, true)),
      );
    }
    for (const { id } of deterministic) {
      theirs = add(theirs, cost(helm, helmArgs, join(corpus, id)));
      theirsAgain = add(
        theirsAgain,
        cost(helm, [...helmArgs, '--set', 'changedByTheBenchmark=1', '--skip-schema-validation'], join(corpus, id)),
      );
    }
    console.log(`${deterministic.length} charts, after ${warmers.map((e) => e.id).join(', ')}`);
    compare('a  first render of each chart', first, theirs, '<= 0.2');
    compare('b  again with one value changed', again, theirsAgain, '<= 0.067');
  }
  if (only === undefined || only === 'c') {
    const flux = resolve(option('--flux') ?? join(root, 'flux')); // what users type: the shell script that starts node
    cost(flux, ['version', '--client'], root); // builds the bundle where a source is newer
    for (const [id, target] of [
      ['kube-prometheus-stack-88.5.3', '<= 1.5'],
      ['podinfo-6.14.1', '<= 2.5'],
    ] as const) {
      const [all, allTheirs]: [Cost[], Cost[]] = [[], []];
      for (let i = 0; i < ROUNDS; i++) {
        all.push(cost(flux, ['helm', ...helmArgs], join(corpus, id)));
        allTheirs.push(cost(helm, helmArgs, join(corpus, id)));
      }
      const [ours, theirs] = [median(all), median(allTheirs)];
      compare(`c  cold, ${id} (median of ${ROUNDS})`, ours, theirs, target);
      console.log(
        `   memory ${ours.memoryMiB.toFixed(0)} : ${theirs.memoryMiB.toFixed(0)} MiB = ${(ours.memoryMiB / theirs.memoryMiB).toFixed(2)}; target <= 1.5`,
      );
    }
  }
}
