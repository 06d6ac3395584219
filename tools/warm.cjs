// Runs usual commands of a finished bundle and stores the code that V8 made of them: `node tools/warm.cjs BUNDLE`.
// Only what ran is in V8's store; so each command's own code is loaded at least, and the engines do real work.
'use strict';
const { spawnSync } = require('node:child_process');
const { mkdirSync, readdirSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { setFlagsFromString } = require('node:v8');

const bundle = resolve(process.argv[2]);
const { load, scripts, CACHE, MAIN } = require(join(bundle, 'flux.cjs'));
const examples = join(__dirname, '..', 'examples');
const COMMANDS = [
  ['version', '--client'],
  ['--help'],
  ['helm', 'template', 'warm', join(examples, 'charts/webapp'), '--namespace', 'warm', '--kube-version', '1.33.0'],
  ['helm', 'template', 'warm', join(examples, 'charts/ingress-controller')],
  ['helm', 'lint', join(examples, 'charts/webapp')],
];

async function warm() {
  setFlagsFromString('--no-flush-bytecode');
  const { main } = load(MAIN);
  for (const words of COMMANDS) await main(words);
  for (const name of readdirSync(bundle)) if (name.endsWith('.cjs') && name !== 'flux.cjs') load(`./${name}`);
  setFlagsFromString('--flush-bytecode'); // stored code is bound to the flags
  mkdirSync(CACHE, { recursive: true });
  for (const [name, script] of scripts) writeFileSync(join(CACHE, name), script.createCachedData());
  const { stdout } = spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  const budget = /--interrupt-budget \([^]*?default: (?:--interrupt-budget=)?(\d+)/.exec(stdout);
  if (budget !== null) writeFileSync(join(CACHE, 'interrupt-budget'), budget[1]);
}

void warm().then(() => process.exit(0));
