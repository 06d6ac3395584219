import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toScripts } from './chunks.mjs';

const tools = dirname(fileURLToPath(import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'flux-bundle-'));
const bundle = join(root, 'dist/bundle');
const cache = join(bundle, `cache-${process.version}-${process.arch}`);

const SOURCES: Readonly<Record<string, string>> = {
  'main.ts': `
    import { count, Shape, twice } from './shared.ts';
    export async function main(words: readonly string[]): Promise<void> {
      const { run } = await import('./command.ts');
      const again = await import('./command.ts');
      console.log(run(words), count, run === again.run, twice(4), new Shape() instanceof again.Shape);
      if (words[0] === 'rare') console.log((await import('./rare.ts')).run(words), (await import('./rare-too.ts')).twice());
      if (words.includes('fail')) throw new Error('failed');
    }`,
  'command.ts': `
    import { count, next, Shape, twice } from './shared.ts';
    export { Shape };
    export function run(words: readonly string[]): string {
      next();
      return words.map((word) => word + '|' + /[µé]/.test(word) + '|' + count + '|' + twice(2)).join(' ');
    }`,
  'rare.ts': `
    import { large } from 'large';
    export function run(words: readonly string[]): number { return words.length > 3 ? large : 0; }`,
  'rare-too.ts': `
    import { large } from 'large';
    export const twice = (): number => (globalThis.process.argv.length > 6 ? large * 2 : 0);`,
  'node_modules/large/package.json': '{"name":"large","type":"module","main":"index.js","sideEffects":false}',
  'node_modules/large/index.js': 'globalThis.console.error("loaded"); export const large = 7;',
  'shared.ts': `
    export let count = 0;
    export function next(): void { count++; }
    export const twice = (n: number): number => n * 2;
    export class Shape {}`,
};

function flux(...words: string[]): { readonly out: string; readonly err: string; readonly code: number | null } {
  const { stdout, stderr, status } = spawnSync(process.execPath, [join(bundle, 'flux.cjs'), ...words], { encoding: 'utf8' });
  return { out: stdout, err: stderr, code: status };
}

beforeAll(async () => {
  mkdirSync(bundle, { recursive: true });
  mkdirSync(join(root, 'node_modules/large'), { recursive: true });
  for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(root, name), text);
  const { metafile } = await esbuild.build({
    entryPoints: { main: join(root, 'main.ts') },
    outdir: bundle,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    outExtension: { '.js': '.cjs' },
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
  });
  await toScripts(bundle, esbuild, metafile.outputs);
  copyFileSync(join(tools, 'start.cjs'), join(bundle, 'flux.cjs'));
  copyFileSync(join(tools, 'warm.cjs'), join(bundle, 'warm.cjs'));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('a bundle of scripts', () => {
  const want = 'a|false|1|4 µ|true|1|4 1 true 8 true\n';

  test('prepares itself once where no code is stored for this node', () => {
    const first = flux('a', 'µ');
    expect(first).toEqual({ out: want, err: `► preparing for node ${process.version} (once)\n`, code: 0 });
    expect(readdirSync(cache)).toContain('main.cjs');
    expect(flux('a', 'µ')).toEqual({ out: want, err: '', code: 0 });
  });

  test('shares variables that change, and every module once', () => {
    expect(flux('a', 'µ').out).toBe(want);
    const chunks = readdirSync(bundle).filter((name) => name.startsWith('chunk-') && name.endsWith('.cjs'));
    const text = chunks.map((name) => readFileSync(join(bundle, name), 'latin1')).join('');
    expect(text).toContain('get count(){return count}');
    expect(text).toContain(',twice:twice');
  });

  test.each([
    [['rare', 'a'], '0 0\n', ''],
    [['rare', 'a', 'b', 'c', 'd'], '7 14\n', 'loaded\n'],
  ])('loads a library once and only where it is used: %j', (words, out, err) => {
    const ran = flux(...words);
    expect(ran.out.split('\n').slice(1).join('\n')).toBe(out);
    expect([ran.err, ran.code]).toEqual([err, 0]);
  });

  test('ends with an error code where the command throws', () => {
    const failed = flux('fail');
    expect(failed.code).toBe(1);
    expect(failed.err).toContain('Error: failed');
  });

  test.each([
    ['of other sources', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 8), Buffer.from([1, 2, 3, 4]), bytes.subarray(12)])],
    ['cut short', (bytes: Buffer) => bytes.subarray(0, 40)],
    ['empty', () => Buffer.alloc(0)],
  ])('works without stored code that is %s', (_, spoil) => {
    const path = join(cache, 'main.cjs');
    const good = readFileSync(path);
    writeFileSync(path, spoil(good));
    expect(flux('a', 'µ')).toEqual({ out: want, err: '', code: 0 });
    writeFileSync(path, good);
  });

  test('takes the code that is stored', () => {
    const script = `
      const { Script } = require('node:vm');
      const { load, CACHE } = require(${JSON.stringify(join(bundle, 'flux.cjs'))});
      const { readFileSync } = require('node:fs');
      const name = 'main.cjs';
      const made = new Script(readFileSync(${JSON.stringify(`${bundle}/`)} + name, 'latin1'), { cachedData: readFileSync(CACHE + name) });
      console.log(typeof load, made.cachedDataRejected);`;
    expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })).toBe('function false\n');
  });
});
