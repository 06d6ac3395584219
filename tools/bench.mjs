// Runs a benchmark as what it measures is shipped: bundled. (What runs TypeScript directly gives each function its name when it is
// made: the first renders of benchmarks/helm.ts take 870 ms of CPU then, 740 ms bundled.)
//   node tools/bench.mjs NAME [ARGUMENTS]
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const [name = '', ...args] = process.argv.slice(2);
const outfile = join(root, 'dist', 'bench', `${name}.mjs`);

/** A tool stays where it is: it knows its place. */
function tool({ path }) {
  return { path: join(root, 'tools', basename(path)), external: true };
}

await build({
  absWorkingDir: root,
  entryPoints: [join('benchmarks', `${name}.ts`)],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  conditions: ['flux-ts-source'],
  external: ['lmdb'],
  define: { 'import.meta.dirname': JSON.stringify(join(root, 'benchmarks')) },
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  plugins: [{ name: 'tools', setup: (bundle) => bundle.onResolve({ filter: /\/tools\// }, tool) }],
  minifySyntax: true,
  logLevel: 'error',
});
process.exit(spawnSync(process.execPath, [outfile, ...args], { stdio: 'inherit' }).status ?? 1);
