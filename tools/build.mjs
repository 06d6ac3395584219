// Bundles the CLI into dist/ with esbuild: one entry, one chunk for each lazily imported command.
// The finished bundle is put in place by a rename, so that a start beside a build never sees half of it.
import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync, existsSync, cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
  const { build: esbuild } = await import('esbuild');
  mkdirSync(join(root, 'dist'), { recursive: true });
  const out = mkdtempSync(join(root, 'dist', 'build-'));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  await esbuild({
    absWorkingDir: root,
    entryPoints: { flux: 'packages/cli/src/main.ts' },
    outdir: out,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    conditions: ['flux-ts-source'],
    external: ['lmdb'],
    outExtension: { '.js': '.mjs' },
    define: { 'process.env["FLUX_TS_VERSION"]': JSON.stringify(version) },
    legalComments: 'linked',
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'error',
    metafile: true,
  }).then(
    (result) => writeFileSync(join(out, 'meta.json'), JSON.stringify(result.metafile)),
    (error) => {
      rmSync(out, { recursive: true, force: true });
      throw error;
    },
  );
  copyAssets(out);
  const bundle = join(root, 'dist', 'bundle');
  const old = join(root, 'dist', `old-${process.pid}`);
  if (existsSync(bundle)) renameSync(bundle, old);
  renameSync(out, bundle);
  rmSync(old, { recursive: true, force: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build().catch(() => process.exit(1)); // esbuild has told why
