// Reading and printing the largest manifests of the corpus: ours, js-yaml 4 and sigs.k8s.io/yaml (Go), warm, in CPU time, in one
// run; and the first half megabyte of a fresh process. `--corpus DIR`, default ../shared/corpus; `--cold FILE` is the fresh process.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { JsonValue } from '../packages/base/src/index.ts';
import { parseKyaml, parseYaml, printYaml } from '../packages/yaml/src/index.ts';

const script = fileURLToPath(import.meta.url);
const root = resolve(import.meta.dirname, '..');
const { values: options } = parseArgs({
  options: { corpus: { type: 'string', default: join(root, '../shared/corpus') }, cold: { type: 'string' } },
});
const LEAST_BYTES = 40_000;
const MOST_FILES = 40;
const ROUND_MS = 1500;
const COLD_BYTES = 500_000;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function documentsOf(text: string): string[] {
  return text.split('\n---\n').filter((part) => part.trim() !== '');
}

function reads(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}

function manifests(directory: string): string[] {
  const found: { readonly path: string; readonly size: number }[] = [];
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (/\.ya?ml$/.test(entry.name)) found.push({ path, size: statSync(path).size });
    }
  };
  walk(directory);
  return found
    .filter(({ size }) => size >= LEAST_BYTES)
    .sort((a, b) => b.size - a.size || (a.path < b.path ? -1 : 1))
    .map(({ path }) => path)
    .filter((path) => reads(() => documentsOf(readFileSync(path, 'utf8')).map((d) => parseYaml(d))))
    .slice(0, MOST_FILES);
}

/** Megabytes a CPU second: the best of three rounds, after one to warm up. */
function rate(bytes: number, pass: () => void): number {
  let best = 0;
  for (let round = 0; round < 4; round++) {
    const start = cpuMs();
    let passes = 0;
    let spent = 0;
    while (spent < ROUND_MS) {
      pass();
      passes++;
      spent = cpuMs() - start;
    }
    if (round > 0) best = Math.max(best, (bytes * passes) / 1000 / spent);
  }
  return best;
}

/** Wall time: a fresh process compiles beside its work, and that is the machine's to use. */
function coldRate(file: string): number {
  const documents = documentsOf(readFileSync(file, 'utf8'));
  let bytes = 0;
  const start = performance.now();
  for (const document of documents) {
    if (bytes >= COLD_BYTES) break;
    parseYaml(document);
    bytes += Buffer.byteLength(document);
  }
  return bytes / 1000 / (performance.now() - start);
}

/** The Go program of tests/oracle/yaml, where there is Go. */
function goRate(kind: 'b' | 'e', bytes: number, text: string): number | undefined {
  const program = join(root, 'node_modules/.oracle/yaml-oracle');
  const built = spawnSync('go', ['build', '-o', program, '.'], { cwd: join(root, 'tests/oracle/yaml') });
  if (built.status !== 0) return undefined;
  const body = Buffer.from(text);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length);
  head.write(kind, 4, 'latin1');
  const done = spawnSync(program, { input: Buffer.concat([head, body]), maxBuffer: 1 << 28 });
  const answer = JSON.parse(done.stdout.toString('utf8', 4)) as { readonly text?: string; readonly err?: string };
  if (answer.text === undefined) throw new Error(answer.err ?? 'no answer');
  return bytes / 1e6 / Number(answer.text);
}

interface JsYaml {
  load(text: string): unknown;
  dump(value: unknown): string;
}

function show(name: string, ours: number, theirs: Readonly<Record<string, number | undefined>>, least: number): void {
  const others = Object.entries(theirs).map(([other, value]) =>
    value === undefined ? `${other} not at hand` : `${other} ${value.toFixed(1)} (${(ours / value).toFixed(1)}x)`,
  );
  console.log(`${name}: ${ours.toFixed(1)} MB/s, wanted ${least}; ${others.join(', ')}`);
}

async function main(): Promise<void> {
  if (options.cold !== undefined) {
    console.log(coldRate(options.cold).toFixed(1));
    return;
  }
  if (!existsSync(options.corpus)) {
    console.log(`no corpus at ${options.corpus}: nothing to measure`);
    return;
  }
  // js-yaml is a development dependency without types
  const jsYaml = (await import('js-yaml' as string)) as JsYaml & { readonly default?: JsYaml };
  const { load, dump } = jsYaml.default ?? jsYaml;
  const files = manifests(options.corpus);
  const documents = files.flatMap((file) => documentsOf(readFileSync(file, 'utf8'))).filter((d) => reads(() => load(d)));
  const bytes = documents.reduce((sum, d) => sum + Buffer.byteLength(d), 0);
  console.log(`${files.length} files, ${documents.length} documents, ${(bytes / 1e6).toFixed(2)} MB; MB of text a CPU second`);
  const buffers = documents.map((d) => Buffer.from(d));
  const values = documents.map((d) => parseYaml(d));
  const all = documents.join('\n---\n');

  const parse = rate(bytes, () => buffers.forEach((d) => parseYaml(d)));
  const jsParse = rate(bytes, () => documents.forEach((d) => load(d)));
  show('parse', parse, { 'js-yaml': jsParse, 'sigs.k8s.io/yaml': goRate('b', bytes, all) }, 60);
  const kyaml = rate(bytes, () => buffers.forEach((d) => parseKyaml(d)));
  console.log(`parse for kustomize: ${kyaml.toFixed(1)} MB/s`);

  const printed = values.reduce<number>((sum, value) => sum + Buffer.byteLength(printYaml(value)), 0);
  const print = rate(printed, () => values.forEach((value: JsonValue) => printYaml(value)));
  const jsPrint = rate(printed, () => values.forEach((value) => dump(value)));
  show('print', print, { 'js-yaml': jsPrint, 'sigs.k8s.io/yaml': goRate('e', printed, all) }, 45);

  // started as the flux command starts node; the median of five
  const cold = [1, 2, 3, 4, 5].map(() =>
    Number(
      spawnSync(process.execPath, ['--interrupt-budget=1000000', ...process.execArgv, script, '--cold', files[0] as string], {
        encoding: 'utf8',
      }).stdout,
    ),
  );
  console.log(`first ${COLD_BYTES / 1000} kB of a fresh process: ${(cold.toSorted((a, b) => a - b)[2] ?? 0).toFixed(1)} MB/s, wanted 10`);
}

await main();
