// Makes up expressions from the functions' own parameters and compares what they print with the real helm, which renders all of
// them in one chart. `npx tsx --conditions=flux-ts-source packages/gotemplate/test/conformance/differential.ts [--seed N] [--count N]`
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RealClock, seededRandom, systemRandom } from '@flux-ts/base';
import { oraclePath } from '../../../../tools/oracle.mjs';
import { TemplateError, TemplateSet, goBuiltins, mergeTables, sprigFunctions, bytesToText, type GoFunc } from '../../src/index.ts';

const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const helm = oraclePath('helm4');
if (helm === undefined) {
  console.log('helm is not installed (node tools/oracle.mjs install): skipped\n0 passed, 0 failed');
  process.exit(0);
}

const random = seededRandom(option('--seed', 1));
const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next() * from.length)] as T;
const functions = mergeTables(goBuiltins(), sprigFunctions({ clock: new RealClock(), random: systemRandom }));

/** Chance, time and what helm puts something of its own in place of. */
const LEFT_OUT =
  /^(rand|gen|now$|ago$|uuid|shuffle|bcrypt|htpasswd|encryptAES|derivePassword|keys$|values$|getHost|date|htmlDate|must.*Date|toDate|to.*Json|from.*Json|must.*Json|fail$|call$|hello$)/;
const STRINGS = [
  '"abc"',
  '"a b c"',
  '""',
  '"héé 世x"',
  '"Hello World_foo-bar"',
  '"FooBarHTTPServer2x"',
  '"1.2.3"',
  '"a,b,,c"',
  '"/a/../b/c.tar.gz"',
  '"[a-z]+"',
  '"3"',
  '","',
  '"$1x"',
  '"aGk="',
  '">=1.0.0"',
  '"(a)(b)?"',
  '"x\\ny"',
];
const VALUES = [
  ...STRINGS,
  'nil',
  '0',
  '7',
  '-3',
  '2.5',
  '1e21',
  '0.1',
  'true',
  'false',
  '(list 1 2 3)',
  '(list)',
  '(list "x" nil 1.5)',
  '(dict "a" 1 "b" "x")',
  '(dict)',
  '(int64 5)',
  '(until 3)',
  '(splitList "," "x,y")',
  '(split "," "x,y")',
  "'a'",
  '(semver "1.2.3-a.1+b")',
  '(list (list 1) (dict "k" (list)))',
  '(float64 "3")',
];
const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  string: STRINGS,
  int: ['0', '1', '2', '3', '-1', '10', '(int 4)'],
  bool: ['true', 'false'],
  float64: ['0.5', '1'],
  'map[string]interface {}': [
    '(dict)',
    '(dict "a" 1)',
    '(dict "a" "" "b" (dict "c" 1) "l" (list 1))',
    '(dict "b" (dict "c" 2 "d" nil) "l" (list) "n" nil "z" 0)',
  ],
};

function expression(fn: GoFunc): string {
  const count = Math.max(0, fn.params.length + (fn.variadic ? Math.floor(random.next() * 4) - 1 : 0));
  const args = Array.from({ length: count }, (_, i) => {
    const type = fn.params[Math.min(i, fn.params.length - 1)] as string;
    return random.next() < 0.1 ? pick(VALUES) : pick(BY_TYPE[type] ?? VALUES);
  });
  const call = `${fn.name} ${args.join(' ')}`;
  return pick([`{{ ${call} }}`, `{{ $x := (${call}) }}{{ typeOf $x }} {{ $x }}`, `{{ printf "%#v" (${call}) }}`, `{{ ${call} | toJson }}`]);
}

/** What we print, or undefined where it fails: helm would stop at the first failure. */
function ours(text: string): string | undefined {
  const set = new TemplateSet({ functions, missingKey: 'zero', name: 'gotpl' });
  try {
    set.parse('t', text);
    return set.execute('t', {});
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

interface Case {
  readonly text: string;
  readonly want: string;
}

/** Renders all cases with helm. @returns its answers, or the index of the case that it fails at */
function theirs(cases: readonly Case[]): readonly string[] | { readonly failedAt: number; readonly message: string } {
  const chart = mkdtempSync(join(tmpdir(), 'gotemplate-'));
  try {
    mkdirSync(join(chart, 'templates'));
    writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: probe\nversion: 0.1.0\n');
    writeFileSync(join(chart, 'templates/_d.tpl'), cases.map((c, i) => `{{ define "e${i}" }}${c.text}{{ end }}`).join('\n'));
    writeFileSync(join(chart, 'templates/a.yaml'), cases.map((_, i) => `e${i}: {{ include "e${i}" $ | b64enc | quote }}\n`).join(''));
    const run = spawnSync(helm as string, ['template', 'rel', chart], { maxBuffer: 1 << 28 });
    const at = /executing "e(\d+)"/.exec(run.stderr.toString());
    if (run.status !== 0 && at === null) throw new Error(run.stderr.toString().slice(0, 1000));
    if (at !== null) return { failedAt: Number(at[1]), message: run.stderr.toString().slice(0, 600) };
    const lines = run.stdout
      .toString()
      .split('\n')
      .filter((line) => /^e\d+: /.test(line));
    return lines.map((line) => bytesToText(Buffer.from(line.slice(line.indexOf('"') + 1, -1), 'base64')));
  } finally {
    rmSync(chart, { recursive: true });
  }
}

const table = [...functions.values()].filter((fn) => !LEFT_OUT.test(fn.name));
let cases: Case[] = [];
for (let i = 0; i < option('--count', 2000); i++) {
  const text = expression(pick(table));
  const want = ours(text);
  // pointers have addresses
  if (want !== undefined && !want.includes('0xc0')) cases.push({ text, want });
}
let failed = 0;
const complain = (c: Case, got: string): void => {
  failed++;
  console.log(`${c.text}\n  helm ${got}\n  ours ${JSON.stringify(c.want)}`);
};
for (;;) {
  const answers = theirs(cases);
  if ('failedAt' in answers) {
    complain(cases[answers.failedAt] as Case, answers.message);
    cases = cases.filter((_, i) => i !== answers.failedAt);
    if (failed > 20) break;
    continue;
  }
  cases.forEach((c, i) => {
    if (answers[i] !== c.want) complain(c, JSON.stringify(answers[i]));
  });
  break;
}
console.log(`${cases.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
