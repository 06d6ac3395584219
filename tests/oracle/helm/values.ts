// Layers random values over random charts with the real helm (3 and 4) and with this project, and compares what the
// templates see.  npx tsx --conditions=flux-ts-source tests/oracle/helm/values.ts [--count N] [--seed N]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DiskFileSystem } from '@flux-ts/archive';
import { errorMessage, RealClock, seededRandom, systemRandom, type JsonObject, type JsonValue, type Random } from '@flux-ts/base';
import { HelmCaches, loadChart, parseSet, readValues, renderChart, type HelmMajor } from '@flux-ts/helm';
import { oraclePath } from '../../../tools/oracle.mjs';

const argv = process.argv.slice(2);
const number = (name: string, fallback: number): number => (argv.includes(name) ? Number(argv[argv.indexOf(name) + 1]) : fallback);
const count = number('--count', 60);
const KEYS = ['a', 'b', 's1', 's2', 'n1', 'global', 'tags', 'exports', 'x1'];
const caches = new HelmCaches();
const clock = new RealClock();

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random.next() * items.length)] as T;
}

function value(random: Random, depth: number): JsonValue {
  const roll = random.next();
  if (depth > 0 && roll < 0.5) return table(random, depth - 1);
  if (roll < 0.65) return null;
  if (roll < 0.75) return [1, { a: null }];
  return pick<JsonValue>(random, ['t', 1, 1000000, true, false, '']);
}

function table(random: Random, depth: number): JsonObject {
  const out: Record<string, JsonValue> = {};
  const size = Math.floor(random.next() * 5);
  for (let i = 0; i < size; i++) out[pick(random, KEYS)] = value(random, depth);
  return out;
}

/** Values in which sections of subcharts, globals and tags are tables more often than not. */
function values(random: Random): JsonObject {
  const out: Record<string, JsonValue> = { ...table(random, 3) };
  for (const key of ['s1', 's2', 'n1', 'global', 'tags']) {
    if (random.next() < 0.5) out[key] = table(random, 2);
    else if (!(typeof out[key] === 'object' && out[key] !== null && !Array.isArray(out[key])) && random.next() < 0.9) delete out[key];
  }
  return out;
}

const SHOW = '{{ .Chart.Name }}: {{ .Values | toJson | quote }}\n';

function write(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
}

function chartYaml(random: Random, name: string, children: readonly string[]): string {
  const out: Record<string, JsonValue> = { apiVersion: 'v2', name, version: '0.1.0' };
  const dependencies = children
    .filter(() => random.next() < 0.8)
    .map((child) => ({
      name: child,
      version: '>=0.0.0',
      repository: '',
      ...(random.next() < 0.4 ? { condition: pick(random, [`${child}.a`, 'a', 'global.a,b', `${child}.b`]) } : {}),
      ...(random.next() < 0.3 ? { tags: [pick(random, ['a', 'b'])] } : {}),
      ...(random.next() < 0.3 ? { alias: 'x1' } : {}),
      ...(random.next() < 0.4
        ? { 'import-values': [pick<JsonValue>(random, ['a', { child: 'a', parent: 'b' }, { child: 'exports', parent: '.' }])] }
        : {}),
    }));
  if (dependencies.length > 0)
    out['dependencies'] = dependencies
      .slice(0, 2)
      .filter((d, i, all) => all.findIndex((o) => ('alias' in o ? o.alias : o.name) === ('alias' in d ? d.alias : d.name)) === i);
  return JSON.stringify(out);
}

function run(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, [...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    const stderr = String((error as { stderr?: unknown }).stderr);
    return stderr.slice(Math.max(0, stderr.indexOf('Error:'))).split('\n')[0] as string;
  }
}

function setOrFail(set: string, given: JsonObject): JsonObject {
  try {
    return parseSet(set, given);
  } catch (error) {
    throw new Error(`failed parsing --set data: ${errorMessage(error)}`, { cause: error });
  }
}

function ours(dir: string, sets: readonly string[], helmVersion: HelmMajor): string {
  try {
    let given: JsonObject = readValues(JSON.stringify({}));
    given = readValues(execFileSync('cat', [join(dir, 'user.json')]));
    for (const set of sets) given = setOrFail(set, given);
    const chart = loadChart({ fs: new DiskFileSystem(join(dir, 'c')), path: '/' });
    const { manifest } = renderChart({
      chart,
      values: given,
      release: { name: 'r', namespace: 'default' },
      helmVersion,
      caches,
      clock,
      random: systemRandom,
    });
    return `${manifest.trim()}\n`;
  } catch (error) {
    return `Error: ${errorMessage(error)}`.split('\n')[0] as string;
  }
}

const dir = mkdtempSync(join(tmpdir(), 'values-'));
let passed = 0;
let failed = 0;
for (const [helmVersion, program] of [
  [4, oraclePath('helm4')],
  [3, oraclePath('helm3')],
] as const) {
  if (program === undefined) {
    console.log(`helm ${helmVersion} is not installed (node tools/oracle.mjs install): skipped`);
    continue;
  }
  const random = seededRandom(number('--seed', 1));
  for (let i = 0; i < count; i++) {
    const at = join(dir, `${helmVersion}-${i}`);
    write(at, {
      'c/Chart.yaml': chartYaml(random, 'c', ['s1', 's2']),
      'c/values.yaml': JSON.stringify(values(random)),
      'c/templates/v.yaml': SHOW,
      'c/charts/s1/Chart.yaml': chartYaml(random, 's1', ['n1']),
      'c/charts/s1/values.yaml': JSON.stringify(values(random)),
      'c/charts/s1/templates/v.yaml': SHOW,
      'c/charts/s1/charts/n1/Chart.yaml': chartYaml(random, 'n1', []),
      'c/charts/s1/charts/n1/values.yaml': JSON.stringify(values(random)),
      'c/charts/s1/charts/n1/templates/v.yaml': SHOW,
      'c/charts/s2/Chart.yaml': chartYaml(random, 's2', []),
      'c/charts/s2/values.yaml': JSON.stringify(values(random)),
      'c/charts/s2/templates/v.yaml': SHOW,
      'user.json': JSON.stringify(values(random)),
    });
    const sets = random.next() < 0.3 ? [pick(random, ['a.b=null', 's1.a=null', 'global.a=1,s2.b=null', 's1.n1.global.a=x'])] : [];
    const want = run(program, ['template', 'r', join(at, 'c'), '-f', join(at, 'user.json'), ...sets.flatMap((s) => ['--set', s])]);
    const got = ours(at, sets, helmVersion);
    if (want === got) {
      passed++;
      rmSync(at, { recursive: true });
    } else if (++failed <= 3) {
      console.log(`helm ${helmVersion}, ${at} ${sets.join(' ')}\n want ${want}\n got  ${got}`);
    }
  }
}
if (failed === 0) rmSync(dir, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
