// Packages every chart of the corpus with the real helm 4 and with this project and compares the archives' members:
// names, order, modes, contents.  npx tsx --conditions=flux-ts-source tests/oracle/helm/package.ts [--corpus DIR]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DiskFileSystem, gunzip, readTar } from '@flux-ts/archive';
import { digestHex } from '@flux-ts/base';
import { chartArchive, loadChart } from '@flux-ts/helm';
import { oraclePath } from '../../../tools/oracle.mjs';

const argv = process.argv.slice(2);
const at = argv.indexOf('--corpus');
const corpus = resolve(at < 0 ? join(import.meta.dirname, '../../../../shared/corpus/helm') : (argv[at + 1] as string));
const helm = oraclePath('helm4');

/** One line a member; the order of subcharts is not Helm's own (it has none), so lines are sorted below the first. */
function members(archive: Uint8Array): string[] {
  return readTar(gunzip(archive, 1e9)).map((e) => `${e.path} ${e.kind} ${e.mode.toString(8)} ${digestHex(e.bytes)}`);
}

if (helm === undefined || !existsSync(corpus)) {
  console.log('helm 4 or the corpus is not there: skipped');
  console.log('0 passed, 0 failed');
} else {
  const out = mkdtempSync(join(tmpdir(), 'package-'));
  let passed = 0;
  let failed = 0;
  for (const id of readdirSync(corpus)) {
    const dir = join(corpus, id, 'chart');
    if (!existsSync(join(dir, 'Chart.yaml'))) continue;
    try {
      execFileSync(helm, ['package', dir, '-d', out], { stdio: ['ignore', 'ignore', 'pipe'] });
    } catch (error) {
      console.log(`${id}: helm refuses: ${String((error as { stderr?: unknown }).stderr).split('\n')[0]}`);
      continue;
    }
    const file = join(out, readdirSync(out)[0] as string);
    const want = members(readFileSync(file));
    rmSync(file);
    const got = members(chartArchive(loadChart({ fs: new DiskFileSystem(dir), path: '/' })));
    const nested = want.some((line) => line.includes('/charts/'));
    const [a, b] = nested ? [[...want].sort(), [...got].sort()] : [want, got];
    if (JSON.stringify(a) === JSON.stringify(b)) passed++;
    else {
      failed++;
      const missing = a.filter((line) => !b.includes(line)).slice(0, 3);
      const extra = b.filter((line) => !a.includes(line)).slice(0, 3);
      console.log(`FAIL ${id}: missing ${JSON.stringify(missing)} extra ${JSON.stringify(extra)}`);
    }
  }
  rmSync(out, { recursive: true });
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}
