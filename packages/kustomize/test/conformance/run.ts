// Runs kustomize's own test cases through `build`, in one process.
// Usage: run.ts [--corpus DIR] [--only REGEXP] [--show N] [--errors any|message]
// Prints a table by group and `N passed, N failed`; a failure that is not in expectations.json, or an unexpected
// pass, gives exit code 1.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { errorMessage } from '@flux-ts/base';
import { BuildCache, build, diskFileSystem, type InflateChart } from '../../src/index.ts';
import { judge, type CaseFile } from './judge.ts';

interface IndexEntry {
  readonly name: string;
  readonly group: string;
  readonly area: string;
  readonly trusted: boolean;
}

function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
}

const repository = resolve(import.meta.dirname, '../../../..');
const named = resolve(option('corpus', join(repository, '../shared/corpus/kustomize')));
const corpus = existsSync(named) ? realpathSync(named) : named; // messages name real paths, as kustomize's do
const only = new RegExp(option('only', ''));
const show = Number(option('show', '0'));
if (!existsSync(join(corpus, 'index.json'))) {
  console.log(`no corpus at ${corpus}: nothing to run`);
  console.log('0 passed, 0 failed');
  process.exit(0);
}

/** The helm engine, where the helm package can be loaded. */
async function helmEngine(): Promise<InflateChart | undefined> {
  try {
    return (await import('@flux-ts/render')).inflateChart;
  } catch (error) {
    console.log(`helm cases run without an engine: ${errorMessage(error)}`);
    return undefined;
  }
}

const inflateChart = await helmEngine();
const ledger = JSON.parse(readFileSync(join(import.meta.dirname, 'expectations.json'), 'utf8')) as Readonly<Record<string, string>>;
const index = (JSON.parse(readFileSync(join(corpus, 'index.json'), 'utf8')) as IndexEntry[]).filter((c) => c.trusted && only.test(c.name));
const groups = new Map<string, { passed: number; all: number }>();
const failures: { readonly name: string; readonly detail: readonly string[] }[] = [];
const unexpected: string[] = [];
let passed = 0;
const fs = diskFileSystem('/');
for (const entry of index) {
  const directory = join(corpus, entry.name);
  const meta = JSON.parse(readFileSync(join(directory, 'case.json'), 'utf8')) as CaseFile;
  const root = meta.filesFrom === undefined ? join(directory, 'files') : join(corpus, meta.filesFrom);
  let output: { readonly yaml?: string; readonly error?: string };
  try {
    const result = build(fs, join(root, meta.path), {
      loadRestrictor: meta.options.loadRestrictor,
      reorder: 'legacy',
      enableHelm: meta.options.enableHelm,
      helmKubeVersion: meta.options.helmKubeVersion,
      helmApiVersions: meta.options.helmApiVersions,
      cache: new BuildCache(),
      ...(inflateChart === undefined ? {} : { inflateChart }),
    });
    output = { yaml: result.toYaml() };
  } catch (error) {
    output = { error: errorMessage(error) };
  }
  const expected = join(directory, 'expected.yaml');
  const verdict = judge({ meta, root, output, expected: existsSync(expected) ? readFileSync(expected, 'utf8') : '' }, show);
  const group = groups.get(entry.group) ?? { passed: 0, all: 0 };
  groups.set(entry.group, { passed: group.passed + (verdict.ok ? 1 : 0), all: group.all + 1 });
  const known = ledger[entry.name];
  if (verdict.ok) {
    passed++;
    if (known !== undefined) unexpected.push(`${entry.name} passes, but expectations.json says: ${known}`);
  } else {
    failures.push({ name: entry.name + (known === undefined ? '' : ` (known: ${known})`), detail: verdict.detail });
    if (known === undefined) unexpected.push(`${entry.name} fails`);
  }
}
for (const [group, { passed: ok, all }] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
  if (ok < all || show === 0) console.log(`${String(ok).padStart(4)} / ${String(all).padEnd(4)} ${group}`);
}
for (const failure of failures) console.log(['', failure.name, ...failure.detail.map((line) => `    ${line}`)].join('\n'));
for (const line of unexpected) console.log(`UNEXPECTED ${line}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = unexpected.length > 0 ? 1 : 0;
