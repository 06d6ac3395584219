// Runs upstream Flux's cases of what this package does.
// Usage: run.ts [--corpus DIR] [--only REGEXP] [--show N]
// Prints a table by suite and `N passed, N failed`; a failure that is not in expectations.json, or an unexpected
// pass, gives exit code 1.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { JsonValue } from '@flux-ts/base';
import { flatNode, plainCalls } from './calls.ts';
import { kustomizeCalls, prepareOnDisk } from './kustomize-calls.ts';
import { runShaped, type ShapedCase } from './shaped.ts';
import { runTrace, type TraceCase } from './trace.ts';

type Case = { readonly name: string; readonly suite: string } & Partial<ShapedCase> & TraceCase;

function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
}

const repository = resolve(import.meta.dirname, '../../../..');
const corpus = resolve(option('corpus', join(repository, '../shared/corpus/flux')));
const only = new RegExp(option('only', ''));
const show = Number(option('show', '0'));
if (!existsSync(corpus)) {
  console.log(`no corpus at ${corpus}: nothing to run`);
  console.log('0 passed, 0 failed');
  process.exit(0);
}

function traced(test: Case, suite: string): readonly string[] {
  const home = mkdtempSync(join(tmpdir(), 'flux-render-'));
  try {
    const places = { TMP: join(home, 'tmp'), PKG: join(home, 'pkg') };
    for (const place of Object.values(places)) mkdirSync(place);
    for (const [, fresh] of JSON.stringify(test).matchAll(/\$TMP\/(\d+)/g))
      mkdirSync(join(places.TMP, fresh as string), { recursive: true });
    const data = join(corpus, suite, 'testdata');
    if (existsSync(data)) cpSync(data, join(places.PKG, 'testdata'), { recursive: true });
    const trace = suite === 'envsubst-parse' ? (flatNode(test as unknown as JsonValue) as unknown as Case) : test;
    return runTrace(trace, {
      calls: suite === 'kustomize' ? kustomizeCalls(places.PKG) : plainCalls(),
      prepare: prepareOnDisk,
      places,
      readData: (path) => readFileSync(join(corpus, suite, path), 'utf8'),
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const ledger = JSON.parse(readFileSync(join(import.meta.dirname, 'expectations.json'), 'utf8')) as Readonly<Record<string, string>>;
let passed = 0;
let failed = 0;
const unexpected: string[] = [];
for (const suite of ['envsubst', 'envsubst-parse', 'sourceignore', 'gitignore', 'chartutil', 'kustomize']) {
  const { cases } = JSON.parse(readFileSync(join(corpus, suite, 'cases.json'), 'utf8')) as { readonly cases: readonly Case[] };
  let ok = 0;
  const chosen = cases.filter((test) => only.test(`${suite}/${test.name}`));
  for (const test of chosen) {
    const name = `${suite}/${test.name}`;
    const wrong = test.expected === undefined ? traced(test, suite) : runShaped(test as ShapedCase);
    const known = ledger[name];
    if (wrong.length === 0) {
      ok++;
      if (known !== undefined) unexpected.push(`${name} passes, but expectations.json says: ${known}`);
      continue;
    }
    failed++;
    if (known === undefined) unexpected.push(`${name} fails`);
    console.log(
      [`${name}${known === undefined ? '' : ` (known: ${known})`}`, ...wrong.slice(0, show).map((line) => `    ${line}`)].join('\n'),
    );
  }
  passed += ok;
  console.log(`${String(ok).padStart(4)} / ${String(chosen.length).padEnd(4)} ${suite}`);
}
for (const line of unexpected) console.log(`UNEXPECTED ${line}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = unexpected.length > 0 ? 1 : 0;
