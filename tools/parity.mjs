// Writes docs/parity.md: what each conformance suite counted, every case in a ledger with its reason, and every
// intended difference that a docstring marks with `Differs:`. `node tools/parity.mjs [SUITE ...]` runs the suites (minutes;
// those not named keep the count of their last run on this machine); `--check` only says whether the ledgers and differences in the page are those of the code.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const page = join(root, 'docs/parity.md');
const SUITES = [
  ['conformance:yaml', 'YAML: sigs.k8s.io/yaml, go-yaml v2 and v3, kyaml', 'packages/yaml/test/conformance'],
  ['conformance:semver', 'Versions and constraints: semverCompare of helm 4.2.3', 'packages/semver/test/conformance'],
  ['conformance:crds', 'CustomResourceDefinitions of Flux 0.38 and 2.9', 'packages/api/test/conformance'],
  ['conformance:helm', 'helm template 4.2.3: bytes and error texts; template probes', 'packages/helm/test/conformance'],
  ['conformance:helm3', 'helm template 3.17.3 (`--helm-version 3`), with the real one where nothing of it is stored', undefined],
  ['conformance:kustomize', 'kustomize 5.8.1: bytes and error texts', 'packages/kustomize/test/conformance'],
  ['conformance:kubernetes', 'Kubernetes: apply, patches, wire format, quantities, selectors, CRDs, CEL', 'tests/kubernetes'],
  ['conformance:kubectl', 'Scenarios with the real kubectl 1.36 and 1.31, helm 4.2.3 and 3.17.3', 'tests/kubectl'],
  ['conformance:flux', "Flux's substitution, ignore rules, chart values, apply and kstatus", 'packages/render/test/conformance'],
  ['e2e', "End to end: the mission's repository, bootstrap, examples", 'tests/e2e'],
];

/** The rows of a ledger: case and reason; a suite without a folder has its rows in another's. */
function ledger(folder) {
  if (folder === undefined) return [];
  const path = join(root, folder, 'expectations.json');
  if (!existsSync(path)) return [];
  return Object.entries(JSON.parse(readFileSync(path, 'utf8'))).map(([name, reason]) => [
    name,
    typeof reason === 'string' ? reason : JSON.stringify(reason),
  ]);
}

/** The sum of every count that a run printed. */
function total(text) {
  const counts = [...text.matchAll(/^(\d+) passed, (\d+) failed/gm)];
  return `${counts.reduce((n, m) => n + Number(m[1]), 0)} passed, ${counts.reduce((n, m) => n + Number(m[2]), 0)} failed`;
}

function count(script) {
  const done = spawnSync('npm', ['run', '--silent', script], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (script === 'conformance:flux') return total(done.stdout); // two runners, one after the other
  const line =
    done.stdout
      .trim()
      .split('\n')
      .findLast((text) => /\d+ passed, \d+ failed/.test(text)) ?? 'no count';
  console.error(`${script}: ${line}`);
  return line.replace(/^\w+: /, '');
}

/** Every `Differs:` note of a docstring, with its file. */
function differences(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : differences(path);
    if (!entry.name.endsWith('.ts') || /\.(test|generated)\.ts$/.test(entry.name)) return [];
    const text = readFileSync(path, 'utf8').replace(/\n\s*\*(?!\/)\s?/g, ' ');
    return [...text.matchAll(/Differs:\s+([^*]+?)(?=\s@|\s*\*\/|\sDiffers:|\s{2,})/g)].map((match) => [
      path.slice(root.length + 1),
      match[1].trim(),
    ]);
  });
}

function known() {
  const rows = SUITES.flatMap(([, , folder]) =>
    ledger(folder).map(
      ([name, reason]) => `| ${folder.replace(/\/test\/conformance$/, '')} | \`${name}\` | ${reason.replaceAll('|', '\\|')} |`,
    ),
  );
  const notes = differences(join(root, 'packages')).map(([path, note]) => `- ${note} (\`${path}\`)`);
  return `## Known failures\n\nEvery case that is not equal, with its reason. An unexpected pass fails the run, too.\n\n${rows.length > 0 ? `| suite | case | reason |\n|---|---|---|\n${rows.join('\n')}` : 'None.'}\n\n## Intended differences\n\n${[...new Set(notes)].toSorted((a, b) => (a < b ? -1 : 1)).join('\n')}\n`;
}

if (process.argv.includes('--check')) {
  const ok = existsSync(page) && readFileSync(page, 'utf8').endsWith(known());
  console.log(ok ? 'docs/parity.md is current' : 'docs/parity.md is not current: run node tools/parity.mjs');
  process.exitCode = ok ? 0 : 1;
} else {
  const remembered = join(root, 'node_modules/.parity.json');
  const counts = existsSync(remembered) ? JSON.parse(readFileSync(remembered, 'utf8')) : {};
  const named = process.argv.slice(2);
  for (const [script] of SUITES) if (named.length === 0 || named.includes(script)) counts[script] = count(script);
  writeFileSync(remembered, JSON.stringify(counts));
  const rows = SUITES.map(([script, what]) => `| ${what} | \`npm run ${script}\` | ${counts[script] ?? 'not run'} |`);
  writeFileSync(
    page,
    `# Parity\n\nMade by \`npm run parity\`. How equal this is to the real programs, measured by their own test data and by running them.\n\n| what | run it | result |\n|---|---|---|\n${rows.join('\n')}\n\n${known()}`,
  );
}
