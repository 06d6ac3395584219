// Checks rules of the house that no linter knows:
//   1. no clock, environment or chance outside base and cli (Clock and Random come by parameter);
//   2. a docstring on every exported declaration;
//   3. files of at most 300 lines, more only with a reason in the first ten lines ("Long because ...");
//   4. no machine paths.
// `node tools/house.mjs [ROOT]`; exit code 1 and one line per breach.
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

const root = resolve(process.argv[2] ?? '.');
const FREE = new Set(['base', 'cli']);
const AMBIENT = /(?<![\w.$])(Date\.now\(|new Date\(\)|Math\.random\(|process\.env\b|setTimeout\(|setInterval\()/;
const EXPORT = /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|interface|type|const|let) ([A-Za-z_$][\w$]*)/;
const MACHINE = /(?<![\w.$])\/(?:work|farm|opt\/oracle)\//;
const breaches = [];

function sources(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.name === 'node_modules' || entry.name === 'dist') return [];
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

/** A line of code without its comment, as far as one line can tell. */
function code(line) {
  return /^\s*(\*|\/\/|\/\*)/.test(line) ? '' : line.replace(/\s\/\/ .*$/, '');
}

function checkFile(pkg, file) {
  const at = relative(root, file);
  const lines = readFileSync(file, 'utf8').split('\n');
  const generated = /\.generated\.tsx?$/.test(file);
  const test = /\.test\.tsx?$/.test(file);
  if (!generated && !test && lines.length > 301 && !/Long because/.test(lines.slice(0, 10).join('\n')))
    breaches.push(`${at}: ${lines.length - 1} lines; split it, or say why in its first lines ("Long because ...")`);
  lines.forEach((line, i) => {
    if (MACHINE.test(line)) breaches.push(`${at}:${i + 1}: a machine path`);
    if (test) return;
    const hit = FREE.has(pkg) ? null : AMBIENT.exec(code(line));
    if (hit !== null)
      breaches.push(`${at}:${i + 1}: ${hit[1].replace(/\($/, '')} outside base and cli; take a Clock, Random or option by parameter`);
    const exported = EXPORT.exec(line);
    if (exported !== null && !generated && !/\*\/\s*$/.test(lines[i - 1] ?? '') && !overload(lines, i, exported[1]))
      breaches.push(`${at}:${i + 1}: export ${exported[1]} has no docstring`);
  });
}

/** The second and later signatures of an overloaded function carry no docstring of their own. */
function overload(lines, i, name) {
  for (let n = i - 1; n >= 0 && n > i - 12; n--) if (EXPORT.exec(lines[n])?.[1] === name) return true;
  return false;
}

for (const entry of readdirSync(join(root, 'packages'), { withFileTypes: true })) {
  if (!entry.isDirectory()) continue;
  for (const file of sources(join(root, 'packages', entry.name, 'src'))) checkFile(entry.name, file);
}
for (const breach of breaches) console.error(breach);
console.log(`house: ${breaches.length} breaches`);
process.exitCode = breaches.length > 0 ? 1 : 0;
