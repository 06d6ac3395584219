// `npm run check`: types, lint, floors, house rules, format and unit tests, side by side where they can be.
// `--static` leaves the tests out; `--full` adds what needs ../shared, the real programs or minutes: generated files, conformance, end to end.
import { spawn } from 'node:child_process';
import { ensureInstall } from './ensure-install.mjs';

ensureInstall();
const full = process.argv.includes('--full');
const onlyStatic = process.argv.includes('--static');

/** Runs an npm script; its output is shown only where it fails. @returns whether it passed */
function run(name, args = []) {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', name, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const out = [];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => out.push(chunk));
    child.on('close', (code) => {
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      const text = Buffer.concat(out).toString();
      const last = text.trimEnd().split('\n').at(-1) ?? '';
      console.log(`${code === 0 ? '✔' : '✗'} ${name} (${seconds} s)${code === 0 ? `  ${last.slice(0, 120)}` : `\n${text}`}`);
      resolve(code === 0);
    });
  });
}

const results = await Promise.all([
  run('types'),
  (async () => (await run('floors')) && (await run('house')) && (await run('format')) && run('lint'))(),
]);
if (!onlyStatic) results.push(await run('test'));
if (full) {
  for (const name of [
    'generated',
    'conformance:yaml',
    'conformance:semver',
    'conformance:crds',
    'conformance:helm',
    'conformance:kustomize',
    'conformance:kubernetes',
    'conformance:kubectl',
    'conformance:flux',
    'e2e',
  ])
    results.push(await run(name));
}
const failed = results.filter((ok) => !ok).length;
console.log(`check: ${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
