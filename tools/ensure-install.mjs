// Installs the dependencies where they are missing or older than the lock file. Progress goes to stderr only.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.flux-ts-lock');

function lockDigest() {
  return createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
}

/** Installs what package-lock.json names, once for each state of that file. @returns true where it had to */
export function ensureInstall() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockDigest()) return false;
  process.stderr.write('► installing dependencies (once)\n');
  const done = spawnSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    [
      'install',
      '--no-save', // `npm ci` refuses a lock file that was written where some platforms' optional packages are not to be had
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--ignore-scripts',
    ],
    { cwd: root, stdio: ['ignore', 2, 2] },
  );
  if (done.status !== 0) {
    process.stderr.write('✗ the installation failed; the first start needs the npm registry (afterwards nothing does)\n');
    process.exit(1);
  }
  writeFileSync(stamp, lockDigest());
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureInstall();
