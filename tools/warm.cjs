// Stands in the bundle (dist/bundle/warm.cjs) and runs usual commands of it, to store the code that V8 makes of them.
// V8 stores what ran: so every chunk is loaded at least, and the engines do real work.
'use strict';
const { spawnSync } = require('node:child_process');
const { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { setFlagsFromString } = require('node:v8');
const { load, scripts, CACHE, MAIN } = require('./flux.cjs');

const root = join(__dirname, '..', '..');
const chart = join(root, 'tools/warm/chart');
const COMMANDS = [
  ['version', '--client'],
  ['--help'],
  ['helm', 'template', 'warm', chart, '--namespace', 'warm', '--kube-version', '1.33.0', '--set', 'a.b=c,d={1,2}', '--include-crds'],
  ['helm', 'template', 'warm', join(root, 'examples/charts/webapp'), '-f', join(root, 'examples/charts/webapp/values.yaml')],
  ['helm', 'template', 'warm', join(root, 'examples/charts/ingress-controller')],
  ['helm', 'lint', chart],
  ['helm', 'show', 'all', chart],
  ['kustomize', 'build', join(root, 'examples/fleet/apps/production')],
  ['kustomize', 'build', join(root, 'examples/fleet/infrastructure/controllers')],
  ['get', 'all', '--kubeconfig', join(__dirname, 'none')],
];
/** Later optimisation, by the name that the flag has: node 20, node 22 and later (docs/decisions/0002-starting-node.md). */
const TUNING = { 'interrupt-budget': 1_000_000, 'invocation-count-for-turbofan': 20_000 };

async function warm() {
  setFlagsFromString('--no-flush-bytecode');
  const { main } = load(MAIN);
  for (const words of COMMANDS) await main(words);
  for (const name of readdirSync(__dirname)) if (isChunk(name)) load(`./${name}`);
  setFlagsFromString('--flush-bytecode'); // stored code is bound to the flags
  const made = mkdtempSync(join(__dirname, 'cache-'));
  chmodSync(made, 0o755); // the installation may be for all
  for (const [name, script] of scripts) writeFileSync(join(made, name), script.createCachedData());
  writeFileSync(join(made, 'tuning.json'), JSON.stringify(tuning()));
  try {
    renameSync(made, CACHE);
  } catch {
    rmSync(made, { recursive: true, force: true }); // another start was faster
  }
}

function isChunk(name) {
  return name.endsWith('.cjs') && name !== 'flux.cjs' && name !== 'warm.cjs';
}

/** The flag that this version knows, with our value and its own. */
function tuning() {
  const { stdout } = spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  for (const [name, value] of Object.entries(TUNING)) {
    const usual = new RegExp(`--${name} \\([^]*?default: (?:--${name}=)?(\\d+)`).exec(stdout);
    if (usual !== null) return { on: `--${name}=${value}`, off: `--${name}=${usual[1]}` };
  }
  return {};
}

void warm().then(() => process.exit(0));
