// Renders a corpus of charts in process and compares with what the real helm printed, byte by byte; then the probes.
//   npm run conformance:helm [-- --corpus DIR] [--helm3] [--only REGEX] [--case REGEX] [--verbose] [--probes | --cases]
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { DiskFileSystem } from '@flux-ts/archive';
import { errorMessage, RealClock, systemRandom, type JsonObject } from '@flux-ts/base';
import {
  defaultCapabilities,
  HelmCaches,
  loadChart,
  mergeValues,
  parseSet,
  parseSetFile,
  parseSetJson,
  parseSetString,
  readValues,
  renderChart,
  RenderError,
  type Chart,
  type HelmMajor,
} from '../../src/index.ts';
import { askHelm3, type LiveAnswer } from './live.ts';

interface Case {
  readonly id: string;
  readonly values: readonly string[];
  readonly set?: readonly (readonly [string, string])[];
  readonly apiVersions?: readonly string[];
  readonly flags?: readonly string[];
  readonly exit: number;
  readonly volatileLines?: readonly number[] | null;
  readonly helm3?: string;
}

interface Manifest {
  readonly defaults: { readonly release: string; readonly namespace: string; readonly kubeVersion: string };
  readonly charts: readonly { readonly id: string; readonly cases: readonly Case[] }[];
}

interface Probe {
  readonly id: string;
  readonly template: string;
  readonly output?: string;
  readonly error?: string;
  readonly deterministic?: boolean;
  readonly helm3?: string;
  readonly helm3Error?: string;
}

const here = dirname(fileURLToPath(import.meta.url));
const argv = process.argv.slice(2);
const option = (name: string): string | undefined => {
  const at = argv.indexOf(name);
  return at < 0 ? undefined : argv[at + 1];
};
const flag = (name: string): boolean => argv.includes(name);
const corpus = resolve(option('--corpus') ?? join(here, '../../../../../shared/corpus/helm'));
const helmVersion: HelmMajor = flag('--helm3') ? 3 : 4;
const only = new RegExp(option('--only') ?? '');
const onlyCase = new RegExp(option('--case') ?? '');
const clock = new RealClock();
const caches = new HelmCaches();
const HINT = '\n\nUse --debug flag to render out invalid YAML';
const expectations = JSON.parse(readFileSync(join(here, 'expectations.json'), 'utf8')) as Record<string, string>;

function stored(path: string): string | undefined {
  if (existsSync(path)) return readFileSync(path, 'utf8');
  return existsSync(`${path}.gz`) ? gunzipSync(readFileSync(`${path}.gz`)).toString('utf8') : undefined;
}

function valuesOf(c: Case, dir: string): JsonObject {
  let values: JsonObject = {};
  for (const file of c.values) values = mergeValues(values, readValues(readFileSync(join(dir, file)), helmVersion));
  const words = (c.set ?? []).flat();
  const order = ['--set-json', '--set', '--set-string', '--set-file'];
  for (const name of order) {
    for (let i = 0; i < words.length; i += 2) {
      const text = words[i + 1] as string;
      if (words[i] !== name) continue;
      if (name === '--set-json') values = text.trim().startsWith('{') ? mergeValues(values, readValues(text)) : parseSetJson(text, values);
      else if (name === '--set') values = parseSet(text, values);
      else if (name === '--set-string') values = parseSetString(text, values);
      else values = parseSetFile(text, values, (path) => readFileSync(join(dir, path), 'utf8'));
    }
  }
  return values;
}

function render(chart: Chart, c: Case, dir: string, defaults: Manifest['defaults']): string {
  const flags = c.flags ?? [];
  const rendered = renderChart({
    chart,
    values: valuesOf(c, dir),
    release: { name: defaults.release, namespace: defaults.namespace, isUpgrade: flags.includes('--is-upgrade') },
    capabilities: defaultCapabilities({ helmVersion, kubeVersion: defaults.kubeVersion, apiVersions: c.apiVersions ?? [] }),
    helmVersion,
    includeCrds: flags.includes('--include-crds'),
    caches,
    clock,
    random: systemRandom,
  });
  let out = `${rendered.manifest.trim()}\n`;
  if (flags.includes('--no-hooks')) return out;
  for (const hook of rendered.hooks) {
    if (flags.includes('--skip-tests') && hook.events.includes('test')) continue;
    out += `---\n# Source: ${hook.path}\n${hook.manifest}\n`;
  }
  return out;
}

function firstDifference(want: string, got: string, skip: ReadonlySet<number>): string | undefined {
  const [a, b] = [want.split('\n'), got.split('\n')];
  let source = '';
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i]?.startsWith('# Source: ') === true) source = (a[i] as string).slice(10);
    if (a[i] !== b[i] && !skip.has(i + 1))
      return `line ${i + 1} (${source})\n    want ${JSON.stringify(a[i])}\n    got  ${JSON.stringify(b[i])}`;
  }
  return undefined;
}

function trimDocuments(text: string): string {
  return text.replace(/\s+\n(?=---\n# Source: )/g, '\n').replace(/\s+$/, '\n');
}

function documents(text: string): string {
  return trimDocuments(text)
    .split(/^---\n/m)
    .map((d) => d.trim())
    .sort()
    .join('\n---\n');
}

function normal(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^(level=|time=|coalesce|WARN|walk\.go)/.test(line))
    .join('\n')
    .trim();
}

function existsHelm3(base: string): boolean {
  return ['yaml', 'yaml.gz', 'err'].some((end) => existsSync(`${base}.helm3.${end}`));
}

function argsOf(c: Case, { release, namespace, kubeVersion }: Manifest['defaults']): string[] {
  const given = [...c.values.flatMap((file) => ['-f', file]), ...(c.set ?? []).flat(), ...(c.apiVersions ?? []).flatMap((a) => ['-a', a])];
  return [release, 'chart', '--namespace', namespace, '--kube-version', kubeVersion, ...given, ...(c.flags ?? [])];
}

/** Compares with the real program where nothing of Helm 3 is stored. */
function liveProblem(live: LiveAnswer, got: string, error: string | undefined): string | undefined {
  asked++;
  if (live.exit === 0) return error ?? firstDifference(live.out, got, live.volatileLines);
  if (error === undefined) return `rendered, but helm fails: ${live.error.slice(0, 200)}`;
  return normal(live.error) === normal(error) ? undefined : `error text\n    want ${normal(live.error)}\n    got  ${normal(error)}`;
}

function checkCase(chart: () => Chart, c: Case, dir: string, defaults: Manifest['defaults']): string | undefined {
  const base = join(dir, 'expected', c.id);
  const live =
    helmVersion === 3 && !existsHelm3(base) && c.helm3?.endsWith('differs') === true ? askHelm3(dir, argsOf(c, defaults)) : undefined;
  let got = '';
  let error: string | undefined;
  try {
    got = render(chart(), c, dir, defaults);
  } catch (caught) {
    if (!(caught instanceof Error) || !('code' in caught))
      return caught instanceof Error ? (caught.stack ?? caught.message) : String(caught);
    error = `Error: ${errorMessage(caught)}${caught instanceof RenderError ? HINT : ''}`;
  }
  if (live !== undefined) return liveProblem(live, got, error);
  const third = helmVersion === 3 ? stored(`${base}.helm3.yaml`) : undefined;
  if (c.exit !== 0 && third === undefined) {
    const want = (helmVersion === 3 ? stored(`${base}.helm3.err`) : undefined) ?? stored(`${base}.helm4.err`) ?? '';
    if (error === undefined) return `rendered, but helm fails: ${want.slice(0, 200)}`;
    return normal(want) === normal(error)
      ? undefined
      : `error text\n    want ${JSON.stringify(normal(want))}\n    got  ${JSON.stringify(normal(error))}`;
  }
  if (error !== undefined) return error.slice(0, 600);
  const want = third ?? stored(`${base}.helm4.yaml`);
  if (want === undefined) return 'no expectation is stored';
  if (c.volatileLines === null) return undefined;
  // no output of Helm 3 is stored, Helm 4's differs, and the real one is not there: only that it renders is checked
  if (helmVersion === 3 && third === undefined && c.helm3 === 'differs') return void notComparable++;
  const skip = new Set(c.volatileLines ?? []);
  const difference = firstDifference(want, got, skip);
  if (difference === undefined || helmVersion === 4) return difference;
  if (c.helm3 === 'order' && documents(want) === documents(got)) return undefined;
  if (c.helm3 === 'same-after-trim' || c.helm3 === 'order') {
    const lines = (text: string): [number, string][] =>
      text
        .split('\n')
        .map((l, i): [number, string] => [i + 1, l.trimEnd()])
        .filter(([, l]) => l !== '');
    const [x, y] = [lines(want), lines(got)];
    const bad = x.findIndex(([n, line], i) => line !== y[i]?.[1] && !skip.has(n));
    return bad < 0 && x.length === y.length ? undefined : difference;
  }
  return difference;
}

/** The chart that the probes run in, with one template more. */
function probeChart(extra: { readonly name: string; readonly text: string }): Chart {
  const root = join(corpus, 'probes/chart');
  const files: { name: string; data: Uint8Array }[] = [];
  const walk = (folder: string): void => {
    for (const name of readdirSync(join(root, folder)).sort()) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (statSync(join(root, path)).isDirectory()) walk(path);
      else files.push({ name: path, data: readFileSync(join(root, path)) });
    }
  };
  walk('');
  return loadChart({ files: [...files, { name: extra.name, data: Buffer.from(extra.text) }] });
}

function checkProbe(probe: Probe): string | undefined {
  if (probe.deterministic === false) return undefined;
  const number = probe.id.replace(/^\D+/, '');
  const wantsError = helmVersion === 3 && probe.helm3Error !== undefined ? probe.helm3Error : probe.error;
  const text =
    wantsError === undefined
      ? `{{ define "e${number}" }}${probe.template}{{ end }}e${number}: {{ include "e${number}" $ | toJson }}\n`
      : `x: ${probe.template}\n`;
  const name = wantsError === undefined ? 'templates/z.yaml' : 'templates/a.yaml';
  let got: string;
  try {
    const chart = probeChart({ name, text });
    const rendered = renderChart({
      chart,
      values: {},
      release: { name: 'rel', namespace: 'ns' },
      capabilities: defaultCapabilities({ helmVersion, kubeVersion: '1.33.0' }),
      helmVersion,
      caches,
      clock,
      random: systemRandom,
    });
    const line = /^e\d+: (.*)$/m.exec([...rendered.files.values()].join('\n'))?.[1];
    got = line === undefined ? rendered.manifest : (JSON.parse(line) as string);
  } catch (caught) {
    got =
      caught instanceof Error && 'code' in caught
        ? `Error: ${caught.message}${caught instanceof RenderError ? HINT : ''}`
        : String((caught as Error).stack);
  }
  const want = wantsError ?? (helmVersion === 3 && probe.helm3 !== undefined ? probe.helm3 : probe.output) ?? '';
  const same = wantsError === undefined ? got === want : normal(got) === normal(want) || (helmVersion === 3 && got.startsWith('Error: '));
  return same ? undefined : `${probe.template}\n    want ${JSON.stringify(want)}\n    got  ${JSON.stringify(got)}`;
}

let notComparable = 0;
let asked = 0;
const failures: string[] = [];
let passed = 0;
function record(id: string, problem: string | undefined): void {
  const known = expectations[helmVersion === 3 ? `helm3/${id}` : id] ?? expectations[id];
  if (problem === undefined && known === undefined) passed++;
  else if (problem === undefined) failures.push(`${id}: passes, but expectations.json says: ${known}`);
  else if (known !== undefined) passed++;
  else failures.push(`${id}: ${problem}`);
}

if (!existsSync(join(corpus, 'MANIFEST.json'))) {
  console.log(`no corpus at ${corpus}: nothing compared`);
  console.log('0 passed, 0 failed');
} else {
  if (!flag('--probes')) {
    const manifest = JSON.parse(readFileSync(join(corpus, 'MANIFEST.json'), 'utf8')) as Manifest;
    for (const entry of manifest.charts) {
      if (!only.test(entry.id)) continue;
      const dir = join(corpus, entry.id);
      let loaded: Chart | undefined;
      const chart = (): Chart => (loaded ??= loadChart({ fs: new DiskFileSystem(join(dir, 'chart')), path: '/' }, { helmVersion }));
      for (const c of entry.cases) if (onlyCase.test(c.id)) record(`${entry.id}/${c.id}`, checkCase(chart, c, dir, manifest.defaults));
    }
    console.log(`cases: ${passed} passed, ${failures.length} failed`);
  }
  const before = { passed, failed: failures.length };
  const probesFile = join(corpus, 'probes/probes.json');
  if (!flag('--cases') && existsSync(probesFile) && option('--only') === undefined) {
    const { probes } = JSON.parse(readFileSync(probesFile, 'utf8')) as { probes: Probe[] };
    for (const probe of probes) if (onlyCase.test(probe.id)) record(`probe/${probe.id}`, checkProbe(probe));
    console.log(`probes: ${passed - before.passed} passed, ${failures.length - before.failed} failed`);
  }
  for (const failure of flag('--verbose') ? failures : failures.slice(0, 40)) console.log(`FAIL ${failure}`);
  if (asked > 0) console.log(`${asked} of the cases compared with the real helm 3: nothing of it is stored`);
  if (notComparable > 0) console.log(`${notComparable} of the passed cases only rendered: nothing to compare with is stored`);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
