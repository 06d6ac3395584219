// Compares our answers with those of the Go libraries: every YAML file of the corpus and 220,000 generated texts.
// With Go at hand the program in tests/oracle/yaml is built and asked; without it the recorded fingerprints serve.
//   --corpus DIR   default ../shared/corpus    --recorded   do not ask Go    --record   write the records anew
//   --count N      generated texts a kind      --seed N     others than the recorded ones     --show N   differences printed
//   --kinds LETTERS   only these kinds of questions
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { generated } from './generate.ts';
import { askOracle, type Kind, type Question } from './oracle.ts';
import { askable, canonical, ourAnswer } from './ours.ts';
import { fingerprint, RANDOM, Recorded } from './recorded.ts';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../../../..');
const { values: options } = parseArgs({
  options: {
    corpus: { type: 'string', default: join(root, '../shared/corpus') },
    recorded: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    show: { type: 'string', default: '5' },
    kinds: { type: 'string', default: 'sSdj2nvkp' },
  },
});
const RECORDS = join(here, 'recorded.bin.gz');
const BATCH = 1000;
const MAX_FILE = 3_000_000;
/** How often a question is asked again where Go may choose by chance among several answers. */
const AGAIN = 60;

const PROFILES: readonly { readonly name: string; readonly kinds: readonly Kind[] }[] = [
  { name: 'sigs.k8s.io/yaml', kinds: ['s', 'S', 'd', 'j'] },
  { name: 'go-yaml v2 printing', kinds: ['2'] },
  { name: 'yaml.v3 and kyaml', kinds: ['n', 'v', 'k', 'p'] },
];
const FILE_KINDS: readonly Kind[] = ['s', 'S', 'd', 'n', 'v', 'k'];

interface Case extends Question {
  readonly name: string;
}

function buildOracle(): string | undefined {
  const target = join(root, 'node_modules/.oracle/yaml-oracle');
  mkdirSync(dirname(target), { recursive: true });
  const done = spawnSync('go', ['build', '-o', target, '.'], { cwd: join(root, 'tests/oracle/yaml'), stdio: ['ignore', 'ignore', 'pipe'] });
  if (done.status === 0) return target;
  console.log(
    `no Go program to ask (${done.error?.message ?? done.stderr.toString().trim().split('\n')[0] ?? ''}): the recorded answers serve`,
  );
  return undefined;
}

function yamlFiles(directory: string, prefix = ''): string[] {
  return readdirSync(join(directory, prefix), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(prefix, entry.name);
      if (entry.isDirectory()) return yamlFiles(directory, path);
      const wanted = /\.(ya?ml|json)$|kustomization$/i.test(entry.name) && statSync(join(directory, path)).size < MAX_FILE;
      return wanted ? [path] : [];
    });
}

const ledger = JSON.parse(readFileSync(join(here, 'expectations.json'), 'utf8')) as Readonly<Record<string, string>>;
const oracle = options.recorded ? undefined : buildOracle();
const recorded = Recorded.read(RECORDS);
const fresh = new Recorded();
const totals = { passed: 0, failed: 0, random: 0, shown: 0 };
const seen = new Set<string>();

/** Gives Go's fingerprint of each case: asked, or as it was recorded. */
function goPrints(series: string, cases: readonly Case[], ours: readonly string[]): ArrayLike<number> | undefined {
  if (oracle === undefined) return recorded.get(series);
  const answers = askOracle(oracle, cases).map((answer, i) => canonical(answer, (cases[i] as Case).kind));
  return answers.map((answer, i) => {
    const mine = ours[i] as string;
    if (answer === mine) return fingerprint(answer);
    const one = cases[i] as Case;
    const again = askOracle(oracle, Array<Question>(AGAIN).fill(one)).map((a) => canonical(a, one.kind));
    if (new Set([answer, ...again]).size > 1) return RANDOM;
    show(one, mine, answer);
    return fingerprint(answer);
  });
}

function show(one: Case, mine: string, theirs: string): void {
  if (ledger[one.name] !== undefined || totals.shown++ >= Number(options.show)) return;
  let at = 0;
  while (mine[at] === theirs[at]) at++;
  const from = Math.max(0, at - 80);
  console.log(
    `${one.name} ${JSON.stringify(one.text.toString()).slice(0, 300)}\n  ours ${mine.slice(from, at + 120)}\n  Go   ${theirs.slice(from, at + 120)}`,
  );
}

function compare(series: string, cases: readonly Case[]): string {
  const before = { ...totals };
  const prints: number[] = [];
  const known = oracle === undefined ? recorded.get(series) : undefined;
  if (oracle === undefined && known?.length !== cases.length) return `${series}: no records of ${cases.length} answers, skipped`;
  for (let from = 0; from < cases.length; from += BATCH) {
    const batch = cases.slice(from, from + BATCH);
    const ours = batch.map((one) => canonical(ourAnswer(one), one.kind));
    const theirs = known?.subarray(from, from + BATCH) ?? (goPrints(series, batch, ours) as ArrayLike<number>);
    batch.forEach((one, i) => {
      prints.push(theirs[i] as number);
      count(one, theirs[i] as number, fingerprint(ours[i] as string));
    });
  }
  if (oracle !== undefined) fresh.set(series, prints);
  return `${series}: ${totals.passed - before.passed} equal, ${totals.failed - before.failed} different, ${totals.random - before.random} left to chance by Go`;
}

function count(one: Case, theirs: number, mine: number): void {
  const reason = ledger[one.name];
  if (reason !== undefined) seen.add(one.name);
  if (theirs === RANDOM) totals.random++;
  else if ((theirs === mine) === (reason === undefined)) totals.passed++;
  else {
    totals.failed++;
    if (oracle === undefined && totals.shown++ < Number(options.show)) console.log(`${one.name} differs from the recorded answer`);
    if (reason !== undefined) console.log(`${one.name} is in expectations.json but passes`);
  }
}

const seed = Number(options.seed);
for (const { name, kinds } of PROFILES) {
  console.log(name);
  for (const kind of kinds.filter((k) => options.kinds.includes(k))) {
    // kinds that stand alone for a profile are asked more often
    const number = Number(options.count) * (kinds.length === 1 ? 3 : 1);
    const cases = generated(kind, number, seed)
      .map((question, i) => ({ ...question, name: `generated ${kind} ${seed} ${i}` }))
      .filter(askable);
    console.log(`  ${compare(`generated ${kind} ${seed} ${number}`, cases)}`);
  }
}
if (existsSync(options.corpus)) {
  const files = yamlFiles(options.corpus);
  console.log(`${files.length} files of the corpus`);
  for (const kind of FILE_KINDS.filter((k) => options.kinds.includes(k))) {
    const cases = files.map((file) => ({ kind, name: `${kind} ${file}`, text: readFileSync(join(options.corpus, file)) })).filter(askable);
    console.log(`  ${compare(`corpus ${kind}`, cases)}`);
  }
} else console.log(`no corpus at ${options.corpus}: its files are skipped`);
if (options.record && oracle !== undefined) fresh.write(RECORDS);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 ? 1 : 0;
