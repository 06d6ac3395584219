// The entry of the bundle (dist/bundle/flux.cjs): loads chunks as they are needed, each with the code that V8 made of it
// when the bundle was built (tools/warm.cjs), so that a start compiles next to nothing. See docs/decisions/0004-code-cache.md.
// What V8 does not accept (another version, other flags, another processor) it compiles as if nothing had been there.
'use strict';
const { accessSync, constants, existsSync, mkdirSync, readFileSync } = require('node:fs');
const { Script } = require('node:vm');

const MAIN = './main.cjs';
/** V8's code, made by and for one version of node. */
const CACHE = `${__dirname}/cache-${process.version}-${process.arch}/`;

const SHORT_LIFE_MS = 2000;

const isProgram = require.main === module;
const modules = new Map();
const scripts = new Map();
let depth = 0;
let isTuned = false;
let tuning;

function load(name) {
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(name, module);
  if (isTuned && depth === 0) tune(false);
  depth++;
  try {
    const filename = __dirname + name.slice(1);
    const source = readFileSync(filename, 'latin1'); // the build writes ASCII only
    const script = new Script(source, { filename, cachedData: cached(name.slice(2)) });
    if (!isProgram) scripts.set(name, script);
    script.runInThisContext()(requireFrom, module, module.exports);
  } finally {
    depth--;
  }
  if (isProgram && depth === 0 && name !== MAIN) tune(true);
  return module.exports;
}

function requireFrom(name) {
  return name.startsWith('./') ? load(name) : require(name);
}

function cached(name) {
  try {
    return readFileSync(CACHE + name);
  } catch {
    return undefined; // none for this version
  }
}

/**
 * A command's life is short: V8 optimises later, so that less is compiled twice. V8 takes no prepared code, ours or that of
 * node's own modules, while its flags differ from those under which it was made: they are set when a command is loaded, and
 * set back for what lives longer and for its worker threads. Flags are the process's: workers leave them alone.
 */
function tune(on) {
  tuning ??= JSON.parse(cached('tuning.json') ?? '{}');
  const flag = tuning[on ? 'on' : 'off'];
  if (flag === undefined || on === isTuned || !require('node:worker_threads').isMainThread) return;
  require('node:v8').setFlagsFromString(flag);
  if (on) setTimeout(tune, SHORT_LIFE_MS, false).unref();
  isTuned = on;
}

/** Runs usual commands for the sake of V8's code, where the node of the build was another one. */
function prepare() {
  try {
    accessSync(__dirname, constants.W_OK);
  } catch {
    return; // somebody else's installation: it works without
  }
  process.stderr.write(`► preparing for node ${process.version} (once)\n`);
  require('node:child_process').spawnSync(process.execPath, [`${__dirname}/warm.cjs`], { stdio: 'ignore', timeout: 60_000 });
  mkdirSync(CACHE, { recursive: true }); // never twice
}

if (isProgram) {
  if (!existsSync(CACHE)) prepare();
  void load(MAIN).main(process.argv.slice(2));
} else {
  module.exports = { load, scripts, CACHE, MAIN };
}
