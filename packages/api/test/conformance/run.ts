// Compares the CustomResourceDefinitions made here with those that Flux ships, today's and those of January 2023:
// types, defaults, enums, patterns, bounds, rules, required fields, printer columns, subresources, names, scope.
// Words are not compared: they are our own.
import { canonicalJson, getArray, getObject, getPath, getString, isArray, isObject, type JsonObject, type JsonValue } from '@flux-ts/base';
import { parseYamlDocuments } from '@flux-ts/yaml';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crdFor, fluxKind, versionsIn } from '../../src/index.ts';

const ERAS = [
  { directory: '2023-01', release: '0.38' },
  { directory: 'today', release: '2.9' },
] as const;

/** Lists whose order means nothing. */
const SETS: ReadonlySet<string> = new Set(['required', 'enum']);

interface Count {
  passed: number;
  readonly failures: string[];
}

/** Compares two schemas node by node; every keyword of every node counts as one check. */
function compareSchemas(got: JsonObject, want: JsonObject, path: string, count: Count): void {
  const keywords = new Set([...Object.keys(got), ...Object.keys(want)]);
  keywords.delete('description');
  for (const keyword of keywords) {
    const [a, b] = [got[keyword], want[keyword]];
    if (keyword === 'properties' && isObject(a) && isObject(b)) {
      for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) compareNode(a[name], b[name], `${path}.${name}`, count);
    } else if (keyword === 'items' || keyword === 'additionalProperties')
      compareNode(a, b, `${path}${keyword === 'items' ? '[]' : '{}'}`, count);
    else check(count, `${path} ${keyword}`, SETS.has(keyword) ? sorted(a) : a, SETS.has(keyword) ? sorted(b) : b);
  }
}

function compareNode(got: JsonValue | undefined, want: JsonValue | undefined, path: string, count: Count): void {
  if (isObject(got) && isObject(want)) compareSchemas(got, want, path, count);
  else check(count, path, got, want);
}

function sorted(value: JsonValue | undefined): JsonValue | undefined {
  return isArray(value) ? value.map((v) => canonicalJson(v)).sort() : value;
}

function check(count: Count, what: string, got: JsonValue | undefined, want: JsonValue | undefined): void {
  const [a, b] = [got, want].map((v) => (v === undefined ? 'nothing' : canonicalJson(v)));
  if (a === b) count.passed++;
  else count.failures.push(`${what}: got ${a}, want ${b}`);
}

function columns(version: JsonObject): JsonValue {
  return (getArray(version, ['additionalPrinterColumns']) ?? []).map((column) =>
    Object.fromEntries(
      ['name', 'type', 'jsonPath', 'priority', 'format'].flatMap((key) =>
        isObject(column) && column[key] !== undefined ? [[key, column[key] as JsonValue]] : [],
      ),
    ),
  );
}

function compareCrd(want: JsonObject, release: string, count: Count): void {
  const group = getString(want, ['spec', 'group']) ?? '';
  const kindName = getString(want, ['spec', 'names', 'kind']) ?? '';
  const kind = fluxKind(group, kindName);
  if (kind === undefined) {
    count.failures.push(`${kindName}.${group}: not known`);
    return;
  }
  const got = crdFor(kind, { release });
  for (const path of [['apiVersion'], ['metadata', 'name'], ['spec', 'group'], ['spec', 'scope'], ['spec', 'names']])
    check(count, `${kindName} ${path.join('.')}`, getPath(got, path), getPath(want, path));
  const wanted = (getArray(want, ['spec', 'versions']) ?? []).filter(isObject);
  check(
    count,
    `${kindName} versions`,
    versionsIn(kind, release)
      .map((v) => v.name)
      .sort(),
    wanted.map((v) => String(v['name'])).sort(),
  );
  const made = (getArray(got, ['spec', 'versions']) ?? []).filter(isObject);
  for (const version of wanted) {
    const at = `${kindName}/${String(version['name'])}`;
    const ours = made.find((v) => v['name'] === version['name']);
    if (ours === undefined) continue;
    for (const key of ['served', 'storage', 'subresources', 'deprecated']) check(count, `${at} ${key}`, ours[key], version[key]);
    check(count, `${at} columns`, columns(ours), columns(version));
    compareSchemas(
      getObject(ours, ['schema', 'openAPIV3Schema']) ?? {},
      getObject(version, ['schema', 'openAPIV3Schema']) ?? {},
      at,
      count,
    );
  }
}

function yamlFiles(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    return entry.isDirectory() ? yamlFiles(path) : /\.ya?ml$/.test(entry.name) ? [path] : [];
  });
}

const option = process.argv.indexOf('--corpus');
const corpus =
  option > 0 ? (process.argv[option + 1] as string) : fileURLToPath(new URL('../../../../../shared/corpus/flux/crds', import.meta.url));
if (!existsSync(corpus)) {
  console.log(`skipped: there is no corpus at ${corpus}`);
  process.exit(0);
}
const count: Count = { passed: 0, failures: [] };
for (const { directory, release } of ERAS) {
  let crds = 0;
  for (const file of yamlFiles(join(corpus, directory))) {
    for (const { value } of parseYamlDocuments(readFileSync(file))) {
      if (!isObject(value) || value['kind'] !== 'CustomResourceDefinition') continue;
      crds++;
      compareCrd(value, release, count);
    }
  }
  console.log(`${directory}: ${crds} CustomResourceDefinitions`);
}
for (const failure of count.failures.slice(0, 60)) console.error(failure.slice(0, 300));
console.log(`${count.passed} passed, ${count.failures.length} failed`);
process.exitCode = count.failures.length > 0 ? 1 : 0;
