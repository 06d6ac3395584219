// Compares every constraint/version pair of the corpus with the real helm's semverCompare, or with its recorded answers
// where helm is not installed. `--recorded` uses the recording only, `--record` writes a new one.
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { oraclePath } from '../../../../tools/oracle.mjs';
import { parseConstraint, parseVersion, type Constraint, type Version } from '../../src/index.ts';
import { semverCorpus } from './corpus.ts';
import { askHelm } from './oracle.ts';

/** The answers of helm: rows of 0 and 1 for the texts that parse, error texts for the others. */
interface Answers {
  readonly rows: Readonly<Record<string, string>>;
  readonly constraintErrors: Readonly<Record<string, string>>;
  readonly versionErrors: Readonly<Record<string, string>>;
}

const RECORDED = new URL('./recorded.json.gz', import.meta.url);
const { constraints, versions } = semverCorpus();

function attempt<T>(make: () => T): { value: T } | { error: string } {
  try {
    return { value: make() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function live(helm: string): Answers {
  const errors = (
    texts: readonly string[],
    ask: (text: string) => ReturnType<typeof askHelm>,
    parse: (text: string) => unknown,
  ): Record<string, string> => {
    const out: Record<string, string> = {};
    // only what we refuse is asked one by one; what helm alone refuses makes the batch below fail
    for (const text of texts) {
      if ('value' in attempt(() => parse(text))) continue;
      const answer = ask(text);
      if (!answer.ok) out[text] = answer.error;
    }
    return out;
  };
  const constraintErrors = errors(constraints, (c) => askHelm(helm, [c], ['1.2.3']), parseConstraint);
  const versionErrors = errors(versions, (v) => askHelm(helm, ['*'], [v]), parseVersion);
  const good = constraints.filter((c) => constraintErrors[c] === undefined);
  const answer = askHelm(
    helm,
    good,
    versions.filter((v) => versionErrors[v] === undefined),
  );
  if (!answer.ok) throw new Error(`helm refuses a pair that is not refused here: ${answer.error}`);
  return { rows: Object.fromEntries(good.map((c, i) => [c, answer.rows[i] ?? ''])), constraintErrors, versionErrors };
}

const helm = process.argv.includes('--recorded') ? undefined : oraclePath('helm4');
const answers = helm === undefined ? (JSON.parse(gunzipSync(readFileSync(RECORDED)).toString()) as Answers) : live(helm);
if (process.argv.includes('--record')) writeFileSync(RECORDED, gzipSync(JSON.stringify(answers), { level: 9 }));

let passed = 0;
const failures: string[] = [];
function expectEqual(name: string, got: unknown, want: unknown): void {
  if (got === want) passed++;
  else failures.push(`${name}: got ${String(got)}, want ${String(want)}`);
}

const parsed: Version[] = [];
const names: string[] = [];
for (const text of versions) {
  const result = attempt(() => parseVersion(text));
  if ('error' in result || answers.versionErrors[text] !== undefined)
    expectEqual(`version ${JSON.stringify(text)}`, 'error' in result ? result.error : 'no error', answers.versionErrors[text]);
  else {
    parsed.push(result.value);
    names.push(text);
  }
}
let pairs = 0;
for (const text of constraints) {
  const result = attempt<Constraint>(() => parseConstraint(text));
  if ('error' in result || answers.constraintErrors[text] !== undefined) {
    expectEqual(`constraint ${JSON.stringify(text)}`, 'error' in result ? result.error : 'no error', answers.constraintErrors[text]);
    continue;
  }
  const row = answers.rows[text] ?? '';
  for (const [i, version] of parsed.entries()) {
    pairs++;
    const got = result.value.check(version) ? '1' : '0';
    expectEqual(`${JSON.stringify(text)} ${JSON.stringify(names[i])}`, got, row[i]);
    const said = result.value.validate(version);
    if (said.ok !== (got === '1') || said.ok === said.errors.length > 0) failures.push(`${text} ${names[i]}: check and validate differ`);
  }
}
for (const failure of failures.slice(0, 40)) console.error(failure);
console.log(
  `${helm === undefined ? 'recorded answers of helm' : 'live helm'}: ${pairs} pairs, ${Object.keys(answers.constraintErrors).length} refused constraints, ${Object.keys(answers.versionErrors).length} refused versions`,
);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length > 0 ? 1 : 0;
