// Bundles the CLI into dist/bundle with esbuild: one entry, one chunk for each lazily imported command; then runs it for the
// first time, to store the code that V8 makes of it (tools/start.cjs).
// The finished bundle is put in place by a rename, so that a start beside a build never sees half of it.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  existsSync,
  copyFileSync,
  cpSync,
  mkdirSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toScripts } from './chunks.mjs';
import { ensureInstall } from './ensure-install.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Data files (`packages/<p>/assets`) go beside the chunks as dist/assets/<p>. */
function copyAssets(out) {
  for (const name of readdirSync(join(root, 'packages'))) {
    const from = join(root, 'packages', name, 'assets');
    if (existsSync(from)) cpSync(from, join(out, 'assets', name), { recursive: true });
  }
}

/** Builds dist/. Progress goes to stderr only. */
export async function build() {
  ensureInstall();
  process.stderr.write('► bundling the command line (once for each change)\n');
  const esbuild = await import('esbuild');
  mkdirSync(join(root, 'dist'), { recursive: true });
  const out = mkdtempSync(join(root, 'dist', 'build-'));
  try {
    await bundleInto(out, esbuild);
  } catch (error) {
    rmSync(out, { recursive: true, force: true });
    throw error;
  }
  const bundle = join(root, 'dist', 'bundle');
  const old = join(root, 'dist', `old-${process.pid}`);
  if (existsSync(bundle)) renameSync(bundle, old);
  chmodSync(out, 0o755); // the installation may be for all
  renameSync(out, bundle);
  rmSync(old, { recursive: true, force: true });
}

async function bundleInto(out, esbuild) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: { main: 'packages/cli/src/main.ts' },
    outdir: out,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    conditions: ['flux-ts-source'],
    external: ['lmdb'],
    outExtension: { '.js': '.cjs' },
    define: { 'process.env["FLUX_TS_VERSION"]': JSON.stringify(version) },
    legalComments: 'linked',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'error',
    metafile: true,
  });
  writeFileSync(join(out, 'meta.json'), JSON.stringify(metafile));
  await toScripts(out, esbuild, metafile.outputs);
  copyFileSync(join(root, 'tools', 'start.cjs'), join(out, 'flux.cjs'));
  copyFileSync(join(root, 'tools', 'warm.cjs'), join(out, 'warm.cjs'));
  copyAssets(out);
  // Where this fails the bundle works all the same, only slower: no reason to stop.
  spawnSync(process.execPath, [join(out, 'warm.cjs')], { stdio: 'ignore', timeout: 60_000 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build().catch(() => process.exit(1)); // esbuild has told why
