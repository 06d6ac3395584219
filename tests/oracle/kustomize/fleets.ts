// Builds every kustomization of the recorded fleets and compares the bytes with what `kubectl kustomize` 1.36 gives.
// Where that program is not installed, the digests recorded from it (digests.json) stand in for it.
// Usage: npx tsx --conditions=flux-ts-source tests/oracle/kustomize/fleets.ts [--corpus DIR] [--record]
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { digestHex, errorMessage } from '@flux-ts/base';
import { BuildCache, build, diskFileSystem } from '@flux-ts/kustomize';
import { oraclePath } from '../../../tools/oracle.mjs';

const at = process.argv.indexOf('--corpus');
const corpus = resolve(at < 0 ? join(import.meta.dirname, '../../../../shared/corpus/fleets') : (process.argv[at + 1] ?? '.'));
const record = process.argv.includes('--record');
const recordPath = join(import.meta.dirname, 'digests.json');
const kubectl = oraclePath('kubectl136') as string | undefined;
if (!existsSync(corpus)) {
  console.log(`no fleets at ${corpus}: nothing to compare`);
  console.log('0 same, 0 different');
  process.exit(0);
}
if (kubectl === undefined)
  console.log('kubectl 1.36 is not installed (node tools/oracle.mjs install): comparing with the recorded digests');

function kustomizations(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  const here = entries.some(({ name }) => /^(kustomization\.ya?ml|Kustomization)$/.test(name)) ? [directory] : [];
  return [...here, ...entries.filter((e) => e.isDirectory()).flatMap((e) => kustomizations(join(directory, e.name)))];
}

/** What a build gave: the digest of its output, or its error. */
function ours(directory: string): string {
  try {
    return digestHex(build(fs, directory, { reorder: 'legacy', cache }).toYaml());
  } catch (error) {
    return `error ${digestHex(errorMessage(error).trim())}`;
  }
}

function theirs(program: string, directory: string): string {
  try {
    const output = execFileSync(program, ['kustomize', directory], {
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 30,
      encoding: 'utf8',
    });
    return digestHex(output);
  } catch (error) {
    const lines = String((error as { readonly stderr?: unknown }).stderr).split('\n');
    const text = lines.filter((line) => !line.startsWith('# Warning')).join('\n');
    return `error ${digestHex(text.replace(/^error: /i, '').trim())}`;
  }
}

const fs = diskFileSystem('/');
const cache = new BuildCache();
const recorded = existsSync(recordPath) ? (JSON.parse(readFileSync(recordPath, 'utf8')) as Record<string, string>) : {};
const seen: Record<string, string> = {};
let same = 0;
const different: string[] = [];
for (const directory of kustomizations(corpus).sort()) {
  const name = relative(corpus, directory);
  const wanted = kubectl === undefined ? recorded[name] : theirs(kubectl, directory);
  if (wanted === undefined) continue;
  seen[name] = wanted;
  if (ours(directory) === wanted) same++;
  else different.push(name);
}
if (record && kubectl !== undefined) writeFileSync(recordPath, `${JSON.stringify(seen, undefined, 1)}\n`);
for (const name of different) console.log(`different: ${name}`);
console.log(`${same} same, ${different.length} different`);
process.exitCode = different.length > 0 || same === 0 ? 1 : 0;
